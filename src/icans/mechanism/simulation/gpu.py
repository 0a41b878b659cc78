"""Patients on a graphics card: the processor's `integrate` and the outputs that are wanted, for very many at once.

The tests run it in Numba's simulator of a card, and on a card where there is one; it has been run on an H100.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from icans.errors import DataError
from icans.mechanism.nearest import nearest

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

DEVICES = ("cpu", "gpu", "auto")
MANY = 10_000
"""Patients from which "auto" means a card. Our choice: a card needs thousands of threads to be busy."""
CHUNK = 131_072
"""Patients at a time, at most: several for each thread of a large card."""
HOST_BYTES, CARD_SHARE = 2**28, 0.4
"""What a chunk may take: of this computer's memory for its outputs, and of what is free on the card."""


def available() -> bool:
    """Whether there is a graphics card that Numba can use (`pip install icans[gpu]`)."""
    try:
        from numba import cuda
    except ImportError:
        return False
    return bool(cuda.is_available())


def on_gpu(device: str, patients: int) -> bool:
    """Whether `device` means a graphics card for so many patients.

    Raises DataError for a word that is none of DEVICES, and for "gpu" where there is no card.
    """
    if device not in DEVICES:
        raise DataError(f"there is no device '{device}'; {nearest(device, DEVICES)}")
    if device == "gpu" and not available():
        raise DataError(
            "no graphics card was found that can be used: this needs one of NVIDIA, its driver, and "
            "`pip install 'icans[gpu]'`; device 'cpu' works everywhere"
        )
    return device == "gpu" or (device == "auto" and patients >= MANY and available())


def integrate_on_gpu(
    kernel: ModuleType, first: int, last: int, begin_at: float, end_at: float, times: Array, parameters: Array,
    start: Array, dose_from: Whole, dose_time: Array, dose_slot: Whole, dose_amount: Array, rtol: float, atol: Array,
    most_steps: int, wanted: Whole, values: Array, end: Array, status: Whole, failed: Array,
    progress: Callable[[int, int], None] | None = None,
) -> None:  # fmt: skip
    """Integrate the patients `first` to `last` (not included); arguments as those of `solver.lanes.integrate`.

    kernel    `Compiled.cuda_kernel`
    wanted    outputs: 0 ... for a state (time as the last), then the inputs, then the assigned quantities
    values    (patients, times, wanted), filled, in place of all the rows; not a number after a failure
    progress  called after each chunk with how many patients are done and how many there are

    Chunks take turns on two streams, so that one is calculated while the other's numbers travel. A patient's result
    does not depend on chunk, thread or neighbours.
    """
    from icans.mechanism.simulation.gpu_turn import Turn

    _say_that_it_compiles(kernel)
    size = chunk_size(kernel, last - first, times.size, wanted.size)
    turns = [Turn(kernel, size, times, wanted, atol) for _ in range(2 if last - first > size else 1)]
    doses = turns[0].given(dose_time, dose_slot, dose_amount)
    sent = {"parameters": parameters, "start": start, "dose_from": dose_from}
    targets = {"values": values, "end": end, "status": status, "failed": failed}
    begins: list[int | None] = [*range(first, last, size), *[None] * len(turns)]
    for k, begin in enumerate(begins):
        turn = turns[k % len(turns)]
        if turn.busy:
            turn.deliver(targets)
            if progress:
                progress(turn.last - first, last - first)
        if begin is not None:
            # One type each, whatever was given: Numba would compile anew for another.
            numbers = float(begin_at), float(end_at), float(rtol), int(most_steps)
            turn.begin(begin, min(begin + size, last), sent, doses, *numbers)


def _say_that_it_compiles(kernel: ModuleType) -> None:
    """Where Numba has kept nothing of it yet; its simulator of a card compiles nothing."""
    kept = Path(str(kernel.__file__)).parent.rglob("*.nbi")
    if hasattr(kernel.integrate, "overloads") and not any(kept):
        from rich.console import Console

        told = "Compiling the model for the graphics card; this happens once and takes a minute or two."
        Console(stderr=True).print(told)


def chunk_size(kernel: ModuleType, count: int, times: int, wanted: int) -> int:
    """How many patients fit at a time: twice into the card's memory, and with their outputs into this computer's."""
    from numba import cuda

    numbers = max(times, 1) * (kernel.STATES + kernel.INPUTS + wanted) + kernel.PARAMETERS + 3 * kernel.STATES
    free: Any = cuda.current_context().get_memory_info()[0]
    fits = min(CARD_SHARE * free / (8 * numbers), HOST_BYTES / (8 * max(times * wanted, 1)), CHUNK, count)
    return max(int(fits), 1)
