"""What the stated findings of an EEG mean: the criteria they meet, how severe, which grade they bear on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import polars as pl

from icans.guidance.cited import Cited
from icans.guidance.findings.bearing import Bearing, BearingRule, bearings, read_bearings
from icans.guidance.findings.cohorts import Figure, figures
from icans.guidance.findings.criterion import Criterion, Judged, judge, state_of
from icans.guidance.findings.files import File, opened
from icans.guidance.findings.terms import description, terms_of
from icans.guidance.situation import Situation
from icans.guidance.truth import completed
from icans.record.catalogue import catalogue
from icans.rules.definition import Definition, read_definition, with_definitions
from icans.rules.vocabulary import hi, lo

GROUP = "EEG"
MEETS_STATUS = ("eeg.status", "eeg.electroclinical-status", "eeg.salzburg")


@dataclass(frozen=True)
class Step:
    """The local step of severity, 0 to 4: an interval, what its steps say, and where the ladder comes from."""

    low: int
    high: int
    says: tuple[str, ...]
    cited: Cited


@dataclass(frozen=True)
class EegReading:
    """What was stated of an EEG, and what follows from it.

    stated       True where the state holds anything of an EEG
    description  what was stated, in the terms of the ACNS, in one line
    terms        the terms that fit, with their definitions
    criteria     every criterion: met, not met or cannot be judged
    step         the local step of severity; None where nothing was stated
    bearings     what bears, or may bear, on the ICANS grade; it changes none
    notes        what a reader should look at twice; all of them hold
    figures      published results beside it
    """

    stated: bool
    description: str
    terms: tuple[Judged, ...]
    criteria: tuple[Judged, ...]
    step: Step | None
    bearings: tuple[Bearing, ...]
    notes: tuple[Judged, ...]
    figures: tuple[Figure, ...]

    def criterion(self, name: str) -> Judged:
        """The criterion of an id, such as 'eeg.salzburg'."""
        return next(c for c in self.criteria if c.id == name)

    @property
    def is_status(self) -> bool | None:
        """True where some criterion of status epilepticus is met, None where one cannot be judged and none is met."""
        met = [self.criterion(name).met for name in MEETS_STATUS]
        return True if True in met else None if None in met else False


@dataclass(frozen=True)
class EegRules:
    """The content of `eeg.yaml`."""

    criteria: tuple[Criterion, ...]
    step: Definition
    bearings: tuple[BearingRule, ...]
    notes: tuple[Criterion, ...]
    definitions: tuple[Definition, ...]
    unsure: tuple[str, ...]


@cache
def eeg_rules() -> EegRules:
    """The criteria over an EEG. Raises RuleError listing all mistakes of the file."""
    return read_eeg(opened("eeg.yaml"))


def read_eeg(file: File) -> EegRules:
    """The rules of an opened file. Raises RuleError listing all its mistakes."""
    file.only(("criteria", "step", "bearings", "notes"))
    raw_step = file.raw.get("step")
    step = read_definition(raw_step, file.reader) if isinstance(raw_step, dict) else None
    if step is None or step.ladder is None:
        file.reader.mistakes.add("needs 'step' with a list of entries", file.raw, "step")
    criteria, notes = file.criteria("criteria"), file.criteria("notes")
    rules = read_bearings(file)
    file.check()
    assert step is not None
    return EegRules(criteria, step, rules, notes, file.definitions, file.unsure)


def eeg(what: Situation | pl.DataFrame) -> EegReading:
    """The reading of an EEG from a situation, or from one state (a typed table of one row)."""
    state, rules = state_of(what), eeg_rules()
    fitting = terms_of(state)
    stated = any(i.group == GROUP and i.name.startswith("eeg_") and _is_known(state, i.name) for i in _items())
    found = judge(state, (*rules.criteria, *rules.notes))
    return EegReading(
        stated=stated,
        description=description(state, fitting),
        terms=fitting,
        criteria=found[: len(rules.criteria)],
        step=_step(state, rules) if stated else None,
        bearings=bearings(state, rules.bearings) if stated else (),
        notes=tuple(n for n in found[len(rules.criteria) :] if n.met),
        figures=figures(state, "eeg") if stated else (),
    )


def _items():
    return catalogue().values()


def _is_known(state: pl.DataFrame, name: str) -> bool:
    return name in state.columns and state[name][0] is not None


def _step(state: pl.DataFrame, rules: EegRules) -> Step:
    every = (*rules.definitions, rules.step)
    nodes = [node for d in every for node in d.nodes()]
    frame = with_definitions(completed(state, nodes, {d.name for d in every}), every)
    low, high = frame.select(lo(rules.step.name), hi(rules.step.name)).collect().row(0)
    assert rules.step.ladder is not None
    says = [e.says for e in reversed(rules.step.ladder.entries) if low <= int(e.value_text) <= high]
    step = rules.step
    return Step(int(low), int(high), tuple(says), Cited(step.source, step.where, step.mark))
