"""What to do next for one patient: every part of the guidance for one moment, as `icans review` shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from icans.endotype import Endotype, endotype
from icans.errors import DataError
from icans.guidance import library
from icans.guidance.advice import Advice
from icans.guidance.advise import advise
from icans.guidance.findings import (
    EegReading,
    MriReading,
    Pathway,
    Prophylaxis,
    eeg,
    mri,
    pressure_pathway,
    prophylaxis,
    seizure_pathway,
)
from icans.guidance.monitoring.answer import Due, Eligibility
from icans.guidance.monitoring.due import due
from icans.guidance.monitoring.eligibility import eligibility
from icans.guidance.sepsis.answer import Sepsis
from icans.guidance.sepsis.sepsis import sepsis
from icans.guidance.situation import Situation
from icans.guidance.workup.ledger import Workup
from icans.guidance.workup.workup import workup
from icans.rules.vocabulary import hi


@dataclass(frozen=True)
class Guidance:
    """Everything that is said of what to do.

    advice    what the guideline says; due: what is overdue, due now and next; discharge: what going home asks for
    workup    what else could explain the signs; None where there surely is no ICANS
    sepsis    CRS or infection; None where there surely is neither CRS nor fever
    seizures, pressure   the pathways; both say whether they are entered
    """

    situation: Situation
    advice: Advice
    due: Due
    discharge: Eligibility
    workup: Workup | None
    sepsis: Sepsis | None
    endotype: Endotype
    prophylaxis: Prophylaxis
    eeg: EegReading
    mri: MriReading
    seizures: Pathway
    pressure: Pathway


def guidance(
    situation: Situation, name: str = library.DEFAULT, *, conventions: Mapping[str, bool] | None = None
) -> Guidance:
    """Everything for one patient at one moment. Raises DataError for an unknown guideline or convention."""
    chosen = library.guideline(name, product=situation.product, on=day_of(situation.now), changed=conventions)
    return Guidance(
        situation, advise(situation, chosen, conventions=conventions), due(situation),
        eligibility(situation, "discharge"),
        workup(situation) if _may_have(situation, "icans") else None,
        sepsis(situation, conventions=conventions) if _may_have(situation, "crs") or _fever(situation) else None,
        endotype(situation), prophylaxis(situation), eeg(situation), mri(situation),
        seizure_pathway(situation), pressure_pathway(situation),
    )  # fmt: skip


def _may_have(situation: Situation, outcome: str) -> bool:
    return float(situation.state[hi(outcome)][0]) >= 1


def _fever(situation: Situation) -> bool:
    hours = situation.known("fever_hours")
    return hours is None or float(hours) > 0


def compared(
    situation: Situation, names: list[str], *, conventions: Mapping[str, bool] | None = None
) -> tuple[tuple[Advice, ...], tuple[str, ...]]:
    """What several guidelines say of one patient, and in words which of them say nothing of this patient."""
    found: list[Advice] = []
    silent: list[str] = []
    for name in names:
        try:
            chosen = library.guideline(name, product=situation.product, on=day_of(situation.now), changed=conventions)
        except DataError as error:
            if name not in library.families():
                raise
            silent.append(str(error))
            continue
        found.append(advise(situation, chosen, conventions=conventions))
    return tuple(found), tuple(silent)


def day_of(now: datetime) -> date:
    """The calendar day of a moment, UTC."""
    return now.date()
