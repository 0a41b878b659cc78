"""The compiled model gives the numbers that the model's literature review prints for its own prototype."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
import pytest

from icans.mechanism import simulate
from icans.mechanism.definition.products import endotype
from icans.mechanism.treatment.regimen import doses
from icans.mechanism.treatment.scenarios import scenario
from mechanism.document_tables import Array, Printed, fits, measured, printed

WEIGHT = 80.0  # of the review's patients: 2e6/kg x 80 kg
ROWS = printed()
OUTPUTS = sorted({name for row in ROWS for name in (row.quantity, row.over) if name})


@cache
def course(patient: str | None, changes: tuple, named: str, texts: tuple[str, ...], days: float):
    told = scenario(named)
    parameters = (endotype(patient) if patient else {}) | told.parameters | dict(changes)
    given = [dose for text in texts for dose in doses(text, WEIGHT)] or told.changes(WEIGHT)
    doses_at = np.array([dose.time for dose in given if dose.time < days])
    # A value at a dose's own time is that from before it, and peaks of drugs are right after it.
    times = np.unique(np.concatenate([np.linspace(0.0, days, round(days * 50) + 1), doses_at, doses_at + 1e-6]))
    found = simulate(parameters, given, days=days, times=times, outputs=OUTPUTS)
    return found.times, {name: found[name][0] for name in OUTPUTS}


def values(row: Printed) -> tuple[Array, Mapping[str, Array], Mapping[str, Array]]:
    patient, changes, _, _, days = row.run
    time, of_run = course(*row.run)
    its_time, untreated = course(patient, changes, "untreated", (), days)
    return time, of_run, {name: np.interp(time, its_time, values) for name, values in untreated.items()}


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_the_model_gives_what_the_review_prints(row: Printed):
    time, of_run, untreated = values(row)
    found = measured(row, time, of_run, untreated)
    assert fits(row, found), f"{found}, {row.why}"
