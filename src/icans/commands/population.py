"""`icans population`: virtual patients drawn, simulated and summed up."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import polars as pl

from icans.commands.virtual import Options, virtual_patient
from icans.errors import DataError
from icans.mechanism.definition.compose import fingerprint
from icans.mechanism.definition.parameters import table
from icans.mechanism.definition.products import endotype_named
from icans.mechanism.simulation.in_silico import simulate
from icans.mechanism.simulation.trajectories import Array, Trajectories
from icans.mechanism.treatment.regimen import orders
from icans.population.endpoints import needed
from icans.population.progress import shown
from icans.population.stream import Population, stream
from icans.population.summary import summary
from icans.population.tables import terminal_tables
from icans.report.files import check_folder
from icans.report.screen import console

A_DAY = 4
"""Times a day at which courses are looked at."""
MOST_DAYS = 3650.0


def run(
    *,
    patient: Options,
    n: int,
    seed: int,
    days: float,
    drug: Sequence[str],
    out: Path | None,
    courses: Path | None,
) -> None:
    """Draw, simulate, write one row a patient where asked to, and print the summary."""
    if not 0 < days <= MOST_DAYS:
        raise DataError(f"--days is {days:g}; expected a number above 0, {MOST_DAYS:g} at most")
    for path in (out, courses):
        if path is not None:
            _check_name(path)
    who = virtual_patient(patient)
    given = tuple(dose for text in drug for order in orders(text) for dose in order.doses(who.value("weight")))
    times = np.linspace(0.0, days, max(2, round(days * A_DAY) + 1))

    def simulated(parameters: dict[str, Array]) -> Trajectories:
        return simulate(parameters, given, days=days, times=times, outputs=needed(), keep=True)

    people = Population(who.parameters, table(), seed, n, hold=frozenset(_held(patient)))
    described = {"model": fingerprint(), "days": days, "drugs": list(drug)}
    with ExitStack() as stack:
        target = out or Path(stack.enter_context(tempfile.TemporaryDirectory())) / "population.parquet"
        with shown() as progress:
            stream(people, simulated, target, described=described, courses=courses, progress=progress)
        found = summary(pl.scan_parquet(target))
    screen = console()
    for rows in terminal_tables(found):
        screen.print(rows)
    for note in who.notes:
        screen.print(note)
    screen.print("Virtual patients of a model: no prediction of anybody's course, and not fitted to patients.")
    written = [str(path) for path in (out, courses) if path is not None]
    if written:
        screen.print("written: " + ", ".join(written))


def _check_name(path: Path) -> None:
    if path.suffix != ".parquet":
        raise DataError(f"{path}: a population is written as .parquet, by the ending of its name")
    check_folder(path)


def _held(patient: Options) -> set[str]:
    """What the user, or the endotype he names, gives a value does not vary between patients."""
    named = {"burden": patient.burden, "EASIX": patient.easix, "PLT": patient.platelets}
    held = {name for name, value in named.items() if value is not None}
    held |= {text.partition("=")[0].strip() for text in patient.settings}
    return held | (set(endotype_named(patient.endotype).values) if patient.endotype else set())
