"""With the keyboard alone: everything can be reached, and one always sees where one is."""

from __future__ import annotations

import re

from bedside_walk import step
from browsing import Visits, focused, is_outlined, tab_to
from playwright.sync_api import Page, expect
from served_ward import ServedWard, well

from made_ward import PASSWORD


def ice_by_keyboard(page: Page) -> None:
    """Each question: Tab from its heading to the answer, and Enter."""
    while (at := step(page)) != "summary":
        wanted = {"start": "[data-tap=start]", "level": "[data-answer=awake]", "writing": "[data-go=writing_judged]"}
        answer = "wrong" if at in ("year", "month", "city") else "right"
        if at == "writing":
            tab_to(page, '#bedside [name="on-paper"]')
            page.keyboard.press("Space")
        tab_to(page, f"#bedside {wanted.get(at, f'[data-answer={answer}]')}")
        page.keyboard.press("Enter")


def test_a_night_with_the_keyboard_alone(ward: ServedWard, visit: Visits) -> None:
    patient = ward.admit("Keys", [*well(), (0.2, "temperature", 38.8, "Cel")])
    page = visit(path="/sign-in")
    page.keyboard.type("clinician")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/ward")

    page.keyboard.press("Tab")
    assert focused(page) == "To the content"
    assert page.locator(".skip").bounding_box()["x"] > 0  # type: ignore[index]
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "main"

    tab_to(page, "a.who")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/patients/{patient}")
    answer_an_action(page)

    tab_to(page, ".tabs a.go")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ice")
    ice_by_keyboard(page)
    tab_to(page, "[data-tap=save]")
    page.keyboard.press("Enter")
    expect(page.locator('[data-state="graded"] h2')).to_be_focused()
    # Three wrong are 7 of 10: grade 1. All else was looked for and absent.
    expect(page.locator('[data-state="graded"] h2')).to_have_text("ICANS 1")
    tab_to(page, '[data-result="patient"]')
    page.keyboard.press("Enter")

    correct_an_entry(page)
    assert ward.standing(patient, "ice_orientation") == [4, 2]


def answer_an_action(page: Page) -> None:
    """Acknowledge one, override the next: opened with Enter, sent with Enter in the box of the reason."""
    tab_to(page, ".answer-forms button.quiet")
    page.keyboard.press("Enter")
    expect(page.locator(".answered")).to_have_count(1)
    tab_to(page, ".line:not(:has(.answered)) > .answer summary")
    page.keyboard.press("Enter")
    tab_to(page, '.answer [name="reason"]')
    page.keyboard.type("it was done an hour ago")
    tab_to(page, '.answer [value="overridden"]')
    page.keyboard.press("Enter")
    expect(page.locator(".answered.overridden")).to_contain_text("it was done an hour ago")


def correct_an_entry(page: Page) -> None:
    page.wait_for_url(re.compile(r"/patients/\w+$"))
    tab_to(page, '.tabs a[href$="/record"]')
    page.keyboard.press("Enter")
    page.wait_for_url("**/record")
    tab_to(page, 'tr:has-text("ICE orientation") a[href$="/correct"]')
    page.keyboard.press("Enter")
    page.wait_for_url("**/correct")
    tab_to(page, "#value")
    page.keyboard.press("Control+A")
    page.keyboard.type("2")
    tab_to(page, "#reason")
    page.keyboard.type("one more was right")
    page.keyboard.press("Enter")
    page.wait_for_url("**/record")
    expect(page.locator("del", has_text=re.compile("^1$"))).to_be_visible()


def test_the_menu_opens_with_enter_and_closes_with_escape(visit: Visits) -> None:
    page = visit("nurse", "/ward")
    tab_to(page, ".menu summary")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="My account")).to_be_visible()
    page.keyboard.press("Tab")
    assert focused(page) == "My account"
    assert is_outlined(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="My account")).to_be_hidden()
    assert focused(page).startswith("Nurse One")


def test_the_course_is_read_with_the_arrow_keys(ward: ServedWard, visit: Visits) -> None:
    patient = ward.admit("Arrows", [*well(6), *well(2)])
    page = visit("nurse", f"/patients/{patient}")
    tab_to(page, "[data-course] svg")
    tip = page.locator(".chart-tip")
    seen: list[str] = []
    # After the last comes the first again: what was not recorded yet, of each of two grades.
    while seen.count("nothing recorded") < 3:
        page.keyboard.press("ArrowRight")
        seen.append(tip.inner_text())
        assert len(seen) < 100
    said = [words for words in seen if words.startswith("temperature")]
    assert len(said) == 2
    told = re.compile(r"temperature: day 3\.[789], [\d-]{10} \d\d:\d\d UTC: 36\.8 °C \(entry \w+\)")
    assert all(told.fullmatch(words) for words in said)
    page.keyboard.press("ArrowLeft")
    assert tip.inner_text() == seen[-2]
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
