"""The model's equations as they stand in its text: what is said of each quantity, where, and with which words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

MODEL = Path(__file__).parents[1] / "model"
RATE, FORMULA, START = "rate", "formula", "start"

_STATEMENT = re.compile(
    r"^(?:var )?(?P<name>\w+)(?P<kind>'|\s*:)?\s*=\s*(?P<text>[^/]*?(?:/(?!/)[^/]*?)*)\s*(?://\s*(?P<words>.*))?$"
)
_SPECIES = re.compile(r"^species (?P<name>\w+) in \w+\s*(?://\s*(?P<words>.*))?$")
_WORD = re.compile(r"[A-Za-z_]\w*")
_FUNCTIONS = {"H", "Hn", "pos", "exp", "ln", "log", "log10", "max", "min", "piecewise", "time"}


@dataclass(frozen=True)
class Statement:
    """An equation.

    kind   rate (dX/dt), formula (X at every time) or start (X at day 0)
    text   its right-hand side, as written; words: the comment beside it; about: the comment above it
    file   where it stands, below `model/`
    """

    name: str
    kind: str
    text: str
    words: str
    about: str
    file: str

    @property
    def uses(self) -> frozenset[str]:
        """The quantities and parameters on its right-hand side."""
        return frozenset(_WORD.findall(self.text)) - _FUNCTIONS


@cache
def statements() -> tuple[Statement, ...]:
    """Every equation of the model, file by file in the order of the story."""
    order = re.findall(r'import "([^"]+)"', (MODEL / "icans.ant").read_text(encoding="utf-8"))
    return tuple(statement for file in order for statement in _of_file(file))


def _of_file(file: str) -> Iterator[Statement]:
    about: list[str] = []
    for line in map(str.strip, (MODEL / file).read_text(encoding="utf-8").splitlines()):
        if line.startswith("//"):
            about.append(line.lstrip("/ "))
        elif found := _STATEMENT.match(line):
            kind = {"'": RATE, None: START}.get(found["kind"], FORMULA)
            yield Statement(found["name"], kind, found["text"], found["words"] or "", " ".join(about), file)
        elif not line:
            about = []


def of(name: str) -> tuple[Statement, ...]:
    """What is said of one quantity."""
    return tuple(s for s in statements() if s.name == name)


def used_by() -> Mapping[str, tuple[str, ...]]:
    """Quantity or parameter -> the quantities in whose rate or formula it stands, in the order of the story."""
    found: dict[str, dict[str, None]] = {}
    for statement in statements():
        for name in statement.uses:
            found.setdefault(name, {})[statement.name] = None
    return {name: tuple(users) for name, users in found.items()}
