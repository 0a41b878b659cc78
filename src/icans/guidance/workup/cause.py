"""A cause of the work-up and a test that can do harm, as the YAML files hold them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from icans.guidance.cited import Cited, read_cited
from icans.guidance.workup.exposure import Drugs, exposure_terms, read_drugs
from icans.guidance.workup.ledger import Evidence
from icans.rules.document import Reader
from icans.rules.expression import Node

CONDITIONS = ("rules_in", "rules_out", "rules_out_weakly", "suspect", "treated", "explains")
"""What may be asked of a cause, each a condition; `causes/` says it in words beside them."""

_KEYS = (
    "id", "label", *CONDITIONS, "exposure", "fresh", "joins", "gate", "present_when", "excluded_when", "tests", "act",
    "caution", "note", "evidence", "source", "mark", "convention",
)  # fmt: skip
_NEEDED = ("label", "present_when", "excluded_when", "tests", "act")


@dataclass(frozen=True)
class Cause:
    """One cause.

    nodes      condition (one of CONDITIONS) -> its tree; what the cause does not ask is not there
    texts      the same as written
    fresh      results from before the signs do not exclude it (W5)
    drugs      the drugs whose doses its conditions ask for
    joins      the tier of which it is the sum
    gate       the test that can do harm on which its own tests depend
    """

    id: str
    tier: str
    label: str
    nodes: Mapping[str, Node]
    texts: Mapping[str, str]
    present_when: str
    excluded_when: str
    tests: tuple[str, ...]
    act: str
    cited: Cited
    fresh: bool = False
    drugs: Drugs | None = None
    joins: str | None = None
    gate: str | None = None
    caution: str | None = None
    note: str | None = None
    evidence: tuple[Evidence, ...] = field(default=())

    def asked(self, *conditions: str) -> Iterator[Node]:
        """The trees of some of its conditions, those it has."""
        return (self.nodes[name] for name in conditions if name in self.nodes)


@dataclass(frozen=True)
class Condition:
    """What must hold before a test that can do harm: `clear`, and what to say where it does not or is unknown."""

    id: str
    clear: Node
    text: str
    blocked: str
    unknown: str
    drugs: Drugs | None
    cited: Cited


@dataclass(frozen=True)
class Gate:
    """A test that can do harm, and what must hold before it."""

    id: str
    label: str
    holds: tuple[Condition, ...]


def read_cause(entry: Mapping[str, Any], tier: str, reader: Reader) -> Cause | None:
    """A cause out of its YAML; None, and the mistakes noted, where it cannot be used."""
    name = str(entry.get("id", "a cause without an id"))
    reader.only(entry, _KEYS, name)
    for key in ("id", *_NEEDED):
        if not entry.get(key):
            reader.mistakes.add(f"has no '{key}'", entry, name)
    drugs, reader = _with_drugs(entry, reader, name)
    texts = {key: " ".join(str(entry[key]).split()) for key in CONDITIONS if key in entry}
    read = {key: reader.truth(text, entry, name) for key, text in texts.items()}
    if not {"rules_out", "treated", "joins"} & entry.keys():
        reader.mistakes.add("can never be closed: give 'rules_out', 'treated' or 'joins'", entry, name)
    cited, evidence = read_cited(entry, reader, name), _evidence(entry, reader, name)
    tests = entry.get("tests")
    if not isinstance(tests, list) or not all(isinstance(words, str) for words in tests):
        reader.mistakes.add("'tests' is a list of sentences", entry, name)
        return None
    nodes = {key: node for key, node in read.items() if node is not None}
    if len(nodes) < len(texts) or any(not entry.get(key) for key in _NEEDED):
        return None
    return Cause(
        name, tier, entry["label"], nodes, texts, _words(entry["present_when"]), _words(entry["excluded_when"]),
        tuple(tests), entry["act"], cited, bool(entry.get("fresh")), drugs, entry.get("joins"), entry.get("gate"),
        entry.get("caution"), _words(entry["note"]) if "note" in entry else None, evidence,
    )  # fmt: skip


def _words(text: object) -> str:
    return " ".join(str(text).split())


def _with_drugs(entry: Mapping[str, Any], reader: Reader, name: str) -> tuple[Drugs | None, Reader]:
    """The drugs an entry asks for, and a reader that knows the times of their doses as names."""
    if "exposure" not in entry:
        return None, reader
    drugs = read_drugs(entry["exposure"], entry, reader, name)
    return drugs, replace(reader, vocabulary={**reader.vocabulary, **exposure_terms(name)})


def _evidence(entry: Mapping[str, Any], reader: Reader, name: str) -> tuple[Evidence, ...]:
    found = []
    for fact in reader.entries(entry, "evidence", name):
        reader.only(fact, ("says", "source", "mark"), name)
        if "says" not in fact:
            reader.mistakes.add("a fact needs a sentence in 'says'", fact, name)
        found.append(Evidence(_words(fact.get("says", "")), read_cited(fact, reader, name)))
    return tuple(found)


def read_gate(entry: Mapping[str, Any], reader: Reader) -> Gate:
    """A test that can do harm out of its YAML; mistakes are noted."""
    name = str(entry.get("id", "a test without an id"))
    reader.only(entry, ("id", "label", "holds"), name)
    holds = [_read_condition(hold, reader) for hold in reader.entries(entry, "holds", name)]
    if not holds or "label" not in entry:
        reader.mistakes.add("needs a label, and what must hold under 'holds'", entry, name)
    return Gate(name, str(entry.get("label", name)), tuple(hold for hold in holds if hold is not None))


def _read_condition(entry: Mapping[str, Any], reader: Reader) -> Condition | None:
    name = str(entry.get("id", "a condition without an id"))
    reader.only(entry, ("id", "clear", "blocked", "unknown", "exposure", "source", "mark", "convention"), name)
    drugs, reader = _with_drugs(entry, reader, name)
    if missing := [key for key in ("clear", "blocked", "unknown") if key not in entry]:
        reader.mistakes.add(f"has no '{missing[0]}'", entry, name)
        return None
    clear, cited = reader.truth(entry["clear"], entry, name), read_cited(entry, reader, name)
    if clear is None:
        return None
    text = _words(entry["clear"])
    return Condition(name, clear, text, _words(entry["blocked"]), _words(entry["unknown"]), drugs, cited)
