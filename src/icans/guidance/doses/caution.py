"""Contraindications and interactions: what a drug asks for that is running or planned, in the state a patient is in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from icans.guidance import truth
from icans.guidance.cited import Cited, read_cited
from icans.guidance.document import sources_of
from icans.guidance.vocabulary import vocabulary
from icans.record.catalogue import Drug, nearest
from icans.record.catalogue import drugs as record_drugs
from icans.rules.document import Mistakes, Reader, documents
from icans.rules.expression import Node

FILE = "cautions.yaml"
STRENGTHS = ("MUST", "CONSIDER", "MUST_NOT")
_KEYS = ("id", "drugs", "classes", "without", "when", "strength", "says", "source", "mark", "convention")


@dataclass(frozen=True)
class Caution:
    """One caution that applies, or may apply.

    strength  MUST, CONSIDER or MUST_NOT: what follows from it
    drugs     the drugs that set it off, by name; empty where it is about the state alone
    certain   False where something unknown decides whether it applies: `missing` names the items
    inputs    label -> value in words of what it was judged by
    """

    id: str
    strength: str
    says: str
    drugs: tuple[str, ...]
    certain: bool
    missing: tuple[str, ...]
    inputs: Mapping[str, str]
    cited: Cited


@dataclass(frozen=True)
class Which:
    """Drugs by name, or by a class of the list of drugs."""

    drugs: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()

    def among(self, names: Collection[str]) -> tuple[str, ...]:
        """Those of `names` that are meant, in alphabetical order."""
        return tuple(sorted(n for n in set(names) if n in self.drugs or self._has_class(record_drugs().get(n))))

    def _has_class(self, drug: Drug | None) -> bool:
        return drug is not None and any(c in self.classes for c in drug.classes)


@dataclass(frozen=True)
class CautionRule:
    """One line of the file: the drugs that set it off and those that settle it, and its condition (None: always)."""

    id: str
    which: Which
    without: Which
    when: Node | None
    when_text: str
    strength: str
    says: str
    cited: Cited

    def set_off_by(self, names: Collection[str]) -> tuple[str, ...] | None:
        """The drugs that set it off, none where the state alone does; None where nothing does."""
        found = self.which.among(names)
        asks_drugs = bool(self.which.drugs or self.which.classes)
        return None if (asks_drugs and not found) or self.without.among(names) else found


def cautions(state: pl.DataFrame, drugs_running: Collection[str], planned: Collection[str] = ()) -> tuple[Caution, ...]:
    """The cautions for one patient, in the order of the file; those that something unknown decides are not certain.

    state          one row, typed as a table of states, with the grades as intervals (crs__lo ... icans__hi)
    drugs_running  names of drugs as `therapies` has them; planned: drugs about to be given, which count the same
    """
    names = {*drugs_running, *planned}
    asked = [(rule, found) for rule in caution_rules() if (found := rule.set_off_by(names)) is not None]
    nodes = {rule.id: rule.when for rule, _ in asked if rule.when is not None}
    holds = truth.truths(state, nodes) if nodes else {}
    told = ((rule, found, holds.get(rule.id, True)) for rule, found in asked)
    return tuple(_told(rule, found, known, state) for rule, found, known in told if known is not False)


def _told(rule: CautionRule, found: tuple[str, ...], holds: bool | None, state: pl.DataFrame) -> Caution:
    nodes = [] if rule.when is None else [rule.when]
    missing = () if holds else truth.missing(state, nodes)
    return Caution(
        rule.id, rule.strength, rule.says, found, holds is True, missing, truth.inputs(state, nodes), rule.cited
    )


@cache
def caution_rules() -> tuple[CautionRule, ...]:
    """Every caution. Raises RuleError where the file is wrong."""
    text = files("icans.guidance.doses").joinpath(FILE).read_text(encoding="utf-8")
    return read_cautions(text, FILE)


def read_cautions(text: str, file: str) -> tuple[CautionRule, ...]:
    """The cautions out of their YAML. Raises RuleError with every mistake, a line each."""
    mistakes = Mistakes(file)
    raw = documents(text, file)[0]
    reader = Reader(dict(vocabulary()), {}, sources_of(raw, mistakes), mistakes)
    reader.only(raw, ("sources", "cautions", "unsure"), "cautions")
    rules = [_rule(entry, reader) for entry in reader.entries(raw, "cautions", "cautions")]
    for place, rule in enumerate(rules):
        if rule.id in {r.id for r in rules[:place]}:
            mistakes.add("the id is used twice", None, rule.id)
    mistakes.check()
    return tuple(rules)


def _rule(entry: dict[str, Any], reader: Reader) -> CautionRule:
    name = str(entry.get("id", "a caution without an id"))
    reader.only(entry, _KEYS, name)
    if entry.get("strength") not in STRENGTHS:
        reader.mistakes.add(f"strength is one of: {', '.join(STRENGTHS)}", entry, name)
    if not entry.get("says") or not (entry.get("drugs") or entry.get("classes") or "when" in entry):
        reader.mistakes.add("needs 'says', and 'drugs', 'classes' or 'when': what sets it off", entry, name)
    when = reader.truth(entry["when"], entry, name) if "when" in entry else None
    return CautionRule(
        name, _which(entry, reader, name), _which(entry.get("without") or {}, reader, name), when,
        str(entry.get("when", "")), str(entry.get("strength")), str(entry.get("says", "")).strip(),
        read_cited(entry, reader, name),
    )  # fmt: skip


def _which(entry: Mapping[str, Any], reader: Reader, name: str) -> Which:
    found = Which(tuple(entry.get("drugs") or ()), tuple(entry.get("classes") or ()))
    classes = {c for drug in record_drugs().values() for c in drug.classes}
    asked = [*((drug, set(record_drugs())) for drug in found.drugs), *((one, classes) for one in found.classes)]
    for word, known in asked:
        if word not in known:
            reader.mistakes.add(f"'{word}' is not in the list of drugs.{nearest(word, sorted(known))}", entry, name)
    return found
