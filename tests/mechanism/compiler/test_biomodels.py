"""Published models of other groups, as BioModels has them, against libRoadRunner (CVODE, rtol 1e-10)."""

from __future__ import annotations

from pathlib import Path

import libsbml
import numpy as np
import pytest

from icans.mechanism.compiler.compiled import Compiled, compile_sbml
from icans.mechanism.simulation.own_events import own_event_times
from icans.mechanism.simulation.patients import Simulation
from mechanism.kernels import Array, ready
from record.real_data import DATA, needs

FOLDER = DATA / "biomodels_sbml"
UNTIL = {
    "BIOMD0000000534": 2016.0, "BIOMD0000000536": 2016.0,  # hours: twelve weeks of treatment
    "BIOMD0000000837": 100.0, "BIOMD0000001011": 200.0, "BIOMD0000001013": 200.0, "MODEL2009230001": 100.0,  # days
}  # fmt: skip
EVENTS = {
    "BIOMD0000000534": [0.1, 672.0, 1344.0, 2016.0],
    "BIOMD0000000536": [0.1, *(168.0 * k for k in range(1, 13))],
}
"""As the files have them, in hours: doses every four weeks, and every week."""


def by_roadrunner(sbml: str, names: tuple[str, ...], times: Array) -> Array:
    """The states at these times, (times, states): species as concentrations, as their symbols are in SBML."""
    import roadrunner

    runner = roadrunner.RoadRunner(sbml)
    runner.integrator.relative_tolerance = 1e-10
    runner.integrator.absolute_tolerance = 1e-14
    runner.integrator.maximum_num_steps = 1_000_000
    species = libsbml.readSBMLFromString(sbml).getModel()
    amounts = {s.getId() for s in species.getListOfSpecies() if s.getHasOnlySubstanceUnits()}
    plain = {p.getId() for p in species.getListOfParameters()}
    runner.timeCourseSelections = [n if n in amounts | plain else f"[{n}]" for n in names]
    return np.array(runner.simulate(times=times.tolist()))


@pytest.mark.parametrize("name", UNTIL)
@needs(FOLDER)
def test_a_published_model_agrees_with_roadrunner(name):
    sbml = (FOLDER / f"{name}.xml").read_text()
    model = ready(compile_sbml(sbml, name))
    # Not at the events themselves, where "before" and "after" would both be right.
    times = np.setdiff1d(np.linspace(0.0, UNTIL[name], 150), EVENTS.get(name, []))
    ours = Simulation(model, {}).advance(float(times[-1]), times, model.states)
    theirs = by_roadrunner(sbml, model.states, times)
    assert (np.ptp(theirs, axis=0) > 0).any(), "something happens"
    for column, state in enumerate(model.states):
        size = np.abs(theirs[:, column]).max()
        np.testing.assert_allclose(ours[state][0], theirs[:, column], atol=1e-4 * size, rtol=0, err_msg=state)


@pytest.mark.parametrize("name", EVENTS)
@needs(FOLDER)
def test_the_treatments_of_a_published_model_are_its_events(name):
    simulation = Simulation(read(name), {})
    assert own_event_times(simulation) == EVENTS[name]


@needs(FOLDER)
def test_all_models_of_the_folder_are_tried():
    assert sorted(p.stem for p in FOLDER.glob("*.xml")) == sorted(UNTIL)


def read(name: str) -> Compiled:
    return compile_sbml(Path(FOLDER / f"{name}.xml").read_text(), name)
