"""States out of observations: of each item the latest valid value, or the worst of a window."""

from __future__ import annotations

import polars as pl

from icans.record.catalogue import catalogue
from icans.record.record import Records
from icans.record.timeline import states
from made import INFUSION, record, together


def column(table: pl.DataFrame, name: str) -> dict[float, object]:
    """Hours after the infusion -> the value of an item in the state at that time."""
    hours = ((table["time"] - INFUSION).dt.total_seconds() / 3600).to_list()
    return dict(zip(hours, table[name].to_list(), strict=True))


def test_there_is_a_state_whenever_something_was_seen_or_a_therapy_began_or_ended():
    given = [{"drug": "tocilizumab", "start": 3}, {"drug": "norepinephrine", "start": 4, "end": 9}]
    table = states(record((1, "temperature", 38.5), (2, "crp", 40), given=given))
    assert column(table, "day") == {h: h / 24 for h in (1.0, 2.0, 3.0, 4.0, 9.0)}


def test_a_value_stands_until_a_later_one_or_until_it_expires():
    table = states(record((0, "temperature", 38.5), (4, "temperature", 37.0), (12, "crp", 5), (12.1, "crp", 6)))
    # Temperature stays valid for 8 hours: at 12 h that of 4 h just still stands, at 12.1 h no longer.
    assert catalogue()["temperature"].valid_hours == 8
    assert column(table, "temperature") == {0: 38.5, 4: 37.0, 12: 37.0, 12.1: None}


def test_what_never_expires_stands_for_ever():
    table = states(record((0, "death_cause", "none"), (2000, "crp", 5)))
    assert catalogue()["death_cause"].valid_hours is None
    assert column(table, "death_cause") == {0: "none", 2000: "none"}


def test_before_it_was_seen_an_item_is_unknown_and_never_seen_it_has_no_column():
    table = states(record((0, "crp", 5), (1, "temperature", 38.0)))
    assert column(table, "temperature") == {0: None, 1: 38.0}
    assert "ferritin" not in table.columns


def test_of_two_values_at_one_time_the_worse_counts():
    seen = record(*((1, item, value) for item, value in [("systolic_pressure", 110), ("systolic_pressure", 84)]))
    assert states(seen)["systolic_pressure"].to_list() == [84.0]


def test_an_attribution_sets_the_flag_of_its_finding_until_a_later_value_has_none():
    table = states(
        record((0, "systolic_pressure", 84, True), (2, "systolic_pressure", 80), (3, "systolic_pressure", 82, False))
    )
    assert column(table, "hypotension_other_cause") == {0: True, 2: False, 3: False}


def test_a_finding_has_another_cause_only_where_all_that_is_in_force_of_it_has():
    pressures = (0, "systolic_pressure", 84, True), (0, "mean_arterial_pressure", 58)
    table = states(record(*pressures))
    assert column(table, "hypotension_other_cause") == {0: False}
    assert column(table, "systolic_pressure") == {0: None}
    assert column(table, "mean_arterial_pressure") == {0: 58}


def test_a_drug_given_for_another_cause_counts_as_not_running_beside_a_pressure_that_counts():
    seen = record((0, "vasoactive_drugs", "norepinephrine", True), (2, "systolic_pressure", 110))
    table = states(seen)
    assert column(table, "hypotension_other_cause") == {0: True, 2: False}
    assert column(table, "vasoactive_drugs") == {0: 1, 2: 0}


def test_without_p2_what_nobody_attributed_is_unknown():
    seen = record((0, "temperature", 38.4, True), (2, "temperature", 38.5))
    assert column(states(seen, unattributed=None), "fever_other_cause") == {0: True, 2: None}


def test_a_flow_belongs_to_the_device_it_was_charted_with():
    seen = record(
        (0, "oxygen_device", "nasal_cannula"), (0, "oxygen_flow", 2), (3, "oxygen_device", "nasal_cannula"),
        (5, "oxygen_device", "high_flow_nasal_cannula"),
    )  # fmt: skip
    assert column(states(seen), "oxygen_flow") == {0: 2, 3: 2, 5: None}


def test_the_newest_account_of_the_blood_pressure_counts():
    seen = record((0, "hypotension", "no"), (6, "systolic_pressure", 74))
    assert column(states(seen), "hypotension") == {0: False, 6: None}


def test_a_test_from_before_sedation_says_nothing_of_the_sedated_state():
    seen = record((0, "ice_total", 10), (0, "consciousness", "awake"), (2, "consciousness", "unarousable", True))
    assert column(states(seen), "ice_total") == {0: 10, 2: None}


def test_a_newer_total_replaces_older_parts_and_newer_parts_an_older_total():
    seen = record((0, "capd_restless", "always"), (3, "capd_total", 4), (6, "capd_restless", "never"))
    table = states(seen)
    assert column(table, "capd_restless") == {0: "always", 3: None, 6: "never"}
    assert column(table, "capd_total") == {0: None, 3: 4, 6: None}


def test_parts_of_one_assessment_are_not_filled_up_from_an_earlier_one():
    seen = record((0, "ice_naming", 3), (0, "ice_writing", 1), (8, "ice_naming", 2))
    assert column(states(seen), "ice_writing") == {0: 1, 8: None}


def test_a_fever_before_the_infusion_is_not_in_force_after_it():
    seen = record((-2, "temperature", 39), (1, "crp", 5))
    assert "temperature" not in states(seen).columns


def test_a_flag_recorded_itself_stays():
    table = states(record((0, "systolic_pressure", 84, False), (0, "hypotension_other_cause", "yes")))
    assert column(table, "hypotension_other_cause") == {0: True}


def test_the_facts_of_a_patient_stand_in_every_state():
    table = states(record((0, "crp", 1), (50, "crp", 2), age=6, weight=20, developmental_delay=False))
    assert table.select("age", "weight", "developmental_delay").unique().rows() == [(6.0, 20.0, False)]


def test_patients_do_not_lend_each_other_values():
    table = states(together(record((0, "temperature", 39.0), patient="a"), record((1, "crp", 5), patient="b")))
    assert table.filter(patient="b")["temperature"].to_list() == [None]
    assert table["patient"].to_list() == ["a", "b"]


def test_the_order_of_observations_does_not_matter():
    seen = [
        (h, item, v) for h in range(6) for item, v in (("temperature", 36.5 + h), ("ice_total", 10 - h), ("crp", h))
    ]
    forward, backward = states(record(*seen)), states(record(*reversed(seen)))
    assert forward.equals(backward)


def test_a_record_without_observations_has_no_state():
    empty = record()
    assert states(Records(empty.patients, empty.observations, empty.therapies)).is_empty()


def test_without_an_infusion_days_are_unknown():
    assert states(record((1, "crp", 1), (8, "crp", 2), infusion=None))["day"].to_list() == [None, None]
