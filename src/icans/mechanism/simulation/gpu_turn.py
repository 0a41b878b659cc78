"""One of the places on a graphics card where a chunk of patients is calculated: its memory and its stream."""

from __future__ import annotations

import warnings
from types import ModuleType
from typing import Any

import numpy as np
from numba import cuda
from numpy.typing import NDArray

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

WARPS = 8
"""Blocks of one warp for each multiprocessor: with 255 registers a thread there is no room for more."""


class Turn:
    """Memory for `size` patients on the card, and for what comes back from it; used for one chunk after another."""

    def __init__(self, kernel: ModuleType, size: int, times: Array, wanted: Whole, atol: Array) -> None:
        self.kernel, self.stream, self.busy = kernel, cuda.stream(), False
        self.first = self.last = 0
        # A card has no empty arrays: where no row is wanted, there is one at a time that never comes.
        self.fixed = self.given(times if times.size else np.array([np.inf]), atol, wanted)
        self.outputs = (size, times.size, wanted.size) if times.size * wanted.size else None
        self.calculated = int((wanted >= kernel.STATES + kernel.INPUTS).any())
        processors = getattr(cuda.current_context().device, "MULTIPROCESSOR_COUNT", 1)  # Numba's simulator has none
        blocks = min(WARPS * processors, -(-size // kernel.LANES))
        self.launch = (blocks, kernel.LANES, self.stream, 8 * kernel.NEAR)
        self._reserve(size, blocks, max(times.size, 1))

    def _reserve(self, size: int, blocks: int, times: int) -> None:
        kernel, lanes, width = self.kernel, self.kernel.LANES, self.kernel.STATES + self.kernel.INPUTS
        shapes = {
            "space": (blocks, kernel.ROWS * lanes), "wholes": (blocks, 6, lanes), "reals": (blocks, 4, lanes),
            "waiting": (1,), "rows": (size, times, width), "end": (size, width), "status": (size, 4), "failed": (size,),
            "start": (size, kernel.STATES - 1), "dose_from": (size + 1,), "values": self.outputs or (1, 1, 1),
            "parameters": (size, max(kernel.PARAMETERS + kernel.INPUTS, 1)),
        }  # fmt: skip
        whole = ("wholes", "waiting", "dose_from", "status")
        kinds: dict[str, Any] = {name: np.int64 if name in whole else np.float64 for name in shapes}
        back = ("values", "end", "status", "failed")
        self.there = {name: cuda.device_array(shape, kinds[name]) for name, shape in shapes.items()}
        self.here = {name: cuda.pinned_array(shapes[name], kinds[name]) for name in back}

    def given(self, *arrays: NDArray[Any]) -> list[Any]:
        """Arrays on the card that stay as they are."""
        return [cuda.to_device(np.ascontiguousarray(a) if a.size else np.zeros(1, a.dtype)) for a in arrays]

    def begin(
        self, first: int, last: int, sent: dict[str, NDArray[Any]], doses: list[Any], begin_at: float, end_at: float,
        rtol: float, most_steps: int,
    ) -> None:  # fmt: skip
        """Send the patients `first` to `last` to the card and start it; `deliver` waits for what comes of it.

        sent  parameters, start and dose_from of everybody; doses: on the card, of everybody
        """
        self.first, self.last, self.busy = first, last, True
        count, there, (times, atol, wanted) = last - first, self.there, self.fixed
        for name, values in sent.items():
            own = np.ascontiguousarray(values[first : last + (name == "dose_from")])
            if own.size:
                there[name][: len(own)].copy_to_device(own, self.stream)
        for name in ("status", "failed", "waiting"):
            there[name].copy_to_device(np.zeros(there[name].shape, there[name].dtype), self.stream)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", ".*Grid size")  # in bold; few patients leave a card idle, as they may
            self.kernel.integrate[self.launch](
                *(there[n] for n in ("space", "wholes", "reals", "waiting")), count, begin_at, end_at, times,
                *(there[n] for n in ("parameters", "start", "dose_from")), *doses, rtol, atol, most_steps,
                *(there[n] for n in ("rows", "end", "status", "failed")),
            )  # fmt: skip
            if self.outputs:
                self.kernel.pick[self.launch](
                    there["space"], count, there["parameters"], there["rows"], wanted, self.calculated, there["values"]
                )
        for name, pinned in self.here.items():
            if self.outputs or name != "values":
                there[name][:count].copy_to_host(pinned[:count], self.stream)

    def deliver(self, targets: dict[str, NDArray[Any]]) -> None:
        """Wait for the chunk, and put its results where they belong."""
        self.stream.synchronize()
        for name, target in targets.items():
            if self.outputs or name != "values":
                target[self.first : self.last] = self.here[name][: self.last - self.first]
        self.busy = False
