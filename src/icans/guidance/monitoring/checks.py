"""What is looked at and how often, by grade: the table of `checks.yaml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from icans.guidance.cited import Cited, read_cited
from icans.guidance.monitoring.cells import BEFORE, Cell, read_cell
from icans.guidance.monitoring.seen import slot_label
from icans.guidance.monitoring.timing import Fit, opened, pair, read_fit, section, text_of
from icans.record.catalogue import catalogue, drugs, nearest
from icans.rules.document import Reader
from icans.rules.expression import Node

BY = ("crs", "icans", "either")
_KEYS = ("id", "label", "short", "by", "for", "items", "alarm", "note", "cells")
Slots = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Limits:
    """How a record is held against the table: shares, hours and days, explained in the file."""

    now_share: float
    once_hours: float
    now_hours: float
    looks_back_hours: float
    continuous_hours: float
    moment_days: float
    baseline_days: float
    horizon_days: float


@dataclass(frozen=True)
class CheckRow:
    """One check. slots: the parts it is made of, each the items of which any shows it was done."""

    id: str
    label: str
    short: str
    by: str
    fit: Fit
    slots: Slots
    alarm: bool
    note: str
    cells: tuple[Cell, ...]

    def items(self) -> tuple[str, ...]:
        """Every item that may show it was done."""
        return tuple(dict.fromkeys(item for slot in self.slots for item in slot))

    def part(self, slot: Sequence[str]) -> str:
        """What a part is called; the check itself where it has only one."""
        return self.short if len(self.slots) == 1 else slot_label(slot)


@dataclass(frozen=True)
class Regrade:
    """Grading again after a new drug: the classes that count, and the hours after a dose, from and to."""

    id: str
    label: str
    short: str
    slots: Slots
    every_dose: tuple[str, ...]
    first_dose: tuple[str, ...]
    new_after_hours: float
    marks: tuple[tuple[float, float], ...]
    says: str
    cited: Cited


@dataclass(frozen=True)
class Table:
    """The whole file."""

    checks: tuple[CheckRow, ...]
    regrade: Regrade
    limits: Limits

    def conditions(self) -> dict[str, Node]:
        """Name of a cell -> its condition, of all cells that have one."""
        return {c.name: c.when for row in self.checks for c in row.cells if c.when is not None}


def read_checks(text: str, file: str) -> Table:
    """The table of a file like `checks.yaml`. Raises RuleError listing all its mistakes."""
    raw, reader = opened(text, file)
    reader.only(raw, ("sources", "limits", "regrade", "checks", "unsure"), file)
    limits, regrade = (
        _read_limits(section(raw, "limits", reader), reader),
        _read_regrade(section(raw, "regrade", reader), reader),
    )
    rows = [_read_row(entry, reader) for entry in reader.entries(raw, "checks", file)]
    ids = [row.id for row in rows]
    for twice in sorted({i for i in ids if ids.count(i) > 1}):
        reader.mistakes.add("the id is used twice", None, twice)
    reader.mistakes.check()
    assert limits is not None
    assert regrade is not None
    return Table(tuple(rows), regrade, limits)


def _read_limits(given: dict[str, Any], reader: Reader) -> Limits | None:
    if not given:
        return None
    names = [f.name for f in fields(Limits)]
    reader.only(given, names, "limits")
    wrong = [n for n in names if not isinstance(given.get(n), int | float) or given[n] <= 0]
    for name in wrong:
        reader.mistakes.add(f"'{name}' is needed, a number above 0", given, "limits")
    return None if wrong else Limits(**{n: float(given[n]) for n in names})


def _read_regrade(entry: dict[str, Any], reader: Reader) -> Regrade | None:
    name = "regrade"
    known = ("id", "label", "short", "items", "every_dose", "first_dose", "new_after_hours", "marks", "says")
    reader.only(entry, (*known, "source", "mark"), name)
    if not entry:
        return None
    if lacking := [key for key in known if key not in entry]:
        reader.mistakes.add(f"has no {', '.join(lacking)}", entry, name)
        return None
    marks = [pair(mark) for mark in entry["marks"]]
    if None in marks:
        reader.mistakes.add("'marks' are [from, to] in hours after the dose", entry, name)
    lists = ("items", "every_dose", "first_dose", "marks")
    if wrong := [key for key in lists if not isinstance(entry[key], list)]:
        reader.mistakes.add(f"'{wrong[0]}' is a list", entry, name)
        return None
    classes = {c for drug in drugs().values() for c in drug.classes}
    for asked in (*entry["every_dose"], *entry["first_dose"]):
        if asked not in classes:
            reader.mistakes.add(f"'{asked}' is no class of drugs.{nearest(str(asked), sorted(classes))}", entry, name)
    slots, cited = _read_slots(entry, reader, name), read_cited(entry, reader, name)
    return Regrade(
        str(entry["id"]), str(entry["label"]), str(entry["short"]), slots, tuple(entry["every_dose"]),
        tuple(entry["first_dose"]), float(entry["new_after_hours"]), tuple(m for m in marks if m), str(entry["says"]),
        cited,
    )  # fmt: skip


def _read_row(entry: dict[str, Any], reader: Reader) -> CheckRow:
    name = str(entry.get("id", "a check without an id"))
    reader.only(entry, _KEYS, name)
    if entry.get("by") not in BY:
        reader.mistakes.add(f"'by' is one of: {', '.join(BY)}", entry, name)
    for key in ("label", "short", "items", "cells"):
        if key not in entry:
            reader.mistakes.add(f"has no '{key}'", entry, name)
    listed = reader.entries(entry, "cells", name)
    cells = [read_cell(cell, reader, f"{name} {place}") for place, cell in enumerate(listed, 1)]
    row = CheckRow(
        name, str(entry.get("label")), str(entry.get("short")), str(entry.get("by")), read_fit(entry, reader, name),
        _read_slots(entry, reader, name), bool(entry.get("alarm")), str(entry.get("note", "")).strip(),
        tuple(c for c in cells if c is not None),
    )  # fmt: skip
    _check_not_less(row, entry, reader)
    return row


def _read_slots(entry: Mapping[str, Any], reader: Reader, name: str) -> Slots:
    given = entry.get("items") or []
    if not isinstance(given, list) or not all(isinstance(slot, list) and slot for slot in given):
        reader.mistakes.add("'items' is a list of lists of items, [] where no item shows it", entry, name)
        return ()
    for item in (i for slot in given for i in slot):
        if item not in catalogue():
            reader.mistakes.add(f"'{item}' is no item.{nearest(str(item), catalogue())}", entry, name)
    return tuple(tuple(slot) for slot in given)


def _check_not_less(row: CheckRow, entry: Mapping[str, Any], reader: Reader) -> None:
    """A worse grade never asks for less often than a lower one."""
    sure = [c for c in row.cells if c.at != BEFORE and c.kind == "every" and c.when is None and not c.ask and c.every]
    for low in sure:
        for high in sure:
            if high.at > low.at >= 1 and high.every and low.every and high.every > low.every:
                reader.mistakes.add(f"asks for less at grade {high.at} than at grade {low.at}", entry, row.id)


@cache
def table() -> Table:
    """The table of `checks.yaml`."""
    return read_checks(text_of("checks.yaml"), "checks.yaml")
