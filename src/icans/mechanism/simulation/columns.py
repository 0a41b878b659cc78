"""Where each wanted output of a simulation comes from."""

from __future__ import annotations

import numpy as np

from icans.errors import DataError
from icans.mechanism.compiler.compiled import Compiled
from icans.mechanism.nearest import nearest


class Columns:
    """Where each wanted output comes from.

    codes    the column in the rows of a kernel (states, time, inputs), or behind these the assigned quantity
    is_seen  whether it is an assigned quantity; seen: which ones, in the order of the outputs
    """

    def __init__(self, model: Compiled, names: tuple[str, ...]) -> None:
        rows = {name: i for i, name in enumerate((*model.states, "time", *model.inputs))}
        seen = {name: i for i, name in enumerate(model.assigned)}
        for name in names:
            if name not in rows and name not in seen:
                raise DataError(f"the model has no quantity '{name}'; {nearest(name, [*rows, *seen])}")
        self.names = names
        self.codes = np.array([rows[n] if n in rows else len(rows) + seen[n] for n in names], np.int64)
        self.is_seen = self.codes >= len(rows)
        self.seen = self.codes[self.is_seen] - len(rows)
