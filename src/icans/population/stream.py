"""A population of any size: drawn, simulated and summed up chunk by chunk, and streamed to Parquet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from icans.errors import DataError, IcansError
from icans.population.draw import Effects, Tabled, draw, varied
from icans.population.endpoints import endpoints
from icans.population.parts import Parts
from icans.population.settings import settings
from icans.population.uniform import Array, whole

if TYPE_CHECKING:
    from icans.mechanism.simulation.trajectories import Trajectories

CHUNK = 4096
"""Patients simulated together. With 121 times a chunk needs about 150 MB."""

Run = Callable[[dict[str, Array]], "Trajectories"]
"""Parameters of some patients, name -> shape (n_patients,), to their courses. Failed patients are not a number."""


class Interrupted(IcansError):
    """The user stopped a run; the text says how far it got and how to go on."""


@dataclass(frozen=True)
class Population:
    """Which virtual patients: `draw` says what each field means.

    count  how many; they have the numbers 0 to count - 1
    """

    product_values: Mapping[str, float]
    table: Sequence[Tabled]
    seed: int
    count: int
    effects: Effects = "all"
    hold: frozenset[str] = field(default_factory=frozenset)

    def parameters(self, first: int, count: int) -> dict[str, Array]:
        """The parameters of the patients `first` to `first + count - 1`."""
        return draw(
            self.product_values, self.table, self.seed, first, count, effects=self.effects, hold=self.hold
        )  # fmt: skip

    def columns(self, parameters: bool) -> list[str]:
        """The names kept beside the endpoints: covariates, and with `parameters` all that differ between patients."""
        effects = varied(self.product_values, self.table, self.effects) if parameters else []
        names = [c.name for c in settings().covariates] + [e.name for e in effects]
        return [name for name in names if name not in self.hold]

    def description(self) -> dict[str, object]:
        """What makes two populations the same, in values that JSON can hold."""
        spread = {p.name: [p.value, p.log_sd] for p in self.table}
        return {
            "seed": self.seed,
            "count": self.count,
            "effects": self.effects,
            "hold": sorted(self.hold),
            "product": dict(self.product_values),
            "table": spread,
            "settings": repr(settings()),
        }


def stream(
    population: Population,
    run: Run,
    out: Path,
    *,
    described: Mapping[str, object] | None = None,
    chunk: int = CHUNK,
    parameters: bool = False,
    courses: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Simulate a population and write its endpoints to `out`, one row a patient in the order of their numbers.

    run         parameters -> courses over the times and names that `endpoints.needed` asks for
    described   what else makes this run what it is: model, doses, times. Kept in the file's metadata (key `icans`)
    chunk       patients simulated together; the result does not depend on it
    parameters  whether to write every drawn parameter, not only the covariates
    courses     a second Parquet file for the whole courses: patient, time and each name that `run` gives (Float32)
    progress    called with how many patients are done and how many there are

    A run that is interrupted leaves its parts in the folder `OUT.parts`, and the same call goes on from there; `out`
    itself is either whole or as it was. Raises DataError for counts, seeds and names that do not fit and for what
    cannot be written, Interrupted after Ctrl-C.
    """
    whole("seed", population.seed)
    total = whole("number of patients", population.count)
    if total == 0 or chunk < 1:
        raise DataError("a population needs at least one patient, and chunks of at least one")
    note = population.description() | dict(described or {})
    tables = [Parts(out, note | {"parameters": parameters}), *([Parts(courses, note)] if courses else [])]
    if courses is not None and courses.absolute() == out.absolute():
        raise DataError(f"{out}: endpoints and courses cannot be written to the same file")
    try:
        done = min([table.open() for table in tables])
        for table in tables:
            table.keep(done)
        for first in range(done, total, chunk):
            if progress:
                progress(first, total)
            _add(population, run, first, min(first + chunk, total), tables, parameters)
        if progress:
            progress(total, total)
        for step in (Parts.assemble, Parts.publish):
            for table in tables:
                step(table)
    except KeyboardInterrupt:
        raise _stopped(tables, total) from None
    except IcansError:
        for table in tables:
            table.tidy()
        raise


def _add(population: Population, run: Run, first: int, after: int, tables: Sequence[Parts], parameters: bool) -> None:
    drawn = population.parameters(first, after - first)
    try:
        found = run(drawn)
    except DataError as error:
        raise DataError(*(f"patients {first} to {after - 1}: {problem}" for problem in error.problems)) from None
    kept = pl.DataFrame({name: drawn[name] for name in population.columns(parameters)})
    rows = endpoints(found, population.seed, first)
    if len(tables) > 1:
        tables[1].add(first, after, _courses(found, first))
    tables[0].add(first, after, pl.concat([rows.select("patient"), kept, rows.drop("patient")], how="horizontal"))


def _courses(found: Trajectories, first: int) -> pl.DataFrame:
    patient = (pl.col("patient") + first).cast(pl.Int64)
    return found.frame().with_columns(pl.exclude("patient", "time").cast(pl.Float32), patient=patient)


def _stopped(tables: Sequence[Parts], total: int) -> Interrupted:
    out, folder, done = tables[0].target, tables[0].folder, min(table.done() for table in tables)
    for table in tables:
        table.tidy()
    if done == 0:
        return Interrupted(f"stopped before the first patients were done; {out} was not written")
    return Interrupted(
        f"stopped after {done:,} of {total:,} patients; {out} was not written. What is done is kept in {folder}: "
        "the same command goes on from there. Delete the folder to begin again"
    )
