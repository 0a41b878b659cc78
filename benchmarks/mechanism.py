"""How fast the mechanism is: virtual CD28 patients against libRoadRunner and SciPy's LSODA, at one accuracy.

    python benchmarks/mechanism.py [--patients 10000] [--write docs/performance-mechanism.md]

30 days, 121 output times, all states. Each solver gets the loosest tolerance of a ladder with which 99 in 100 patients
of a sample are within 1e-4 of each state's maximum, against a run at 1e-11. All take turns on one machine: quote
ratios.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from icans.mechanism.compiler.compiled import Compiled, compiled
from icans.mechanism.compiler.sbml import read_sbml
from icans.mechanism.definition.compose import fingerprint, sbml_text
from icans.mechanism.definition.parameters import table
from icans.mechanism.definition.products import product
from icans.mechanism.simulation.model_loading import load
from icans.mechanism.simulation.patients import Simulation, cores
from icans.mechanism.simulation.steady import steady_start
from icans.population.draw import draw
from peers import Array, interpreted, lsoda_run, machine_code, roadrunner_run

SEED = 20261125
GRID = np.linspace(0.0, 30.0, 121)
ACCURACY, SHARE = 1e-4, 0.99
LADDER = (1e-3, 3e-4, 1e-4, 3e-5, 1e-5, 3e-6, 1e-6, 3e-7, 1e-7, 3e-8, 1e-8)
ROUNDS = 5
BATCH = 512
METHODS = Path(__file__).parent / "methods"


@dataclass(frozen=True)
class Cohort:
    """Virtual patients and where each starts."""

    parameters: dict[str, Array]
    start: Array

    def part(self, first: int, last: int) -> Cohort:
        """Those from `first` to `last` (not included)."""
        part = slice(first, last)
        return Cohort({name: values[part] for name, values in self.parameters.items()}, self.start[part])

    def some(self, count: int) -> Cohort:
        """The first `count` of them."""
        return self.part(0, count)


@dataclass(frozen=True)
class Measured:
    """A solver at the tolerance that it needs. again: simulate its patients once more, and how long that took."""

    name: str
    rtol: float
    error: float
    patients: int
    again: Callable[[], float]


def cohort(model: Compiled, count: int) -> Cohort:
    """The same patients as `icans population --product cd28 --seed SEED`."""
    parameters = draw(product("cd28"), table(), SEED, 0, count)
    return Cohort(parameters, steady_start(model, parameters)[0])


def ours(model: Compiled, who: Cohort, rtol: float, threads: int = 1) -> tuple[Array, float]:
    """All states, and the seconds."""
    run = Simulation(model, who.parameters, states=who.start, rtol=rtol, threads=threads)
    began = time.perf_counter()
    found = run.advance(30.0, GRID, model.states).values
    return found, time.perf_counter() - began


def seconds(model: Compiled, who: Cohort, rtol: float, threads: int = 1) -> float:
    """How long a cohort takes, some hundred patients after the other, as a population is streamed.

    Each batch's results are dropped before the next, as libRoadRunner's of each patient are: fresh memory for all of
    them (0.5 GB) would cost as much as a part of the simulation.
    """
    size = len(who.start)
    return sum(ours(model, who.part(first, first + BATCH), rtol, threads)[1] for first in range(0, size, BATCH))


def error(found: Array, reference: Array) -> float:
    """The error that 99 in 100 patients stay below: of all states and times, relative to the state's maximum."""
    largest = np.abs(reference).max(axis=1, keepdims=True)
    relative = np.abs(found - reference) / np.where(largest > 0.0, largest, 1.0)
    return float(np.quantile(relative.max(axis=(1, 2)), SHARE))


def tolerance(run: Callable[[float], Array], reference: Array) -> tuple[float, float]:
    """The loosest tolerance of the ladder that is accurate enough, and its error."""
    for rtol in LADDER:
        found = error(run(rtol), reference)
        if found <= ACCURACY:
            return rtol, found
    sys.exit("no tolerance of the ladder is accurate enough")


def measure_ours(name: str, model: Compiled, who: Cohort, sample: Cohort, reference: Array) -> Measured:
    """One method of ours on one core."""
    model.compile()
    rtol, found = tolerance(lambda rtol: ours(model, sample, rtol)[0], reference)
    return Measured(name, rtol, found, len(who.start), lambda: seconds(model, who, rtol))


def measure_roadrunner(model: Compiled, who: Cohort, reference: Array) -> Measured:
    """libRoadRunner on one core."""
    run = partial(roadrunner_run, sbml_text(), model.states, who.parameters, who.start, GRID)
    rtol, found = tolerance(lambda rtol: run(rtol)[0], reference)
    return Measured("libRoadRunner (CVODE)", rtol, found, len(who.start), lambda: run(rtol)[1])


def measure_lsoda(name: str, make: Callable, model: Compiled, who: Cohort, reference: Array) -> Measured:
    """SciPy's LSODA with one of the right-hand sides."""
    told = {**model.constants, **model.inputs}
    people = [told | {n: float(v[i]) for n, v in who.parameters.items()} for i in range(len(who.start))]

    def run(rtol: float) -> Array:
        atol = model.tolerances(rtol)[:-1]
        pairs = zip(people, who.start, strict=True)
        return np.stack([lsoda_run(make(model, one), start, GRID, rtol, atol) for one, start in pairs])

    def again() -> float:
        began = time.perf_counter()
        run(rtol)
        return time.perf_counter() - began

    rtol, found = tolerance(run, reference)
    return Measured(name, rtol, found, len(who.start), again)


def rates(found: Sequence[Measured]) -> Array:
    """Patients a second of each solver, (rounds, solvers): all take turns, since a machine's speed drifts."""
    return np.array([[m.patients / m.again() for m in found] for _ in range(ROUNDS)])


def other_methods() -> list[tuple[str, Compiled]]:
    """The explicit methods that were compared."""

    def kernel(name: str) -> Compiled:
        return compiled(fingerprint().encode(), lambda: read_sbml(sbml_text()), METHODS / f"{name}.py")

    return [("Dormand-Prince 5(4)", kernel("dormand_prince")), ("Runge-Kutta-Chebyshev, 6 stages", kernel("rkc"))]


def whole_process(arguments: Sequence[str]) -> float:
    """Seconds of a command from cold, the median of five runs."""
    seconds = []
    for _ in range(5):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "icans", *arguments], check=True, stdout=subprocess.DEVNULL)
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


def report(patients: int) -> str:
    """Everything measured, as Markdown."""
    model = load()
    model.compile()
    who = cohort(model, patients)
    sample, few = who.some(200), who.some(20)
    reference = ours(model, sample, 1e-11)[0]
    found = [measure_ours("RODAS4 (shipped)", model, who, sample, reference)]
    found += [measure_ours(name, other, who.some(1000), sample, reference) for name, other in other_methods()]
    found.append(measure_roadrunner(model, sample, reference))
    found.append(measure_lsoda("LSODA, rates as machine code", machine_code, model, few, reference[:20]))
    found.append(measure_lsoda("LSODA, rates as plain NumPy", interpreted, model, few.some(5), reference[:5]))
    scaling = np.array(
        [[patients / seconds(model, who, found[0].rtol, n) for n in range(1, cores() + 1)] for _ in range(ROUNDS)]
    )
    return _text(patients, found, rates(found), scaling)


def _text(patients: int, found: Sequence[Measured], speed: Array, scaling: Array) -> str:
    typical, ratio = np.median(speed, axis=0), np.median(speed[:, :1] / speed, axis=0)
    rows = "".join(
        f"| {m.name} | {m.rtol:.0e} | {m.error:.1e} | {v:,.1f} | {r:,.1f} |\n"
        for m, v, r in zip(found, typical, ratio, strict=True)
    )
    scaled = "".join(
        f"| {n + 1} | {v:,.0f} | {r:.2f} |\n"
        for n, (v, r) in enumerate(
            zip(np.median(scaling, axis=0), np.median(scaling / scaling[:, :1], axis=0), strict=True)
        )
    )
    cold = whole_process(["simulate", "--html", os.devnull])
    return f"""# Performance of the mechanism

Measured by `python benchmarks/mechanism.py --write docs/performance-mechanism.md` in one run: {cores()} cores \
({platform.machine()}), Python {platform.python_version()}, NumPy {np.__version__}. Quote the ratios.

## {patients:,} virtual CD28 patients, 30 days, 121 output times, all states

Each solver has the loosest tolerance with which 99 in 100 patients are within 1e-4 of every state's maximum. All took \
turns, {ROUNDS} times; medians, the ratio that of the same turn.

| solver, one core | tolerance | error | patients a second | RODAS4 is faster by |
|---|---|---|---|---|
{rows}
| threads | patients a second | times one |
|---|---|---|
{scaled}
The peers ran on the first {found[3].patients} (libRoadRunner), {found[4].patients} and {found[5].patients} (LSODA) of \
these patients; setting parameters is not counted for them.

## Whole process

`icans simulate` from a warm cache, from start to written page: {cold:.2f} s (median of five).
"""


def main() -> None:
    """Measure and print, or write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patients", type=int, default=10_000)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    text = report(options.patients)
    if options.write:
        options.write.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
