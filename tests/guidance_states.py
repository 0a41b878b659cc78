"""States for tests of what to do: worked cases, and rows of words as a table and as the plain function reads them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from icans.record.catalogue import catalogue
from icans.record.states import to_states

SPEC = Path(__file__).parent / "spec" / "guidance"


def cases() -> Iterator[dict[str, Any]]:
    """Every worked case of the YAML files, with the file it stands in under `file`."""
    return _listed("cases")


def variants() -> Iterator[dict[str, Any]]:
    """The cases that turn on one finding, with that finding changed."""
    return _listed("variants")


def _listed(kind: str) -> Iterator[dict[str, Any]]:
    for path in sorted(SPEC.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text("utf-8")).get(kind, ()):
            yield {**case, "file": path.stem}


def words(value: object) -> object:
    """A value of a YAML state as a states table has it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ";".join(value) if isinstance(value, list) else value


def row(state: Mapping[str, Any]) -> dict[str, Any]:
    """A state of items as a row of a states table: its columns, its words."""
    return {catalogue()[item].column: words(value) for item, value in state.items()}


def typed(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Rows of a states table, by column or item, as a typed table; what a row does not have is unknown in it."""
    listed = list(rows)
    names = list(dict.fromkeys(name for one in listed for name in one))
    by_column = {item.column: item for item in catalogue().values()} | dict(catalogue())
    kinds = {name: pl.Float64 if by_column[name].kind in ("number", "whole") else pl.String for name in names}
    columns = {n: pl.Series([words(one.get(n)) for one in listed], dtype=kinds[n], strict=False) for n in names}
    return to_states(pl.DataFrame(columns)).typed
