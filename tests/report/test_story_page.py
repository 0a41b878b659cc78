"""The page and the terminal summary of a simulation: complete, offline, within the width of the terminal."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from made_up_story import compared, frame, treated, untreated
from rich.console import Console
from test_page import read, words

from icans.report import story_quantities as q
from icans.report.story import Comparison, Dose, Story
from icans.report.story_differences import rows
from icans.report.story_html import page
from icans.report.story_numbers import numbers
from icans.report.story_terminal import show, show_comparison, sparkline


def printed(shown: Story | Comparison, width: int = 80, **options) -> str:
    console = Console(width=width, file=io.StringIO(), **options)
    if isinstance(shown, Story):
        show(shown, console, ["run.html"])
    else:
        show_comparison(shown, console, ["run.html"])
    return console.file.getvalue()  # type: ignore[attr-defined]


@pytest.mark.parametrize("shown", [untreated(), treated(), compared()], ids=["untreated", "treated", "compared"])
def test_every_element_closes_and_nothing_is_fetched(shown):
    text = page(shown)
    found = read(text)
    assert (found.open, found.wrong) == ([], [])
    assert [a for a in found.attributes if a[1] in {"src", "href", "xlink:href", "action", "srcset"}] == []
    assert not any(tag == "script" or name.startswith("on") for tag, name, _ in found.attributes)
    styles = "".join(re.findall(r"<style>(.*?)</style>", text, re.DOTALL))
    assert "@import" not in styles
    assert "url(" not in styles


def test_every_colour_of_the_picture_can_be_set_by_the_page():
    text = page(treated()) + page(compared())
    styles = "".join(re.findall(r"<style>(.*?)</style>", text, re.DOTALL))
    used = {name for names in re.findall(r'class="(c-[^"]*)"', text) for name in names.split()}
    assert {name for name in used if not re.search(rf"\.{name}[ ,]", styles)} == {"c-ribbon"}


def test_the_numbers_are_there_as_a_table():
    said = words(page(untreated()))
    for expected in (
        "CAR T cells 0 44 /µL 6.8",
        "IL-6 3 696 pg/mL 5.0",
        "orientation 4 1.40 of 4 7.6",
        "no prediction, and not a medical device",
    ):
        assert expected in said, expected
    assert "Decision support" not in said


def test_a_marked_number_is_explained_at_the_table_the_foot_and_in_the_terminal():
    warning = "† After tocilizumab the assay reads more IL-6 than signals: its clearance is blocked."
    said = words(page(compared()))
    # Below the table, and in what to keep in mind; the picture's words are not among these.
    assert said.count(warning) == 2
    assert warning in re.sub(r"</text><text[^>]*>", " ", page(compared()).partition("<svg")[2].partition("</svg>")[0])
    assert warning in " ".join(printed(compared()).split())


def test_the_table_of_one_patient_warns_below_the_assay():
    warning = "After tocilizumab the assay reads more IL-6 than signals"
    table = words(page(treated())).partition("The numbers")[2]
    fire = table.partition("Fire in the blood")[2].partition("The wall")[0]
    assert warning in fire
    assert warning not in words(page(untreated()))


def test_the_page_of_a_comparison_has_the_differences():
    said = words(page(compared()))
    assert "Differences from Untreated" in said
    assert "Two drugs 3,290† (×4.7)" in said


def test_doses_and_notes_are_listed():
    said = words(page(replace(treated(), notes=("one note",))))
    assert "tocilizumab 8 mg/kg, day 3" in said
    assert "norepinephrine 0.1 µg/kg/min, day 4 to 6" in said
    assert "one note" in said


def test_what_is_said_is_escaped():
    bad = '"><script>alert(1)</script>'
    text = page(replace(treated(), title=bad, subtitle=bad, notes=(bad,), doses=(Dose(bad, 1.0, bad),)))
    assert "<script" not in text
    assert read(text).wrong == []


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("shown", [treated(), compared()], ids=["one", "several"])
def test_no_line_is_wider_than_the_terminal(shown, width):
    assert max(len(line) for line in printed(shown, width).splitlines()) <= width


def test_the_terminal_says_grades_peaks_and_files():
    said = " ".join(printed(untreated()).split())
    for expected in (
        "ICANS from day 5.5, grade 2–3 on day 6.5",
        "CRS from day 2.0, grade 2 on day 3.0",
        "IL-6 3 696 pg/mL 5.0",
        "The storm within IL-6 in the CSF peaks on day 7.7.",
        "written: run.html",
    ):
        assert expected in said, expected


def test_without_colour_there_are_no_escapes_of_colour():
    assert "\x1b[3" not in printed(untreated(), force_terminal=True, no_color=True).replace("\x1b[3m", "")


def test_the_terminal_says_the_differences_below_the_values():
    lines = printed(compared()).splitlines()
    place = next(i for i, line in enumerate(lines) if line.startswith("Two drugs"))
    assert lines[place].split()[2] == "3,290†"
    assert lines[place + 1].split()[0] == "×4.7"


def test_no_number_is_cut_off_at_80_columns():
    said = printed(compared()).split()
    cells = [cell for _, row in rows(compared()) for cell in row]
    assert [w for cell in cells for w in cell if w and w not in said] == []


def test_each_quantity_is_listed_once():
    columns = [n.quantity.columns for _, listed in numbers(treated()) for n in listed]
    assert len(columns) == len(set(columns))


def test_titles_are_not_markup():
    assert "[bold red]x[/nonsense]" in printed(replace(untreated(), title="[bold red]x[/nonsense]"))


def test_a_small_curve_rises_and_falls_with_its_quantity():
    drawn = sparkline(q.IL6, untreated(), 30)
    assert len(drawn) == 30
    assert drawn[0] == drawn[-1] == "▁"
    # A block a day: the peak of day 5.0 lies between the fifth and the sixth.
    assert "█" in drawn[4:6]


def test_ungraded_and_healthy_outcomes_have_no_line_of_grades():
    assert "CRS  " not in printed(Story("x", "", frame()))


def test_what_a_difference_is_against_is_said():
    assert "Below each value: against Untreated" in " ".join(printed(compared()).split())
    assert "In brackets: against Untreated" in words(page(compared()))


def test_the_columns_of_the_terminal_are_named_once():
    said = " ".join(printed(untreated(), 120).split())
    assert said.count("before peak or lowest day course, day 0 to 30") == 1


def test_the_terminal_lists_movement_but_not_the_items_of_ice():
    said = " ".join(printed(untreated()).split())
    assert "Movement 1 0.95 of 1 9.0" in said
    assert "orientation" not in said
