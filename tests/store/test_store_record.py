"""The record out of the store is the record as every reader gives it, and its review is the same review."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from store_made import NOW, Made, seen, temperature

from icans.patient_review import review
from icans.record.read import read
from icans.record.record import OBSERVATIONS, PATIENTS, THERAPIES, Records
from icans.report.as_json import as_dict
from icans.store import words
from icans.store.errors import NotThere
from icans.store.records import chart_is_complete, record_of

FOLDER = Path(__file__).parents[2] / "examples" / "patient-007"
FACTS = ("product", "infusion", "age", "sex", "weight", "height", "developmental_delay", "label")


def rows(file: str) -> list[dict[str, str]]:
    with (FOLDER / file).open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def by_hand(ward: Made) -> Records:
    """The patient of the example, entered as a form would enter it: row for row, as words."""
    (who,) = rows("patient.csv")
    assert ZoneInfo(who["time_zone"]).key == "Europe/Berlin"  # every time of the files has its offset
    entered = [
        *words.fact_entries({name: who[name] for name in FACTS}, NOW),
        *words.observation_entries(rows("observations.csv"), _later()),
        *words.therapy_entries(rows("therapies.csv"), _later()),
    ]
    made = ward.admit(who["patient"], entered)
    with ward.store.read() as db:
        return record_of(db, made)


def _later() -> datetime:
    return NOW.replace(year=2027)


def alike(frame: pl.DataFrame) -> pl.DataFrame:
    """A table without what says where a row came from, in one order."""
    left = frame.drop("source", strict=False)
    return left.sort(left.columns)


def test_a_record_entered_by_hand_is_the_record_that_is_read_from_files(ward: Made):
    files, store = read(FOLDER), by_hand(ward)
    assert files.observations.height > 900
    assert files.therapies.height > 60
    assert_frame_equal(store.patients, files.patients)
    assert_frame_equal(alike(store.observations), alike(files.observations))
    assert_frame_equal(alike(store.therapies), alike(files.therapies))


def test_the_review_of_both_is_the_same(ward: Made):
    from_files, from_store = (as_dict(review(found)) for found in (read(FOLDER), by_hand(ward)))
    for one in (from_files, from_store):
        del one["reading"]
    assert from_files["outcomes"]["icans"]["answer"] is not None
    assert from_store == from_files


def test_the_tables_have_the_columns_of_every_record(ward: Made):
    with ward.store.read() as db:
        found = record_of(db, ward.patient)
    assert dict(found.patients.schema) == PATIENTS
    assert dict(found.observations.schema) == OBSERVATIONS
    assert dict(found.therapies.schema) == THERAPIES


def test_the_source_of_a_value_is_its_entry(ward: Made):
    (name,) = ward.enter(temperature(38.4)).entries
    with ward.store.read() as db:
        assert record_of(db, ward.patient).observations["source"].to_list() == [f"entry {name[:8]}"]


def test_of_a_fact_that_was_written_again_the_newest_counts(ward: Made):
    ward.enter(words.fact_entries({"weight": "72"}, NOW))
    with ward.store.read() as db:
        assert record_of(db, ward.patient).patients["weight"].to_list() == [72.0]


def test_a_fact_that_was_taken_back_is_unknown_again_or_what_it_was(ward: Made):
    first = next(row for row in ward.history() if row["item"] == "weight")
    (second,) = ward.enter(words.fact_entries({"weight": "72"}, NOW)).entries
    ward.correct(second, words.fact_entries({"weight": "72"}, NOW), withdrawn=True)
    assert _weight(ward) == 70.0
    ward.correct(first["id"], words.fact_entries({"weight": "70"}, NOW), withdrawn=True)
    assert _weight(ward) is None


def _weight(ward: Made) -> float | None:
    with ward.store.read() as db:
        return record_of(db, ward.patient).patients["weight"][0]


def test_a_drug_chart_is_complete_while_somebody_says_so(ward: Made):
    told = []
    for words_ in (None, "complete", "not complete", "complete"):
        if words_ is not None:
            ward.enter(words.fact_entries({"drug_chart": words_}, NOW))
        with ward.store.read() as db:
            told.append(chart_is_complete(db, ward.patient))
    assert told == [False, True, False, True]


def test_the_same_dose_entered_by_two_is_given_once(ward: Made):
    dose = {"start": "2026-03-08T08:00Z", "drug": "dexamethasone", "dose": "10", "unit": "mg", "route": "intravenous"}
    for login in ("nora", "carl"):
        ward.enter(words.therapy_entries([dose], NOW), ward.act(login))
    with ward.store.read() as db:
        assert record_of(db, ward.patient).therapies["dose"].to_list() == [10.0]


def test_an_unlikely_value_is_kept_and_flagged(ward: Made):
    ward.enter(words.observation_entries([seen("temperature", 51, "Cel")], NOW))
    with ward.store.read() as db:
        assert record_of(db, ward.patient).observations["implausible"].to_list() == [True]


def test_there_is_no_record_of_a_patient_who_is_not_there(ward: Made):
    with ward.store.read() as db, pytest.raises(NotThere, match="no such patient"):
        record_of(db, "f" * 32)
