"""The table of evidence as its file has it: standing rules, rates, lines with their readings and studies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from icans.errors import RuleError
from icans.grading.conventions import switches
from icans.guidance.actions import actions
from icans.guidance.cited import Cited, read_cited
from icans.guidance.document import sources_of
from icans.guidance.sentences import sentences
from icans.guidance.sepsis.answer import DIRECTIONS, UNKNOWN, Rate, Study
from icans.guidance.sepsis.study import read_rate, read_study
from icans.guidance.vocabulary import vocabulary
from icans.record.catalogue import catalogue, nearest
from icans.rules.definition import Definition, read_definition
from icans.rules.document import Mistakes, Reader, documents
from icans.rules.expression import Node, terms

FILE = "evidence.yaml"
_KEYS = (
    "sources", "bounds", "derive", "define", "standing", "rates", "lines", "posterior", "cautions", "unsure",
)  # fmt: skip
_LINE = ("id", "finding", "asks", "readings", "studies", "note", "source", "mark", "convention")
_STANDING = ("id", "in_place_of", "when", "strength", "actions", "says", "source", "mark", "convention")
RESULTS = ("positive", "negative")


@dataclass(frozen=True)
class StandingEntry:
    """A rule that is shown first; `when` is None for one that always holds.

    in_place_of  the rule whose place it takes where it holds and the other does not
    """

    id: str
    when: Node | None
    when_text: str
    strength: str
    actions: tuple[str, ...]
    says: str
    cited: Cited
    in_place_of: str | None = None


@dataclass(frozen=True)
class Reading:
    """One way to read a finding. result: whether it is the positive or negative result of the line's study."""

    when: Node | None
    when_text: str
    points: str
    says: str
    result: str | None


@dataclass(frozen=True)
class LineEntry:
    """One finding: the items it asks for, its readings (the first that holds counts), what is published of it.

    used  the study whose likelihood ratio is used for a patient's result, None where there is none
    """

    id: str
    finding: str
    asks: tuple[str, ...]
    readings: tuple[Reading, ...]
    studies: tuple[Study, ...]
    used: Study | None
    note: str
    cited: Cited


@dataclass(frozen=True)
class PosteriorEntry:
    """Which line moves which rate, and what its interval leaves out."""

    rate: str
    line: str
    limits: str
    cited: Cited


@dataclass(frozen=True)
class Table:
    """The whole file. derive: the numbers by which three findings are read off the record."""

    sources: Mapping[str, str]
    derive: Mapping[str, float]
    derive_cited: Cited
    cap: float
    definitions: tuple[Definition, ...]
    standing: tuple[StandingEntry, ...]
    rates: tuple[Rate, ...]
    lines: tuple[LineEntry, ...]
    posterior: PosteriorEntry
    cautions: tuple[str, ...]
    unsure: tuple[str, ...]

    def expanded(self, node: Node) -> Iterator[Node]:
        """An expression and those of the definitions it names."""
        yield node
        for term in terms(node):
            for definition in self.definitions:
                if definition.name == term.name:
                    for inner in definition.nodes():
                        yield from self.expanded(inner)


def table(conventions: Mapping[str, bool] | None = None) -> Table:
    """The table of the package, with some conventions changed."""
    return _table(tuple(switches(conventions).items()))


@cache
def _table(positions: tuple[tuple[str, bool], ...]) -> Table:
    text = files("icans.guidance.sepsis").joinpath(FILE).read_text(encoding="utf-8")
    return read_table(text, FILE, dict(positions))


def read_table(text: str, file: str, positions: Mapping[str, bool]) -> Table:
    """The table from YAML. Raises RuleError with every mistake of the file, a line each.

    positions  the switches of the conventions its rules may ask for
    """
    raw = documents(text, file)[0]
    mistakes = Mistakes(file)
    reader = Reader(dict(vocabulary()), positions, sources_of(raw, mistakes), mistakes)
    reader.only(raw, _KEYS, "the table")
    derive, bounds = _numbers(raw, "derive", reader), _numbers(raw, "bounds", reader)
    mistakes.check()
    definitions = [read_definition(entry, reader) for entry in reader.entries(raw, "define", "the table")]
    standing = [_standing(entry, reader) for entry in reader.entries(raw, "standing", "the table")]
    rates = [read_rate(entry, reader) for entry in reader.entries(raw, "rates", "the table")]
    lines = [_line(entry, reader, bounds["cap"]) for entry in reader.entries(raw, "lines", "the table")]
    posterior = _posterior(raw.get("posterior") or {}, reader, {r.id for r in rates}, {x.id: x for x in lines})
    _check_places(standing, mistakes)
    _check_ids([*(s.id for s in standing), *(r.id for r in rates), *(x.id for x in lines)], mistakes)
    cautions, unsure = sentences(raw, "cautions", reader), sentences(raw, "unsure", reader)
    mistakes.check()
    return Table(
        reader.sources, derive, read_cited(raw["derive"], reader, "derive"), bounds["cap"],
        tuple(d for d in definitions if d), tuple(standing), tuple(rates), tuple(lines), posterior,
        cautions, unsure,
    )  # fmt: skip


_NUMBERS = {"bounds": ("cap",), "derive": ("fever", "before_hours", "from_hours", "to_hours", "within_hours")}


def _numbers(raw: Mapping[str, Any], key: str, reader: Reader) -> dict[str, float]:
    """The numbers of a cited block, each of which has to be there."""
    given = raw.get(key)
    if not isinstance(given, Mapping):
        raise RuleError(f"{reader.mistakes.file}: '{key}' needs {', '.join(_NUMBERS[key])}, a source and a mark")
    reader.only(given, (*_NUMBERS[key], "source", "mark"), key)
    read_cited(given, reader, key)
    for name in _NUMBERS[key]:
        if not isinstance(given.get(name), int | float):
            reader.mistakes.add(f"'{name}' is a number", given, key)
    return {name: float(given[name]) for name in _NUMBERS[key] if isinstance(given.get(name), int | float)}


def _standing(entry: dict[str, Any], reader: Reader) -> StandingEntry:
    name = str(entry.get("id", "a standing rule without an id"))
    reader.only(entry, _STANDING, name)
    when = reader.truth(entry["when"], entry, name) if "when" in entry else None
    if entry.get("strength") not in ("MUST", "MUST_NOT"):
        reader.mistakes.add("strength is MUST or MUST_NOT: a standing rule is no option", entry, name)
    for code in entry.get("actions") or ():
        if code not in actions():
            reader.mistakes.add(f"there is no action '{code}'.{nearest(code, actions())}", entry, name)
    if not entry.get("says"):
        reader.mistakes.add("has no 'says'", entry, name)
    return StandingEntry(
        name, when, str(entry.get("when", "")), str(entry.get("strength")), tuple(entry.get("actions") or ()),
        str(entry.get("says", "")).strip(), read_cited(entry, reader, name), entry.get("in_place_of"),
    )  # fmt: skip


def _check_places(standing: Sequence[StandingEntry], mistakes: Mistakes) -> None:
    own = {rule.id for rule in standing if rule.in_place_of is None}
    for rule in standing:
        if rule.in_place_of is not None and rule.in_place_of not in own:
            mistakes.add(
                f"takes the place of '{rule.in_place_of}', which is no standing rule of its own", None, rule.id
            )


def _line(entry: dict[str, Any], reader: Reader, cap: float) -> LineEntry:
    name = str(entry.get("id", "a line without an id"))
    reader.only(entry, _LINE, name)
    asks = tuple(entry.get("asks") or ())
    for item in asks:
        if item not in catalogue():
            reader.mistakes.add(f"asks for '{item}', which is no item.{nearest(item, catalogue())}", entry, name)
    readings = tuple(_reading(part, reader, name) for part in reader.entries(entry, "readings", name))
    if not readings or not asks or not entry.get("finding"):
        reader.mistakes.add("needs 'finding', 'asks' and 'readings'", entry, name)
    elif any(not r.when_text for r in readings[:-1]) or readings[-1].when_text:
        reader.mistakes.add("the last reading, and only it, has no 'when'", entry, name)
    found = [(read_study(part, reader, name, cap), part) for part in reader.entries(entry, "studies", name)]
    used = [study for study, part in found if part.get("use")]
    asked = {r.result for r in readings} - {None}
    if asked and (len(used) != 1 or used[0].ratios is None):
        reader.mistakes.add("a reading with a 'result' needs one study with 'use: true' and a ratio", entry, name)
    return LineEntry(
        name, str(entry.get("finding", "")), asks, readings, tuple(s for s, _ in found), used[0] if used else None,
        str(entry.get("note", "")).strip(), read_cited(entry, reader, name),
    )  # fmt: skip


def _reading(entry: dict[str, Any], reader: Reader, name: str) -> Reading:
    reader.only(entry, ("when", "points", "says", "result"), name)
    when = reader.truth(entry["when"], entry, name) if "when" in entry else None
    if entry.get("points") not in DIRECTIONS or entry.get("points") == UNKNOWN:
        known = ", ".join(d for d in DIRECTIONS if d != UNKNOWN)
        reader.mistakes.add(f"'points' is one of: {known}", entry, name)
    if "result" in entry and entry["result"] not in RESULTS:
        reader.mistakes.add("'result' is positive or negative", entry, name)
    if not entry.get("says"):
        reader.mistakes.add("a reading has no 'says'", entry, name)
    return Reading(
        when, str(entry.get("when", "")), str(entry.get("points")), str(entry.get("says", "")).strip(),
        entry.get("result"),
    )  # fmt: skip


def _posterior(
    entry: dict[str, Any], reader: Reader, rates: set[str], lines: Mapping[str, LineEntry]
) -> PosteriorEntry:
    reader.only(entry, ("rate", "line", "limits", "source", "mark", "convention"), "posterior")
    rate, line = str(entry.get("rate")), str(entry.get("line"))
    if rate not in rates:
        reader.mistakes.add(f"there is no rate '{rate}'", entry, "posterior")
    # A line whose result has no ratio was told where the line is read.
    if line not in lines or not any(reading.result for reading in lines[line].readings):
        reader.mistakes.add(f"there is no line '{line}' with a likelihood ratio", entry, "posterior")
    if not entry.get("limits"):
        reader.mistakes.add("has no 'limits': what its interval leaves out has to be said", entry, "posterior")
    return PosteriorEntry(rate, line, str(entry.get("limits", "")).strip(), read_cited(entry, reader, "posterior"))


def _check_ids(ids: list[str], mistakes: Mistakes) -> None:
    for name in sorted({i for i in ids if ids.count(i) > 1}):
        mistakes.add("the id is used twice", None, name)
