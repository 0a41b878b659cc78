"""Every cause and every test that can do harm: the files of this room, read once and checked as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from icans.errors import RuleError
from icans.guidance.cited import Cited, read_cited
from icans.guidance.document import sources_of
from icans.guidance.vocabulary import vocabulary
from icans.guidance.workup.cause import Cause, Gate, read_cause, read_gate
from icans.guidance.workup.ledger import TIERS
from icans.guidance.workup.window import Window, read_window
from icans.rules.definition import Definition, read_definition
from icans.rules.document import Mistakes, Reader, documents
from icans.rules.expression import Node

_FILE = ("tier", "sources", "windows", "define", "causes", "unsure")


@dataclass(frozen=True)
class Tier:
    """One file of causes."""

    name: str
    windows: tuple[Window, ...]
    definitions: tuple[Definition, ...]
    causes: tuple[Cause, ...]
    unsure: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """A condition with its source: when the work-up is due, when a cause explains everything."""

    node: Node
    text: str
    cited: Cited


@dataclass(frozen=True)
class Attribution:
    """When the work-up is due, when a found cause explains everything, and where the rule of the ledger is from."""

    asked: Asked
    explained: Asked
    cited: Cited


@dataclass(frozen=True)
class Library:
    """Everything the work-up asks, in its order."""

    tiers: tuple[Tier, ...]
    gates: tuple[Gate, ...]
    attribution: Attribution
    unsure: tuple[str, ...]

    @property
    def causes(self) -> tuple[Cause, ...]:
        """Every cause, tier by tier."""
        return tuple(cause for tier in self.tiers for cause in tier.causes)

    @property
    def definitions(self) -> tuple[Definition, ...]:
        """Every definition, in the order of the files."""
        return tuple(definition for tier in self.tiers for definition in tier.definitions)

    @property
    def windows(self) -> tuple[Window, ...]:
        """Every number worked out over some hours."""
        return tuple(window for tier in self.tiers for window in tier.windows)


def _text(name: str) -> str:
    return files("icans.guidance.workup").joinpath(name).read_text(encoding="utf-8")


@cache
def readings() -> Mapping[str, dict[str, Any]]:
    """id -> label and sentence of each choice this platform makes in reading its sources."""
    listed = documents(_text("readings.yaml"), "readings.yaml")[0]["readings"]
    return {entry["id"]: entry for entry in listed}


@cache
def library() -> Library:
    """The whole work-up. Raises RuleError listing all mistakes of a file."""
    folder = files("icans.guidance.workup").joinpath("causes")
    listed = sorted(f.name for f in folder.iterdir() if f.name.endswith(".yaml"))
    return read_library(
        {name: _text(f"causes/{name}") for name in listed}, _text("gates.yaml"), _text("attribution.yaml")
    )


def read_library(texts: Mapping[str, str], gates: str, attribution: str) -> Library:
    """The work-up out of the text of its files: file name -> causes; the tests that can do harm; the attribution.

    A file may use the windows and definitions of those before it. Raises RuleError with every mistake, a line each.
    """
    shared: dict[str, Any] = dict(vocabulary())
    tiers = [_read_tier(text, file, shared) for file, text in texts.items()]
    tests, unsure = _read_gates(gates, shared)
    found = Library(tuple(tiers), tests, _read_attribution(attribution, shared), unsure)
    _check(found)
    return found


def _reader(raw: Mapping[str, Any], mistakes: Mistakes, shared: dict[str, Any]) -> Reader:
    return Reader(shared, dict.fromkeys(readings(), True), sources_of(raw, mistakes), mistakes)


def _read_tier(text: str, file: str, shared: dict[str, Any]) -> Tier:
    raw, mistakes = documents(text, file)[0], Mistakes(file)
    reader = _reader(raw, mistakes, shared)
    reader.only(raw, _FILE, file)
    name = str(raw.get("tier"))
    if name not in TIERS:
        mistakes.add(f"tier is one of: {', '.join(TIERS)}", raw)
    windows = [read_window(entry, reader) for entry in reader.entries(raw, "windows", name)]
    definitions = [read_definition(entry, reader) for entry in reader.entries(raw, "define", name)]
    causes = [read_cause(entry, name, reader) for entry in reader.entries(raw, "causes", name)]
    mistakes.check()
    unsure = tuple(" ".join(str(words).split()) for words in raw.get("unsure") or ())
    return Tier(
        name,
        tuple(w for w in windows if w is not None),
        tuple(d for d in definitions if d is not None),
        tuple(c for c in causes if c is not None),
        unsure,
    )


def _read_gates(text: str, shared: dict[str, Any]) -> tuple[tuple[Gate, ...], tuple[str, ...]]:
    raw, mistakes = documents(text, "gates.yaml")[0], Mistakes("gates.yaml")
    reader = _reader(raw, mistakes, shared)
    reader.only(raw, ("sources", "gates", "unsure"), "gates.yaml")
    gates = tuple(read_gate(entry, reader) for entry in reader.entries(raw, "gates", "gates.yaml"))
    mistakes.check()
    return gates, tuple(" ".join(str(words).split()) for words in raw.get("unsure") or ())


def _read_attribution(text: str, shared: dict[str, Any]) -> Attribution:
    raw, mistakes = documents(text, "attribution.yaml")[0], Mistakes("attribution.yaml")
    reader = _reader(raw, mistakes, shared)
    asked, explained = (_asked(raw, key, reader) for key in ("asked", "explained"))
    cited = read_cited(raw.get("ledger") or {}, reader, "ledger")
    mistakes.check()
    assert asked is not None
    assert explained is not None
    return Attribution(asked, explained, cited)


def _asked(raw: Mapping[str, Any], key: str, reader: Reader) -> Asked | None:
    entry = raw.get(key)
    if not isinstance(entry, Mapping) or "when" not in entry:
        reader.mistakes.add(f"needs '{key}' with 'when', source and mark", raw)
        return None
    node = reader.truth(entry["when"], entry, key)
    cited = read_cited(entry, reader, key)
    return None if node is None else Asked(node, " ".join(str(entry["when"]).split()), cited)


def _check(found: Library) -> None:
    """What only shows over all files: ids given twice, tiers and tests that are named and not there."""
    ids = [cause.id for cause in found.causes] + [gate.id for gate in found.gates]
    ids += [hold.id for gate in found.gates for hold in gate.holds]
    wrong = [f"work-up: the id '{name}' is used twice" for name in sorted({i for i in ids if ids.count(i) > 1})]
    tiers, gates = {tier.name for tier in found.tiers}, {gate.id for gate in found.gates}
    for cause in found.causes:
        if cause.joins is not None and cause.joins not in tiers:
            wrong.append(f"work-up: {cause.id}: joins '{cause.joins}', which is no tier: {', '.join(sorted(tiers))}")
        if cause.gate is not None and cause.gate not in gates:
            wrong.append(f"work-up: {cause.id}: gate '{cause.gate}' is no test of gates.yaml")
    if wrong:
        raise RuleError(*wrong)
