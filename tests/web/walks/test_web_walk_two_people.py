"""Two people at one patient at the same time: what both write stays, and who comes second is told."""

from __future__ import annotations

import re

import pytest
from browsing import Visits
from playwright.sync_api import Page, expect
from served_ward import ServedWard, well

from icans.web.platform import utc_now


@pytest.fixture
def patient(ward: ServedWard, request: pytest.FixtureRequest) -> str:
    return ward.admit(f"P {request.node.name}"[:120], well())


def open_correction(page: Page, patient: str) -> None:
    page.goto(f"/patients/{patient}/record")
    page.get_by_role("row").filter(has_text="Body temperature").get_by_role("link", name="Correct").click()


def correct(page: Page, value: str) -> None:
    page.get_by_label("The right value").fill(value)
    page.get_by_label("What was wrong").fill(f"it was {value}")
    page.get_by_role("button", name="Correct", exact=True).click()


def test_the_second_to_correct_an_entry_is_told_and_keeps_what_was_typed(
    ward: ServedWard, visit: Visits, patient: str
) -> None:
    one, two = visit("nurse"), visit("clinician")
    for page in (one, two):
        open_correction(page, patient)
    correct(one, "37.2")
    expect(one.get_by_role("row").filter(has_text="it was 37.2")).to_be_visible()
    correct(two, "38.2")
    expect(two.get_by_role("alert")).to_contain_text("this entry was corrected in the meantime")
    assert two.get_by_label("The right value").input_value() == "38.2"
    assert two.get_by_label("What was wrong").input_value() == "it was 38.2"
    assert ward.standing(patient, "temperature") == [37.2]


def test_both_may_enter_at_once_and_nothing_is_lost(ward: ServedWard, visit: Visits, patient: str) -> None:
    one, two = visit("nurse"), visit("clinician")
    for page in (one, two):
        page.goto(f"/patients/{patient}/enter/vitals")
    one.get_by_label("Heart rate", exact=True).fill("104")
    two.get_by_label("Respiratory rate", exact=True).fill("22")
    for page in (one, two):
        page.get_by_role("button", name="Keep").click()
        page.wait_for_url(f"**/patients/{patient}")
    assert ward.standing(patient, "heart_rate") == [104]
    assert ward.standing(patient, "respiratory_rate") == [22]


def test_another_value_of_the_same_minute_is_not_kept_beside_the_first(
    ward: ServedWard, visit: Visits, patient: str
) -> None:
    one, two = visit("nurse"), visit("clinician")
    minute = f"{utc_now():%Y-%m-%dT%H:%M}"
    for page, value in ((one, "99"), (two, "107")):
        page.goto(f"/patients/{patient}/enter/vitals")
        page.get_by_label("Seen at").fill(minute)
        page.get_by_label("Heart rate", exact=True).fill(value)
    for page in (one, two):
        page.get_by_role("button", name="Keep").click()
        page.wait_for_load_state()
    expect(two.get_by_role("alert")).to_be_visible()
    assert two.get_by_label("Heart rate", exact=True).input_value() == "107"
    assert ward.standing(patient, "heart_rate") == [99]


def test_a_form_that_is_sent_twice_is_kept_once(ward: ServedWard, visit: Visits, patient: str) -> None:
    page = visit("nurse", f"/patients/{patient}/enter/vitals")
    page.get_by_label("Heart rate", exact=True).fill("111")
    page.get_by_role("button", name="Keep").dblclick()
    page.wait_for_url(f"**/patients/{patient}")
    assert ward.standing(patient, "heart_rate") == [111]


def test_who_looks_at_a_patient_is_told_that_somebody_else_wrote(ward: ServedWard, visit: Visits, patient: str) -> None:
    page = visit("clinician", f"/patients/{patient}")
    expect(page.locator('.verdict[data-outcome="crs"] .grade')).to_have_text("0")
    ward.write(patient, [(0, "temperature", 39.1, "Cel")])
    # As the page does every 15 s, and at once when it has sent something itself.
    page.evaluate("() => window.dispatchEvent(new CustomEvent('icans:sent'))")
    expect(page.get_by_role("status").filter(has_text="Nurse One wrote to this record")).to_be_visible()
    expect(page.locator('.verdict[data-outcome="crs"] .grade')).to_have_text("0")
    page.get_by_role("link", name="Show it").click()
    expect(page.locator('.verdict[data-outcome="crs"] .grade')).to_have_text("1")


def test_an_answer_to_a_page_that_is_no_longer_true_does_not_count(
    ward: ServedWard, visit: Visits, patient: str
) -> None:
    ward.write(patient, [(0.2, "temperature", 38.9, "Cel")])
    page = visit("clinician", f"/patients/{patient}")
    waiting = page.locator(".waiting b").inner_text()
    ward.write(patient, [(0, "systolic_pressure", 82, "mm[Hg]")])
    page.get_by_role("button", name="Acknowledge").first.click()
    expect(page.get_by_role("alert")).to_have_text(re.compile("look at (it|the page) again"))
    assert page.locator(".answered").count() == 0
    assert page.locator(".waiting b").inner_text() != waiting
    page.get_by_role("button", name="Acknowledge").first.click()
    expect(page.locator(".answered").first).to_contain_text("Acknowledged by Clinician One")


def test_settings_that_somebody_changed_meanwhile_are_not_written_over(ward: ServedWard, visit: Visits) -> None:
    one, two = visit("administrator", "/settings"), visit("administrator", "/settings")
    one.get_by_label("Name of the ward").fill("Ward 7")
    one.get_by_role("button", name="Keep").click()
    expect(one.locator("a.brand")).to_have_text("Ward 7")
    two.get_by_label("Name of the ward").fill("Ward 8")
    two.get_by_role("button", name="Keep").click()
    expect(two.get_by_role("alert")).to_be_visible()
    two.reload()
    expect(two.locator("a.brand")).to_have_text("Ward 7")
