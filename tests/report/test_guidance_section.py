"""What the page says of what to do next: every line with its rule, source and mark, the same in HTML and terminal."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import polars as pl
import pytest
from made_up_guidance import ACTIONS, ADVICE, DISCHARGE, DUE, SEPSIS, STATE, TOCI, WORKUP, made_up_guidance
from made_up_record import INFUSION, NOW, at
from rich.console import Console

from icans.guidance.findings import eeg, seizure_pathway
from icans.record.catalogue import catalogue
from icans.report import guidance
from icans.report.guidance_checks import checks
from icans.report.guidance_clock import Clock
from icans.report.guidance_discharge import before_going_home
from icans.report.guidance_findings import findings
from icans.report.guidance_pathway import pathway
from icans.report.guidance_to_do import to_do
from icans.report.guidance_workup import work_up
from icans.report.html import page
from icans.report.terminal import show

CLOCK = Clock(NOW, INFUSION)


def html_words(review) -> str:
    visible = re.sub(r"<style>.*?</style>|<svg.*?</svg>|<[^>]+>", " ", page(review), flags=re.DOTALL)
    return re.sub(r"\s+", " ", visible).replace("&#39;", "'")


def terminal_words(review, width: int = 80) -> str:
    console = Console(width=width, file=io.StringIO())
    show(review, console)
    return " ".join(console.file.getvalue().split())  # type: ignore[attr-defined]


def seizure(kind: str) -> pl.Expr:
    """The column of the kind of seizure, as a typed table has it."""
    return pl.lit(kind, dtype=pl.Enum(list(catalogue()["seizure_type"].values))).alias("seizure_type")


BOTH = pytest.mark.parametrize("said", [html_words, terminal_words], ids=["html", "terminal"])


@BOTH
def test_the_parts_stand_in_the_order_of_the_bedside(said, review):
    found = said(review)
    order = (
        "What to do now", "Life support and emergencies first", "Airway, breathing, circulation first",
        "Give tocilizumab", "Course", "Next checks", "Before calling it ICANS", "CRS or sepsis", "Endotype", "Sources",
    )  # fmt: skip
    places = [found.index(words) for words in order]
    assert places == sorted(places)


@BOTH
@pytest.mark.parametrize(
    "words",
    [
        "560 mg, IV over 1 h (8 mg/kg × 70 kg = 560 mg)",
        "What T-2b says: CRS grade 2.",
        "MUST, possible",
        "Possible: if ICANS grade, not settled, is 2",
        "MUST NOT",
        "Taken for granted: A past seizure is taken as absent. (G6)",
        "It depends on what is not known: Creatinine.",
        "1 overdue, 1 due now, 1 to come.",
        "Every 12 h; last seen 14 h ago; was due 2 h ago (2025-03-17 07:36 UTC).",
        "Not recorded before the infusion: MRI before the infusion.",
        "ICANS stays provisional.",
        "Do: blood gas.",
        "Excluded: hypoglycaemia.",
        "not excluded: cefepime (Cefepime, last dose 4 h ago).",
        "Also open, drugs: ifosfamide.",
        "Platelets are too low: Platelets 24.",
        "Antibiotics are never withheld",
        "Unknown: Procalcitonin.",
        "Reading: endothelial.",
        "controls 1188 ± 660",
        "hypothesis",
        "Guideline of the test",
    ],
)
def test_it_is_said_in_both(said, words, review):
    assert words in said(review)


@pytest.mark.parametrize("part", range(6))
def test_every_line_that_rests_on_something_says_on_what(part, review):
    above, below = guidance.parts(review)
    section = (*above, *below)[part]
    # The reasons of an endotype stand without a source of their own; their markers carry it.
    lines = [
        line for group in section.groups if group.title not in ("Why", "What would decide") for line in group.lines
    ]
    assert lines
    for line in lines:
        assert line.cited, line.says
        assert all(c.source and c.mark for c in line.cited)


def test_each_source_number_leads_to_its_place_in_the_list(review):
    text = page(review)
    asked = set(re.findall(r'href="#(source-\d+)"', text))
    listed = re.findall(r'<li id="(source-\d+)">', text)
    assert asked
    assert asked <= set(listed)
    assert len(listed) == len(set(listed))


def test_what_is_only_possible_never_stands_among_what_must_be_done():
    groups = {group.title: [line.says for line in group.lines] for group in to_do(ADVICE).groups}
    assert groups["Must"] == ["Give tocilizumab"]
    assert groups["Possible: if ICANS grade, not settled, is 2"] == ["Record an EEG"]


def test_the_three_questions_are_answered_in_short():
    answers = [(reply.question, reply.says, reply.more) for reply in to_do(ADVICE).replies]
    assert answers == [
        ("Tocilizumab", "Give", "560 mg, IV over 1 h (8 mg/kg × 70 kg = 560 mg)"),
        ("Steroid", "Consider", "dexamethasone 10 mg every 6 h"),
        ("Intensive care", "Not asked for", ""),
    ]


def test_an_open_answer_names_every_way_it_may_go():
    ways = (("CONSIDER", "DEX10_Q6H"), ("OPTIONAL", "DEX10_Q6H"), ("NONE", "NONE"))
    open_ = replace(ADVICE, steroid=ways, tocilizumab=("CONSIDER", "MUST"), actions=ACTIONS)
    tocilizumab, steroid, _ = to_do(open_).replies
    assert (tocilizumab.says, tocilizumab.more.partition(";")[0]) == ("Not settled", "consider or give")
    assert steroid.more == "consider or optional dexamethasone 10 mg every 6 h; or not asked for"


def test_where_nothing_is_advised_it_is_said():
    nothing = replace(ADVICE, actions=(), tocilizumab=(), steroid=(), icu=(), cautions=(), taken=())
    assert "Nothing is advised." in to_do(nothing).lead
    assert to_do(nothing).replies == ()


def test_a_dose_without_a_known_weight_stays_a_formula():
    formula = replace(TOCI, dose="8 mg/kg, IV over 1 h", arithmetic="")
    (line,) = next(g.lines for g in to_do(replace(ADVICE, actions=(formula,))).groups if g.title == "Must")
    assert line.more == ("8 mg/kg, IV over 1 h.",)


def test_a_running_seizure_has_its_pathway_with_minutes():
    state = STATE.with_columns(seizure("clinical_generalized"), seizure_longest_min=pl.lit(12.0))
    section = pathway(seizure_pathway(state))
    assert section is not None
    assert "minute" in " ".join(group.title for group in section.groups)
    # 0.1 mg/kg x 70 kg = 7 mg, but never above 4 mg
    assert any("Lorazepam 4 mg IV" in more for group in section.groups for line in group.lines for more in line.more)


def test_where_no_seizure_was_seen_no_pathway_is_shown():
    assert pathway(seizure_pathway(STATE.with_columns(seizure("none")))) is None


def test_without_a_stated_eeg_nothing_is_said_of_one():
    assert findings(None, eeg(STATE), None) is None


STATED = STATE.with_columns(eeg_seizure=pl.lit(True), eeg_hours=pl.lit(1.0))


def test_a_stated_eeg_says_what_it_meets_what_it_bears_on_and_what_is_not_known():
    section = findings(None, eeg(STATED), None)
    assert section is not None
    tags = {line.tag: line for group in section.groups for line in group.lines}
    assert {"met", "open", "bears on ICANS", "published"} <= tags.keys()
    assert "ICANS grade 3 goes with it." in tags["bears on ICANS"].more
    assert tags["open"].more[0].startswith("Not known: ")


@BOTH
def test_a_finding_that_the_grade_does_not_hold_is_a_notice(said, made_up):
    words = "EEG: Seizure on EEG goes with ICANS grade 3; the grade does not hold it."
    assert words in said(made_up(guidance=made_up_guidance(eeg=eeg(STATED))))
    assert words not in said(made_up())


def test_a_check_that_must_wait_says_so():
    due = replace(DUE, now=(replace(DUE.now[0], id="lumbar-puncture", label="Lumbar puncture"),))
    lines = [line for group in checks(due, CLOCK, {"lumbar-puncture": "Must wait: bleeding."}).groups
             for line in group.lines]  # fmt: skip
    (puncture,) = [line for line in lines if line.says == "Lumbar puncture"]
    assert puncture.tag == "now, must wait, possible"
    assert puncture.more[0] == "Must wait: bleeding."


def test_a_lumbar_puncture_that_the_work_up_holds_up_is_not_simply_due(made_up):
    due = replace(DUE, now=(replace(DUE.now[0], id="lumbar-puncture", label="Puncture now"),))
    said = terminal_words(made_up(guidance=made_up_guidance(due=due)))
    assert "[now, must wait, possible] Puncture now. Must wait: platelets are too low." in said


def test_a_reason_that_may_not_hold_is_not_given_where_one_surely_does():
    open_ = replace(TOCI.reasons[0], rule="T-open", says="perhaps", certain=False)
    both = replace(TOCI, reasons=(open_, *TOCI.reasons))
    (line,) = next(g.lines for g in to_do(replace(ADVICE, actions=(both,))).groups if g.title == "Must")
    assert line.rules == ("T-2b",)
    either = replace(TOCI, reasons=(open_, replace(open_, rule="T-other")))
    (line,) = next(g.lines for g in to_do(replace(ADVICE, actions=(either,))).groups if g.title == "Must")
    assert line.why[0] == "One of these holds."


def test_without_neurological_signs_nothing_remains_to_be_excluded():
    titles = [group.title for group in work_up(replace(WORKUP, asked=False), CLOCK).groups]
    assert "Not yet exclusive: these remain" not in titles


@pytest.mark.parametrize(
    ("when", "said"),
    [(at(13.5), "12 h ago"), (at(14), "now"), (at(14.01), "now"), (at(15.25), "in 1 d 6 h")],
)
def test_times_are_told_from_now(when, said):
    assert CLOCK.from_now(when) == said


@pytest.mark.parametrize("width", [40, 80])
def test_the_guidance_fits_the_terminal(width, review):
    console = Console(width=width, file=io.StringIO())
    show(review, console)
    assert max(len(line) for line in console.file.getvalue().splitlines()) <= width  # type: ignore[attr-defined]


def test_parts_that_nothing_asks_for_are_left_out(made_up):
    without = made_up(guidance=made_up_guidance(sepsis=None, workup=None, due=replace(DUE, overdue=())))
    names = [section.name for section in guidance.parts(without)[1]]
    assert "sepsis" not in names
    assert "workup" not in names
    assert "checks" in names


@BOTH
def test_a_review_without_guidance_is_whole(said, made_up):
    assert "What to do now" not in said(made_up(guidance=None))


@BOTH
def test_words_of_the_guidance_are_not_markup(said, made_up):
    bad = "<script>alert(1)</script>[bold]"
    review = made_up(guidance=made_up_guidance(sepsis=replace(SEPSIS, no_posterior=bad)))
    assert "<script>" not in page(review)
    assert "[bold]" in said(review)


def test_what_discharge_asks_for_is_shown_once_nothing_speaks_against_it():
    assert before_going_home(DISCHARGE) is None
    free = replace(DISCHARGE, holds=None, criteria=(replace(DISCHARGE.criteria[0], holds=True), DISCHARGE.criteria[1]))
    part = before_going_home(free)
    assert part is not None
    assert part.lead == ("No criterion speaks against it; some are open.",)
    assert [line.tag for line in part.groups[0].lines] == ["holds", "open"]
    assert part.groups[0].lines[1].more == ("To be asked: a record cannot show it.",)


def test_what_two_missing_values_may_decide_says_so_line_by_line():
    eeg_record = next(a for a in ACTIONS if not a.certain)
    second = replace(eeg_record.decided_by[0], item="platelets", label="Platelets", told="below 50", not_told="")
    part = to_do(replace(ADVICE, actions=(replace(eeg_record, decided_by=(*eeg_record.decided_by, second)),)))
    group = part.groups[0]
    assert group.title == "Possible: what is not known decides"
    assert "Platelets, not recorded, decides: asked for if below 50." in group.lines[0].more
