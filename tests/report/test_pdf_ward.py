"""What a ward adds to the printed review: the answers to actions, and the monitoring plan on pages of its own."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
import typst
from printed_words import all_words, letters_of

from icans.guidance.monitoring.plan import plan
from icans.report import pdf as printing
from icans.report.pdf import pdf

INFUSION = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MARKUP = "#panic() *bold* $x$ @ref"
EMBEDDED = typst.Fonts(include_system_fonts=False)


@pytest.fixture(autouse=True)
def _fonts_inside_typst_only(monkeypatch):
    """As on a server without fonts, so that every machine sets the same."""
    monkeypatch.setattr(printing, "_fonts", lambda: EMBEDDED)


def test_answers_to_actions_stand_right_after_what_to_do_now(review):
    rows = [("2025-03-17 09:40 UTC", "Call neurology", "overridden", "Dr A. Night", MARKUP)]
    said = all_words(pdf(review, answers=rows))
    assert "Answers to actions Time Action Answer By Reason 2025-03-17 09:40 UTC Call neurology overridden" in said
    assert MARKUP in said, "the reason stands as it was typed"
    places = [said.index(heading) for heading in ("What to do now", "Answers to actions", "Next checks", "Course ")]
    assert places == sorted(places)
    with pytest.raises(ValueError, match="an answer has at most 5 cells"):
        pdf(review, answers=[("a",) * 6])


def test_the_monitoring_plan_has_its_chart_rules_for_outside_and_checks_by_grade(review):
    data = pdf(review, plan=plan("axi-cel", INFUSION))
    assert b"<pdfuaid:part>1</pdfuaid:part>" in data
    said, drawn = all_words(data), letters_of(data)
    assert "MonitoringafterAxicabtageneciloleucel(Yescarta)" in drawn, "the chart keeps its words"
    for expected in (
        # 2026-03-02 09:00 and two weeks
        "Life outside • Stay near the centre , until 2026-03-16 09:00 UTC: 2 weeks, by the US labels since June 2025",
        "longer: until ICE has been 10 for 7 days without a seizure",
        "Check No toxicity Grade 1 Grade 2 Grade 3 and above Temperature",
        "ICE or CAPD, handwriting, consciousness, motor strength every 12 h to day 14; at each visit to day 30 "
        "every 8 h every 4 h every 2 to 4 h, as arousal allows",
        "advance directive written before the infusion: once – – –",
    ):
        assert expected in said, expected
    alt = next(a for a in alternatives(data) if a.startswith("Monitoring after"))
    assert "Tumour lysis syndrome: day 0 to day 3." in alt
    assert "CRS rising to its peak: day 2 to day 7, most from day 2 to day 5." in alt


def alternatives(data: bytes) -> list[str]:
    """What is said of each picture to those who do not see it."""
    found = re.findall(rb"/S/Figure/P \d+ 0 R/Alt(?:\((.*?)\)|<([0-9A-F]+)>)/A", data, re.DOTALL)
    return [plain.decode() if plain else bytes.fromhex(code.decode()).decode("utf-16") for plain, code in found]
