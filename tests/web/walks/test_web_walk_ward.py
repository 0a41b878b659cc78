"""The ward on every screen: sorted by need, kept new, honest when it is old, readable, printable."""

from __future__ import annotations

import re

import pytest
from bedside_walk import begin
from browsing import Visits
from playwright.sync_api import Page, expect
from served_ward import ServedWard, well

SIZES = {"phone": (390, 844), "tablet upright": (820, 1180), "tablet": (1280, 800), "wall": (2560, 1440)}
LONG = "Wilhelmina-Alexandra von und zu Hohenstein-Sigmaringen"


@pytest.fixture(scope="module")
def patients(ward: ServedWard) -> dict[str, str]:
    """Two without toxicity, one with a name that is long and a fever, one whom nobody has looked at."""
    return {
        "A-well": ward.admit("A-well", well()),
        "B-well": ward.admit("B-well", [*well(20), *well()]),
        "C-fever": ward.admit("C-fever", [*well(), (0.2, "temperature", 39, "Cel")], "Intensive care", label=LONG),
        "D-new": ward.admit("D-new", label="Nobody yet", bed="7"),
    }


def order(page: Page) -> list[str]:
    return page.locator("a.who").all_inner_texts()


def refresh(page: Page) -> None:
    """As the ward does every 20 s, and when somebody looks at it again."""
    page.evaluate("() => document.body.dispatchEvent(new Event('seen'))")


def test_who_gets_worse_rises_and_the_focus_stays_on_the_row(
    ward: ServedWard, visit: Visits, patients: dict[str, str]
) -> None:
    page = visit("nurse", "/ward")
    known = [name for name in order(page) if name != "Nobody yet"]
    assert known == [LONG, "A-well", "B-well"]
    page.locator("a.who", has_text="B-well").focus()
    # CRS 3: a vasopressor. It needs more than a fever alone.
    ward.write(patients["B-well"], [(0.1, "temperature", 39, "Cel"), (0.1, "systolic_pressure", 80, "mm[Hg]"),
                                    (0.1, "vasoactive_drugs", "norepinephrine", None)])  # fmt: skip
    refresh(page)
    row = page.get_by_role("row").filter(has_text="B-well")
    expect(row.locator("td").nth(2)).to_have_text(re.compile(r"^3"))
    expect(row.get_by_title("rising")).to_be_visible()
    known = [name for name in order(page) if name != "Nobody yet"]
    assert known == ["B-well", LONG, "A-well"]
    expect(page.locator("a.who", has_text="B-well")).to_be_focused()


def test_a_ward_that_cannot_be_kept_new_says_so_until_it_is(visit: Visits, patients: dict[str, str]) -> None:
    page = visit("nurse", "/ward")
    page.context.set_offline(True)
    refresh(page)
    alarm = page.get_by_role("alert")
    expect(alarm).to_have_text("No connection: this page is not being kept up to date.")
    assert len(order(page)) == len(patients)
    page.context.set_offline(False)
    refresh(page)
    expect(alarm).to_have_count(0)
    page.route("**/ward/rows", lambda route: route.fulfill(status=503))
    refresh(page)
    expect(alarm).to_have_text("The server does not answer: this page may be out of date.")


def test_a_patient_nobody_has_looked_at_is_unknown_rather_than_well(visit: Visits, patients: dict[str, str]) -> None:
    page = visit("nurse", "/ward")
    row = page.get_by_role("row").filter(has_text="Nobody yet")
    expect(row).to_contain_text("nothing was recorded yet")
    assert row.locator(".badge").count() == 0


CLIPPED = """() => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  const found = wide > 0 ? [`the page is ${wide} px too wide`] : [];
  const scrolls = (element) => {
    const at = element.parentElement;
    return at !== null && (/auto|scroll/.test(getComputedStyle(at).overflowX) || scrolls(at));
  };
  for (const element of document.querySelectorAll("main *, nav *")) {
    const box = element.getBoundingClientRect();
    if (!box.width || element.closest("svg, .vh, .visually-hidden, option, datalist") || scrolls(element)) continue;
    const named = `${element.tagName} ${element.className} "${element.textContent.trim().slice(0, 30)}"`;
    if (box.right > document.documentElement.clientWidth + 1 || box.left < -1) found.push(`outside: ${named}`);
    const look = getComputedStyle(element);
    const cut = look.overflowX === "hidden" && element.scrollWidth > element.clientWidth + 1;
    if (cut && look.textOverflow !== "ellipsis") found.push(`cut: ${named}`);
  }
  return found.slice(0, 5);
}"""


def test_on_every_screen_nothing_is_cut_or_outside(visit: Visits, patients: dict[str, str]) -> None:
    page, found = visit("administrator"), {}
    one = f"/patients/{patients['C-fever']}"
    for path in ("/ward", one, f"{one}/ice", f"{one}/enter/neurology", f"{one}/record", f"{one}/plan", "/accounts"):
        page.goto(path)
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            if cut := page.evaluate(CLIPPED):
                found[path.replace(one, "..."), size] = cut
    assert found == {}


def test_an_ice_question_with_its_answers_fits_a_tablet_and_a_phone(visit: Visits, patients: dict[str, str]) -> None:
    page = visit("nurse", f"/patients/{patients['C-fever']}/ice")
    begin(page)
    for size in ("phone", "tablet"):
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("() => scrollTo(0, 0)")
        for word in ("right", "wrong"):
            box = page.locator(f'[data-step="year"] [data-answer="{word}"]').bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= height
            # as large as a thumb: 44 px and more
            assert min(box["width"], box["height"]) >= 44


def test_in_the_dark_the_page_is_dark_and_on_paper_it_is_white(visit: Visits, patients: dict[str, str]) -> None:
    page = visit("nurse", f"/patients/{patients['C-fever']}", color_scheme="dark")
    ground = "() => getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)"
    assert max(page.evaluate(ground)) < 40
    page.emulate_media(media="print")
    assert page.evaluate(ground) == [255, 255, 255]
    for gone in ("nav.bar", ".tabs", ".chart-hint"):
        expect(page.locator(gone)).to_be_hidden()
    expect(page.locator('.verdict[data-outcome="crs"] .grade')).to_be_visible()
    expect(page.locator("[data-course] svg")).to_be_visible()
    assert page.pdf(format="A4").startswith(b"%PDF-")


def test_the_pointer_on_the_course_gives_value_time_and_source(visit: Visits, patients: dict[str, str]) -> None:
    page = visit("nurse", f"/patients/{patients['C-fever']}")
    points = page.locator('[data-course] [data-item="temperature"] circle')
    points.last.scroll_into_view_if_needed()
    page.evaluate("() => scrollBy(0, 300)")
    points.last.hover(force=True)
    tip = page.locator(".chart-tip")
    expect(tip).to_have_text(re.compile(r"^temperature: day 4, [\d-]{10} \d\d:\d\d UTC: 39 °C \(.+\)$"))
    page.mouse.move(5, 5)
    expect(tip).to_be_hidden()


def test_a_ward_of_one_unit_keeps_to_it_when_it_is_brought_up_to_date(
    ward: ServedWard, visit: Visits, patients: dict[str, str]
) -> None:
    page = visit("nurse", "/ward?unit=Intensive%20care")
    assert order(page) == [LONG]
    with page.expect_response(re.compile("/ward/rows")):
        refresh(page)
    expect(page.locator(".as-of")).to_contain_text("1 patient")
    assert order(page) == [LONG]


def test_a_long_record_is_read_page_by_page(ward: ServedWard, visit: Visits) -> None:
    patient = ward.admit("Long")
    ward.write(patient, [(50 - n / 10, "heart_rate", 60 + n % 40, "/min") for n in range(200)])
    ward.write(patient, [(25 - n / 10, "respiratory_rate", 12 + n % 10, "/min") for n in range(200)])
    page = visit("nurse", f"/patients/{patient}/record")
    # The two acts have 400 entries; an act is not cut in two.
    expect(page.locator(".record tbody tr")).to_have_count(400)
    page.get_by_role("link", name="Earlier entries").click()
    expect(page.locator(".record tbody")).to_contain_text("axi-cel")
    assert page.get_by_role("row").filter(has_text="Heart rate").count() == 0
    assert page.get_by_role("link", name="Earlier entries").count() == 0
