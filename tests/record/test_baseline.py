"""Baselines out of the record: the last value before the infusion."""

from __future__ import annotations

from icans.record.baseline import with_baselines
from icans.record.record import Records
from icans.record.timeline import states
from made import record

ITEMS = (("ice_orientation", 4), ("ice_naming", 3), ("ice_commands", 1), ("ice_writing", 0), ("ice_attention", 1))


def baseline(seen: Records, name: str = "ice_baseline") -> list[object]:
    table = with_baselines(states(seen), seen)
    return table[name].unique().to_list() if name in table.columns else []


def test_the_last_ice_before_the_infusion_is_the_baseline():
    assert baseline(record((-48, "ice_total", 8), (-2, "ice_total", 9), (5, "ice_total", 3))) == [9]


def test_five_items_seen_together_count_as_their_sum():
    assert baseline(record(*((-3, item, points) for item, points in ITEMS), (5, "crp", 1))) == [9]


def test_items_of_which_one_is_missing_are_no_baseline():
    assert baseline(record(*((-3, item, points) for item, points in ITEMS[:4]), (5, "crp", 1))) == []


def test_an_ice_at_or_after_the_infusion_is_no_baseline():
    assert baseline(record((0, "ice_total", 8), (5, "ice_total", 3))) == []


def test_a_baseline_written_down_as_such_stays():
    seen = record((-3, "ice_total", 8), (-2, "ice_baseline", 9), (5, "ice_total", 3))
    assert set(baseline(seen)) - {None} <= {8, 9}
    assert with_baselines(states(seen), seen).sort("time")["ice_baseline"].to_list()[-1] == 9


def test_other_quantities_have_baselines_too():
    assert baseline(record((-30, "creatinine", 0.9), (20, "creatinine", 2.0)), "creatinine_baseline") == [0.9]
