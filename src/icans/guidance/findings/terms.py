"""The terms of EEG reading: a glossary, and the words in which stated findings are described."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import polars as pl

from icans.guidance.findings.criterion import Criterion, Judged, judge
from icans.guidance.findings.files import File, opened
from icans.record.catalogue import catalogue

GROUPS: Mapping[str, str] = {
    "pattern": "Patterns",
    "plus": "Plus modifiers",
    "prevalence": "How much of the record",
    "duration": "How long a run lasts",
    "background": "How much is suppressed",
}
"""The groups of terms, in the order of a description."""


@dataclass(frozen=True)
class Terms:
    """Every term, by its group, and what was left out."""

    groups: Mapping[str, tuple[Criterion, ...]]
    unsure: tuple[str, ...]

    def every(self) -> tuple[Criterion, ...]:
        """All terms in order."""
        return tuple(term for terms in self.groups.values() for term in terms)


@cache
def terms() -> Terms:
    """The terms of `acns_terms.yaml`. Raises RuleError listing all mistakes of the file."""
    return read_terms(opened("acns_terms.yaml"))


def read_terms(file: File) -> Terms:
    """The terms of an opened file. Raises RuleError listing all its mistakes."""
    file.only(("terms",))
    found = {term.id: term for term in file.criteria("terms", ("group",))}
    group_of: dict[str, str] = {}
    for entry in file.reader.entries(file.raw, "terms", "terms"):
        group_of[str(entry.get("id"))] = str(entry.get("group"))
        if entry.get("group") not in GROUPS:
            file.reader.mistakes.add(f"group is one of: {', '.join(GROUPS)}", entry, str(entry.get("id")))
    file.check()
    grouped = {g: tuple(t for name, t in found.items() if group_of[name] == g) for g in GROUPS}
    return Terms(grouped, file.unsure)


def terms_of(state: pl.DataFrame) -> tuple[Judged, ...]:
    """The terms that surely fit what was stated, in the order of a description."""
    return tuple(term for term in judge(state, terms().every()) if term.met)


def description(state: pl.DataFrame, fitting: tuple[Judged, ...]) -> str:
    """What was stated in one line: 'GPDs, triphasic, 1.5 Hz, +S, abundant, brief runs; slowing: mild, theta'."""
    held = {g: [t.label for t in fitting if t.id in {c.id for c in listed}] for g, listed in terms().groups.items()}
    plus = [t.id for t in fitting if t.id.startswith("+")]
    parts = [_said(state, "eeg_pattern") if _known(state, "eeg_pattern") not in (None, "none") else ""]
    if _known(state, "eeg_pattern") == "none":
        parts = ["no rhythmic or periodic pattern"]
    parts += ["of triphasic shape"] if _known(state, "eeg_triphasic") else []
    parts += [f"{_said(state, 'eeg_pattern_hz')} Hz"] if _known(state, "eeg_pattern_hz") is not None else []
    parts += plus + held["prevalence"] + [f"{label} runs" for label in held["duration"]]
    parts += ["fluctuating"] if _known(state, "eeg_fluctuation") else []
    parts += ["evolving"] if _known(state, "eeg_evolution") else []
    slowing = [f"slowing: {_said(state, 'eeg_slowing')}"] if _known(state, "eeg_slowing") is not None else []
    return "; ".join(p for p in (", ".join(p for p in parts if p), *slowing, *held["background"]) if p)


def _known(state: pl.DataFrame, name: str) -> object:
    return state[name][0] if name in state.columns else None


def _said(state: pl.DataFrame, name: str) -> str:
    item, value = catalogue()[name], state[name][0]
    return item.say(float(item.values.index(value) if item.kind == "choice" else value))
