"""What a record says at the moment, and whether a new entry may stand beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping

from icans.web.fhir.filing import withdrawn

Json = dict[str, Any]

_COMPARED = ("kind", "item", "time", "until", "value", "text", "unit", "route", "rate", "rate_unit", "other_cause")


def meaning(row: Mapping[Any, Any]) -> tuple[Any, ...]:
    """What an entry says. When a fact was written does not belong to it."""
    fact = row["kind"] == "fact"
    return tuple(None if fact and name == "time" else row.get(name) for name in _COMPARED)


class Standing:
    """The entries that count, growing with what is taken."""

    def __init__(self, there: Iterable[Mapping[Any, Any]]) -> None:
        self._all: set[tuple[Any, ...]] = set()
        self._at: dict[tuple[str, datetime], tuple[Any, Any]] = {}
        self._facts: dict[str, Mapping[Any, Any]] = {}
        for one in sorted(there, key=lambda e: (e["version"], e["place"])):
            self._add(one)

    def taken(self, change: Json, old: RowMapping | None, reason: str, differs: list[str]) -> Iterator[Json]:
        """What is to be written for a change: itself, or nothing where the same stands or something else does.

        old      the entry that it corrects; taken back where the correction has no place
        differs  gets the item where something else stands
        """
        if change.get("withdrawn") or self._is_free(change):
            if not change.get("withdrawn"):
                self._add(change)
            yield change
            return
        if not self._agrees(change):
            differs.append(change["item"])
        if old is not None:
            yield {"id": change["id"], **withdrawn(old, reason)}

    def _add(self, row: Mapping[Any, Any]) -> None:
        self._all.add(meaning(row))
        if row["kind"] == "observation":
            self._at[row["item"], row["time"]] = (row["value"], row.get("other_cause"))
        elif row["kind"] == "fact":
            self._facts[row["item"]] = row

    def _is_free(self, row: Json) -> bool:
        if row["kind"] == "observation":
            return (row["item"], row["time"]) not in self._at
        if row["kind"] == "fact":
            return row["item"] not in self._facts
        return meaning(row) not in self._all

    def _agrees(self, row: Json) -> bool:
        """Whether what stands says the same; of an age the years."""
        if row["kind"] == "observation":
            return self._at[row["item"], row["time"]] == (row["value"], row.get("other_cause"))
        if row["kind"] == "fact":
            there = self._facts[row["item"]]
            if row["item"] == "age":
                return int(there["value"]) == int(row["value"])
            return meaning(there) == meaning(row)
        return True
