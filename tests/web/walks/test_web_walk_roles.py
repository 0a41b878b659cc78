"""Nobody is shown a button that would be refused, and what is refused is said in words."""

from __future__ import annotations

import pytest
from browsing import Visits
from playwright.sync_api import expect
from served_ward import ServedWard, well

from icans.store import accounts
from icans.web.platform import utc_now


@pytest.fixture(scope="module")
def patient(ward: ServedWard) -> str:
    return ward.admit("Feverish", [*well(), (0.2, "temperature", 39, "Cel")])


def test_a_viewer_sees_everything_and_nothing_to_change_it(visit: Visits, patient: str) -> None:
    page = visit("viewer", f"/patients/{patient}")
    expect(page.locator('.verdict[data-outcome="crs"] .grade')).to_have_text("1")
    assert page.locator(".tabs a").all_inner_texts() == ["Now", "Record", "Plan", "Print"]
    expect(page.get_by_text("Waits for a clinician's answer.").first).to_be_visible()
    # Sign out is the one thing that a viewer can send.
    assert page.locator("main form, main button").count() == 0
    page.goto(f"/patients/{patient}/record")
    expect(page.get_by_role("row").filter(has_text="Body temperature").first).to_be_visible()
    assert page.get_by_role("link", name="Correct").count() == 0
    page.goto("/ward")
    assert page.get_by_role("link", name="Admit a patient").count() == 0
    assert page.locator(".menu-list a").all_text_contents() == ["My account"]


def test_a_nurse_enters_and_tests_but_does_not_answer_actions(visit: Visits, patient: str) -> None:
    page = visit("nurse", f"/patients/{patient}")
    assert page.locator(".tabs a").all_inner_texts() == [
        "Now", "ICE test", "Enter", "Give", "Record", "Plan", "Print",
    ]  # fmt: skip
    assert page.get_by_role("button", name="Acknowledge").count() == 0
    assert page.get_by_text("Override").count() == 0
    expect(page.get_by_text("Waits for a clinician's answer.").first).to_be_visible()


def test_a_page_that_is_not_for_somebody_says_so_and_leads_back(visit: Visits, patient: str) -> None:
    page = visit("viewer", f"/patients/{patient}/enter/vitals")
    expect(page.get_by_role("heading", name="Not allowed")).to_be_visible()
    page.get_by_role("link", name="To the ward").click()
    page.wait_for_url("**/ward")
    page.goto("/settings")
    expect(page.get_by_role("heading", name="Not allowed")).to_be_visible()


def test_somebody_of_another_unit_does_not_find_the_patient(ward: ServedWard, visit: Visits, patient: str) -> None:
    child = ward.admit("Child", care_unit="Children")
    with ward.store.write() as db:
        accounts.make(
            db, "paediatric", "Nurse Two", "nurse", by="test", at=utc_now(), password="another long pass phrase",
            care_unit="Children",
        )  # fmt: skip
    page = visit("paediatric", "/ward")
    assert page.locator("a.who").all_inner_texts() == ["Child"]
    page.goto(f"/patients/{patient}")
    expect(page.get_by_role("heading", name="Not found")).to_be_visible()
    assert "Feverish" not in page.content()
    page.goto(f"/patients/{child}")
    expect(page.get_by_role("heading", name="Child")).to_be_visible()


def test_whoever_signed_out_comes_back_to_the_page_they_wanted(visit: Visits, patient: str) -> None:
    page = visit("nurse", "/ward", fresh=True)
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"/patients/{patient}/plan")
    page.get_by_label("Login").fill("nurse")
    page.get_by_label("Password").fill("wrong, surely")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Login or password is wrong")
    page.get_by_label("Login").fill("nurse")
    page.get_by_label("Password").fill("a long enough pass phrase")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Monitoring plan for")).to_be_visible()
