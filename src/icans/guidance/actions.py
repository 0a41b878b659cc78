"""What can be advised: the actions of `actions/*.yaml`, in the order in which they come at the bedside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from icans.guidance.cited import Cited, read_cited
from icans.guidance.document import sources_of
from icans.rules.document import Mistakes, Reader, documents

TIERS = (
    "life support", "emergency", "infection", "intensive care", "anticytokine", "steroids", "work-up", "monitoring",
    "supportive",
)  # fmt: skip
"""The order of what is done: the files of `actions/` in their order."""
DETAILS = ("drug", "scheme", "dose", "route", "interval", "maximum", "duration")
STEROID = "steroid"


@dataclass(frozen=True)
class Action:
    """One thing that can be done.

    tier            its place in the order of what is done, one of TIERS
    does            what to do, in words
    details         drug, dose, route, interval, maximum and duration in words, what there is of them
    kind            'steroid' for a steroid regimen: only one is given at a time
    dex_mg_per_day  of a regimen, the dexamethasone equivalent of a day at its highest, mg
    """

    code: str
    label: str
    does: str
    tier: str
    cited: Cited
    details: Mapping[str, str]
    kind: str = ""
    dex_mg_per_day: float = 0.0

    @property
    def order(self) -> int:
        """The place of its tier."""
        return TIERS.index(self.tier)


@cache
def actions() -> Mapping[str, Action]:
    """Every action, by code, in the order of what is done. Raises RuleError listing all mistakes of a file."""
    folder = files("icans.guidance").joinpath("actions")
    listed = sorted(f.name for f in folder.iterdir() if f.name.endswith(".yaml"))
    found: dict[str, Action] = {}
    for tier, name in zip(TIERS, listed, strict=True):
        text = folder.joinpath(name).read_text("utf-8")
        found |= {a.code: a for a in read_actions(documents(text, name)[0], name, tier)}
    return found


def read_actions(raw: Mapping[str, Any], file: str, tier: str) -> tuple[Action, ...]:
    """The actions of one file. Raises RuleError listing all its mistakes."""
    mistakes = Mistakes(file)
    reader = Reader({}, {}, sources_of(raw, mistakes), mistakes)
    read = tuple(_actions(raw, reader, tier))
    seen: set[str] = set()
    for action in read:
        if action.code in seen:
            mistakes.add("the code is used twice", None, action.code)
        seen.add(action.code)
    mistakes.check()
    return read


def _actions(raw: Mapping[str, Any], reader: Reader, tier: str) -> Iterator[Action]:
    for entry in reader.entries(raw, "actions", "actions"):
        code = str(entry.get("code", "an action without a code"))
        reader.only(
            entry, ("code", "label", "does", "kind", "dex_mg_per_day", "source", "mark", "convention", *DETAILS), code
        )
        if not {"code", "label", "does"} <= entry.keys():
            reader.mistakes.add("needs code, label and does", entry, code)
        if entry.get("kind") == STEROID and "dex_mg_per_day" not in entry:
            reader.mistakes.add("a steroid regimen needs its dex_mg_per_day", entry, code)
        details = {key: str(entry[key]) for key in DETAILS if key in entry}
        yield Action(
            code, str(entry.get("label", "")), str(entry.get("does", "")).strip(), tier,
            read_cited(entry, reader, code), details, str(entry.get("kind", "")),
            float(entry.get("dex_mg_per_day", 0.0)),
        )  # fmt: skip
