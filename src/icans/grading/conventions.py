"""The conventions: named switches for what the publications leave open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from icans.errors import DataError


@dataclass(frozen=True)
class Convention:
    """A switch: what is done when it is on and when it is off, and where it stands unless told otherwise.

    hours  the length of time it speaks of, where it speaks of one
    """

    id: str
    name: str
    when_on: str
    when_off: str
    default: bool = True
    hours: float = 0.0

    def text(self, position: bool) -> str:
        """What is done in a position of the switch."""
        return self.when_on if position else self.when_off


@cache
def conventions() -> Mapping[str, Convention]:
    """Every convention, by id."""
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    entries = yaml.load(files("icans.grading").joinpath("conventions.yaml").read_text("utf-8"), loader)
    return {str(entry["id"]): Convention(**entry) for entry in entries}


def switches(changed: Mapping[str, bool] | None = None) -> dict[str, bool]:
    """The position of every switch, with some of them `changed`. Raises DataError for one that does not exist."""
    known = conventions()
    if unknown := sorted(set(changed or ()) - set(known)):
        raise DataError(*(f"there is no convention '{u}'; known are {', '.join(known)}" for u in unknown))
    return {c.id: c.default for c in known.values()} | dict(changed or {})


def parse_switches(words: Sequence[str]) -> dict[str, bool]:
    """From `C1=off` to {'C1': False}. Raises DataError saying how to write it."""
    positions = {"on": True, "off": False}
    found = {}
    for word in words:
        name, _, position = word.partition("=")
        if position.lower() not in positions:
            raise DataError(f"convention '{word}' is not understood: write it as C1=off or C1=on")
        found[name.strip().upper()] = positions[position.lower()]
    switches(found)
    return found
