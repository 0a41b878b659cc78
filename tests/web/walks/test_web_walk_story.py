"""The whole story on a tablet, by finger: from the first sign-up to the paper for the chart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from bedside_walk import answer, begin, by_finger, save, write
from browsing import Visits
from playwright.sync_api import Browser, Page, expect
from served_ward import ServedWard, served

from icans.web.platform import utc_now

CODE = "the code in the terminal"
NEUROLOGY = re.compile(r"^\s*MUST\s+Call neurology\s*$")
FIVE_WRONG = ("year", "month", "city", "hospital", "first_object")


@pytest.fixture(scope="module")
def ward(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedWard]:
    """A store in which nobody is yet."""
    with served(tmp_path_factory.mktemp("story"), people=False, setup_code=CODE) as found:
        yield found


def sign_up(page: Page) -> None:
    page.goto("/")
    expect(page).to_have_url(re.compile("/sign-up$"))
    page.get_by_label("Setup code").fill(CODE)
    page.get_by_label("Your name").fill("Ward Sister")
    page.get_by_label("Login").fill("sister")
    for box in page.locator("input[type=password]").all():
        box.fill("a long enough pass phrase")
    page.get_by_role("button", name="Make the account").tap()
    expect(page.get_by_role("heading", name="Nobody is on the ward yet")).to_be_visible()


def admit(page: Page) -> None:
    page.get_by_role("link", name="Admit a patient").tap()
    page.get_by_label("Identifier").fill("P-1")
    page.get_by_label("Product").fill("axi-cel")
    page.get_by_label("Infusion UTC").fill(f"{utc_now() - timedelta(days=4):%Y-%m-%dT%H:%M}")
    page.get_by_label("Age at infusion").fill("61")
    page.get_by_label("Weight").fill("70")
    page.get_by_role("button", name="Admit").tap()
    expect(page.get_by_role("heading", name="Nothing to grade yet")).to_be_visible()


def enter_vitals(page: Page) -> None:
    page.get_by_role("link", name="Enter vital signs").tap()
    page.get_by_label("Body temperature", exact=True).fill("38.6")
    page.get_by_label("Systolic blood pressure", exact=True).fill("118")
    page.get_by_label("Oxygen saturation", exact=True).fill("97")
    page.get_by_label("Oxygen or breathing support", exact=True).select_option(label="room air")
    page.get_by_role("button", name="Keep").tap()


def enter_no_vasopressor(page: Page) -> None:
    page.get_by_role("link", name="Enter", exact=True).tap()
    page.get_by_role("link", name="CRS", exact=True).tap()
    page.get_by_role("group", name="Vasoactive drugs running").get_by_label("none", exact=True).check()
    page.get_by_role("button", name="Keep").tap()


def enter_neurology(page: Page) -> None:
    page.get_by_role("link", name="Enter", exact=True).tap()
    page.get_by_role("link", name="Neurology").tap()
    page.get_by_label("Seizure", exact=True).select_option(label="none")
    for group in ("Motor weakness", "Signs of raised intracranial pressure", "Cerebral oedema on imaging"):
        page.get_by_role("group", name=group, exact=True).get_by_label("none", exact=True).check()
    page.get_by_role("button", name="Keep").tap()


def give(page: Page) -> None:
    page.get_by_role("link", name="Give", exact=True).tap()
    page.get_by_label("Drug").fill("levetiracetam")
    page.get_by_label("Dose", exact=True).fill("500")
    page.get_by_label("Route").fill("iv")
    page.get_by_role("button", name="Keep").tap()


def grade(page: Page, outcome: str) -> str:
    return page.locator(f'.verdict[data-outcome="{outcome}"] .grade').inner_text()


def must(page: Page) -> list[str]:
    """What must be done, as the page tells it."""
    return page.locator("#advice .tone-must > .says").all_inner_texts()


def test_from_sign_up_to_the_paper_for_the_chart(ward: ServedWard, visit: Visits) -> None:
    page = visit(has_touch=True)
    sign_up(page)
    admit(page)
    enter_vitals(page)
    # Fever without hypotension or hypoxia is CRS 1, a vasopressor makes it 3 or 4 (ASTCT 2019): nobody said yet.
    assert grade(page, "crs") == "1 to 4"
    enter_no_vasopressor(page)
    assert grade(page, "crs") == "1"
    assert "MUST Antipyretic" in must(page)
    assert "MUST Call neurology" not in must(page)

    page.get_by_role("link", name="ICE test").tap()
    begin(page, by_finger)
    answer(page, FIVE_WRONG, until="writing", press=by_finger)
    write(page)
    answer(page, FIVE_WRONG, press=by_finger)
    save(page, by_finger)
    result = page.locator('[data-state="graded"]')
    expect(result.get_by_text("ICE 5 of 10")).to_be_visible()
    # ICE 3 to 6 is grade 2; seizures, weakness and pressure were not looked at, so it may be up to 4.
    expect(result.locator("h2")).to_have_text("ICANS 2–4")
    expect(result.get_by_role("heading", name="What follows now")).to_be_visible()
    result.get_by_role("link", name="To the patient").tap()

    enter_neurology(page)
    give(page)
    assert grade(page, "icans") == "2"
    assert "MUST Call neurology" in must(page)

    override(page)
    correct(page)
    print_it(page)
    page.locator("a.brand").tap()
    row = page.get_by_role("row").filter(has_text="P-1")
    expect(row.locator("td").nth(1)).to_have_text("4")
    expect(row.locator("td").nth(4)).to_contain_text("6")


def override(page: Page) -> None:
    """Override an action with a reason: it no longer waits, and the reason stands beside it."""
    waits = page.locator(".waiting b").first.inner_text()
    action = page.locator("#advice .line").filter(has=page.locator(".says", has_text=NEUROLOGY))
    action.get_by_text("Override").first.tap()
    action.get_by_label("Reason").fill("she is on her way")
    action.get_by_role("button", name="Override with this reason").tap()
    expect(page.locator(".answered.overridden").first).to_contain_text(
        re.compile("^Overridden by Ward Sister, .*: she is on her way$")
    )
    assert int(page.locator(".waiting b").first.inner_text().split()[0]) == int(waits.split()[0]) - 1


def correct(page: Page) -> None:
    """Correct the temperature, then one part of the ICE: what was wrong stays, struck through, and grades follow."""
    page.get_by_role("link", name="Record").tap()
    page.get_by_role("row").filter(has_text="Body temperature").get_by_role("link", name="Correct").tap()
    page.get_by_label("The right value").fill("37.6")
    page.get_by_label("What was wrong").fill("typing slip")
    page.get_by_role("button", name="Correct", exact=True).tap()
    struck = page.get_by_role("row").filter(has=page.locator("del", has_text="38.6"))
    expect(struck).to_contain_text("corrected")
    expect(page.get_by_role("row").filter(has_text="Reason: typing slip")).to_contain_text("37.6")

    page.get_by_role("row").filter(has_text="ICE orientation").get_by_role("link", name="Correct").tap()
    page.get_by_label("The right value").fill("1")
    page.get_by_label("What was wrong").fill("the year was right")
    page.get_by_role("button", name="Correct", exact=True).tap()
    expect(page.locator("img.drawing")).to_be_visible()
    page.get_by_role("link", name="Now").tap()
    assert grade(page, "crs") == "0"
    assert "MUST Antipyretic" not in must(page)
    expect(page.locator("#why")).to_contain_text("ICE score 6")


def print_it(page: Page) -> None:
    """The paper is a PDF that this person may fetch."""
    address = page.get_by_role("link", name="Print").get_attribute("href")
    assert address is not None
    answer = page.request.get(address)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF-1.")
    assert re.search(r'filename="icans-\d{8}-\d{4}\.pdf"', answer.headers["content-disposition"])
