"""Findings read off the record: fever after CRS had cleared, and fever that went after tocilizumab."""

from __future__ import annotations

import polars as pl
import pytest

from icans.guidance.sepsis.derived import fall_after_tocilizumab, fever_within, second_rise, with_findings
from icans.guidance.sepsis.table import table
from icans.record.record import Records
from made import record
from made_evidence import situation

LIMITS = table().derive


def fever_curve(*temperatures: tuple[float, float]):
    """A record of temperatures: (hours after the infusion, degrees); pressure and oxygen normal throughout."""
    seen: list[tuple[float, str, object]] = []
    for hours, degrees in temperatures:
        seen += [(hours, "temperature", degrees), (hours, "hypotension", "no"), (hours, "oxygen_device", "room_air")]
        seen += [(hours, "systolic_pressure", 120), (hours, "vasoactive_drugs", "none")]
    return record(*seen)


CLEARED = [(48, 39.0), (54, 38.5), *[(hours, 36.8) for hours in range(60, 240, 4)]]


def test_fever_after_an_episode_that_had_ended_is_a_second_rise():
    there = situation(fever_curve(*CLEARED, (240, 38.6)), hours=240, temperature=38.6)
    assert second_rise(there, 38.0) is True


def test_the_first_fever_is_no_second_rise():
    there = situation(fever_curve((44, 36.8), (48, 39.0)), hours=48, temperature=39.0)
    assert second_rise(there, 38.0) is False


def test_fever_of_another_cause_soon_after_the_last_sign_leaves_it_open():
    curve = fever_curve((48, 39.0), (60, 36.8), (64, 36.9))
    other = record((64, "temperature", 38.5, True))
    soon = Records(curve.patients, pl.concat([curve.observations, other.observations]), curve.therapies)
    assert second_rise(situation(soon, hours=64, temperature=38.5), 38.0) is None


def test_without_fever_now_there_is_no_second_rise():
    there = situation(fever_curve(*CLEARED), hours=236, temperature=36.8)
    assert second_rise(there, 38.0) is False


def test_a_temperature_that_is_not_known_leaves_it_open():
    there = situation(fever_curve(*CLEARED), hours=260)
    assert second_rise(there, 38.0) is None


def test_without_any_grades_nothing_is_derived():
    assert second_rise(situation(temperature=39.0), 38.0) is None


def given(*temperatures: tuple[float, float], dose: float = 50):
    found = fever_curve(*temperatures)
    drug = record((0, "temperature", 36.5), given=[{"drug": "tocilizumab", "start": dose}])
    return Records(found.patients, found.observations, drug.therapies)


@pytest.mark.parametrize(
    ("temperatures", "now", "answer"),
    [
        ([(48, 39.0), (60, 37.2)], 100, True),
        ([(48, 39.0), (60, 38.4), (72, 37.0)], 100, True),  # the last of the window counts
        ([(48, 39.0), (60, 38.4)], 100, False),
        ([(48, 39.0), (60, 38.4)], 70, None),  # the window is not over
        ([(48, 39.0), (56, 37.0)], 100, None),  # nothing seen from 8 h on
        ([(48, 39.0), (75, 37.0)], 100, None),  # only after 24 h
        ([(48, 37.5), (60, 37.0)], 100, None),  # there was no fever to go
        ([(40, 39.0), (60, 37.0)], 100, None),  # fever seen too long before the dose
        ([(60, 37.0)], 100, None),
    ],
)
def test_fever_gone_8_to_24_hours_after_the_dose(temperatures, now, answer):
    there = situation(given(*temperatures), hours=now)
    assert fall_after_tocilizumab(there, LIMITS) is answer


def test_without_tocilizumab_there_is_no_answer_to_it():
    assert fall_after_tocilizumab(situation(fever_curve((48, 39.0), (60, 37.0)), hours=80), LIMITS) is None


@pytest.mark.parametrize(
    ("temperatures", "answer"),
    [
        ([(52, 38.0), (100, 36.8)], True),  # 48 h ago
        ([(51, 39.0), (100, 36.8)], None),  # longer ago, and nothing between
        ([(51, 39.0), *[(h, 36.8) for h in range(52, 101, 8)]], False),
        ([(h, 36.8) for h in range(52, 101, 9)], None),  # a temperature is valid for 8 h
        ([(h, 37.9) for h in range(60, 101, 8)], False),
        ([(h, 36.8) for h in range(61, 101, 4)], None),  # 9 h without one
        ([], None),
    ],
)
def test_fever_of_the_last_48_hours(temperatures, answer):
    assert fever_within(situation(fever_curve(*temperatures), hours=100), LIMITS) is answer


def test_what_somebody_stated_is_kept():
    there = situation(given((48, 39.0), (60, 37.2)), hours=100, fever_down_after_toci="no")
    assert with_findings(there, LIMITS).known("fever_down_after_toci") is False
    assert (
        with_findings(situation(given((48, 39.0), (60, 37.2)), hours=100), LIMITS).known("fever_down_after_toci")
        is True
    )
