"""Episodes over time, and what the record says about fever before the state that is graded."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from icans.grading.answer import Episode
from icans.grading.course import COURSE, course
from icans.grading.episodes import episodes
from made import at, record, together

Seen = tuple[float, str, object] | tuple[float, str, object, bool]
AWAKE: tuple[Seen, ...] = (
    (0.0, "oxygen_device", "room_air"),
    (0.0, "hypotension", "no"),
    (0.0, "vasoactive_drugs", "none"),
)


def grades(*steps: tuple[float, int, int], outcome: str = "crs") -> pl.DataFrame:
    """A course of (hours after the infusion, min, max)."""
    rows = [("p", at(hours), hours / 24, outcome, low, high) for hours, low, high in steps]
    return pl.DataFrame(rows, schema=COURSE, orient="row")


def told(found: list[Episode]) -> list[tuple]:
    """(onset, peak, resolution) of each episode, times in hours after the infusion."""
    hours = lambda time: None if time is None else (time - at(0)) / timedelta(hours=1)  # noqa: E731
    return [(hours(e.onset), e.peak, hours(e.resolution)) for e in found]


# --- episodes ---


def test_an_episode_runs_from_the_first_state_above_0_to_the_first_at_0():
    (episode,) = episodes(grades((0, 0, 0), (10, 1, 1), (20, 3, 3), (30, 2, 2), (40, 0, 0), (80, 0, 0)))
    assert told([episode]) == [(10, (3, 3), 40)]
    assert (episode.peak_time, episode.peak_day) == (at(20), 20 / 24)
    assert (episode.duration_hours, episode.ongoing, episode.onset_uncertain) == (30, False, False)
    assert (episode.onset_day, episode.resolution_day) == (10 / 24, 40 / 24)


def test_an_episode_that_the_record_does_not_see_end_goes_on():
    (episode,) = episodes(grades((0, 0, 0), (10, 2, 2)))
    assert (episode.ongoing, episode.resolution, episode.duration_hours) == (True, None, None)


def test_signs_that_return_after_a_day_are_a_new_episode():
    found = episodes(grades((0, 2, 2), (10, 0, 0), (34, 1, 1), (50, 0, 0)))
    assert told(found) == [(0, (2, 2), 10), (34, (1, 1), 50)]


def test_signs_that_return_sooner_belong_to_the_same_episode():
    found = episodes(grades((0, 2, 2), (10, 0, 0), (33.9, 3, 3), (50, 0, 0)))
    assert told(found) == [(0, (3, 3), 50)]


def test_without_p7_every_return_is_a_new_episode():
    found = episodes(grades((0, 2, 2), (10, 0, 0), (12, 3, 3), (50, 0, 0)), {"P7": False})
    assert told(found) == [(0, (2, 2), 10), (12, (3, 3), 50)]


def test_what_is_only_possible_is_no_episode_but_makes_the_onset_uncertain():
    assert episodes(grades((0, 0, 4), (10, 0, 1))) == []
    (episode,) = episodes(grades((0, 0, 1), (10, 1, 2), (20, 0, 0)))
    assert (episode.onset, episode.onset_uncertain) == (at(10), True)


def test_the_peak_is_an_interval_and_its_time_that_of_the_highest_sure_grade():
    (episode,) = episodes(grades((0, 1, 1), (10, 2, 4), (20, 3, 3), (30, 0, 0)))
    assert (episode.peak, episode.peak_time) == ((3, 4), at(20))


def test_outcomes_have_episodes_of_their_own():
    both = pl.concat([grades((0, 1, 1), (9, 0, 0)), grades((0, 0, 0), (9, 2, 2), outcome="icans")])
    assert [(e.outcome, e.onset) for e in episodes(both)] == [("crs", at(0)), ("icans", at(9))]


def test_states_without_a_grade_are_passed_over():
    missing = grades((5, 1, 1)).with_columns(min=pl.lit(None, dtype=pl.Int8), max=pl.lit(None, dtype=pl.Int8))
    assert told(episodes(pl.concat([grades((0, 1, 1), (9, 0, 0)), missing]))) == [(0, (1, 1), 9)]


# --- from a record ---


def crs(*seen: Seen, given: tuple[dict, ...] = (), **switches: bool) -> dict[float, tuple[int, int]]:
    """Hours after the infusion -> CRS interval, of an adult on room air who is not hypotensive unless seen so."""
    made = record(*AWAKE, *_standing(seen), *seen, given=given, age=58)
    rows = course(made, conventions=switches).grades.filter(outcome="crs")
    return {
        (time - at(0)) / timedelta(hours=1): (low, high) for time, low, high in rows.select("time", "min", "max").rows()
    }


def _standing(seen: tuple[Seen, ...]) -> list[Seen]:
    """The findings of AWAKE again at every time something was seen, so that none of them expires."""
    told = {(one[0], one[1]) for one in seen}
    times = sorted({one[0] for one in seen if one[0] > 0})
    return [(hours, item, value) for hours in times for _, item, value, *_ in AWAKE if (hours, item) not in told]


def test_fever_then_tocilizumab_then_hypotension_without_fever_is_grade_2():
    found = crs(
        (10, "temperature", 39.2),
        (20, "temperature", 36.9),
        (20, "hypotension", "yes"),
        given=({"drug": "tocilizumab", "start": 11},),
    )
    assert (found[10], found[20]) == ((1, 1), (2, 2))


def test_without_a_drug_that_hides_fever_the_same_is_left_open():
    found = crs(
        (10, "temperature", 39.2),
        (20, "temperature", 36.9),
        (20, "hypotension", "yes"),
        (20, "fever_masking_therapy", "none"),
    )
    assert found[20] == (0, 2)


def test_a_drug_given_before_the_first_fever_hides_nothing():
    found = crs(
        (10, "temperature", 39.2), (20, "temperature", 36.9), (20, "hypotension", "yes"),
        given=({"drug": "dexamethasone", "start": 2},),
    )  # fmt: skip
    assert found[20] == (0, 2)


def test_a_drug_that_still_runs_at_the_first_fever_hides_it():
    found = crs(
        (10, "temperature", 39.2), (20, "temperature", 36.9), (20, "hypotension", "yes"),
        given=({"drug": "dexamethasone", "start": 2, "end": 15},),
    )  # fmt: skip
    assert found[20] == (2, 2)


def test_a_vasopressor_in_the_therapies_counts():
    found = crs(
        (10, "temperature", 39.2),
        (12, "temperature", 39.2),
        given=({"drug": "norepinephrine", "start": 11, "end": 20},),
    )
    assert found[10] == (1, 1)
    # A drug of the therapies counts beside what was observed (AWAKE: none running).
    assert found[12] == (3, 3)
    unseen = record(
        (10, "temperature", 39.2),
        (12, "temperature", 39.2),
        age=58,
        given=({"drug": "norepinephrine", "start": 11, "end": 20},),
    )
    rows = course(unseen).grades.filter(outcome="crs").select("time", "min").rows()
    assert dict(rows)[at(12)] == 3


def hypotensive_at(hours: float, **switches: bool) -> tuple[int, int]:
    """Fever at 10 h, tocilizumab at 11 h, normal at 20 h; hypotension so many hours after the infusion."""
    quiet = [(h, "temperature", 36.8) for h in (20.0, 27.0, 34.0, 41.0, 48.0) if h <= hours]
    seen = [(10.0, "temperature", 39.2), *quiet, (hours, "hypotension", "yes"), (hours, "temperature", 36.8)]
    return crs(*seen, given=({"drug": "tocilizumab", "start": 11},), **switches)[hours]


def test_hypotension_within_a_day_of_the_last_sign_is_still_crs():
    # The first state surely without signs is that of 20 h: the day ends at 44 h.
    assert hypotensive_at(43.9) == (2, 2)


def test_after_a_day_without_signs_it_is_crs_no_longer():
    assert hypotensive_at(49) == (0, 0)


def test_where_nobody_looked_the_whole_day_it_is_open_whether_it_is_still_crs():
    # Seen without signs from 20 h to 41 h only, hypotensive at 44.1 h.
    assert hypotensive_at(44.1) == (0, 2)


def test_without_p7_the_first_moment_without_signs_ends_it():
    assert hypotensive_at(26, P7=False) == (0, 0)


def test_without_p7_signs_that_never_paused_are_one_episode():
    found = crs(
        (10, "temperature", 39.2), (10, "hypotension", "yes"), (15, "temperature", 36.9), (15, "hypotension", "yes"),
        given=({"drug": "tocilizumab", "start": 11},), P7=False,
    )  # fmt: skip
    assert found[15] == (2, 2)


def test_hypotension_that_goes_on_keeps_the_episode_alive():
    signs = [(float(h), "hypotension", "yes") for h in range(10, 60, 10)]
    quiet = [(float(h), "temperature", 36.8) for h in range(15, 60, 5)]
    found = crs((10, "temperature", 39.2), *quiet, *signs, given=({"drug": "tocilizumab", "start": 11},))
    assert found[50] == (2, 2)


def test_a_fever_from_another_cause_is_no_earlier_fever():
    found = crs(
        (10, "temperature", 39.2, True), (20, "temperature", 36.9, False), (20, "hypotension", "yes"),
        given=({"drug": "tocilizumab", "start": 11},),
    )  # fmt: skip
    assert (found[10], found[20]) == ((0, 0), (0, 0))


def test_a_fever_before_the_infusion_is_neither_graded_nor_an_earlier_fever():
    found = crs(
        (-20, "temperature", 39.2), (1, "temperature", 36.8), (2, "hypotension", "yes"), (2, "temperature", 36.8),
        given=({"drug": "acetaminophen", "start": -19},),
    )  # fmt: skip
    assert min(found) >= 0
    assert found[2] == (0, 0)


def test_an_earlier_fever_that_was_written_down_stays():
    found = crs(
        (10, "temperature", 36.8),
        (10, "hypotension", "yes"),
        (10, "crs_fever_earlier", "yes"),
        (10, "fever_masking_therapy", "tocilizumab"),
    )
    assert found[10] == (2, 2)


def test_before_any_temperature_an_earlier_fever_is_unknown():
    found = crs((1, "hypotension", "yes"), (2, "temperature", 36.8), (2, "hypotension", "yes"))
    assert found[1] == (0, 2)
    assert found[2][0] == 0


def test_the_baseline_of_a_record_is_used():
    seen = [(-5, "ice_total", 9), (10, "ice_total", 9), (20, "ice_total", 8)]
    clear = [(h, item, v) for h in (10, 20) for item, v in (
        ("consciousness", "awake"), ("seizure_type", "none"), ("motor_deficit", "none"),
        ("edema_on_imaging", "none"), ("raised_icp_signs", "none"))]  # fmt: skip
    rows = course(record(*seen, *clear, age=58)).grades.filter(outcome="icans").select("time", "min", "max").rows()
    assert {time: (low, high) for time, low, high in rows} == {at(10): (0, 0), at(20): (1, 1)}


# --- order and company ---

VALUES = {
    "temperature": st.sampled_from([36.8, 38.0, 39.5]),
    "hypotension": st.sampled_from(["no", "yes"]),
    "oxygen_device": st.sampled_from(["room_air", "nasal_cannula", "face_mask"]),
    "ice_total": st.integers(0, 10),
    "consciousness": st.sampled_from(["awake", "to_voice"]),
}
one_seen = st.sampled_from(sorted(VALUES)).flatmap(
    lambda item: st.tuples(st.integers(-10, 60), st.just(item), VALUES[item], st.booleans())
)
drips = st.builds(
    lambda drug, start, length: {"drug": drug, "start": start, "end": start + length},
    st.sampled_from(["norepinephrine", "tocilizumab", "dexamethasone", "dobutamine"]),
    st.integers(0, 40),
    st.integers(0, 12),
)


@settings(max_examples=20, deadline=None)
@given(
    st.lists(one_seen, min_size=1, max_size=12, unique_by=lambda s: s[:2]),
    st.lists(drips, max_size=3),
    st.randoms(use_true_random=False),
)
def test_the_order_of_observations_and_therapies_does_not_matter(seen: list, given: list, random):
    shuffled, regiven = list(seen), list(given)
    random.shuffle(shuffled)
    random.shuffle(regiven)
    assert course(record(*seen, given=given)).grades.equals(course(record(*shuffled, given=regiven)).grades)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(one_seen, min_size=1, max_size=8), st.lists(one_seen, min_size=1, max_size=8), st.none() | st.just(12.0)
)
def test_a_patient_among_others_is_graded_as_alone(seen: list, others: list, every: float | None):
    mine = record(*AWAKE, *seen, given=({"drug": "tocilizumab", "start": 5},), patient="a")
    theirs = record(
        *others, (1, "systolic_pressure", 80, True), (2, "ice_baseline", 9), (3, "death_cause", "icans"), patient="b"
    )
    alone = course(mine, every=every).grades
    among = course(together(mine, theirs), every=every).grades.filter(patient="a", outcome="crs")
    assert alone.filter(outcome="crs").equals(among)


def test_what_was_recorded_of_one_patient_takes_nothing_for_granted_away_from_another():
    neuro = [(5, item, value) for item, value in (
        ("ice_total", 9), ("consciousness", "awake"), ("seizure_type", "none"), ("motor_deficit", "none"),
        ("edema_on_imaging", "none"), ("raised_icp_signs", "none"))]  # fmt: skip
    mine = record(*neuro, patient="a", age=58)
    theirs = record(
        *neuro, (-3, "ice_total", 8), (6, "death_cause", "none"), patient="b", age=58, developmental_delay=False
    )
    both = course(together(mine, theirs)).grades.filter(outcome="icans").sort("patient", "time")
    assert both.select("patient", "min", "max").unique(maintain_order=True).rows() == [("a", 1, 1), ("b", 0, 0)]


def test_a_death_is_graded_from_when_it_was_recorded_and_leaves_nothing_open_before():
    found = crs(
        (10, "temperature", 39.2), (20, "temperature", 39.2), (30, "temperature", 39.2), (30, "death_cause", "crs")
    )
    assert found == {0: (0, 1), 10: (1, 1), 20: (1, 1), 30: (5, 5)}  # no temperature yet at 0 h


def test_no_state_before_the_infusion_is_graded():
    found = course(record((-5, "temperature", 39), (0, "temperature", 39), (5, "temperature", 39)))
    assert found.states["time"].to_list() == [at(-5), at(0), at(5)]
    assert found.grades["time"].unique().sort().to_list() == [at(0), at(5)]


def test_where_nothing_that_matters_was_seen_crs_is_anything_but_death():
    assert course(record((5, "crp", 40))).grades.select("outcome", "min", "max").rows() == [("crs", 0, 4)]
