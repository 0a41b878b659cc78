"""`icans population`: virtual patients drawn, simulated and summed up."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import polars as pl

from icans.commands.patient import Options
from icans.commands.virtual import virtual_patient
from icans.errors import DataError
from icans.mechanism.definition.compose import fingerprint
from icans.mechanism.definition.parameters import table
from icans.mechanism.definition.products import endotype_named
from icans.mechanism.simulation.gpu import on_gpu
from icans.mechanism.simulation.in_silico import simulate
from icans.mechanism.simulation.trajectories import Array, Trajectories
from icans.mechanism.treatment.regimen import orders
from icans.population.draw import held
from icans.population.endpoints import needed
from icans.population.progress import shown
from icans.population.stream import CHUNK, Population, stream
from icans.population.summary import summary
from icans.population.tables import terminal_tables
from icans.report.files import check_folder
from icans.report.screen import console

A_DAY = 4
"""Times a day at which courses are looked at."""
USUAL_TIMES = 121
"""Times for which the chunks below need some hundred MiB: 30 days."""
ON_CARD = 100_000
"""Patients together on a graphics card, which a few thousand would leave idle."""
MOST_DAYS = 3650.0


def run(
    *,
    patient: Options,
    n: int,
    seed: int,
    days: float,
    drug: Sequence[str],
    device: str,
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
        return simulate(
            parameters, given, days=days, times=times, outputs=needed(), device=device, keep=True
        )  # fmt: skip

    people = Population(who.parameters, table(), seed, n, hold=_held(patient))
    described = {"model": fingerprint(), "days": days, "drugs": list(drug)}
    with ExitStack() as stack:
        target = out or Path(stack.enter_context(tempfile.TemporaryDirectory())) / "population.parquet"
        with shown() as progress:
            # A chunk holds its patients at all times: fewer patients where there are many times.
            most = ON_CARD if on_gpu(device, n) else CHUNK
            chunk = max(64, int(most * min(1.0, USUAL_TIMES / times.size)))
            stream(people, simulated, target, described=described, chunk=chunk, courses=courses, progress=progress)
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


def _held(patient: Options) -> frozenset[str]:
    """What the user, or the endotype he names, gives a value or a factor does not vary between patients."""
    named = {"burden": patient.burden, "EASIX": patient.easix, "PLT": patient.platelets}
    given = {name for name, value in named.items() if value is not None}
    given |= {text.partition("=")[0].strip() for text in patient.settings}
    if patient.endotype:
        own = endotype_named(patient.endotype)
        given |= {*own.values, *own.factors}
    return held(given)
