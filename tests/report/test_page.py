"""The HTML page says everything, fetches nothing, and lets nothing of the record become markup."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from icans.report.html import page

VOID = {"meta", "br", "hr", "img", "input", "link"}


class Balance(HTMLParser):
    """Reads a page and keeps what does not close as it opened, and every attribute."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []

    def handle_starttag(self, tag, attrs):
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def read(text: str) -> Balance:
    parser = Balance()
    parser.feed(text)
    parser.close()
    return parser


def words(text: str) -> str:
    """What a reader sees: without styles and markup, white space joined."""
    visible = re.sub(r"<style>.*?</style>|<svg.*?</svg>|<[^>]+>", " ", text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", visible)


@pytest.mark.parametrize("name", ["review", "empty_review"])
def test_every_element_closes(name, request):
    found = read(page(request.getfixturevalue(name)))
    assert found.open == []
    assert found.wrong == []


def test_nothing_is_fetched_and_there_is_no_script(review):
    found = read(page(review))
    fetching = [a for a in found.attributes if a[1] in {"src", "href", "xlink:href", "action", "srcset"}]
    assert [a for a in fetching if not (a[1] == "href" and str(a[2]).startswith("#"))] == []
    assert not any(tag == "script" or name.startswith("on") for tag, name, _ in found.attributes)
    styles = "".join(re.findall(r"<style>(.*?)</style>", page(review), re.DOTALL))
    assert "@import" not in styles
    assert "url(" not in styles
    assert set(re.findall(r"url\(([^)]*)\)", page(review))) <= {f"#icans-hatch-{k}" for k in (1, 2, 3, "unknown")}


def test_the_grade_is_said_with_its_reasons(review):
    said = words(page(review))
    for expected in (
        "Patient 007",
        "Axicabtagene ciloleucel",
        "day 14",
        "2 to 3",
        "ICE score 7 to 9",
        "ICE, orientation 4; ICE, writing 0",
        "from memory",
        "C7",
        "EEG not done: grade stays 2 or becomes 3",
        "since day 7.5",
        "peak 3, day 6.5",
        "not a medical device",
    ):
        assert expected in said, expected


def test_what_is_only_possible_is_not_given_as_a_reason(review):
    said = words(page(review))
    assert "does not say which Seizure: repetitive seizures (grade 4) or any clinical seizure" in said
    assert "not ruled out: repetitive seizures" in said


def test_gaps_that_change_nothing_are_said(review):
    assert "Some items were not recorded; whatever they are, the grade stays 0." in words(page(review))


def test_reading_scores_sources_and_conventions_are_shown(review):
    said = words(page(review))
    for expected in (
        "observations.csv row 40, column unit",
        "appetite",
        "EASIX 3.21 (high)",
        "CAR-HEMATOTOX at least 2",
        "Early ICAHT grade 2",
        "Not present: Cairo-Bishop TLS.",
        "Not settled by what was recorded: IEC-HS criteria, grade 0 to 1.",
        "Luft T, Blood Adv 2020",
        "C12 off",
    ):
        assert expected in said, expected


def test_an_empty_record_has_a_page(empty_review):
    said = words(page(empty_review))
    assert "CRS not graded" in said
    assert "Episodes" not in said


def test_what_the_record_says_is_escaped(made_up):
    bad = '"><script>alert(1)</script>'
    text = page(
        made_up(
            label=bad,
            product=bad,
            notices=(bad,),
            log=replace(made_up().log, problems=(bad,), used={bad: 1}, skipped={bad: 2}),
        )
    )
    assert "<script" not in text
    assert text.count("&lt;script&gt;") >= 6
    assert read(text).wrong == []
