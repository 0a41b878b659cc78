"""The JSON can be read back, keeps its order, and holds the course, the reasons and the reading."""

from __future__ import annotations

import json
from datetime import datetime

import orjson
import pytest
from made_up_record import NOW, at

from icans.report.as_json import as_dict, as_json, plain


@pytest.mark.parametrize("name", ["review", "empty_review"])
def test_what_is_written_is_what_is_read(name, request):
    review = request.getfixturevalue(name)
    assert json.loads(as_json(review)) == as_dict(review) == orjson.loads(as_json(review))


def test_the_keys_keep_their_order(review):
    assert list(json.loads(as_json(review))) == [
        *(
            "format",
            "patient",
            "now",
            "day",
            "outcomes",
            "course",
            "episodes",
            "scores",
            "related",
            "guidance",
            "notices",
        ),
        *("reading", "conventions"),
    ]


def test_times_can_be_read_back(review):
    read = json.loads(as_json(review))
    assert datetime.fromisoformat(read["now"]) == NOW
    assert datetime.fromisoformat(read["outcomes"]["icans"]["peak"]["time"]) == at(6.5)


def test_grades_and_reasons_are_there(review):
    read = json.loads(as_json(review))
    answer = read["outcomes"]["icans"]["answer"]
    assert (answer["min"], answer["max"]) == (2, 3)
    assert answer["decided_by"][0]["inputs"] == {"ICE, orientation": "4", "ICE, writing": "0"}
    assert answer["what_if"][0]["outcomes"] == [["none", 2, 2], ["nonconvulsive on EEG", 3, 3]]
    assert {"outcome": "icans", "min": 1, "max": 3} in [
        {k: s[k] for k in ("outcome", "min", "max")} for s in read["course"]
    ]


def test_the_guidance_is_there_without_the_record(review):
    read = json.loads(as_json(review))["guidance"]
    assert {"advice", "due", "workup", "sepsis", "endotype", "eeg", "mri", "seizures"} <= read.keys()
    assert "situation" not in read
    assert read["advice"]["actions"][1]["dose"] == "560 mg, IV over 1 h"
    assert read["advice"]["actions"][1]["reasons"][0]["cited"]["mark"] == "verified"
    assert read["due"]["overdue"][0]["due"] == "2025-03-17T07:36:00Z"  # 13.9 days after 2025-03-03 10:00


def test_without_guidance_there_is_null(empty_review):
    assert json.loads(as_json(empty_review))["guidance"] is None


def test_an_outcome_that_was_not_graded_has_no_answer(made_up):
    assert json.loads(as_json(made_up(current={})))["outcomes"]["crs"]["answer"] is None


def test_what_json_cannot_hold_is_null():
    assert plain({"a": float("nan"), "b": (1.0, float("inf"))}) == {"a": None, "b": [1.0, None]}
