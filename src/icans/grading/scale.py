"""A published scale: its definitions, domains and decision list, read from YAML and checked as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from icans.rules.definition import Definition, ladder_nodes, read_definition
from icans.rules.document import LINE, Mistakes, Reader
from icans.rules.expression import Node, terms
from icans.rules.ladder import Entry, Ladder, read_ladder
from icans.rules.vocabulary import Term, Vocabulary

_KEYS = (
    "scale", "family", "outcome", "kind", "title", "population", "citation", "sources", "define", "domains", "grade",
    "score", "formula", "source", "mark", "bands", "whole", "notices", "unsure",
)  # fmt: skip
_NEEDED = ("scale", "family", "outcome", "kind", "title", "citation", "sources")
SWITCH = re.compile(r"convention\('(\w+)'\)")
_GRADES = (0.0, 5.0)


@dataclass(frozen=True)
class Band:
    """A range of a score, ends included, and what the source calls it."""

    low: float
    high: float
    label: str


@dataclass(frozen=True)
class Scale:
    """One published scale. kind is 'grade' (`domains` and `grade`) or 'score' (`score`, perhaps `bands`).

    switches  the conventions its rules ask for
    unsure    what its source leaves open, in words
    """

    name: str
    family: str
    outcome: str
    kind: str
    title: str
    population: str
    citation: str
    sources: Mapping[str, str]
    definitions: tuple[Definition, ...]
    domains: tuple[Ladder, ...]
    grade: Ladder | None
    score: Node | None
    formula: str
    source: str
    mark: str
    bands: tuple[Band, ...]
    notices: tuple[Entry, ...]
    unsure: tuple[str, ...]
    switches: frozenset[str]

    def nodes(self) -> Iterator[Node]:
        """Every expression of the scale, without its notices."""
        for definition in self.definitions:
            yield from definition.nodes()
        for ladder in (*self.domains, *([self.grade] if self.grade else [])):
            yield from ladder_nodes(ladder)
        if self.score is not None:
            yield self.score

    def ladders(self) -> tuple[Ladder, ...]:
        """Every cited decision list: those that definitions hand over to, the domains, the grade."""
        inner = [d.ladder for d in self.definitions if d.ladder is not None and d.ladder.entries[0].says]
        return (*inner, *self.domains, *([self.grade] if self.grade else []))

    def handed_to(self, entry: Entry) -> Ladder | None:
        """The cited list of a definition that an entry hands over to: its grade is nothing but that name."""
        name = entry.value_text.strip()
        found = (d.ladder for d in self.definitions if d.name == name and d.ladder in self.ladders())
        return next(found, None)

    def own_names(self) -> frozenset[str]:
        """The names the scale gives itself: definitions and domains."""
        return frozenset(d.name for d in self.definitions) | frozenset(d.name for d in self.domains)

    def items(self) -> tuple[str, ...]:
        """The items its grade depends on, in the order its rules name them."""
        own = self.own_names()
        found = dict.fromkeys(
            t.name for node in self.nodes() for t in terms(node) if t.name not in own and not t.switch
        )
        return tuple(found)

    def all_items(self) -> tuple[str, ...]:
        """The same with those that only its notices ask for."""
        extra = (t.name for n in self.notices if n.when is not None for t in terms(n.when) if not t.switch)
        return tuple(dict.fromkeys((*self.items(), *(n for n in extra if n not in self.own_names()))))


def read_scales(
    found: Sequence[dict[str, Any]], file: str, vocabulary: Vocabulary, switches: Mapping[str, bool | None]
) -> tuple[Scale, ...]:
    """The scales of one rule file, from its YAML documents.

    Raises RuleError with every mistake of the file, a line each.
    """
    mistakes = Mistakes(file)
    scales = [_read_scale(raw, vocabulary, switches, mistakes) for raw in found]
    _check_ids(scales, mistakes)
    mistakes.check()
    return tuple(scale for scale in scales if scale is not None)


def _check_ids(scales: list[Scale | None], mistakes: Mistakes) -> None:
    seen: set[str] = set()
    for scale in scales:
        for ladder in scale.ladders() if scale else ():
            for entry in ladder.entries:
                if entry.id in seen:
                    mistakes.add("the id is used twice", None, entry.id)
                seen.add(entry.id)


def _read_scale(
    raw: dict[str, Any], vocabulary: Vocabulary, switches: Mapping[str, bool | None], mistakes: Mistakes
) -> Scale | None:
    before = len(mistakes.found)
    name = str(raw.get("scale", "a scale without a name"))
    for key in _NEEDED:
        if key not in raw:
            mistakes.add(f"has no '{key}'", raw, name)
    listed = raw.get("sources") or {}
    if not isinstance(listed, Mapping):
        mistakes.add("'sources' needs 'key: source' lines", raw, name)
        listed = {}
    sources = {k: str(v) for k, v in listed.items() if k != LINE}
    reader = Reader(dict(vocabulary), switches, sources, mistakes)
    reader.only(raw, _KEYS, name)
    definitions = [read_definition(entry, reader) for entry in reader.entries(raw, "define", name)]
    domains = [_read_domain(entry, reader) for entry in reader.entries(raw, "domains", name)]
    grade = _read_grade(raw, reader, name)
    score = reader.number(raw["score"], raw, name) if "score" in raw else None
    source, where, mark = reader.citation(raw, name) if "score" in raw else ("", "", "")
    bands = _read_bands(raw, reader, name)
    notices = [_read_notice(entry, reader) for entry in reader.entries(raw, "notices", name)]
    if len(mistakes.found) > before:
        return None
    return Scale(
        name, raw["family"], raw["outcome"], raw["kind"], raw["title"], raw.get("population", ""),
        str(raw["citation"]).strip(), sources, tuple(d for d in definitions if d), tuple(d for d in domains if d),
        grade, score, raw.get("formula", ""), f"{source}; {where}" if where else source, mark, bands,
        tuple(n for n in notices if n), tuple(raw.get("unsure") or ()), frozenset(SWITCH.findall(str(raw))),
    )  # fmt: skip


def _read_domain(entry: dict[str, Any], reader: Reader) -> Ladder | None:
    name = str(entry.get("name", "a domain without a name"))
    reader.only(entry, ("name", "label", "grades", "note"), name)
    if name in reader.vocabulary:
        reader.mistakes.add("is the name of something else already", entry, name)
    ladder = read_ladder(entry.get("grades"), reader, name, str(entry.get("label", name)))
    reader.vocabulary[name] = Term(name, "number", limits=_GRADES, span=True)
    return ladder


def _read_grade(raw: dict[str, Any], reader: Reader, name: str) -> Ladder | None:
    if raw.get("kind") not in ("grade", "score"):
        reader.mistakes.add("kind is grade or score", raw, name)
    if raw.get("kind") != "grade":
        if raw.get("kind") == "score" and "score" not in raw:
            reader.mistakes.add("a score needs 'score: expression'", raw, name)
        return None
    return read_ladder(raw.get("grade"), reader, name, str(raw.get("title", name)))


def _read_notice(entry: dict[str, Any], reader: Reader) -> Entry | None:
    name = str(entry.get("id", "a notice without an id"))
    reader.only(entry, ("id", "when", "says", "source", "mark", "convention"), name)
    when = reader.truth(entry.get("when", ""), entry, name)
    source, where, mark = reader.citation(entry, name)
    if when is None or "says" not in entry:
        reader.mistakes.add("a notice needs 'when' and 'says'", entry, name)
        return None
    return Entry(name, when, when, when, entry["says"], source, where, mark, entry.get("convention"))


def _read_bands(raw: dict[str, Any], reader: Reader, name: str) -> tuple[Band, ...]:
    """The bands of a score, lowest first; overlaps and, for whole scores, gaps are mistakes."""
    entries = reader.entries(raw, "bands", name)
    if wrong := [b for b in entries if not _is_band(b)]:
        reader.mistakes.add("a band needs from, to (numbers, to not below from) and label", wrong[0], name)
        return ()
    bands = sorted((Band(float(b["from"]), float(b["to"]), b["label"]) for b in entries), key=lambda b: b.low)
    for below, above in pairwise(bands):
        if above.low <= below.high and not (above.low == below.high and not raw.get("whole")):
            reader.mistakes.add(f"the bands from {below.low:g} and {above.low:g} overlap", raw, name)
        elif raw.get("whole") and above.low > below.high + 1:
            reader.mistakes.add(f"no band holds {below.high + 1:g} to {above.low - 1:g}", raw, name)
    return tuple(bands)


def _is_band(entry: Mapping[str, Any]) -> bool:
    numbers = isinstance(entry.get("from"), int | float) and isinstance(entry.get("to"), int | float)
    return numbers and "label" in entry and entry["from"] <= entry["to"]
