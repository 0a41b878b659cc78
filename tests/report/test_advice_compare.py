"""Guidelines side by side: what differs is said in a word, not only in colour, in the terminal and in HTML."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from made_up_guidance import ACTIONS, ADVICE, ASCO, TOCI, advised
from rich.console import Console

from icans.report import advice_terminal
from icans.report.advice_compare import compare
from icans.report.advice_html import page

OTHER = replace(
    ADVICE,
    guideline="ebmt-2022",
    citation="Another guideline of the test",
    steroid=(("MUST", "DEX10_Q6H"),),
    actions=(
        *(a for a in ACTIONS if a.code != "EEG"),
        advised("ANTIPYRETIC", "Antipyretic", "MUST", "supportive", "E-1"),
    ),
)  # fmt: skip
TABLE = compare([ADVICE, OTHER])
ROWS = {row.question: row for row in (*TABLE.rows, *TABLE.partly)}


def printed(table, width: int = 80) -> str:
    console = Console(width=width, file=io.StringIO())
    advice_terminal.show(table, console, "Patient 007")
    return console.file.getvalue()  # type: ignore[attr-defined]


def visible(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", text, flags=re.DOTALL))


def test_the_grades_and_the_three_questions_stand_first():
    assert [row.question for row in TABLE.rows[:4]] == ["Grades", "Tocilizumab", "Steroid", "Intensive care"]


def test_another_answer_than_that_of_the_first_guideline_differs():
    assert [cell.differs for cell in ROWS["Steroid"].cells] == [False, True]
    assert [cell.says for cell in ROWS["Steroid"].cells] == ["Consider", "Give"]


def test_the_same_answer_agrees():
    assert ROWS["Tocilizumab"].agree
    assert ROWS["Tocilizumab"].cells[1].more == "560 mg, IV over 1 h (8 mg/kg × 70 kg = 560 mg)"


def test_not_to_ask_for_a_drug_and_to_advise_against_it_are_the_same_answer():
    silent, against = replace(ADVICE, tocilizumab=("NONE",)), replace(ADVICE, tocilizumab=("MUST_NOT",))
    assert compare([silent, against]).rows[1].agree


@pytest.mark.parametrize(
    ("guideline", "rule", "alike"),
    [("cartox-2018", "CARTOX-TOCI-interval", False), ("ebmt-2022", "EBMT-TOCI-interval", True)],
)
def test_to_be_given_from_another_time_on_is_another_answer(guideline, rule, alike):
    def told(name, id_):
        ban = advised("TOCI_BEFORE_8H", "Too early", "MUST_NOT", "supportive", id_)
        since = {"Tocilizumab doses in total": "1", "Hours since the last tocilizumab dose": "2 h"}
        ban = replace(ban, reasons=(replace(ban.reasons[0], inputs=since),))
        return replace(ADVICE, guideline=name, tocilizumab=("MUST_NOT",), actions=(ban,))

    assert compare([told("asco-2021", "ASCO-PR-7-interval"), told(guideline, rule)]).rows[1].agree is alike


def test_another_dose_of_the_same_drug_differs():
    actions = (replace(TOCI, dose="800 mg, IV over 1 h"),)
    assert not compare([ADVICE, replace(ADVICE, actions=actions)]).rows[1].agree


def test_what_only_some_name_stands_apart():
    assert [row.question for row in TABLE.partly] == ["EEG", "Antipyretic"]
    assert [cell.says for cell in ROWS["Antipyretic"].cells] == ["not named", "MUST"]


def test_what_all_tell_alike_is_only_named():
    assert "Airway, breathing, circulation, glucose (MUST)" in TABLE.same
    assert "GM-CSF (MUST NOT)" in TABLE.same


def test_an_action_that_is_only_possible_is_not_the_same_as_one_that_is_sure():
    sure = advised("EEG", "EEG", "MUST", "work-up", "E-2")
    table = compare([ADVICE, replace(ADVICE, actions=(*OTHER.actions[:-1], sure))])
    row = next(row for row in table.rows if row.question == "EEG")
    assert [cell.says for cell in row.cells] == ["MUST, possible", "MUST"]
    assert row.cells[1].differs


@pytest.mark.parametrize("names", [2, 3, 4, 6])
@pytest.mark.parametrize("width", [60, 80, 160])
def test_the_table_fits_the_terminal(names, width):
    table = compare([ADVICE, *(replace(OTHER, guideline=f"guideline-{k}") for k in range(1, names))])
    said = printed(table, width)
    assert max(len(line) for line in said.splitlines()) <= width
    assert "≠" in said
    assert "…" not in said


@pytest.mark.parametrize(
    ("width", "heads"), [(60, "Guideline Grades"), (160, "Question asco-2021 ebmt-2022 asco-2021 ebmt-2022")]
)
def test_where_columns_would_break_words_each_guideline_is_a_row(width, heads):
    assert heads in " ".join(printed(compare([ADVICE, OTHER] * 2), width).split())


@pytest.mark.parametrize("width", [60, 160])
def test_the_terminal_says_what_differs_and_by_which_rule(width):
    said = " ".join(printed(TABLE, width).split())
    for expected in (
        "They differ on: Steroid. 2 more actions are named by some only.",
        "≠ marks an answer other than that of asco-2021",
        "≠ Give",
        "T-3c",
        "Antipyretic: not named by asco-2021; ≠ MUST by ebmt-2022 (E-1)",
        "ebmt-2022: Another guideline of the test",
        "not a medical device",
    ):
        assert expected in said, expected


def test_the_page_says_the_same_and_each_guideline_in_full():
    said = visible(page(TABLE, "Patient 007"))
    for expected in (
        "They differ on: Steroid. 2 more actions are named by some only.",
        "Give differs dexamethasone 10 mg every 6 h",
        "not named",
        "Named by some only",
        "ebmt-2022: Another guideline of the test",
        "Possible: if ICANS grade, not settled, is 2",
        ASCO.source,
        "verified",
    ):
        assert expected in said, expected


def test_the_page_fetches_nothing_and_closes_its_elements():
    text = page(TABLE, "Patient 007")
    assert set(re.findall(r'(?:href|src)="([^"]*)"', text)) <= {f"#source-{k}" for k in range(1, 9)}
    assert "<script" not in text
    for name in ("section", "table", "tr", "td", "div", "ul", "ol", "li"):
        assert len(re.findall(rf"<{name}[ >]", text)) == text.count(f"</{name}>"), name


def test_words_of_a_guideline_are_not_markup():
    bad = replace(OTHER, citation="<script>alert(1)</script>")
    assert "<script" not in page(compare([ADVICE, bad]), "<b>")


def test_one_guideline_is_shown_in_full_with_its_sources():
    console = Console(width=80, file=io.StringIO())
    advice_terminal.show_one(ADVICE, console, "Patient 007")
    said = " ".join(console.file.getvalue().split())  # type: ignore[attr-defined]
    for expected in ("> Tocilizumab: Give, 560 mg", "T-2b; CRS grade 2 [1]; verified", "[1] Guideline of the test"):
        assert expected in said, expected


def test_after_death_there_is_a_table_without_answers():
    nothing = replace(ADVICE, actions=(), tocilizumab=(), steroid=(), icu=())
    assert "not named" in printed(compare([nothing, nothing]))
