"""The pathways of status epilepticus and of raised pressure, for one patient: what is due, and with which doses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from icans.guidance.doses.calculate import Dose, dose_in
from icans.guidance.findings.criterion import Judged, judge, state_of
from icans.guidance.findings.pathway_file import PathwayRules, StageRule, pathway_rules
from icans.guidance.situation import Situation

PAST, NOW, NEXT, OPEN = "past", "now", "next", "open"


@dataclass(frozen=True)
class Act:
    """One thing to do.

    applies     its condition; met is None where a missing value decides, True where it has none
    schemes     (drug, scheme) of each dose
    choose_one  whether one of the doses is chosen
    state       of the patient, for the doses
    """

    applies: Judged
    schemes: tuple[tuple[str, str], ...]
    choose_one: bool
    state: pl.DataFrame = field(repr=False, compare=False)

    @cached_property
    def doses(self) -> tuple[Dose, ...]:
        """Its doses for this patient, in words where weight or age is not known."""
        return tuple(dose_in(self.state, drug, scheme) for drug, scheme in self.schemes)


@dataclass(frozen=True)
class Stage:
    """A stretch of the pathway.

    start, end  minutes from the beginning; None: no clock, or no end
    phase       past, now or next by the clock; open: the minute is not known or there is no clock
    applies     its own condition; True where it has none
    """

    applies: Judged
    start: float | None
    end: float | None
    phase: str
    acts: tuple[Act, ...]


@dataclass(frozen=True)
class Pathway:
    """A pathway for one patient.

    applies   True where a trigger is met, None where none is and one cannot be judged, False where none can be
    running   the same for its clock: a trigger, or what is watched before one
    minute    minutes since the beginning; None: not known, or a pathway without a clock
    variants  other published ways that apply or may apply
    beside    what runs in parallel; never: what must not be done; both only where they apply or may apply
    unsure    what was left out, and why
    """

    name: str
    title: str
    applies: bool | None
    running: bool | None
    triggers: tuple[Judged, ...]
    watch: tuple[Judged, ...]
    minute: float | None
    stages: tuple[Stage, ...]
    variants: tuple[Stage, ...]
    beside: tuple[Judged, ...]
    never: tuple[Judged, ...]
    unsure: tuple[str, ...]

    @property
    def now(self) -> tuple[Stage, ...]:
        """What is due: the stages of this minute; without a clock those whose condition is met."""
        if self.running is False:
            return ()
        return tuple(s for s in self.stages if s.phase == NOW or (s.start is None and s.applies.met))


def seizure_pathway(what: Situation | pl.DataFrame) -> Pathway:
    """Status epilepticus by minutes, from a situation or from one state (a typed table of one row)."""
    return follow(state_of(what), pathway_rules("status_epilepticus"))


def pressure_pathway(what: Situation | pl.DataFrame) -> Pathway:
    """Raised intracranial pressure, from a situation or from one state (a typed table of one row)."""
    return follow(state_of(what), pathway_rules("raised_pressure"))


def follow(state: pl.DataFrame, rules: PathwayRules) -> Pathway:
    """Any pathway over a state of one row."""
    found = {j.id: j for j in judge(state, tuple(rules.criteria()))}
    minute = _number(state, rules.clock) if rules.clock else None
    triggers, watch, beside, never = (
        tuple(found[c.id] for c in listed) for listed in (rules.triggers, rules.watch, rules.beside, rules.never)
    )
    stages, variants = (
        tuple(_stage(stage, found, minute, state) for stage in listed) for listed in (rules.stages, rules.variants)
    )
    running = any_met((*triggers, *watch))
    return Pathway(
        rules.name, rules.title, any_met(triggers), running, triggers, watch, minute, stages,
        tuple(v for v in variants if v.applies.met is not False), _possible(beside) if running is not False else (),
        _possible(never), rules.unsure,
    )  # fmt: skip


def any_met(judged: Iterable[Judged]) -> bool | None:
    """True where one is met, None where none is and one cannot be judged."""
    met = [j.met for j in judged]
    return True if True in met else None if None in met else False


def _possible(judged: Sequence[Judged]) -> tuple[Judged, ...]:
    return tuple(j for j in judged if j.met is not False)


def _stage(stage: StageRule, found: Mapping[str, Judged], minute: float | None, state: pl.DataFrame) -> Stage:
    acts = tuple(Act(found[a.criterion.id], a.doses, a.choose_one, state) for a in stage.acts)
    return Stage(found[stage.criterion.id], stage.start, stage.end, _phase(stage, minute), acts)


def _phase(stage: StageRule, minute: float | None) -> str:
    if minute is None or stage.start is None:
        return OPEN
    if minute < stage.start:
        return NEXT
    return PAST if stage.end is not None and minute >= stage.end else NOW


def _number(state: pl.DataFrame, name: str) -> float | None:
    value = state[name][0] if name in state.columns else None
    return None if value is None else float(value)
