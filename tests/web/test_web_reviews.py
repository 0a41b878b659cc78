"""What is worked out of a record is kept as long as it is true, and never shown for another version of the record."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from datetime import timedelta

import pytest

from icans.store import entries, patients, settings, words
from icans.web import reviews as kept
from icans.web.reviews import Here, Reviews
from icans.web.site import Site
from made_ward import NOW, MadeWard, made_ward

FEVER = [
    (1, "temperature", "38.6", "Cel"), (1, "heart_rate", "100", "/min"), (1, "respiratory_rate", "16", "/min"),
    (1, "systolic_pressure", "120", "mm[Hg]"), (1, "diastolic_pressure", "70", "mm[Hg]"),
    (1, "oxygen_saturation", "97", "%"), (1, "oxygen_device", "room_air", None), (1, "hypotension", "no", None),
    (1, "vasoactive_drugs", "none", None),
]  # fmt: skip


class Counted(Here):
    """Counts what it works out."""

    def __init__(self) -> None:
        self.done = 0

    def submit(self, fn, /, *args, **kwargs):
        self.done += 1
        return super().submit(fn, *args, **kwargs)


class Never(Executor):
    """A worker that is asked and has not come to it yet."""

    def submit(self, fn, /, *args, **kwargs):
        return Future()


@pytest.fixture
def ward(tmp_path) -> MadeWard:
    return made_ward(tmp_path)


def enter(ward: MadeWard, patient: str, item: str, value: str, unit: str | None = None) -> None:
    nurse, now = ward.people["nurse"], ward.clock()
    rows = words.observation_entries([{"time": now, "item": item, "value": value, "unit": unit}], now)
    with ward.store.write() as db:
        entries.record(db, entries.Act(patient, nurse.id, nurse.login, now), rows)


def reviews_of(ward: MadeWard, workers: Executor | None = None) -> Reviews:
    return Reviews(ward.store, ward.clock, workers or Here(), workers or Here())


def test_the_same_record_is_worked_out_once(ward):
    patient = ward.admit(rows=FEVER)
    counted = Counted()
    reviews = reviews_of(ward, counted)
    first = reviews.of(patient)
    assert reviews.of(patient) is first
    assert counted.done == 1


def test_after_an_entry_the_grade_is_that_of_the_new_record(ward):
    patient = ward.admit(rows=FEVER)
    reviews = reviews_of(ward)
    assert reviews.of(patient).answer.grades["crs"] == (1, 1)
    ward.clock.now = NOW + timedelta(seconds=20)
    enter(ward, patient, "oxygen_device", "nasal_cannula")
    # Fever with oxygen by nasal cannula at low flow is CRS 2; the flow is not known, so 2 or 3 (ASTCT 2019).
    assert reviews.of(patient).answer.grades["crs"][0] == 2
    assert reviews.of(patient).version == 2


def test_what_is_due_moves_with_the_clock_though_nobody_writes(ward):
    patient = ward.admit(rows=FEVER)
    reviews = reviews_of(ward)
    early = reviews.of(patient)
    ward.clock.now = NOW + timedelta(hours=12)
    late = reviews.of(patient)
    assert late.as_of == NOW + timedelta(hours=12)
    assert "Vital signs" not in [c.label for c in early.row.overdue]
    assert "Vital signs" in [c.label for c in late.row.overdue]


def test_a_temperature_that_is_too_old_no_longer_makes_a_grade(ward):
    patient = ward.admit(rows=FEVER)
    reviews = reviews_of(ward)
    ward.clock.now = NOW + timedelta(hours=48)
    low, high = reviews.of(patient).answer.grades["crs"]
    assert (low, high) != (1, 1)


def test_an_answer_of_the_step_before_is_shown_with_its_time_while_the_new_one_is_to_come(ward):
    patient = ward.admit(rows=FEVER)
    reviews = reviews_of(ward)
    first = reviews.of(patient)
    reviews.ahead = Never()
    ward.clock.now = NOW + kept.STEP
    with ward.store.read() as db:
        here = patients.listed(db)
    assert reviews.at_hand(here)[patient] is first
    assert first.as_of == NOW
    ward.clock.now = NOW + 4 * kept.STEP
    assert reviews.at_hand(here)[patient] is None


def test_after_an_entry_the_ward_shows_nothing_rather_than_the_old_grade(ward):
    patient = ward.admit(rows=FEVER)
    reviews = reviews_of(ward)
    reviews.of(patient)
    reviews.ahead = Never()
    ward.clock.now = NOW + timedelta(seconds=5)
    enter(ward, patient, "temperature", "36.5", "Cel")
    with ward.store.read() as db:
        here = patients.listed(db)
    assert reviews.at_hand(here)[patient] is None


def test_a_convention_that_is_switched_grades_everybody_anew(ward):
    patient = ward.admit(facts={"infusion": "2026-03-02T09:00Z", "age": "10"}, rows=[(1, "ice_total", "2", None)])
    reviews = reviews_of(ward)
    before = reviews.of(patient)
    with ward.store.write() as db:
        site = Site(conventions={"C9": False})
        settings.keep(db, site.model_dump(mode="json"), author=None, login="test", at=NOW, expected=0)
    after = reviews.of(patient)
    assert after is not before
    # C9 on: below 12 years only CAPD counts, and there is none. Off: the ICE that was done counts; 0 to 2 is grade 3.
    assert before.answer.grades["icans"] != (3, 3)
    assert after.answer.grades["icans"][0] == 3


def test_a_fault_in_one_record_does_not_take_the_ward_away(ward, monkeypatch, caplog):
    patient = ward.admit("Secret-Name", rows=FEVER)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("38.6 of Secret-Name")

    monkeypatch.setattr("icans.web.worked.review", broken)
    row = reviews_of(ward).of(patient).row
    assert row.problem == "this record could not be worked out; tell the administrator"
    assert "RuntimeError" in caplog.text
    assert "Secret" not in caplog.text
    assert "38.6" not in caplog.text


def test_an_empty_record_says_that_nothing_was_recorded(ward):
    assert reviews_of(ward).of(ward.admit()).row.problem == "nothing was recorded yet"
