"""One patient for other programs: what is exported, simulated elsewhere from 0 on, repeats the run."""

from __future__ import annotations

import io
import zipfile
from typing import Any, NamedTuple
from xml.etree import ElementTree

import numpy as np
import pytest

from icans.errors import DataError
from icans.mechanism.definition import compose, export
from icans.mechanism.treatment.regimen import doses
from mechanism.other_program import loaded, run, states


class Given(NamedTuple):
    time: float
    target: str
    amount: float


SEEN = ("IL6", "CRP", "Ct", "Cd", "Can", "MAP", "ICE")
TREATED = (
    Given(0.0, "toc1", 640.0),  # on day 0
    Given(0.0, "IL6", 3.0),  # into something that starts with a formula
    Given(3.0, "toc1", 640.0),
    Given(3.0, "toc1", 10.0),  # two at once into the same
    Given(3.0, "dex", 10.0),  # and into another
    Given(4.0, "in_anap", 2400.0),  # an infusion of a day
    Given(5.0, "in_anap", -2400.0),
    Given(2.0, "NE", 0.2),
    Given(6.3, "NE", -0.2),
)
START = {"CRP": 2.0, "EA": 0.05, "Ap": 120.0}


def simulated(sbml: str) -> dict[str, Any]:
    model = loaded(sbml)
    model.selections = ["time", *SEEN]
    table = np.array(model.simulate(0, 12, 121))
    return {name: table[:, column] for column, name in enumerate(["time", *SEEN])}


@pytest.fixture(scope="module")
def by_hand() -> dict[str, Any]:
    """The same patient, stopped at every dose to add it, at the middle of tenths of a day."""
    model = compose._translated(compose.antimony_text({"burden": 200.0}))
    course = run(model, 12.0, SEEN, doses=TREATED, start=START)
    at = np.arange(0.05, 12.0, 0.1)
    return {"time": at} | {name: np.interp(at, course["time"], course[name]) for name in SEEN}


@pytest.mark.parametrize("kind", ["sbml", "antimony"])
def test_an_exported_patient_repeats_the_run(by_hand: dict[str, Any], kind: str):
    if kind == "sbml":
        text = export.sbml({"burden": 200.0}, TREATED, START)
    else:
        text = compose._translated(export.antimony({"burden": 200.0}, TREATED, START))
    model = loaded(text)
    model.selections = ["time", *SEEN]
    table = np.array(model.simulate(0, 12, 1201))
    for column, name in enumerate(SEEN, start=1):
        found = np.interp(by_hand["time"], table[:, 0], table[:, column])
        assert np.abs(found - by_hand[name]).max() <= 1e-6 * np.abs(by_hand[name]).max(), name


def test_a_course_of_doses_becomes_one_event_a_dose():
    import libsbml

    document = libsbml.readSBMLFromString(export.sbml({}, doses("dexamethasone 10 mg every 6 h day 5 to 6", 80.0)))
    model = document.getModel()
    events = [libsbml.formulaToL3String(event.getTrigger().getMath()) for event in model.getListOfEvents()]
    assert events == ["time >= 5 day", "time >= 5.25 day", "time >= 5.5 day", "time >= 5.75 day"]
    added = model.getEvent(0).getEventAssignment("dex").getMath()
    assert libsbml.formulaToL3String(added) == "dex + 10 mg"


def test_an_infusion_is_a_rate_on_and_off_and_doses_at_once_are_one_event():
    import libsbml

    document = libsbml.readSBMLFromString(export.sbml({}, TREATED))
    changes = [
        {a.getVariable(): libsbml.formulaToL3String(a.getMath()) for a in event.getListOfEventAssignments()}
        for event in document.getModel().getListOfEvents()
    ]
    assert changes == [
        {"NE": "NE + 0.2 ug_per_kg_per_minute"},
        {"toc1": "toc1 + 650 mg", "dex": "dex + 10 mg"},
        {"in_anap": "in_anap + 2400 mg_per_day"},
        {"in_anap": "in_anap + -2400 mg_per_day"},
        {"NE": "NE + -0.2 ug_per_kg_per_minute"},
    ]


def test_exported_sbml_is_consistent_with_its_units():
    import libsbml

    document = libsbml.readSBMLFromString(export.sbml({"burden": 200.0}, TREATED, START))
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_UNITS_CONSISTENCY, True)
    assert document.checkConsistency() == 0


def test_without_a_patient_the_model_itself_is_exported():
    assert export.antimony() == compose.antimony_text()
    model = loaded(export.sbml())
    assert model["burden"] == 100.0
    assert len(states()) == 53


def test_a_steady_start_is_the_first_value():
    model = loaded(export.sbml({}, (), START))
    assert {name: model[name] for name in START} == START
    assert model["IL6"] == 3.0  # not named: as the model says


def test_rounding_of_a_steady_state_is_exported_as_nothing():
    # libRoadRunner sets its tolerance by the smallest value that is not 0, and would stall at 1e-28.
    assert loaded(export.sbml({}, (), {"NM": -1.2e-28, "W": 0.7}))["NM"] == 0.0


def test_an_archive_holds_both_and_a_manifest_that_names_them():
    packed = export.omex({"burden": 200.0}, TREATED, START)
    archive = zipfile.ZipFile(io.BytesIO(packed))
    assert archive.testzip() is None
    assert archive.namelist() == ["manifest.xml", "icans.xml", "icans.ant"]
    assert archive.read("icans.xml").decode() == export.sbml({"burden": 200.0}, TREATED, START)
    manifest = ElementTree.fromstring(archive.read("manifest.xml"))
    listed = {content.get("location"): content.get("master") for content in manifest}
    assert listed == {".": "false", "./manifest.xml": "false", "./icans.xml": "true", "./icans.ant": "false"}
    assert packed == export.omex({"burden": 200.0}, TREATED, START)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"parameters": {"k_kil": 1.0}}, "no parameter k_kil; did you mean k_kill"),
        ({"parameters": {"k_kill": float("nan")}}, "k_kill: the value nan is not a finite number"),
        ({"start": {"MAP": 80.0}}, "no state or input MAP"),
        ({"doses": [Given(1.0, "toc3", 640.0)]}, "no state or input toc3; did you mean toc"),
        ({"doses": [Given(1.0, "toc1", float("inf"))]}, "toc1: the value inf is not a finite number"),
        ({"doses": [Given(-1.0, "toc1", 640.0)]}, "a dose into toc1 on day -1: doses begin with day 0"),
        ({"doses": [Given(float("nan"), "toc1", 640.0)]}, "doses begin with day 0"),
    ],
)
def test_what_cannot_be_exported_is_told(given: dict[str, Any], words: str):
    for kind in (export.sbml, export.antimony, export.omex):
        with pytest.raises(DataError, match=words):
            kind(**given)
