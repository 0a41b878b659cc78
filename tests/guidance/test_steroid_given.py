"""The steroid that runs, read off its doses: exactly at a limit and a minute beside it, and doses that tell little."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from icans.grading.course import COURSE
from icans.guidance.history import treatment
from icans.record.record import OBSERVATIONS, PATIENTS, THERAPIES, Records

NOW = datetime(2026, 3, 8, 10, tzinfo=UTC)
MINUTE = 1 / 60
"""In hours."""

Course = Sequence[tuple[float, int, int]]
"""(hours ago, lower end, upper end) of a grade, the oldest first."""
NOTHING: Mapping[str, Course] = {}


def ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


def given(
    *doses: dict[str, Any], weight: float | None = 80.0, outcomes: Mapping[str, Course] = NOTHING
) -> dict[str, object]:
    """What the therapies tell of a patient of 80 kg, in the order in which they are written."""
    therapies = [
        {"patient": "p", "unit": "mg", **dose, "start": ago(dose["start"]), "end": _time(dose.get("end"))}
        for dose in doses
    ]
    who = pl.DataFrame([{"patient": "p", "infusion": ago(200), "weight": weight}], schema=PATIENTS)
    records = Records(who, pl.DataFrame(schema=OBSERVATIONS), pl.DataFrame(therapies, schema=THERAPIES))
    rows = [
        {"patient": "p", "time": ago(h), "outcome": outcome, "min": low, "max": high}
        for outcome, found in outcomes.items()
        for h, low, high in found
    ]
    return treatment(records, pl.DataFrame(rows, schema=COURSE), NOW, complete=True)


def _time(hours: float | None) -> datetime | None:
    return None if hours is None else ago(hours)


def dex(start: float, dose: float | None = 10, **more: Any) -> dict[str, Any]:
    return {"drug": "dexamethasone", "start": start, "dose": dose, **more}


def mp(start: float, dose: float | None = 1000, **more: Any) -> dict[str, Any]:
    return {"drug": "methylprednisolone", "start": start, "dose": dose, **more}


def test_a_steroid_stops_when_36_h_have_passed_without_a_dose():
    assert given(dex(36 - MINUTE))["current_steroid"] == "dex10_once"
    assert given(dex(36))["current_steroid"] == "none"
    assert given(dex(36 + MINUTE))["current_steroid"] == "none"


def test_a_dose_counts_until_its_end():
    """An infusion that began 40 h ago and ended 30 h ago: 30 h without a dose."""
    assert given(mp(40, end=30))["current_steroid"] == "mp1000_daily"
    assert given(mp(40, end=37))["current_steroid"] == "none"
    assert given(mp(40))["current_steroid"] == "none"


def test_once_it_has_stopped_nothing_is_told_of_its_strength_or_its_answer():
    found = given(dex(50), outcomes={"crs": [(60, 2, 2), (1, 2, 2)]})
    assert found["current_steroid"] == "none"
    assert not {"steroid_dex_mg_per_day", "crs_on_steroid", "icans_on_steroid"} & set(found)


@pytest.mark.parametrize(
    ("apart", "regimen"),
    [
        (3, "dex10_q6h"),
        (8 - MINUTE, "dex10_q6h"),
        (8, "dex10_q12h"),
        (16 - MINUTE, "dex10_q12h"),
        (16, "dex10_q24h"),
        (36 - MINUTE, "dex10_q24h"),
        (3 - MINUTE, "other"),
    ],
)
def test_the_interval_of_the_last_two_doses_makes_the_regimen(apart, regimen):
    """From 3 to below 8 h every 6 h, below 16 h every 12 h, below 36 h every 24 h."""
    assert given(dex(1 + apart), dex(1))["current_steroid"] == regimen


@pytest.mark.parametrize("apart", [36, 36 + MINUTE])
def test_a_dose_36_h_after_the_last_begins_anew(apart):
    found = given(dex(1 + apart), dex(1), outcomes={"crs": [(60, 2, 2)]})
    assert found["current_steroid"] == "dex10_once"
    assert found["crs_on_steroid"] is None  # an hour of it has been given


@pytest.mark.parametrize(
    ("amount", "regimen"),
    [(7.9, "other"), (8, "dex10_once"), (12, "dex10_once"), (12.1, "other")],
)
def test_a_dose_from_8_to_12_mg_is_one_of_10_mg(amount, regimen):
    assert given(dex(4, amount))["current_steroid"] == regimen


def test_only_equal_doses_make_a_run():
    """20 mg, then 10 mg: the 10 mg are a new regimen, of which there is one dose so far."""
    assert given(dex(10, 20), dex(4, 10))["current_steroid"] == "dex10_once"
    assert given(dex(10, 10), dex(4, 10))["current_steroid"] == "dex10_q6h"
    assert given(mp(10, 10), dex(4, 10))["current_steroid"] == "dex10_once"


def test_a_run_is_judged_from_its_first_dose():
    """24 h of equal doses are long enough to be judged; of unequal ones only the last run counts."""
    same = {"crs": [(60, 3, 3)]}
    assert given(dex(24), dex(16), dex(8), outcomes=same)["crs_on_steroid"] == "no_improvement"
    assert given(dex(24 - MINUTE), dex(16), dex(8), outcomes=same)["crs_on_steroid"] is None
    assert given(dex(24, 20), dex(16), dex(8), outcomes=same)["crs_on_steroid"] is None


def test_equal_doses_may_be_written_in_different_units():
    assert given(dex(10, 10), dex(4, 0.01, unit="g"))["current_steroid"] == "dex10_q6h"
    assert given(mp(14, 1, unit="mg/kg"), mp(2, 80), weight=80.0)["current_steroid"] == "mp1_mg_kg_q12h"


@pytest.mark.parametrize("unit", ["mL", "tablets", None, ""])
def test_a_dose_in_a_unit_that_is_not_known_is_another_regimen_of_unknown_strength(unit):
    found = given(dex(4, unit=unit))
    assert found["current_steroid"] == "other"
    assert found["steroid_dex_mg_per_day"] is None


def test_a_dose_without_an_amount_is_another_regimen_of_unknown_strength():
    found = given(dex(4, None))
    assert (found["current_steroid"], found["steroid_dex_mg_per_day"]) == ("other", None)


def test_a_dose_by_weight_needs_the_weight():
    by_weight = mp(4, 12.5, unit="mg/kg")  # 12.5 mg/kg x 80 kg = 1000 mg
    assert given(by_weight)["current_steroid"] == "mp1000_daily"
    assert given(by_weight)["steroid_dex_mg_per_day"] == 187.5  # 1000 x 0.75 / 4
    found = given(by_weight, weight=None)
    assert (found["current_steroid"], found["steroid_dex_mg_per_day"]) == ("other", None)


def test_the_strength_is_that_of_the_last_24_h():
    """Three doses of 10 mg, of which the first has just left the 24 h."""
    assert given(dex(24), dex(16), dex(8))["steroid_dex_mg_per_day"] == 20
    assert given(dex(24 - MINUTE), dex(16), dex(8))["steroid_dex_mg_per_day"] == 30


def test_one_dose_of_unknown_strength_leaves_the_sum_unknown_while_it_counts():
    hydrocortisone = {"drug": "hydrocortisone", "dose": 100}
    assert given({**hydrocortisone, "start": 20}, dex(4))["steroid_dex_mg_per_day"] is None
    assert given({**hydrocortisone, "start": 30}, dex(4))["steroid_dex_mg_per_day"] == 10


def test_therapies_may_stand_in_any_order():
    toci = {"drug": "tocilizumab", "dose": 600}
    rows = [dex(4, 20), {**toci, "start": 9}, dex(22, 10), dex(10, 20), {**toci, "start": 30}, dex(16, 20)]
    found = given(*rows, outcomes={"crs": [(60, 2, 2)]})
    assert found == given(*sorted(rows, key=lambda row: -row["start"]), outcomes={"crs": [(60, 2, 2)]})
    assert found["current_steroid"] == "dex20_q6h"
    assert found["steroid_dex_mg_per_day"] == 70  # 10 + 3 x 20
    assert (found["hours_since_last_toci"], found["hours_since_first_toci"]) == (9, 30)


def test_a_dose_that_is_yet_to_come_does_not_count():
    assert given(dex(4), dex(-2, 20))["current_steroid"] == "dex10_once"
    assert "current_steroid" not in given(dex(-2))


def test_what_is_no_steroid_is_none():
    assert given({"drug": "acetaminophen", "dose": 1000, "start": 2})["current_steroid"] == "none"


@pytest.mark.parametrize(("since", "told"), [(8, "no_improvement"), (8 - MINUTE, None)])
def test_tocilizumab_is_judged_from_8_h_on(since, told):
    found = given(
        {"drug": "tocilizumab", "dose": 600, "start": since}, outcomes={"crs": [(60, 2, 2)], "icans": [(60, 2, 2)]}
    )
    assert (found["response_since_last_toci"], found["icans_since_last_toci"]) == (told, told)
