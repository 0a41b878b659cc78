"""The examples tell what the manual says they tell, and their folders and FHIR bundles agree."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from icans.patient_review import review
from icans.record.catalogue import catalogue
from icans.record.read import read
from icans.record.record import THERAPIES
from icans.record.states import read_states

EXAMPLES = Path(__file__).parents[2] / "examples"
PATIENTS = ["patient-007", "patient-012", "patient-031"]


@pytest.mark.parametrize("name", PATIENTS)
def test_the_folder_and_the_bundle_give_the_same_course(name):
    folder, bundle = read(EXAMPLES / name), read(EXAMPLES / f"{name}.json")
    assert review(folder).course.equals(review(bundle).course)
    given = [t for t in THERAPIES if t != "source"]
    assert folder.therapies.select(given).sort(given).equals(bundle.therapies.select(given).sort(given))
    assert folder.patients.equals(bundle.patients)


@pytest.mark.parametrize("name", PATIENTS)
def test_a_bundle_holds_every_observation_of_its_folder(name):
    key = ["time", "item", "value", "other_cause", "attribution", "implausible"]
    folder, bundle = (
        read(path).observations.select(key).sort(key) for path in (EXAMPLES / name, EXAMPLES / f"{name}.json")
    )
    assert folder.equals(bundle)


@pytest.mark.parametrize("name", PATIENTS)
def test_examples_are_read_without_a_problem(name):
    assert read(EXAMPLES / name, keep_going=True).log.problems == ()


def test_the_first_patient_ends_between_grades_one_and_two():
    found = review(read(EXAMPLES / "patient-007"))
    assert (found.current["crs"].min, found.current["crs"].max) == (0, 0)
    assert (found.current["icans"].min, found.current["icans"].max) == (1, 2)
    assert [w.item for w in found.current["icans"].what_if] == ["ice_writing"]
    assert found.peak["crs"][:2] == (3, 3)
    assert found.peak["icans"][:2] == (3, 3)


def test_the_first_patient_has_one_episode_of_each_the_second_of_uncertain_onset():
    episodes = {e.outcome: e for e in review(read(EXAMPLES / "patient-007")).episodes}
    assert not episodes["crs"].ongoing
    assert episodes["icans"].ongoing
    assert episodes["icans"].onset_uncertain


def test_the_child_recovers_and_was_never_worse_than_grade_two():
    found = review(read(EXAMPLES / "patient-012"))
    assert {name: (a.min, a.max) for name, a in found.current.items()} == {"crs": (0, 0), "icans": (0, 0)}
    assert {name: peak[:2] for name, peak in found.peak.items()} == {"crs": (2, 2), "icans": (2, 2)}


def test_a_child_is_not_hypotensive_at_a_pressure_that_would_be_low_in_an_adult():
    found = review(read(EXAMPLES / "patient-012"))
    pressures = found.states.filter(pl.col("day") > 2, pl.col("systolic_pressure") < 90)
    assert pressures.height > 0
    assert found.course.filter(pl.col("outcome") == "crs", pl.col("day") < 4.5)["max"].max() == 1


def test_the_messy_record_is_read_in_the_units_of_the_catalogue():
    seen = read(EXAMPLES / "patient-031").observations
    temperatures = seen.filter(pl.col("item") == "temperature")["value"]
    assert temperatures.is_between(36, 40).all()
    assert seen.filter(pl.col("item") == "creatinine")["value"].max() == pytest.approx(131 / 88.4)
    assert seen.filter(pl.col("item") == "crp")["value"].max() == pytest.approx(164)


def test_the_messy_record_keeps_flags_and_repairs():
    records = read(EXAMPLES / "patient-031")
    odd = records.observations.filter("implausible")
    assert odd["item"].to_list() == ["oxygen_saturation"]
    assert any("repeat another row exactly" in words for words in records.log.notices)
    assert any("happened twice" in words for words in records.log.notices)
    assert records.patients["product"].to_list() == ["brexu-cel"]
    assert {"tocilizumab", "dexamethasone", "levetiracetam"} <= set(records.therapies["drug"])
    corrected = records.observations.filter(pl.col("item") == "platelets", pl.col("value").is_in([36.0, 38.0]))
    assert corrected["value"].to_list() == [36.0]


def test_hypotension_from_bleeding_does_not_count_as_crs():
    found = review(read(EXAMPLES / "patient-031"))
    low = found.states.filter(pl.col("day").is_between(6, 7), pl.col("systolic_pressure") < 90)
    assert low.height > 0
    assert low["hypotension_other_cause"].all()
    crs = found.course.filter(pl.col("outcome") == "crs", pl.col("time").is_in(low["time"].implode()))
    assert crs["max"].max() == 0


def test_the_states_are_understood_and_keep_their_own_columns():
    states = read_states(EXAMPLES / "states.csv")
    assert states.original.height == 12
    assert {"assessed", "comment"} <= set(states.original.columns)
    assert set(states.typed.columns) <= set(catalogue())
