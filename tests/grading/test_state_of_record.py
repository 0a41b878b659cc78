"""From a record to its grade: what is out of date, attributed or unknown must not settle a grade."""

from __future__ import annotations

import pytest

from icans.grading.course import course
from icans.grading.episodes import episodes
from made import drip, record

NEURO = {
    "seizure_type": "none", "motor_deficit": "none", "edema_on_imaging": "none", "raised_icp_signs": "none",
    "consciousness": "awake",
}  # fmt: skip
OTHER_DRUG = [{"drug": "ondansetron", "start": 0}]


def neuro(hour: float) -> list[tuple[float, str, object]]:
    return [(hour, name, value) for name, value in NEURO.items()]


def vital(hour: float, temperature: float = 36.9, pressure: float = 118, device: str = "room_air") -> list:
    return [(hour, "temperature", temperature), (hour, "systolic_pressure", pressure), (hour, "oxygen_device", device)]


def grades(outcome: str, *seen, given=(), **switches) -> dict[float, tuple[int, int]]:
    """Hours after the infusion -> interval."""
    found = course(record(*seen, given=given, age=58), conventions=switches).grades.filter(outcome=outcome)
    return {round(row["day"] * 24, 3): (row["min"], row["max"]) for row in found.rows(named=True)}


def test_one_ice_item_with_another_cause_leaves_the_others_to_be_graded():
    parts = [(5, "ice_orientation", 0), (5, "ice_naming", 0), (5, "ice_commands", 1), (5, "ice_attention", 1)]
    # 2 points without writing: ICE is 2 or 3.
    assert grades("icans", *neuro(5), *parts, (5, "ice_writing", 0, True))[5] == (2, 3)


def test_sedation_recorded_as_a_flag_makes_an_earlier_ice_out_of_date():
    seen = [
        *neuro(0),
        (0, "ice_total", 10),
        (5, "consciousness", "unarousable"),
        (5, "consciousness_other_cause", "yes"),
    ]
    assert grades("icans", *seen)[5] == (0, 4)


def test_an_open_infusion_is_unknown_until_the_next_entry_not_stopped():
    given = [drip("norepinephrine", 0, None, 5, "ug/min"), drip("norepinephrine", 30, 31, 5, "ug/min")]
    found = grades("crs", *vital(1, 38.5), *vital(15, 38.5), *vital(29, 38.5), given=given)
    assert (found[1], found[15], found[29]) == ((3, 3), (1, 4), (1, 4))


def test_a_rate_of_0_stops_an_infusion():
    given = [drip("norepinephrine", 0, None, 5, "ug/min"), drip("norepinephrine", 4, None, 0, "ug/min")]
    assert grades("crs", *vital(5, 38.5), given=given)[5] == (1, 1)


def test_a_baseline_of_months_ago_is_none():
    assert grades("icans", (-2160, "ice_total", 5), *neuro(24), (24, "ice_total", 5))[24] == (2, 2)
    assert grades("icans", (-100, "ice_total", 5), *neuro(24), (24, "ice_total", 5))[24] == (0, 0)


def test_a_fever_that_was_seen_stands_above_an_earlier_no():
    given = [drip("norepinephrine", 10, 20, 5, "ug/min"), {"drug": "tocilizumab", "start": 6}]
    seen = [(1, "crs_fever_earlier", "no"), *vital(1), *vital(5, 39.2), *vital(15, 36.8)]
    assert grades("crs", *seen, given=given)[15] == (3, 3)


def test_a_recorded_attribution_yields_to_one_said_of_a_newer_value():
    seen = [(1, "fever_other_cause", "yes"), *vital(1, 38.5), *vital(20)[1:], (20, "temperature", 39.5, False)]
    found = grades("crs", *seen, given=OTHER_DRUG)
    assert (found[1], found[20]) == ((0, 0), (1, 1))


def test_a_seizure_before_the_infusion_is_not_icans():
    seen = [(-5, "seizure_type", "clinical_generalized"), *neuro(1), (1, "ice_total", 10)]
    assert grades("icans", *seen)[1] == (0, 0)


def test_a_drug_of_the_therapies_attributed_by_an_observation_does_not_count():
    given = [drip("norepinephrine", 0, 10, 5, "ug/min")]
    seen = [*vital(1, 38.5, 80), (1, "vasoactive_drugs", "norepinephrine", True)]
    assert grades("crs", *seen, given=given)[1] == (2, 2)
    assert grades("crs", *vital(1, 38.5, 80), (1, "hypotension_other_cause", "yes"), given=given)[1] == (1, 1)


def test_an_inotrope_does_not_take_the_attribution_of_a_pressure_back():
    seen = [*vital(1, 38.5)[::2], (1, "systolic_pressure", 80, True)]
    assert grades("crs", *seen, given=[drip("dobutamine", 0, 10, 5, "ug/kg/min")])[1] == (1, 1)


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_values_at_one_time_the_one_that_counts_is_taken(order: int):
    fevers = [(1, "temperature", 39.0, False), (1, "temperature", 38.1, True)][::order]
    assert grades("crs", *fevers, *vital(1)[1:], given=OTHER_DRUG)[1] == (1, 1)
    two = [(5, "ice_orientation", 1), (5, "ice_orientation", 4)][::order]
    rest = [(5, "ice_naming", 3), (5, "ice_commands", 1), (5, "ice_writing", 1), (5, "ice_attention", 1)]
    assert grades("icans", *neuro(5), *two, *rest)[5] == (1, 1)


def test_an_unknown_stretch_between_two_clear_states_proves_no_pause():
    given = [{"drug": "tocilizumab", "start": 1}, drip("norepinephrine", 31, 40, 5, "ug/min")]
    seen = [*vital(0, 39), *vital(5), (17, "ice_total", 10), *vital(30), *vital(32, 36.8)]
    assert grades("crs", *seen, given=given)[32] == (0, 3)


def test_a_resolution_with_doubts_after_it_is_uncertain():
    seen = [*vital(0, 39, 80), *vital(5), (10, "systolic_pressure", 80), (10, "temperature", 37.5),
            (20, "oxygen_device", "face_mask"), *vital(30)]  # fmt: skip
    table = course(record(*seen, given=OTHER_DRUG, age=58)).grades
    (found,) = episodes(table.filter(outcome="crs"))
    assert found.resolution_uncertain
    assert not found.settled
