"""The terminal page fits 80 columns, needs no colour, and shows the course as a strip."""

from __future__ import annotations

import io

import pytest
from made_up_record import course
from rich.console import Console

from icans.report.strip import strip
from icans.report.terminal import show


def printed(review, width: int = 80, **options) -> str:
    console = Console(width=width, file=io.StringIO(), **options)
    show(review, console)
    return console.file.getvalue()  # type: ignore[attr-defined]


@pytest.mark.parametrize("width", [40, 80, 200])
def test_no_line_is_wider_than_the_terminal(review, width):
    assert max(len(line) for line in printed(review, width).splitlines()) <= width


def test_without_colour_there_are_no_escapes_of_colour(review):
    said = printed(review, force_terminal=True, no_color=True)
    assert "\x1b[38;" not in said
    assert "\x1b[48;" not in said
    assert "2 to 3" in said


def test_the_grade_is_said_with_its_reasons(review):
    said = " ".join(printed(review).split())
    for expected in ("ICANS 2 to 3", "> ICE score 7 to 9", "? EEG not done: grade stays 2 or becomes 3"):
        assert expected in said, expected
    assert "ICANS from day 5 (2025-03-08 10:00 UTC) to day 9" in said


def test_what_is_only_possible_is_marked_so(review):
    said = " ".join(printed(review).split())
    assert "? Seizure, one of: repetitive seizures (grade 4) or any clinical seizure" in said
    assert "> repetitive seizures" not in said


def test_an_empty_record_has_a_page(empty_review):
    assert "CRS not graded" in " ".join(printed(empty_review).split())


def test_words_of_the_record_are_not_markup(made_up):
    assert "[bold red]x[/nonsense]" in printed(made_up(label="[bold red]x[/nonsense]"))


def test_the_strip_shows_half_days_with_their_worst_grade(made_up):
    steps = ((0, 0, 0), (0.6, 1, 1), (0.8, 1, 3), (1, 0, 4), (1.5, 2, 2))
    lines = [line.plain for line in strip(made_up(course=course(icans=steps)), 80)]
    assert lines[0].split() == ["day", "0", "1"]
    assert lines[1].split() == ["ICANS", "0", "1–3", "?", "2"]


def test_a_long_course_takes_longer_blocks_instead_of_many_lines(made_up):
    year = tuple((float(d), d % 2, d % 2) for d in range(365))
    lines = strip(made_up(course=course(crs=year)), 80)
    assert len(lines) <= 8
    assert all(len(line.plain) <= 80 for line in lines)
