"""The Content-Security-Policy holds on every page: no page asks for what it forbids, and it stops what it should."""

from __future__ import annotations

from bedside_walk import answer, begin, save, write
from browsing import Visits
from playwright.sync_api import expect
from served_ward import ServedWard, well


def test_no_page_breaks_the_policy_or_asks_for_anything_outside(ward: ServedWard, visit: Visits) -> None:
    patient = ward.admit("Policy", [*well(), (0.2, "temperature", 39, "Cel")])
    one = f"/patients/{patient}"
    page = visit("administrator", f"{one}/ice")
    begin(page)
    answer(page, until="writing")
    write(page)
    answer(page)
    save(page)
    expect(page.locator('[data-state="graded"]')).to_be_visible()
    # `visit` fails the walk where the browser reports a breach, a script fails or another address is asked.
    paths = [
        "/ward", one, f"{one}/record", f"{one}/plan", f"{one}/facts", f"{one}/therapy", f"{one}/enter/vitals",
        f"{one}/capd", "/patients/new", "/settings", "/accounts", "/audit?check=true", "/account", "/nowhere",
    ]  # fmt: skip
    for path in paths:
        page.goto(path)
    page.goto(one)
    page.locator("[data-course] svg").hover()
    page.goto(f"{one}/record")
    drawing = page.locator("img.drawing")
    drawing.scroll_into_view_if_needed()
    page.wait_for_function("() => document.querySelector('img.drawing').naturalWidth > 0")
    page.goto("/ward")
    with page.expect_response("**/ward/rows"):
        page.evaluate("() => document.body.dispatchEvent(new Event('seen'))")


def test_a_script_that_slipped_into_a_page_would_not_run(ward: ServedWard, visit: Visits) -> None:
    page = visit("nurse", "/ward")
    page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.ran = true";
          document.body.append(script);
          const image = document.createElement("div");
          image.innerHTML = '<img src="x:" onerror="window.ran = true">';
          document.body.append(image);
        }"""
    )
    page.wait_for_function("() => document.querySelector('img[onerror]').complete")
    assert page.evaluate("() => window.ran") is None
    assert any("Content Security Policy" in fault for fault in visit.faults)
    visit.faults.clear()


def test_words_of_a_patient_are_shown_and_never_run(ward: ServedWard, visit: Visits) -> None:
    name = "<img src=x onerror=alert(1)><b>Bold</b>"
    patient = ward.admit("Hostile", well(), label=name, bed="<i>1</i>")
    page = visit("nurse", "/ward")
    expect(page.locator("a.who", has_text=name)).to_be_visible()
    for path in ("", "/record", "/ice"):
        page.goto(f"/patients/{patient}{path}")
        expect(page.get_by_text(name).first).to_be_visible()
        assert page.locator("main img[src=x], main b:text-is('Bold')").count() == 0
