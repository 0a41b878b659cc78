"""The printed review is accessible, says what the page says, and lets nothing of the record become markup."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import polars as pl
import pytest
import typst
from printed_words import all_words, letters_of, pages

from icans.commands import review as command
from icans.errors import DataError
from icans.patient_review import Review, review
from icans.record.read import read
from icans.report import pdf as printing
from icans.report.pdf import pdf

PATIENT = Path(__file__).parents[2] / "examples" / "patient-007"
INFUSION = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PRINTED = datetime(2026, 3, 11, 20, 5, tzinfo=UTC)
MARKUP = '#panic() *bold* _em_ <script>alert(1)</script> $x$ `raw` // no @ref <label> \\ "q" ) ( = h'
EMBEDDED = typst.Fonts(include_system_fonts=False)


@pytest.fixture(autouse=True)
def _fonts_inside_typst_only(monkeypatch):
    """As on a server without fonts, so that every machine sets the same."""
    monkeypatch.setattr(printing, "_fonts", lambda: EMBEDDED)


@cache
def patient_007() -> bytes:
    return pdf(review(read(PATIENT)), printed_by="Night nurse", printed_at=PRINTED)


def test_the_file_says_that_it_is_accessible():
    data = patient_007()
    assert b"<pdfuaid:part>1</pdfuaid:part>" in data
    assert b"/MarkInfo<</Marked true" in data
    assert b"/Lang(en)" in data
    assert b"/DisplayDocTitle true" in data
    assert b"Review of Made-up patient 007, diffuse large B-cell lymphoma</rdf:li></rdf:Alt></dc:title>" in data
    assert b"/MediaBox[0 0 595.2756 841.8898]" in data, "A4"


def test_headings_lists_and_tables_are_told_to_a_screen_reader():
    tags = Counter(re.findall(rb"/Type/StructElem/S/(\w+)", patient_007()))
    assert tags[b"Figure"] == 1, "the chart"
    assert tags[b"Table"] == 2, "episodes, scores"
    assert tags[b"TH"] == 6 + 5, "a heading for each of their columns"
    assert tags[b"H1"] > 8
    assert tags[b"LI"] > 50


def test_the_chart_is_told_in_words():
    (alt,) = re.findall(rb"/S/Figure/P \d+ 0 R/Alt\((.*?)\)/A", patient_007())
    for expected in (
        b"Course of patient-007",
        b"CRS 0; since day 5 ",
        b"ICANS 1 to 2; since day 8.8",
        b"peak 3, day 6.8",
    ):
        assert expected in alt


def test_the_chart_keeps_its_words():
    said = letters_of(patient_007())
    for expected in ("daysfromtheinfusion", "Levetiracetam", "Bloodpressure", "nasalcannula", "gradeuncertain"):
        assert expected in said


def test_first_page_holds_who_the_grades_and_what_must_be_done():
    first = pages(patient_007())[0]
    for expected in (
        "Made-up patient 007, diffuse large B-cell lymphoma",
        "Axicabtagene ciloleucel (Yescarta)",
        "day 9.4",
        "Decision support, not a medical device.",
        "1 to 2",
        "since day 8.8 (2026-03-11 05:00 UTC)",
        "peak 3, day 6.8 (2026-03-09 05:00 UTC)",
        "writes a sentence not recorded: grade becomes 1 if it is 1; 2 if it is 0",
        "Tocilizumab Do not give no CRS",
        "MUST Call neurology",
        "ASCO-IC-0d",
    ):
        assert expected in first, expected


def test_strengths_doses_checks_and_reasons_stand_in_words():
    said = all_words(patient_007())
    for expected in (
        "CONSIDER Seizure prophylaxis, levetiracetam",
        "MUST, possible Dexamethasone 10 mg every 12 h 10 mg, IV, every 12 h.",
        "MUST NOT Give GM-CSF",
        "Next checks 5 overdue, 2 due now, 3 to come.",
        "overdue CMV, EBV, HHV-6 in blood, PCR",
        "Every 8 h; last seen now; due in 8 h (2026-03-12 03:00 UTC).",
        "Why CRS is 0",
        "no fever of 38.0 °C or more that counts as CRS",
        "Before calling it ICANS",
        "Levetiracetam against seizures",
        "CRS day 1.8 (2026-03-04 05:00 UTC) 3",
        "Early ICAHT",
        "C8 on Baseline",
    ):
        assert expected in said, expected


def test_what_to_do_and_the_checks_stand_above_the_course_and_the_reasons_below():
    said = all_words(patient_007())
    headings = ("Present grades", "What to do now", "Next checks", "Course −", "Why CRS is 0",
                "Before calling it ICANS", "Seizures, EEG and MRI", "Episodes Episode", "Sources 1.")  # fmt: skip
    places = [said.index(heading) for heading in headings]
    assert places == sorted(places)


def test_a_line_names_its_source_by_the_number_that_it_has_in_the_list():
    said = all_words(patient_007())
    line = re.search(r"MUST Call neurology .*? ICANS, all grades \[(\d+)\] verified", said)
    assert line is not None
    listed = said[said.index("Sources 1.") :]
    assert f" {line[1]}. ASCO guideline 2021, abstract" in listed
    assert "from memory" in listed
    assert patient_007().count(b"/Subtype/Link") > 50, "each number leads to the list"


def test_every_page_says_whose_it_is_when_it_was_printed_and_which_it_is():
    found = pages(patient_007())
    for number, said in enumerate(found, 1):
        assert "Patient patient-007" in said
        assert "Printed 2026-03-11 20:05 UTC by Night nurse" in said
        assert f"page {number} of {len(found)}" in said


def test_the_time_of_printing_is_told_in_utc(review):
    east = datetime.fromisoformat("2026-03-11T21:05+01:00")
    assert "Printed 2026-03-11 20:05 UTC" in pages(pdf(review, printed_at=east))[0]
    with pytest.raises(ValueError, match="time zone"):
        pdf(review, printed_at=datetime(2026, 3, 11, 20, 5))


def test_without_a_time_of_printing_the_foot_says_up_to_when_the_record_goes(review):
    assert "Seen up to 2025-03-17 10:00 UTC, printed by A. Nurse" in pages(pdf(review, printed_by="A. Nurse"))[0]


def test_words_of_the_record_stand_as_they_were_typed(made_up):
    log = replace(made_up().log, problems=(MARKUP,))
    found = made_up(label=MARKUP, product=MARKUP, patient=MARKUP, notices=(MARKUP,), log=log)
    data = pdf(found, printed_by=MARKUP, entries=[(MARKUP,) * 6], title=MARKUP)
    assert pages(data)[0].count(MARKUP) == 3, "name, product, notice"
    assert all_words(data).count(MARKUP) >= 5
    assert b"&lt;script&gt;" in data
    assert b"<script" not in data[data.index(b"<?xpacket") : data.index(b"<?xpacket end")]


def test_same_review_same_bytes_and_the_date_of_printing_is_in_the_file(made_up):
    assert pdf(made_up(), printed_at=PRINTED) == pdf(made_up(), printed_at=PRINTED)
    assert b"<xmp:CreateDate>2026-03-11T20:05:00+00:00" in pdf(made_up(), printed_at=PRINTED)
    assert b"<xmp:CreateDate>2025-03-17T10:00:00+00:00" in pdf(made_up())


def test_before_the_infusion_nothing_is_graded_and_nothing_advised():
    said = all_words(pdf(review(read(PATIENT), at=INFUSION - timedelta(hours=1))))
    assert "CRS not graded" in said
    assert "ICANS not graded" in said
    assert "What to do now" not in said


def test_without_an_infusion_days_are_not_counted():
    records = read(PATIENT)
    unknown = records.patients.with_columns(pl.lit(None).cast(records.patients.schema["infusion"]).alias("infusion"))
    said = all_words(pdf(review(replace(records, patients=unknown))))
    assert "The time of the infusion is not known" in said
    assert "After infusion" not in said
    assert "infusionnotknown" in said.replace(" ", ""), "the chart says so too"


def test_an_empty_record_can_be_printed(empty_review):
    data = pdf(empty_review)
    assert "CRS not graded" in all_words(data)
    assert "nothingrecorded" in letters_of(data)
    assert "Episodes" not in all_words(data)


def test_a_letter_that_no_font_has_is_spelled_as_its_number(made_up):
    # U+60A3, U+8005: 'patient' in Chinese; U+1F600: a smiling face.
    said = all_words(pdf(made_up(label="Zoë \u60a3\u8005 \U0001f600")))
    assert "Zoë [U+60A3][U+8005] [U+1F600]" in said
    assert "Letters that no font here can print stand as [U+...]" in said


def test_a_letter_that_no_font_has_is_spelled_in_the_chart_too(made_up):
    found = made_up()
    drugs = found.records.therapies.with_columns(pl.col("drug").replace("levetiracetam", "\u60a3\u8005"))
    data = pdf(replace(found, records=replace(found.records, therapies=drugs)))
    assert "[U+60A3][U+8005]" in letters_of(data)


def test_nothing_in_the_record_turns_words_round_or_breaks_lines(made_up):
    assert "grade 3 of the ward" in all_words(pdf(made_up(notices=("grade \u202e3 of\x00\n the\x07 ward",))))


def test_a_word_without_end_stays_on_the_paper(made_up):
    said = all_words(pdf(made_up(notices=("y" * 400,), label="x" * 900), entries=[("", "a" * 300)]))
    assert "y" * 81 not in said, "no line is longer than the paper is wide"
    assert "a" * 19 not in said, "nor than a cell"
    assert said.replace(" ", "").replace("\u200b", "").count("y" * 400) == 1
    assert "x…" in said, "the name is cut where it would fill the page"


def test_entries_of_the_record_stand_at_the_end(review):
    rows = [("2025-03-04 10:00 UTC", "Temperature", "38.4 °C", "A. Nurse", "2025-03-04 10:02 UTC"), ("short",)]
    said = all_words(pdf(review, entries=rows))
    table = (
        "Entries of the record Time What Value Entered by Entered at Remark 2025-03-04 10:00 UTC Temperature 38.4 °C"
    )
    assert table in said
    with pytest.raises(ValueError, match="at most 6 cells"):
        pdf(review, entries=[("a",) * 7])


def test_without_answers_and_plan_neither_heading_stands():
    said = all_words(patient_007())
    assert "Answers to actions" not in said
    assert "Monitoring plan" not in said
    assert "Life outside" not in said


def test_where_typst_is_missing_the_error_says_what_to_install(review, monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(DataError, match=re.escape("pip install 'icans[serve]'")):
        pdf(review)


def run(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(folder)
    command.run(
        PATIENT, patient=None, at=None, every=None, guideline="asco-2021", convention=(), mapping=None, html=None,
        json=None, chart=None, pdf=Path(name), keep_going=False,
    )  # fmt: skip


def test_the_command_writes_the_file_and_dates_it_now(tmp_path, monkeypatch):
    run(tmp_path, monkeypatch, "chart.pdf")
    said = pages((tmp_path / "chart.pdf").read_bytes())[0]
    found = re.search(r"Printed (\d{4}-\d\d-\d\d \d\d:\d\d) UTC", said)
    assert found is not None
    printed = datetime.strptime(found[1], "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    assert timedelta() <= datetime.now(UTC) - printed < timedelta(minutes=5)


def test_the_command_writes_nothing_where_typst_is_missing(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(DataError, match="icans"):
        run(tmp_path, monkeypatch, "chart.pdf")
    assert list(tmp_path.iterdir()) == []


def test_two_outputs_with_one_name_are_refused(tmp_path, monkeypatch):
    with pytest.raises(DataError, match="name the same file"):
        run(tmp_path, monkeypatch, "review-patient-007.html")
    assert list(tmp_path.iterdir()) == []


def test_a_review_is_any_review(made_up: Callable[..., Review]):
    """Grade 5 has a fifth step in the strip, and a death no guidance."""
    answers = {k: replace(a, min=5, max=5) for k, a in made_up().current.items()}
    said = all_words(pdf(made_up(current=answers, guidance=None)))
    assert "CRS ASTCT 2019 CRS 5" in said
    assert "What to do now" not in said
