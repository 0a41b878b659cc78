"""The markers as their file has them: sides, lines, published levels, hypotheses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from icans.endotype.answer import READINGS, Hypothesis, Level
from icans.errors import RuleError
from icans.grading.library import names as scale_names
from icans.guidance.cited import Cited, read_cited
from icans.guidance.document import sources_of
from icans.guidance.sentences import sentences
from icans.guidance.vocabulary import vocabulary
from icans.record.catalogue import catalogue, nearest
from icans.rules.document import LINE, Mistakes, Reader, documents
from icans.rules.expression import Node

FILE = "markers.yaml"
GROUPS = ("controls", "before the cells", "24 to 48 h", "onset of toxicity", "after treatment")
_KEYS = (
    "sources", "before_lymphodepletion", "sides", "markers", "shown", "hypotheses", "cautions", "unsure",
)  # fmt: skip
_MARKER = ("item", "side", "above", "line", "unusable", "levels", "note", "source", "mark", "convention")
_CITED = ("source", "mark", "convention")


@dataclass(frozen=True)
class SideEntry:
    """A side of the reading: cytokines, vessel wall, or nerve cells."""

    name: str
    label: str
    cited: Cited


@dataclass(frozen=True)
class MarkerEntry:
    """A marker.

    above     the condition that puts it above its line; unusable: why that can be unknown though the marker is known
    """

    item: str
    side: str | None
    above: Node | None
    above_text: str
    line: str | None
    unusable: str
    levels: tuple[Level, ...]
    note: str
    cited: Cited


@dataclass(frozen=True)
class Table:
    """The whole file. hypotheses: each with the readings it belongs to."""

    sources: Mapping[str, str]
    drug_days: float
    laboratory_days: float
    before_cited: Cited
    sides: tuple[SideEntry, ...]
    markers: tuple[MarkerEntry, ...]
    scales: tuple[str, ...]
    scales_why: str
    hypotheses: tuple[tuple[Hypothesis, tuple[str, ...]], ...]
    cautions: tuple[str, ...]
    unsure: tuple[str, ...]


@cache
def table() -> Table:
    """The table of the package."""
    return read_table(files("icans.endotype").joinpath(FILE).read_text(encoding="utf-8"), FILE)


def read_table(text: str, file: str) -> Table:
    """The table from YAML. Raises RuleError with every mistake of the file, a line each."""
    raw = documents(text, file)[0]
    mistakes = Mistakes(file)
    reader = Reader(dict(vocabulary()), {}, sources_of(raw, mistakes), mistakes)
    reader.only(raw, _KEYS, "the table")
    for key in ("before_lymphodepletion", "shown"):
        if not isinstance(raw.get(key), Mapping):
            raise RuleError(f"{file}: '{key}' needs 'name: value' lines")
    before, shown = raw["before_lymphodepletion"], raw["shown"]
    sides = tuple(_side(entry, reader) for entry in reader.entries(raw, "sides", "the table"))
    markers = tuple(
        _marker(entry, reader, {s.name for s in sides}) for entry in reader.entries(raw, "markers", "the table")
    )
    hypotheses = tuple(_hypothesis(entry, reader) for entry in reader.entries(raw, "hypotheses", "the table"))
    days = _days(before, reader)
    _check_shown(shown, reader)
    cautions, unsure = sentences(raw, "cautions", reader), sentences(raw, "unsure", reader)
    mistakes.check()
    return Table(
        reader.sources, *days, read_cited(before, reader, "before_lymphodepletion"), sides, markers,
        tuple(shown["scales"]), str(shown.get("why", "")).strip(), hypotheses, cautions, unsure,
    )  # fmt: skip


def _days(entry: Mapping[str, Any], reader: Reader) -> tuple[float, float]:
    name = "before_lymphodepletion"
    reader.only(entry, ("drug_days", "laboratory_days", *_CITED), name)
    read_cited(entry, reader, name)
    found = []
    for key in ("drug_days", "laboratory_days"):
        given = entry.get(key)
        if not isinstance(given, int | float) or given <= 0:
            reader.mistakes.add(f"'{key}' is a number of days above 0", entry, name)
        found.append(float(given) if isinstance(given, int | float) else 0.0)
    return found[0], found[1]


def _check_shown(entry: Mapping[str, Any], reader: Reader) -> None:
    reader.only(entry, ("scales", "why"), "shown")
    for scale in entry.get("scales") or ():
        if scale not in scale_names():
            reader.mistakes.add(f"there is no scale '{scale}'.{nearest(scale, scale_names())}", entry, "shown")


def _side(entry: dict[str, Any], reader: Reader) -> SideEntry:
    name = str(entry.get("name", "a side without a name"))
    reader.only(entry, ("name", "label", *_CITED), name)
    return SideEntry(name, str(entry.get("label", name)), read_cited(entry, reader, name))


def _marker(entry: dict[str, Any], reader: Reader, sides: set[str]) -> MarkerEntry:
    name = str(entry.get("item", "a marker without an item"))
    reader.only(entry, _MARKER, name)
    if name not in catalogue():
        reader.mistakes.add(f"'{name}' is no item.{nearest(name, catalogue())}", entry, name)
    side = entry.get("side")
    if side is not None and side not in sides:
        reader.mistakes.add(f"there is no side '{side}'; there are {', '.join(sorted(sides))}", entry, name)
    if len({"side" in entry, "above" in entry, "line" in entry}) > 1:
        reader.mistakes.add("a marker of a side needs 'side', 'above' and 'line', another none of them", entry, name)
    above = reader.truth(entry["above"], entry, name) if "above" in entry else None
    return MarkerEntry(
        name, side, above, str(entry.get("above", "")), entry.get("line"), str(entry.get("unusable", "")).strip(),
        _levels(entry, reader, name), str(entry.get("note", "")).strip(), read_cited(entry, reader, name),
    )  # fmt: skip


def _levels(entry: Mapping[str, Any], reader: Reader, name: str) -> tuple[Level, ...]:
    """Published levels in the order of GROUPS."""
    given = entry.get("levels") or {}
    if not isinstance(given, Mapping):
        reader.mistakes.add("'levels' needs 'group: [median, interquartile range]' lines", entry, name)
        return ()
    for group, numbers in given.items():
        if group == LINE:
            continue
        if group not in GROUPS:
            reader.mistakes.add(f"there is no group '{group}'; there are {', '.join(GROUPS)}", entry, name)
        if not _is_pair(numbers):
            reader.mistakes.add(f"'{group}' needs [median, interquartile range]", entry, name)
    return tuple(Level(g, float(given[g][0]), float(given[g][1])) for g in GROUPS if g in given and _is_pair(given[g]))


def _is_pair(numbers: object) -> bool:
    return isinstance(numbers, list) and len(numbers) == 2 and all(isinstance(n, int | float) for n in numbers)


def _hypothesis(entry: dict[str, Any], reader: Reader) -> tuple[Hypothesis, tuple[str, ...]]:
    name = str(entry.get("id", "a hypothesis without an id"))
    reader.only(entry, ("id", "readings", "says", *_CITED), name)
    readings = tuple(entry.get("readings") or ())
    for reading in readings:
        if reading not in READINGS[:-1]:
            known = ", ".join(READINGS[:-1])
            reader.mistakes.add(f"'{reading}' is no reading a hypothesis may belong to: {known}", entry, name)
    if not entry.get("says") or not readings:
        reader.mistakes.add("a hypothesis needs 'readings' and 'says'", entry, name)
    return Hypothesis(name, str(entry.get("says", "")).strip(), read_cited(entry, reader, name)), readings
