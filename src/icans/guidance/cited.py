"""Where a line of guidance comes from: every line of every file of this room carries it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from icans.rules.document import Reader


@dataclass(frozen=True)
class Cited:
    """The source of a line in words, where in it, its evidence mark, and the convention it depends on.

    mark  verified, from memory or convention
    """

    source: str
    where: str
    mark: str
    convention: str | None = None

    @property
    def short(self) -> str:
        """'ASCO 2021; CRS grade 2 [verified]': source, place and mark in one line."""
        place = f"{self.source}; {self.where}" if self.where else self.source
        return f"{place} [{', '.join(w for w in (self.mark, self.convention) if w)}]"


def read_cited(entry: Mapping[str, Any], reader: Reader, name: str) -> Cited:
    """The source, mark and convention of an entry; what is missing or not declared is noted."""
    source, where, mark = reader.citation(entry, name)
    convention = entry.get("convention")
    if convention is not None and convention not in reader.switches:
        reader.mistakes.add(f"names the convention '{convention}', which is not declared", entry, name)
    return Cited(source, where, mark, convention)
