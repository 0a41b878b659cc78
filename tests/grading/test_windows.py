"""Grades of moments as grades of windows: the worst grade in each (C11), never a mixture of findings of two times."""

from __future__ import annotations

import pytest

from icans.grading.course import course
from made import at, drip, record

NORMAL = ((0, "temperature", 37), (0, "systolic_pressure", 118), (0, "oxygen_device", "room_air"))


def crs(seen, **options) -> dict[float, tuple[int, int]]:
    """Hours after the infusion at which a window ends -> its CRS interval."""
    grades = course(seen, **options).grades.filter(outcome="crs")
    return {row["day"] * 24: (row["min"], row["max"]) for row in grades.rows(named=True)}


def test_a_window_has_the_worst_grade_in_it_and_without_c11_the_last():
    vitals = [(h, n, v) for h in (0, 6, 12) for n, v in (("systolic_pressure", 118), ("oxygen_device", "room_air"))]
    seen = record(*vitals, (6, "temperature", 39), (12, "temperature", 37), given=[drip("tocilizumab", 7)])
    assert crs(seen, every=12)[12] == (1, 1)
    assert crs(seen, every=12, conventions={"C11": False})[12] == (0, 0)


def test_a_vasopressor_that_stopped_within_the_window_counts():
    vitals = [(h, n, v) for h in (2, 8, 14, 20, 24) for n, v in (("temperature", 39), ("oxygen_device", "room_air"))]
    seen = record(*vitals, given=[drip("norepinephrine", 2, 20)])
    assert crs(seen, every=24)[24] == (3, 3)


def test_a_flow_is_not_combined_with_the_device_of_another_time():
    vitals = [(h, n, v) for h in (1, 6) for n, v in (("temperature", 39), ("systolic_pressure", 118))]
    seen = record(
        *vitals, (1, "oxygen_device", "blow_by"), (1, "oxygen_flow", 8),
        (6, "oxygen_device", "nasal_cannula"), (6, "oxygen_flow", 2), given=[drip("tocilizumab", 1)],
    )  # fmt: skip
    assert crs(seen, every=24)[24] == (2, 2)


def test_an_attribution_is_of_its_own_moment():
    vitals = [(h, n, v) for h in (2, 14) for n, v in (("systolic_pressure", 118), ("oxygen_device", "room_air"))]
    seen = record(*vitals, (2, "temperature", 39, True), (14, "temperature", 39.5), given=[drip("tocilizumab", 14)])
    assert crs(seen, every=24)[24] == (1, 1)


@pytest.mark.parametrize("every", [6, 24])
def test_nothing_before_the_infusion_is_in_a_window(every: float):
    seen = record((-3, "temperature", 39), *NORMAL, (3, "temperature", 37), given=[drip("tocilizumab", 4)])
    assert set(crs(seen, every=every).values()) == {(0, 0)}


def test_windows_are_counted_from_the_infusion_and_named_by_their_end():
    seen = record(*NORMAL, (7, "temperature", 37), (12, "temperature", 37))
    times = course(seen, every=6).grades.filter(outcome="crs")["time"].to_list()
    assert times == [at(6), at(12)]
