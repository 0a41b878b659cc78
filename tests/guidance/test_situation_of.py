"""The situation of one patient at a moment: what holds then, what was seen and given up to then, and no more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import polars as pl
import pytest

from icans.errors import DataError
from icans.guidance.situation import Situation
from icans.guidance.situation_of import only, situation_of
from icans.record.catalogue import catalogue
from icans.record.record import Records
from made import INFUSION, NORMAL, at, drip, record, together

FACTS = ("age", "developmental_delay", "death_cause")
WELL = [(10.0, item, value) for item, value in NORMAL.items() if item not in FACTS]
"""Ten hours after the infusion everything was looked at and nothing found."""
TOCI = {"drug": "tocilizumab", "start": 8, "dose": 600, "unit": "mg"}
DEX = {"drug": "dexamethasone", "start": 8, "dose": 10, "unit": "mg"}


def seen_at(hours: float, **changed: object) -> list[tuple[float, str, object]]:
    """Everything looked at once, some of it found."""
    return [(hours, item, changed.get(item, value)) for item, value in NORMAL.items() if item not in FACTS]


def found(
    seen: Iterable[tuple[float, str, object]], *, given: Iterable[Mapping[str, Any]] = (), hours: float | None = None,
    **facts: Any,
) -> Situation:  # fmt: skip
    """The situation so many hours after the infusion, the last one by default."""
    records = record(*seen, given=given, age=58, **facts)
    return situation_of(records, at=None if hours is None else at(hours))


def grades(one: Situation) -> tuple[tuple[object, object], tuple[object, object]]:
    """The intervals of CRS and ICANS."""
    return (one.known("crs__lo"), one.known("crs__hi")), (one.known("icans__lo"), one.known("icans__hi"))


# The moment.


def test_without_a_time_it_is_the_last_at_which_something_was_seen_or_a_therapy_ended():
    assert found([(4, "temperature", 38.5), (10, "temperature", 37.0)]).now == at(10)
    assert found([(4, "temperature", 38.5)], given=[drip("norepinephrine", 2, 30)]).now == at(30)


def test_between_two_observations_the_earlier_counts_and_the_day_is_that_of_the_moment():
    one = found([(10, "temperature", 38.5), (20, "temperature", 37.0)], hours=13)
    assert one.known("temperature") == 38.5
    assert one.now == at(13)
    assert one.day == pytest.approx(13 / 24)
    assert set(one.records.observations["time"]) == {at(10)}
    assert set(one.course["time"]) == {at(10), at(13)}


def test_what_was_seen_at_the_moment_itself_counts():
    one = found([(10, "temperature", 38.5), (20, "temperature", 37.0)], hours=20)
    assert (one.now, one.known("temperature")) == (at(20), 37.0)


def test_long_after_the_last_observation_its_values_have_expired_but_were_seen():
    valid = catalogue()["temperature"].valid_hours
    assert valid is not None
    late = found([(10, "temperature", 38.5)], hours=10 + valid + 1)
    assert late.known("temperature") is None
    assert late.seen()["temperature"].value == 38.5
    assert late.seen()["temperature"].time == at(10)
    assert found([(10, "temperature", 38.5)], hours=10 + valid).known("temperature") == 38.5


def test_before_the_first_observation_there_is_no_situation():
    with pytest.raises(DataError, match="patient p: nothing was observed up to "):
        found([(10, "temperature", 38.5)], hours=9)


def test_a_therapy_that_ends_later_runs_at_the_moment():
    one = found(WELL, given=[drip("norepinephrine", 5, 30)], hours=12)
    assert one.now == at(12)
    item = catalogue()["vasoactive_drugs"]
    assert one.known("vasoactive_drugs") == item.cell(item.encode("norepinephrine"))
    assert one.course["time"].max() == at(12)


def test_a_therapy_that_begins_later_is_not_known_yet():
    later = {**TOCI, "start": 30}
    one = found(WELL, given=[DEX, later], hours=12)
    assert one.known("toci_doses_total") == 0
    assert one.records.therapies["drug"].to_list() == ["dexamethasone"]
    assert found(WELL, given=[DEX, later], hours=30).known("toci_doses_total") == 1


def test_hours_since_a_dose_are_counted_to_the_moment():
    one = found(WELL, given=[TOCI], hours=19)
    assert one.known("hours_since_last_toci") == 11  # 19 - 8


# Grades.


def test_it_carries_the_grades_of_the_moment():
    """Fever alone is CRS of grade 1; an ICE of 5 (4 points of orientation and 1 for commands) is ICANS of grade 2."""
    assert grades(found(WELL)) == ((0, 0), (0, 0))
    assert grades(found(seen_at(10, temperature=39.0))) == ((1, 1), (0, 0))
    low = seen_at(10, ice_naming=0, ice_writing=0, ice_attention=0)
    assert grades(found(low)) == ((0, 0), (2, 2))


def test_before_the_infusion_no_grade_is_due_to_the_cells():
    early = seen_at(-5, temperature=39.5, hypotension="yes", consciousness="unarousable")
    for one in (found(early), found(early, hours=-2)):
        assert one.day is not None
        assert one.day < 0
        assert grades(one) == ((0, 0), (0, 0))
        assert one.course.is_empty()


def test_without_a_time_of_infusion_every_state_is_graded():
    one = found(seen_at(10, temperature=39.0), infusion=None)
    assert (one.infusion, one.day) == (None, None)
    assert grades(one) == ((1, 1), (0, 0))


# What was recorded, and what the therapies tell.


def test_what_was_recorded_itself_stands_above_what_the_therapies_tell():
    stated = [*WELL, (10, "current_steroid", "dex20_q6h"), (10, "toci_doses_total", 2)]
    one = found(stated, given=[DEX])
    assert one.known("current_steroid") == "dex20_q6h"
    assert one.known("toci_doses_total") == 2
    assert one.known("toci_doses_24h") == 0  # not recorded: told by the therapies
    assert found(WELL, given=[DEX]).known("current_steroid") == "dex10_once"


def test_what_was_recorded_and_has_expired_gives_way_to_the_therapies():
    """The regimen recorded at 10 h is valid for 24 h; the dose of 32 h is one dose of 10 mg."""
    stated = [*WELL, (10, "current_steroid", "dex20_q6h")]
    given = [{**DEX, "start": 32}]
    assert found(stated, given=given, hours=34).known("current_steroid") == "dex20_q6h"
    assert found(stated, given=given, hours=36).known("current_steroid") == "dex10_once"


def test_an_item_that_was_never_seen_is_unknown():
    one = found([(10, "temperature", 38.5)])
    assert one.known("platelets") is None
    assert "platelets" not in one.seen()


@pytest.mark.parametrize(("written", "product"), [("YESCARTA", "axi-cel"), ("liso-cel", "liso-cel"), (None, None)])
def test_a_product_goes_by_its_short_name(written, product):
    assert found(WELL, product=written).product == product


# What was seen.


def doubtful(records: Records, hours: float) -> Records:
    """The record with what was seen at a time flagged as implausible."""
    flagged = records.observations.with_columns(implausible=pl.col("time") == at(hours))
    return replace(records, observations=flagged)


def test_of_several_observations_the_newest_was_seen_last():
    one = found([(20, "temperature", 37.0), (10, "temperature", 38.5), (12, "platelets", 80), (15, "temperature", 39)])
    assert {name: (seen.time, seen.value) for name, seen in one.seen().items()} == {
        "temperature": (at(20), 37.0), "platelets": (at(12), 80.0),
    }  # fmt: skip


def test_an_implausible_value_was_not_seen():
    records = record((10, "temperature", 38.5), (14, "temperature", 25.0), (14, "platelets", 80))
    one = situation_of(doubtful(records, 14))
    assert {name: (seen.time, seen.value) for name, seen in one.seen().items()} == {"temperature": (at(10), 38.5)}
    assert one.known("temperature") == 38.5


def test_nothing_is_seen_after_the_moment():
    one = found([(10, "temperature", 38.5), (20, "temperature", 37.0)])
    earlier = replace(one, now=at(20) - timedelta(minutes=1))
    assert (one.seen()["temperature"].value, earlier.seen()["temperature"].value) == (37.0, 38.5)


# One patient of several.

TWO = together(
    record(*seen_at(10, temperature=39.0), patient="a", age=58, given=[DEX], product="Kymriah"),
    record(*seen_at(12), patient="b", age=58, given=[TOCI], product="Yescarta"),
)


def test_of_several_patients_one_is_chosen_by_name():
    a, b = situation_of(TWO, "a"), situation_of(TWO, "b")
    assert (a.patient, a.now, a.product, grades(a)) == ("a", at(10), "tisa-cel", ((1, 1), (0, 0)))
    assert (b.patient, b.now, b.product, grades(b)) == ("b", at(12), "axi-cel", ((0, 0), (0, 0)))
    assert (a.known("toci_doses_total"), b.known("toci_doses_total")) == (0, 1)
    assert set(a.records.observations["patient"]) | set(a.course["patient"]) == {"a"}
    assert a.infusion == INFUSION


def test_of_several_patients_none_is_taken_unasked():
    with pytest.raises(DataError, match=r"there are 2 patients here; say which one with --patient: a, b$"):
        situation_of(TWO)
    with pytest.raises(DataError, match="there is no patient 'c' among the 2 here"):
        situation_of(TWO, "c")


def test_of_many_patients_three_are_named():
    four = together(*(record(*WELL, patient=name) for name in "abcd"))
    with pytest.raises(DataError, match=r"there are 4 patients here; say which one with --patient: a, b, c \.\.\.$"):
        only(four, None)
    assert only(four.of("c"), None).names() == ["c"]
