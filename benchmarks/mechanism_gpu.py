"""One million virtual CD28 patients on a graphics card: the time, the ratio to the processor, the share of the peak.

    python benchmarks/mechanism_gpu.py [--patients 1000000] [--sample 2000]

30 days, 121 output times, six signs. The patients come in portions, so that neither memory has to hold them all. The
processor does the first of them in the same run, on all its cores; both do the steady start as well. Where there is
no card, it says so and measures nothing.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from icans.mechanism.definition.parameters import table
from icans.mechanism.definition.products import product
from icans.mechanism.simulation import gpu
from icans.mechanism.simulation.in_silico import start
from icans.mechanism.simulation.model_loading import load
from icans.mechanism.simulation.patients import cores
from icans.mechanism.simulation.trajectories import Array
from icans.population.draw import draw
from operations import Work, step_work

SEED = 20261125
PORTION = 262_144
GRID = np.linspace(0.0, 30.0, 121)
SIGNS = ("IL6", "CRP", "Temp", "MAP", "ICE", "P_seizure")

LANES_OF_64_BITS = {
    (6, 0): 32, (6, 1): 4, (6, 2): 4, (7, 0): 32, (7, 2): 32, (7, 5): 2, (8, 0): 32, (8, 6): 2, (8, 7): 2, (8, 9): 2,
    (9, 0): 64, (10, 0): 64, (12, 0): 2,
}  # fmt: skip
"""Multiply-adds of double precision a clock and multiprocessor, by compute capability.

From memory of the table of arithmetic throughput in NVIDIA's CUDA C++ programming guide; check before quoting.
"""


@dataclass
class Measured:
    """Seconds of each part, patients, accepted steps, and the signs of the first patients."""

    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(("draw", "steady start", "30 days"), 0.0))
    patients: int = 0
    steps: int = 0
    signs: Array = field(default_factory=lambda: np.zeros((0, GRID.size, len(SIGNS))))

    @property
    def simulated(self) -> float:
        """Seconds of steady start and 30 days."""
        return self.seconds["steady start"] + self.seconds["30 days"]


def measure(device: str, patients: int, keep: int) -> Measured:
    """Draw and simulate the first `patients`, portion by portion; the signs of the first `keep` are kept."""
    told = Measured()
    for first in range(0, patients, PORTION):
        clock = [time.perf_counter()]
        drawn = draw(product("cd28"), table(), SEED, first, min(PORTION, patients - first))
        clock.append(time.perf_counter())
        run = start(drawn, device=device, keep=True)
        clock.append(time.perf_counter())
        found = run.advance(30.0, GRID, SIGNS)
        clock.append(time.perf_counter())
        for part, seconds in zip(told.seconds, np.diff(clock), strict=True):
            told.seconds[part] += float(seconds)
        told.patients += len(found)
        told.steps += int(found.steps.sum())
        told.signs = np.concatenate([told.signs, found.values[: max(keep - first, 0)]])
    return told


def peaks(device: Any) -> tuple[float | None, float | None]:
    """Operations a second of double precision (a multiply-add is two), and bytes a second of its memory.

    From the clocks that the driver tells; None where it does not, or where the card is not in the table.
    """
    lanes = LANES_OF_64_BITS.get(tuple(device.compute_capability))
    clock, memory_clock, width = (
        getattr(device, name, None) for name in ("CLOCK_RATE", "MEMORY_CLOCK_RATE", "GLOBAL_MEMORY_BUS_WIDTH")
    )
    operations = 2.0 * lanes * device.MULTIPROCESSOR_COUNT * clock * 1e3 if lanes and clock else None
    # Clocks are in kHz; memory sends twice a clock.
    return operations, 2.0 * memory_clock * 1e3 * width / 8.0 if memory_clock and width else None


def difference(card: Array, processor: Array) -> float:
    """The largest difference of a sign, relative to its largest value; patients that failed are left out."""
    largest = np.nanmax(np.abs(processor), axis=(0, 1))
    return float(np.nanmax(np.abs(card - processor) / largest))


def report(card: Measured, processor: Measured, compiling: float, device: Any, work: Work) -> str:
    """What was measured, in words."""
    rate, slower = card.patients / card.simulated, processor.patients / processor.simulated
    seconds = card.seconds["30 days"]
    operations, moved = work.operations * card.steps / seconds, work.numbers * 8 * card.steps / seconds
    peak, memory = peaks(device)
    rows = "".join(f"  {part:14} {s:10.2f} s\n" for part, s in card.seconds.items())
    return f"""{card.patients:,} patients on {getattr(device, "name", "a simulated card")}
{rows}  compiling      {compiling:10.2f} s, once; not counted below
  {rate:,.0f} patients a second; {card.steps / card.patients:.0f} steps a patient

{processor.patients:,} of them on {cores()} cores of the processor
  {slower:,.0f} patients a second: the card is {rate / slower:,.1f} times as fast
  largest difference of a sign, relative to its largest value: {difference(card.signs, processor.signs):.1e}

Of the 30 days, transfers included, rejected steps and outputs not counted:
  {operations / 1e12:.3f} T operations a second of double precision{_share(operations, peak)}
  {moved / 1e12:.3f} TB a second from and to its memory{_share(moved, memory)}
  A step: {work.operations:,.0f} operations and {work.numbers:,.0f} numbers, counted in the printed text (operations.py)
"""


def _share(reached: float, peak: float | None) -> str:
    return f", {reached / peak:.1%} of the peak of {peak / 1e12:.2f}" if peak else "; its peak is not known here"


def main() -> None:
    """Measure and print, or say that there is nothing to measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patients", type=int, default=1_000_000)
    parser.add_argument("--sample", type=int, default=2_000, help="patients that the processor does as well")
    options = parser.parse_args()
    if not gpu.available():
        print("There is no graphics card here that Numba can use, so nothing was measured.")
        return
    from numba import cuda

    load().compile()
    began = time.perf_counter()
    measure("gpu", min(64, options.patients), 0)
    compiling = time.perf_counter() - began
    work = step_work((load().where / "cuda.py").read_text("utf-8"))
    sample = min(options.sample, options.patients)
    card, processor = measure("gpu", options.patients, sample), measure("cpu", sample, sample)
    print(report(card, processor, compiling, cuda.current_context().device, work))


if __name__ == "__main__":
    main()
