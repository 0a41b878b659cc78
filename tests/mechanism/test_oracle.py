"""libRoadRunner is the oracle: the exported SBML, doses as its events, gives what the kernels give."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from icans.mechanism import load, simulate
from icans.mechanism.definition.export import sbml
from icans.mechanism.definition.products import endotypes, product, products
from icans.mechanism.simulation.steady import steady_start
from icans.mechanism.treatment.regimen import doses
from icans.mechanism.treatment.scenarios import scenarios

roadrunner = pytest.importorskip("roadrunner")
roadrunner.Logger.setLevel(roadrunner.Logger.LOG_ERROR)

WEIGHT = 80.0
ACCURACY = 1e-4
# Never at the time of a dose, where one program shows the value before it and the other that after it.
TIMES = np.linspace(0.0, 30.0, 114)
INFUSIONS = (
    "tocilizumab 8 mg/kg over 1 h day 3; norepinephrine 0.1 ug/kg/min day 4 to 5; crystalloid 1 L over 2 h day 4.1;"
    "dexamethasone 20 mg over 0.5 h day 5"
)
PATIENTS = [
    *((name, entry.changes, ()) for name, entry in products().items()),
    *((name, entry.changes, ()) for name, entry in endotypes().items()),
    *((name, {"burden": 200.0} | s.parameters, s.changes(WEIGHT)) for name, s in scenarios().items()),
    ("infusions", {"burden": 200.0}, doses(INFUSIONS, WEIGHT)),
    ("steady start", product("4-1bb") | {"EASIX": 6.0, "PLT": 40.0, "CRP_pre": 25.0, "age": 72.0}, ()),
]  # fmt: skip


def oracle(parameters: dict[str, float], given: Sequence, names: Sequence[str]) -> np.ndarray:
    """States over TIMES by CVODE at 1e-10."""
    start = steady_start(load(), parameters)[0][0]
    states = dict(zip(names, map(float, start), strict=True))
    runner = roadrunner.RoadRunner(sbml(parameters, given, states))
    runner.integrator.relative_tolerance = 1e-10
    runner.integrator.absolute_tolerance = 1e-12
    runner.integrator.maximum_num_steps = 500_000
    runner.integrator.initial_time_step = 1e-6
    runner.timeCourseSelections = ["time", *names]
    return np.array(runner.simulate(0.0, 30.0, TIMES.size))[:, 1:]


@pytest.mark.parametrize(("parameters", "given"), [row[1:] for row in PATIENTS], ids=[row[0] for row in PATIENTS])
def test_the_exported_model_run_by_libroadrunner_agrees_with_the_kernels(parameters, given):
    names = load().states
    found = simulate(parameters, given, days=30.0, times=TIMES, outputs=names).values[0]
    expected = oracle(dict(parameters), given, names)
    largest = np.abs(expected).max(axis=0)
    error = np.abs(found - expected)[1:].max(axis=0) / np.where(largest > 1e-12, largest, 1.0)
    worst = int(error.argmax())
    assert error[worst] < ACCURACY, f"{names[worst]}: {error[worst]:.1e}"
