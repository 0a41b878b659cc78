"""The inputs behind a rule: those that speak for it, in words."""

from __future__ import annotations

import pytest
from made_up_guidance import TOCI

from icans.report.advice_reasons import because, speaking


@pytest.mark.parametrize("no", ["no", "none", "room air", "awake", "0", "0 L/min"])
def test_what_says_no_is_left_out_where_something_else_speaks(no):
    assert speaking({"Seizure": no, "Body temperature": "38.5 °C"}) == {"Body temperature": "38.5 °C"}


@pytest.mark.parametrize("words", ["0.2 ×10⁹/L", "0 to 2", "no improvement", "asleep"])
def test_what_only_begins_like_a_no_stays(words):
    assert speaking({"Seizure": "none", "Something": words}) == {"Something": words}


def test_where_everything_says_no_that_is_what_is_shown():
    assert speaking({"CRS grade": "0", "Seizure": "none"}) == {"CRS grade": "0", "Seizure": "none"}


def test_findings_come_first_and_what_is_only_read_along_comes_last():
    inputs = {"Age": "58 years", "Mean arterial pressure": "56 mmHg", "Hypotension": "yes", "Oxygen": "nasal cannula"}
    assert list(speaking(inputs)) == ["Hypotension", "Mean arterial pressure", "Oxygen", "Age"]


def test_what_a_reason_told_is_not_told_again_and_its_noes_do_not_come_back():
    first = TOCI.reasons[0]
    second = type(first)("T-9", "a second rule", "MUST", True, {"CRS grade": "2", "Seizure": "none"}, first.cited)
    assert list(because((first, second), "Give tocilizumab")) == ["What T-2b says: CRS grade 2.", "A second rule."]
