"""From words to entries: what is wrong is refused with what is expected, and never kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from store_made import FACTS, NOW, seen

from icans.errors import DataError
from icans.store.words import fact_entries, observation_entries, therapy_entries

FAR_EAST = timezone(timedelta(hours=14))


def given(**more: Any) -> dict[str, Any]:
    return {"start": (NOW - timedelta(hours=1)).isoformat(), "drug": "tocilizumab", "dose": 560, "unit": "mg"} | more


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (seen("temprature", 38), r"entry 1, column item: 'temprature' is no item. Is it 'temperature'\?"),
        (seen("temperature", 38, "mg"), "entry 1, column unit: .*mg"),
        (seen("temperature", "warm", "Cel"), "entry 1, column value: temperature is a number"),
        (seen("temperature", "38,4", "Cel"), "entry 1, column value: write decimals with a point"),
        (seen("temperature", float("nan"), "Cel"), "entry 1, column value: temperature is a number"),
        (seen("temperature", float("inf"), "Cel"), "entry 1, column value: temperature is a number"),
        (seen("oxygen_saturation", 120, "%"), "entry 1, column value: oxygen_saturation is from 0 to 100 %"),
        (seen("temperature", None, "Cel"), "entry 1, column value: the value is missing"),
        (seen("ice_naming", 4), "entry 1, column value: ice_naming is from 0 to 3"),
        (seen("ice_naming", 2.5), "entry 1, column value: ice_naming is a whole number"),
        (seen("temperature", 38, "Cel", attribution="maybe"), "entry 1, column attribution: attribution is empty"),
        (seen("temperature", "x" * 2001, "Cel"), "a text of more than 2000 characters"),
        (seen("temperature", 38, "Cel", time=NOW + timedelta(minutes=3)), "entry 1, time: it lies in the future"),
        (seen("temperature", 38, "Cel", time="2026-03-09T05:00"), "entry 1, time: time zone missing"),
        (seen("temperature", 38, "Cel", time=datetime(2026, 3, 9, 5)), "entry 1, time: give its zone"),
        (seen("temperature", 38, "Cel", time="yesterday"), "entry 1, time: not a time; expected ISO 8601"),
        (seen("temperature", 38, "Cel", time=None), "entry 1, time: not a time; expected ISO 8601"),
        (
            seen("temperature", 38, "Cel", time=datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))),
            "time: the year",
        ),
        (seen("temperature", 38, "Cel", time=datetime(9999, 12, 31, 23, tzinfo=UTC)), "time: the year"),
    ],
)
def test_an_observation_that_is_wrong_is_refused_with_what_is_expected(row: dict[str, Any], words: str):
    with pytest.raises(DataError, match=words):
        observation_entries([row], NOW)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (given(drug=None), "entry 1, column drug: no drug is named"),
        (given(dose="a lot"), "entry 1, column dose: it is a number of 0 or more"),
        (given(dose=-1), "entry 1, column dose: it is a number of 0 or more"),
        (given(dose=float("inf")), "entry 1, column dose: it is a number of 0 or more"),
        (given(rate=float("nan")), "entry 1, column rate: it is a number of 0 or more"),
        (given(start=None), "entry 1, column start: the time is missing"),
        (given(start="2026-03-09T05:00"), "entry 1, column start: time zone missing"),
        (given(start=(NOW + timedelta(hours=1)).isoformat()), "start: it lies in the future"),
        (given(start=datetime(1, 1, 1, tzinfo=UTC)), "entry 1, column start: the year is not between 1900 and 2300"),
        (given(end=(NOW - timedelta(hours=2)).isoformat()), "entry 1, column end: the end is before the start"),
        (given(drug="tocilizumap"), r"entry 1, drug: it is not in the catalogue\. Is it 'tocilizumab'\?"),
        (given(drug="holy water"), r"entry 1, drug: it is not in the catalogue\. Correct it, or say that it is kept"),
        (given(drug="x" * 121, as_written="yes"), "entry 1, column drug: at most 120 characters"),
        (given(unit="x" * 41), "entry 1, column unit: at most 40 characters"),
        (given(route="x" * 61), "entry 1, column route: at most 60 characters"),
        (given(rate=1, rate_unit="x" * 41), "entry 1, column rate_unit: at most 40 characters"),
    ],
)
def test_a_therapy_that_is_wrong_is_refused_with_what_is_expected(row: dict[str, Any], words: str):
    with pytest.raises(DataError, match=words):
        therapy_entries([row], NOW)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"blood_group": "A"}, "blood_group is no fact of a patient; there are product, infusion"),
        ({"age": "sixty"}, "age: age is a number"),
        ({"age": "-1"}, "age: age is"),
        ({"weight": "nan"}, "weight: weight is a finite number"),
        ({"infusion": "2026-03-02T10:00"}, "infusion: time zone missing"),
        ({"infusion": "in spring"}, "infusion: not a time; expected ISO 8601"),
        ({"infusion": (NOW + timedelta(days=91)).isoformat()}, "infusion: it lies more than 90 days ahead"),
        ({"drug_chart": "nearly"}, "drug_chart: one of complete, not complete"),
        ({"sex": "yes"}, "sex: one of female, male, other"),
        ({"developmental_delay": "perhaps"}, "developmental_delay: developmental_delay is yes or no"),
        ({"label": "x" * 2001}, "a text of more than 2000 characters"),
    ],
)
def test_a_fact_that_is_wrong_is_refused_with_what_is_expected(facts: dict[str, str], words: str):
    with pytest.raises(DataError, match=words):
        fact_entries(facts, NOW)


@pytest.mark.parametrize(
    ("read", "rows"),
    [
        (observation_entries, [seen("temprature", 38), seen("ice_naming", 4), seen("heart_rate", 90, "/min")]),
        (therapy_entries, [given(dose="x"), given(start="x"), given()]),
    ],
)
def test_all_that_is_wrong_is_told_at_once(read: Callable[..., Any], rows: list[dict[str, Any]]):
    with pytest.raises(DataError) as told:
        read(rows, NOW)
    assert sorted(problem.split(",")[0] for problem in told.value.problems) == ["entry 1", "entry 2"]


def test_two_values_of_one_item_at_one_time_in_one_form_are_refused():
    with pytest.raises(DataError, match="two values of temperature at the same time"):
        observation_entries([seen("temperature", 38, "Cel"), seen("temperature", 39, "Cel")], NOW)


def test_no_refusal_repeats_what_was_written():
    with pytest.raises(DataError) as told:
        observation_entries([seen("temperature", "Zebulon", "Cel"), seen("ice_naming", 77)], NOW)
    assert "Zebulon" not in str(told.value)
    assert "77" not in str(told.value)


def test_a_clock_two_minutes_ahead_is_let_through_and_taken_as_now():
    ahead = NOW + timedelta(minutes=2)
    (row,) = observation_entries([seen("temperature", 38, "Cel", time=ahead)], NOW)
    (dose,) = therapy_entries([given(start=ahead.isoformat())], NOW)
    assert row["time"] == dose["time"] == NOW


def test_a_value_is_kept_in_the_unit_of_the_catalogue():
    # 101.3 degrees Fahrenheit: (101.3 - 32) / 1.8 = 38.5 degrees Celsius
    (row,) = observation_entries([seen("temperature", 101.3, "[degF]")], NOW)
    assert (row["value"], row["item"], row["kind"]) == (38.5, "temperature", "observation")


def test_times_of_any_zone_become_utc():
    west = timezone(timedelta(hours=-5))
    (row,) = observation_entries([seen("temperature", 38, "Cel", time=datetime(2026, 3, 9, 0, 30, tzinfo=west))], NOW)
    assert row["time"] == datetime(2026, 3, 9, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize("said", [True, "yes"])
def test_a_drug_that_the_catalogue_does_not_know_is_kept_as_written_where_that_is_said(said: object):
    (row,) = therapy_entries([given(drug="Holy Water", unit="mL", as_written=said)], NOW)
    assert (row["item"], row["value"], row["unit"]) == ("holy water", 560, "mL")


def test_an_infusion_that_runs_may_end_later():
    (row,) = therapy_entries([given(end=(NOW + timedelta(hours=1)).isoformat())], NOW)
    assert row["until"] == NOW + timedelta(hours=1)


def test_an_empty_fact_says_nothing():
    facts = dict.fromkeys(FACTS, "") | {"label": None, "sex": "  "}
    assert fact_entries(facts, NOW) == []


def test_facts_are_kept_as_the_catalogue_has_them():
    facts = {"product": "Yescarta", "age": "60", "sex": "Female", "developmental_delay": "no", "bed": " 7 "}
    kept = {row["item"]: row.get("text", row.get("value")) for row in fact_entries(facts, NOW)}
    assert kept == {"product": "axi-cel", "age": 60.0, "sex": "female", "developmental_delay": 0.0, "bed": "7"}


def test_an_unlikely_fact_is_kept_and_flagged():
    flags = {row["item"]: row.get("implausible") for row in fact_entries({"age": "60", "weight": "350"}, NOW)}
    assert flags == {"age": False, "weight": True}
