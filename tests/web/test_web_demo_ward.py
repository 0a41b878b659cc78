"""The made-up ward of `icans serve --demo`: believable at any hour, and each patient where the story says."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from icans.errors import DataError
from icans.patient_review import Review, review
from icans.record.catalogue import products
from icans.record.csv import read_folder
from icans.record.record import Records
from icans.web.demo import DemoPatient, demo_patients

AFTERNOON = datetime(2026, 5, 14, 15, 50, tzinfo=UTC)
NIGHT = datetime(2026, 11, 3, 3, 20, 41, tzinfo=UTC)
NOWS = pytest.mark.parametrize("now", [AFTERNOON, NIGHT], ids=["15:50", "03:20"])
PATIENTS = [f"DEMO-{number:02}" for number in range(1, 13)]


@cache
def ward(now: datetime) -> dict[str, DemoPatient]:
    return {patient.identifier: patient for patient in demo_patients(now)}


@cache
def record(now: datetime, identifier: str) -> Records:
    """The patient written as a folder of CSV files and read again, as every record is."""
    patient = ward(now)[identifier]
    with TemporaryDirectory() as name:
        folder = Path(name)
        write(folder / "patient.csv", [{"patient": identifier, **patient.facts}])
        write(folder / "observations.csv", patient.observations)
        write(folder / "therapies.csv", patient.therapies)
        return read_folder(folder)


def write(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    listed = [{k: v.isoformat() if isinstance(v, datetime) else v for k, v in row.items()} for row in rows]
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, list(listed[0]))
        table.writeheader()
        table.writerows(listed)


@cache
def reviewed(now: datetime, identifier: str) -> Review:
    return review(record(now, identifier), at=now)


def strengths(found: Review, code: str) -> list[tuple[str, bool]]:
    assert found.guidance is not None
    return [(action.strength, action.certain) for action in found.guidance.advice.actions if action.code == code]


def overdue(found: Review) -> set[str]:
    assert found.guidance is not None
    return {check.id for check in found.guidance.due.overdue}


def test_there_are_twelve_patients_each_labelled_as_made_up():
    assert list(ward(AFTERNOON)) == PATIENTS
    labels = [patient.facts["label"] for patient in ward(AFTERNOON).values()]
    assert labels[0] == "Made up 01, Ada"
    assert all(label.startswith(f"Made up {n:02}, ") for n, label in enumerate(labels, 1))
    assert len(set(labels)) == 12


def test_no_two_patients_lie_in_one_bed_and_every_story_is_one_line():
    patients = ward(AFTERNOON).values()
    assert len({(patient.care_unit, patient.bed) for patient in patients}) == 12
    assert all("\n" not in patient.story and 20 < len(patient.story) <= 120 for patient in patients)


def test_every_product_of_the_catalogue_has_been_given_to_somebody():
    assert {patient.facts["product"] for patient in ward(AFTERNOON).values()} == set(products())


@pytest.mark.parametrize("hour", range(24))
def test_nothing_was_seen_or_given_after_now(hour: int):
    now = AFTERNOON.replace(hour=hour, minute=2)  # while a round is under way
    for patient in ward(now).values():
        assert max(seen["time"] for seen in patient.observations) <= now
        assert max(given["start"] for given in patient.therapies) <= now
        assert all(given["end"] is None or given["start"] <= given["end"] <= now for given in patient.therapies)


@NOWS
def test_everybody_was_seen_within_the_last_nine_hours(now: datetime):
    for patient in ward(now).values():
        assert max(seen["time"] for seen in patient.observations) > now - timedelta(hours=9)


@NOWS
def test_each_record_is_small(now: datetime):
    assert all(50 < len(patient.observations) < 600 for patient in ward(now).values())


@NOWS
@pytest.mark.parametrize("identifier", PATIENTS)
def test_reading_finds_no_mistake_and_has_nothing_to_repair(now: datetime, identifier: str):
    read = record(now, identifier)
    assert read.log.problems == ()
    assert read.log.notices == ()
    assert len(read.observations) == len(ward(now)[identifier].observations)
    assert len(read.therapies) == len(ward(now)[identifier].therapies)
    assert not read.observations["implausible"].any()


@NOWS
@pytest.mark.parametrize("identifier", PATIENTS)
def test_the_grades_now_are_those_that_the_story_means(now: datetime, identifier: str):
    current = reviewed(now, identifier).current
    assert {outcome: (answer.min, answer.max) for outcome, answer in current.items()} == ward(now)[identifier].grades


def test_the_ward_shows_every_grade_from_no_toxicity_to_icans_4():
    grades = [patient.grades for patient in ward(AFTERNOON).values()]
    assert {g["crs"] for g in grades if g} == {(0, 0), (1, 1), (2, 2), (3, 3)}
    assert {g["icans"] for g in grades if g} == {(0, 0), (1, 1), (1, 2), (2, 2), (3, 3), (3, 4)}


@NOWS
def test_in_isolated_icans_tocilizumab_must_not_be_given(now: datetime):
    elif_ = reviewed(now, "DEMO-05")
    assert strengths(elif_, "TOCI") == [("MUST_NOT", True)]


@NOWS
def test_icans_that_rises_as_crs_falls_was_crs_2_before(now: datetime):
    low, high, _ = reviewed(now, "DEMO-05").peak["crs"]
    assert (low, high) == (2, 2)


@NOWS
def test_without_an_ice_for_fourteen_hours_the_test_is_overdue(now: datetime):
    henrik = reviewed(now, "DEMO-08")
    assert "neurology" in overdue(henrik)
    assert "ice_writing" in {item for domain in henrik.current["icans"].domains for item in domain.missing}


@NOWS
def test_in_febrile_neutropenia_a_round_was_missed_and_the_protocol_is_told(now: datetime):
    bruno = reviewed(now, "DEMO-02")
    assert "vitals" in overdue(bruno)
    assert strengths(bruno, "FN_PROTOCOL") == [("MUST", True)]


@NOWS
def test_under_norepinephrine_crs_stays_3_though_the_fever_is_hidden(now: datetime):
    record_of = ward(now)["DEMO-04"].observations
    temperatures = [float(seen["value"]) for seen in record_of if seen["item"] == "temperature"]
    assert max(temperatures) > 39.5
    assert temperatures[-1] < 38.0
    assert strengths(reviewed(now, "DEMO-04"), "ICU_ADMIT") == [("MUST", True)]


@NOWS
def test_late_movement_signs_after_bcma_cells_ask_for_a_work_up_at_grade_0(now: datetime):
    assert strengths(reviewed(now, "DEMO-11"), "DELAYED_NEUROTOX_WORKUP") == [("MUST", True)]


@NOWS
def test_below_twelve_years_capd_is_tested_and_not_ice(now: datetime):
    items = {seen["item"] for seen in ward(now)["DEMO-10"].observations}
    assert any(item.startswith("capd") for item in items)
    assert not any(item.startswith("ice") for item in items)


@NOWS
def test_everybody_who_can_be_tested_has_a_baseline_before_the_infusion(now: datetime):
    for patient in ward(now).values():
        infusion = datetime.fromisoformat(patient.facts["infusion"])
        before = {seen["item"] for seen in patient.observations if seen["time"] < infusion}
        assert before & {"ice_orientation", "capd_eye_contact"}, patient.identifier


@pytest.mark.parametrize("hour", range(24))
def test_the_day_after_the_infusion_is_the_same_at_every_hour(hour: int):
    days = [1, 3, 5, 3, 5, 8, 6, 9, 8, 6, 20, -5]
    now = AFTERNOON.replace(hour=hour, minute=7)
    infusions = [datetime.fromisoformat(patient.facts["infusion"]) for patient in ward(now).values()]
    assert [(now - infusion) // timedelta(days=1) for infusion in infusions] == days


def test_the_same_moment_gives_the_same_ward():
    assert demo_patients(NIGHT) == demo_patients(NIGHT)
    assert demo_patients(NIGHT) != demo_patients(NIGHT + timedelta(hours=5))


def test_rounds_fall_on_the_clock_of_the_ward():
    summer = timezone(timedelta(hours=2))
    ada = demo_patients(AFTERNOON.astimezone(summer))[0]
    infusion = datetime.fromisoformat(ada.facts["infusion"])
    hours = {
        seen["time"].astimezone(summer).hour
        for seen in ada.observations
        if seen["item"] == "temperature" and seen["time"] > infusion + timedelta(hours=1)
    }
    assert hours <= {2, 6, 10, 14, 18, 22}
    assert infusion.astimezone(summer).hour == 11


def test_a_body_is_cooler_at_night_than_in_the_afternoon():
    ada = ward(AFTERNOON)["DEMO-01"]
    by_hour: dict[int, list[float]] = {}
    for seen in ada.observations:
        if seen["item"] == "temperature":
            by_hour.setdefault(seen["time"].hour, []).append(float(seen["value"]))
    assert max(by_hour[2] + by_hour[6]) < max(by_hour[14] + by_hour[18])


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(DataError, match="has no time zone"):
        demo_patients(datetime(2026, 5, 14, 15, 50))
