"""Features over the course of a record. Expected numbers are counted by hand from the values each test lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from icans.errors import RuleError
from icans.grading.features import features, read_features, record_features
from icans.record.catalogue import catalogue
from icans.record.record import OBSERVATIONS, PATIENTS, Records, empty_records
from icans.rules.vocabulary import hi, lo

INFUSION = datetime(2025, 3, 1, 12, tzinfo=UTC)
Value = tuple[str, float, float]
"""item, days from the infusion, value"""


def record(values: Iterable[Value], *, age: float | None = 50.0, infusion: datetime | None = INFUSION) -> Records:
    who: dict[str, Any] = dict.fromkeys(PATIENTS) | {"patient": "p", "infusion": infusion, "age": age}
    seen = [
        dict.fromkeys(OBSERVATIONS)
        | {"patient": "p", "item": item, "time": INFUSION + timedelta(days=day), "value": value, "implausible": False}
        for item, day, value in values
    ]
    return Records(
        pl.DataFrame([who], schema=PATIENTS), pl.DataFrame(seen, schema=OBSERVATIONS), empty_records().therapies
    )


def daily(item: str, by_day: Mapping[int, float]) -> list[Value]:
    """One value a day, 20 hours after the day begins."""
    return [(item, day + 20 / 24, value) for day, value in by_day.items()]


def neutrophils(low: Iterable[int], days: Iterable[int] = range(31), depth: float = 0.3) -> list[Value]:
    low_days = set(low)
    return daily("neutrophils", {day: depth if day in low_days else 2.0 for day in days})


def feature(records: Records, name: str) -> tuple[float | None, float | None]:
    row = record_features(records, {name: features()[name]}).row(0, named=True)
    return row[lo(name)], row[hi(name)]


def test_ten_low_days_are_ten() -> None:
    assert feature(record(neutrophils(range(3, 13))), "neutrophil_days_500") == (10, 10)


def test_a_recovery_of_two_days_counts_as_still_below() -> None:
    # Low on days 3-7 and 10-12, recovered on 8 and 9: 5 + 2 + 3.
    assert feature(record(neutrophils([*range(3, 8), *range(10, 13)])), "neutrophil_days_500") == (10, 10)


def test_a_recovery_of_three_days_does_not() -> None:
    # Low on days 3-7 and 11-12, recovered on 8, 9 and 10: 5 + 2.
    assert feature(record(neutrophils([*range(3, 8), 11, 12])), "neutrophil_days_500") == (7, 7)


def test_a_recovery_at_the_end_is_not_bridged() -> None:
    assert feature(record(neutrophils(range(25, 30))), "neutrophil_days_500") == (5, 5)


def test_two_unmeasured_days_between_low_days_are_low_whatever_they_were() -> None:
    measured = [day for day in range(31) if day not in (8, 9)]
    assert feature(record(neutrophils(range(3, 13), measured)), "neutrophil_days_500") == (10, 10)


def test_unmeasured_days_beside_recovered_ones_leave_an_interval() -> None:
    measured = [day for day in range(31) if day not in (20, 21)]
    assert feature(record(neutrophils(range(3, 13), measured)), "neutrophil_days_500") == (10, 12)


def test_three_unmeasured_days_between_low_days_leave_an_interval() -> None:
    measured = [day for day in range(31) if day not in (7, 8, 9)]
    assert feature(record(neutrophils(range(3, 13), measured)), "neutrophil_days_500") == (7, 10)


def test_the_days_to_come_are_unknown() -> None:
    assert feature(record(neutrophils(range(3, 12), range(12))), "neutrophil_days_500") == (9, 28)


def test_a_limit_belongs_to_the_days_below() -> None:
    assert feature(record(neutrophils(range(5), depth=0.5)), "neutrophil_days_500") == (5, 5)
    assert feature(record(neutrophils(range(5), depth=0.51)), "neutrophil_days_500") == (0, 0)


def test_the_worst_value_of_a_day_counts_and_the_best_for_never_above() -> None:
    values = [*neutrophils(range(31)), ("neutrophils", 4.1, 0.9)]
    assert feature(record(values), "neutrophil_days_500") == (31, 31)
    assert feature(record(values), "neutrophil_days_above_500") == (1, 1)


def test_days_before_and_after_the_window_do_not_count() -> None:
    values = neutrophils([-2, -1, 31, 32], range(-2, 33))
    assert feature(record(values), "neutrophil_days_500") == (0, 0)


def test_platelets_on_the_limit_are_not_below_it() -> None:
    values = daily("platelets", {day: 50 if day < 3 else 49 if day < 5 else 200 for day in range(31)})
    assert feature(record(values), "platelet_days_50") == (2, 2)


def test_two_equally_low_late_days_decide() -> None:
    late = daily("neutrophils", {40: 0.4, 41: 3.0, 60: 0.4, 61: 4.0})
    assert feature(record(late), "neutrophils_late_second_lowest") == (0.4, 0.4)


def test_a_single_lower_late_day_may_have_lasted() -> None:
    late = daily("neutrophils", {40: 0.4, 41: 3.0, 60: 0.9, 61: 4.0})
    assert feature(record(late), "neutrophils_late_second_lowest") == (0.4, 0.9)


def test_one_late_value_leaves_it_open_from_that_value_up() -> None:
    assert feature(record(daily("neutrophils", {40: 0.4})), "neutrophils_late_second_lowest") == (0.4, None)


def test_without_a_late_value_nothing_is_known() -> None:
    assert feature(record(daily("neutrophils", {20: 0.4})), "neutrophils_late_second_lowest") == (None, None)


def test_two_late_values_of_one_day_are_one() -> None:
    values = [("neutrophils", 40.1, 0.4), ("neutrophils", 40.6, 0.4), ("neutrophils", 50.0, 2.0)]
    assert feature(record(values), "neutrophils_late_second_lowest") == (0.4, 2.0)


def test_a_peak_is_known_when_every_day_has_a_value() -> None:
    values = daily("potassium", {day: 6.1 if day == 2 else 4.0 for day in range(-3, 8)})
    assert feature(record(values), "potassium_peak") == (6.1, 6.1)


def test_a_peak_is_open_upwards_when_a_day_has_none() -> None:
    values = daily("potassium", {day: 6.1 if day == 2 else 4.0 for day in range(-3, 7)})
    assert feature(record(values), "potassium_peak") == (6.1, None)


def test_a_trough_is_open_downwards_when_a_day_has_none() -> None:
    assert feature(record(daily("calcium", {0: 8.0, 1: 7.5})), "calcium_trough") == (None, 7.5)


def test_the_last_value_before_is_the_baseline() -> None:
    values = daily("creatinine", {-40: 2.0, -20: 1.1, -6: 0.9, -3: 1.5, 1: 3.0})
    assert feature(record(values), "creatinine_before") == (0.9, 0.9)


def test_values_from_when_lymphodepletion_may_have_begun_do_not_count_as_before_it() -> None:
    # Lymphodepletion may begin on day -5: 100 and 119 hours before the infusion are too late, 121 is not.
    values = [("platelets", -hours / 24, value) for hours, value in ((121, 150.0), (119, 60.0), (100, 50.0))]
    assert feature(record(values), "platelets_before_lymphodepletion") == (150, 150)
    assert feature(record(values[1:]), "platelets_before_lymphodepletion") == (None, None)


PANEL = {"uric_acid": 5.0, "phosphorus": 3.0, "potassium": 4.0, "calcium": 9.0, "albumin": 4.0}


def panels(changed: Mapping[int, Mapping[str, float]], days: Iterable[int] = range(-3, 8)) -> list[Value]:
    """A panel of every analyte each morning, some values of some days changed."""
    by_day = {day: PANEL | dict(changed.get(day, {})) for day in days}
    return [(item, day + 0.3, value) for day, panel in by_day.items() for item, value in panel.items()]


def test_two_analytes_in_one_panel_are_together() -> None:
    values = panels({2: {"potassium": 6.1, "uric_acid": 8.1}})
    assert feature(record(values), "howard_abnormal_together") == (2, 2)


def test_two_analytes_on_days_apart_are_not_together() -> None:
    values = panels({1: {"potassium": 6.1}, 4: {"uric_acid": 8.1}})
    assert feature(record(values), "howard_abnormal_together") == (1, 1)


def test_two_analytes_of_a_night_and_a_morning_are_together() -> None:
    values = [*panels({}), ("potassium", 1.9, 6.1), ("uric_acid", 2.4, 8.1)]
    assert feature(record(values), "howard_abnormal_together") == (2, 2)


def test_phosphorus_of_a_child_has_its_own_limit() -> None:
    values = [*panels({2: {"phosphorus": 5.0}}), ("uric_acid_uln", -5.0, 6.0)]
    assert feature(record(values, age=50), "howard_abnormal_together") == (1, 1)
    assert feature(record(values, age=8), "howard_abnormal_together") == (0, 0)


def test_low_albumin_corrects_the_calcium() -> None:
    # 6.5 + 0.8 x (4.0 - 2.0) = 8.1, not low; with albumin 4.0 it is 6.5.
    assert feature(record(panels({2: {"calcium": 6.5, "albumin": 2.0}})), "howard_abnormal_together") == (0, 0)
    assert feature(record(panels({2: {"calcium": 6.5}})), "howard_abnormal_together") == (1, 1)


def test_analytes_never_measured_leave_the_count_open() -> None:
    values = daily("potassium", dict.fromkeys(range(-3, 8), 6.1))
    assert feature(record(values), "howard_abnormal_together") == (1, 4)


def test_days_without_a_panel_leave_the_count_open() -> None:
    assert feature(record(panels({}, range(5))), "howard_abnormal_together") == (0, 4)


def test_nothing_is_known_without_an_infusion_or_a_value() -> None:
    for records in (record(neutrophils(range(5)), infusion=None), record([])):
        row = record_features(records).row(0, named=True)
        assert {value for name, value in row.items() if name != "patient"} == {None}


def test_every_patient_has_a_row_of_their_own() -> None:
    one, two = record(neutrophils(range(4))), record(neutrophils(range(9)))
    other = [t.with_columns(patient=pl.lit("q")) for t in (two.patients, two.observations)]
    both = Records(pl.concat([one.patients, other[0]]), pl.concat([one.observations, other[1]]), one.therapies)
    found = record_features(both)
    assert dict(found.select("patient", lo("neutrophil_days_500")).iter_rows()) == {"p": 4, "q": 9}


def test_learning_a_day_never_widens_a_count() -> None:
    full = neutrophils([2, 3, 6, 7, 8, 12, 20])
    narrow = (0.0, 31.0)
    for known in range(1, 32):
        low, high = feature(record(full[:known]), "neutrophil_days_500")
        assert low is not None
        assert high is not None
        assert narrow[0] <= low <= high <= narrow[1]
        narrow = (low, high)
    # Days 2-3 and 6-8 with two days between, 12 and 20 alone (9-11 are three days).
    assert narrow == (9, 9)


def test_an_implausible_value_is_left_out_unless_asked_for() -> None:
    values = record(daily("creatinine", {-10: 0.9, -6: 40.0}))
    flagged = replace(values, observations=values.observations.with_columns(implausible=pl.col("value") > 25))
    wanted = {"creatinine_before": features()["creatinine_before"]}
    for implausible, last in ((False, 0.9), (True, 40.0)):
        assert record_features(flagged, wanted, implausible=implausible).row(0)[1:] == (last, last)


def test_features_do_not_bear_the_names_of_items() -> None:
    assert not features().keys() & catalogue().keys()


def test_every_mistake_of_the_file_is_told() -> None:
    raw = {
        "sources": {"A": "a paper"},
        "features": [
            {"name": "x", "label": "X", "unit": "d", "days": [0, 1], "how": "sum", "of": "crp", "mark": "verified"},
            {"name": "y", "label": "Y", "unit": "d", "days": [0, 1], "how": "max", "source": {"key": "A"}, "bridge": 3},
        ],
    }
    with pytest.raises(RuleError) as error:
        read_features(raw)
    assert error.value.problems == (
        "features.yaml: x: how is one of count_days, max, min, last, second_lowest, most_together",
        "features.yaml: x: has no source that the file declares",
        "features.yaml: y: 'bridge' means nothing here",
        "features.yaml: y: has no 'mark'",
        "features.yaml: y: needs one of 'of', 'test' or 'tests'",
    )
