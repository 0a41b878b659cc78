"""The model in another program: libRoadRunner, which translates SBML by itself and integrates with CVODE."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from icans.mechanism.simulation.dosing import Change

Course = dict[str, NDArray[np.float64]]


@cache
def states() -> tuple[str, ...]:
    """What the model has a rate for, in the order of its text."""
    import libsbml

    from icans.mechanism.definition.compose import sbml_text

    document = libsbml.readSBMLFromString(sbml_text())
    return tuple(rule.getVariable() for rule in document.getModel().getListOfRules() if rule.isRate())


def loaded(sbml: str) -> Any:
    """The SBML in libRoadRunner, with tight tolerances; skips the test where it is not installed."""
    roadrunner = pytest.importorskip("roadrunner")
    model = roadrunner.RoadRunner(sbml)
    model.integrator.relative_tolerance, model.integrator.absolute_tolerance = 1e-10, 1e-12
    model.integrator.maximum_num_steps = 200_000
    return model


def run(
    sbml: str,
    days: float,
    outputs: Iterable[str],
    *,
    doses: Iterable[Change] = (),
    start: Mapping[str, float] | None = None,
    step: float = 0.01,
) -> Course:
    """Simulate from day 0, stopping at every dose to add it by hand: name -> course; 'time' is there too."""
    model, given = loaded(sbml), sorted(doses, key=lambda dose: dose.time)
    for name, value in (start or {}).items():
        # libRoadRunner sharpens its tolerance to the smallest state that is not 0, and would never get anywhere.
        model[name] = 0.0 if abs(value) < 1e-15 else float(value)
    names = ["time", *outputs]
    model.selections = names
    stops = sorted({0.0, float(days), *(dose.time for dose in given if dose.time < days)})
    pieces = []
    for begin, end in pairwise(stops):
        for dose in given:
            if dose.time == begin:
                model[dose.target] = model[dose.target] + dose.amount
        pieces.append(np.array(model.simulate(begin, end, max(2, round((end - begin) / step) + 1))))
    table = np.vstack(pieces)
    return {name: table[:, column] for column, name in enumerate(names)}
