"""Accessibility of every page, by axe-core: no rule of WCAG 2.2 AA is broken, light or dark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bedside_walk import answer, begin, save, step
from browsing import Visits
from playwright.sync_api import Browser, Page
from served_ward import ServedWard, served, well

from node_packages import node_packages

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ALL = {"type": "tag", "values": TAGS}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
RUN = """async (rules) => {
  const found = await axe.run(document, { runOnly: rules, resultTypes: ["violations"] });
  const places = (one) => one.nodes.slice(0, 3).map((node) => node.target.join(" ")).join(", ");
  return found.violations.map((one) => `${one.impact}: ${one.id} (${one.help}) at ${places(one)}`);
}"""
SHEETS = ("vitals", "crs", "neurology", "laboratory", "eeg", "mri", "infection", "before")


@pytest.fixture(scope="module")
def axe() -> Path:
    return node_packages("axe-core") / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def patient(ward: ServedWard) -> str:
    """Somebody with much to show: toxicity, something unknown, something corrected."""
    made = ward.admit("Axe", [*well(30), *well(3), (0.2, "temperature", 39, "Cel")], label="Somebody", bed="3")
    ward.write(made, [(0.1, "ice_orientation", 1, None), (0.1, "ice_naming", 2, None)])
    return made


@pytest.fixture
def child(ward: ServedWard) -> str:
    return ward.admit("Child", age="6", weight="21")


def look(page: Page, axe: Path, where: str) -> list[str]:
    """What axe finds on the page as it is, in both schemes of colours."""
    page.add_script_tag(path=axe)
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        # In the dark only colours are different.
        rules = ALL if scheme == "light" else COLOURS
        found += [f"{where}, {scheme}: {words}" for words in page.evaluate(RUN, rules)]
    return found


def walk(visit: Visits, axe: Path, paths: list[str], login: str | None = "administrator", **how: Any) -> list[str]:
    # The policy of the app lets in no script that is not its own, and axe is none.
    page = visit(login, bypass_csp=True, **how)
    found = []
    for path in paths:
        page.goto(path)
        found += look(page, axe, path)
    return found


def test_the_pages_of_the_ward_have_no_finding(visit: Visits, axe: Path, patient: str) -> None:
    paths = [
        "/ward", "/patients/new", "/account", "/settings", "/accounts", "/audit?check=true", "/nowhere",
        "/patients/ffffffffffffffffffffffffffffffff",
    ]  # fmt: skip
    assert walk(visit, axe, paths) == []


def test_the_pages_of_a_patient_have_no_finding(visit: Visits, axe: Path, patient: str) -> None:
    one = f"/patients/{patient}"
    pages = ["", "/record", "/plan", "/facts", "/therapy", *(f"/enter/{sheet}" for sheet in SHEETS)]
    assert walk(visit, axe, [one + path for path in pages]) == []


def test_the_pages_of_a_phone_have_no_finding(visit: Visits, axe: Path, patient: str) -> None:
    one = f"/patients/{patient}"
    paths = ["/ward", one]
    assert walk(visit, axe, paths, viewport={"width": 390, "height": 844}) == []


def test_every_step_of_an_ice_has_no_finding(visit: Visits, axe: Path, patient: str) -> None:
    page = visit("nurse", f"/patients/{patient}/ice?language=de", bypass_csp=True)
    found = look(page, axe, "start")
    page.locator("[data-tap=start]").press("Enter")
    found += look(page, axe, "level")
    page.locator('[data-answer="awake"]').press("Enter")
    for until in ("first_object", "writing", "writing_judged", "summary"):
        answer(page, ["first_object"], until=until)
        found += look(page, axe, step(page))
    save(page)
    page.locator('[data-state="graded"]').wait_for()
    found += look(page, axe, "result")
    assert found == []


def test_capd_and_a_test_that_cannot_be_done_have_no_finding(visit: Visits, axe: Path, child: str) -> None:
    page = visit("nurse", f"/patients/{child}/capd", bypass_csp=True)
    found = look(page, axe, "capd")
    begin(page)
    found += look(page, axe, "first question")
    page.get_by_role("button", name="Cannot be tested").press("Enter")
    found += look(page, axe, "why not")
    page.context.set_offline(True)
    page.locator('[data-step="untested"] [data-level]').first.press("Enter")
    if step(page) == "summary":
        save(page)
        page.locator('[data-state="waiting"]').wait_for()
        found += look(page, axe, "waiting")
    assert found == []


def test_forms_that_were_refused_have_no_finding(visit: Visits, axe: Path, patient: str) -> None:
    page = visit("administrator", f"/patients/{patient}/enter/vitals", bypass_csp=True)
    page.get_by_label("Body temperature", exact=True).fill("warm")
    page.get_by_role("button", name="Keep").click()
    page.get_by_role("alert").wait_for()
    found = look(page, axe, "refused sheet")
    page.goto(f"/patients/{patient}/record")
    page.get_by_role("link", name="Correct").first.click()
    page.get_by_label("What was wrong").fill("all")
    page.get_by_role("button", name="Take the entry back").click()
    page.get_by_text("taken back").wait_for()
    page.get_by_role("link", name="Correct").first.click()
    found += look(page, axe, "correct")
    page.goto(f"/patients/{patient}")
    page.locator(".answer summary").first.click()
    found += look(page, axe, "override opened")
    page.locator(".menu summary").click()
    found += look(page, axe, "menu opened")
    assert found == []


def test_signing_in_has_no_finding(visit: Visits, axe: Path) -> None:
    page = visit(path="/sign-in", bypass_csp=True)
    found = look(page, axe, "sign in")
    page.get_by_label("Login").fill("nobody")
    page.get_by_label("Password").fill("nothing that is right")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("alert").wait_for()
    assert found + look(page, axe, "refused") == []


@pytest.fixture
def fresh(browser: Browser, tmp_path: Path) -> Iterator[Visits]:
    """A store in which nobody is yet, of the demo."""
    with served(tmp_path, people=False, setup_code="code", demo=True) as empty:
        visits = Visits(browser, empty)
        yield visits
        visits.end()
        visits.close()


def test_the_first_sign_up_has_no_finding(fresh: Visits, axe: Path) -> None:
    page = fresh(path="/sign-up", bypass_csp=True)
    found = look(page, axe, "sign up")
    page.get_by_label("Setup code").fill("wrong")
    for label in ("Your name", "Login"):
        page.get_by_label(label).fill("somebody")
    for box in page.locator("input[type=password]").all():
        box.fill("a long enough pass phrase")
    page.get_by_role("button").click()
    page.get_by_role("alert").wait_for()
    found += look(page, axe, "sign up refused")
    page.get_by_label("Setup code").fill("code")
    for box in page.locator("input[type=password]").all():
        box.fill("a long enough pass phrase")
    page.get_by_role("button").click()
    page.get_by_role("heading", name="Nobody is on the ward yet").wait_for()
    found += look(page, axe, "empty ward")
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", name="Look around as").wait_for()
    assert found + look(page, axe, "demo sign in") == []


def test_axe_would_find_a_fault(visit: Visits, axe: Path) -> None:
    page = visit(path="/sign-in", bypass_csp=True)
    page.evaluate("() => document.querySelector('label[for=login]').remove()")
    page.add_style_tag(content="p.soft { color: #bbb !important; }")
    found = look(page, axe, "broken")
    assert any("label" in words for words in found)
    assert any("color-contrast" in words for words in found)
