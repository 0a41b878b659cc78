"""Where each wanted output of a simulation comes from."""

from __future__ import annotations

import numpy as np

from icans.errors import DataError
from icans.mechanism.compiler.compiled import Compiled
from icans.mechanism.nearest import nearest


class Columns:
    """Where each wanted output comes from: a state, an input, or an assigned quantity."""

    def __init__(self, model: Compiled, names: tuple[str, ...]) -> None:
        rows = {name: i for i, name in enumerate((*model.states, "time", *model.inputs))}
        seen = {name: i for i, name in enumerate(model.assigned)}
        for name in names:
            if name not in rows and name not in seen:
                raise DataError(f"the model has no quantity '{name}'; {nearest(name, [*rows, *seen])}")
        self.names = names
        self.direct = [(k, rows[n]) for k, n in enumerate(names) if n in rows]
        self.calculated = [(k, seen[n]) for k, n in enumerate(names) if n in seen]
        self.codes = np.array([rows[n] if n in rows else len(rows) + seen[n] for n in names], np.int64)
