"""The sheets on which a ward enters what it saw, from `sheets.yaml`, and what a filled one says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from icans.errors import DataError, RuleError
from icans.plain_yaml import load
from icans.record.catalogue import Item, catalogue, nearest
from icans.record.units import accepted

OTHER_CAUSE = "other cause"


@dataclass(frozen=True)
class Field:
    """A box of a sheet: the item, the units it may be written in, the answers it may have."""

    item: Item
    units: tuple[str, ...]
    options: tuple[tuple[str, str], ...]
    can_be_attributed: bool


@dataclass(frozen=True)
class Sheet:
    """A sheet: boxes under a title."""

    id: str
    title: str
    short: str
    fields: tuple[Field, ...]


@cache
def sheets() -> Mapping[str, Sheet]:
    """All sheets, by id. Raises RuleError for an item that is none."""
    entries = load(files("icans.web").joinpath("sheets.yaml").read_text("utf-8"))
    strange = [(e["id"], i) for e in entries for i in e["items"] if i not in catalogue()]
    if strange:
        raise RuleError(*(f"sheets.yaml, {s}: '{i}' is no item.{nearest(i, catalogue())}" for s, i in strange))
    return {e["id"]: Sheet(e["id"], e["title"], e["short"], tuple(map(box, e["items"]))) for e in entries}


def box(name: str) -> Field:
    """The box of an item."""
    item = catalogue()[name]
    numeric = item.kind in ("number", "whole")
    words = ("yes", "no") if item.kind == "yes_no" else item.values
    options = tuple((word, item.say(item.encode(word))) for word in words)
    return Field(
        item, accepted(item) if numeric and item.unit not in (None, "1") else (), options, item.flag is not None
    )


def filled(form: Mapping[str, Any], fields: Iterable[Field], time: datetime) -> list[dict[str, Any]]:
    """Rows of observations from a form: `item`, `item.unit`, `item.cause`; an empty box says nothing.

    A box of several answers holds a list; `none` in it stands alone. Raises DataError for answers that exclude
    each other.
    """
    rows = []
    for one in fields:
        name = one.item.name
        value = form.get(name)
        if isinstance(value, list):
            value = _joined(name, [v for v in value if v])
        if value in (None, ""):
            continue
        cause = str(form.get(f"{name}.cause") or "").strip()
        rows.append(
            {
                "time": time, "item": name, "value": value, "unit": form.get(f"{name}.unit") or one.item.unit,
                "attribution": f"{OTHER_CAUSE}: {cause}" if cause else None,
            }
        )  # fmt: skip
    return rows


def _joined(name: str, words: list[Any]) -> str:
    if "none" in words and len(words) > 1:
        raise DataError(f"{name}: none, or what there is, not both")
    return ";".join(map(str, words))
