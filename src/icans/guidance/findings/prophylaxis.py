"""Prevention of seizures: for whom it is considered, when, how much, the kidneys, and what speaks against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

import polars as pl

from icans.errors import DataError
from icans.guidance.cited import Cited
from icans.guidance.doses.calculate import Dose, dose_in
from icans.guidance.doses.library import doses_of, scheme_of
from icans.guidance.findings.cohorts import Figure, figures
from icans.guidance.findings.condition import Condition
from icans.guidance.findings.criterion import Criterion, Judged, judge, read_condition, state_of
from icans.guidance.findings.files import File, opened
from icans.guidance.findings.pathway import any_met
from icans.guidance.situation import Situation

STRENGTH = "CONSIDER"
"""No source makes prevention a must."""


@dataclass(frozen=True)
class Kidney:
    """What the sources say of the kidneys, and what is known of this patient's; no reduced dose is calculated."""

    says: str
    inputs: Mapping[str, str]
    missing: tuple[str, ...]
    cited: Cited


@dataclass(frozen=True)
class Prophylaxis:
    """Prevention of seizures for one patient.

    considered  True where someone considers it for such a patient, None where that cannot be judged
    who         each group for whom a source considers it: met, not met or cannot be judged
    window      whether the patient is in the days for which it is given
    treat       whether a seizure has happened, which is then treated, not prevented
    dose        of an adult; for a child no dose is held, which its words say
    running     whether the drug is being given; None: the therapies are not known (a state without a record)
    figures     published results that speak for or against it
    unsure      what was left out, and why
    """

    drug: str
    strength: str
    considered: bool | None
    who: tuple[Judged, ...]
    window: Judged
    treat: Judged
    dose: Dose
    kidney: Kidney | None
    running: bool | None
    figures: tuple[Figure, ...]
    unsure: tuple[str, ...]

    @property
    def reasons(self) -> tuple[Judged, ...]:
        """The groups that the patient surely belongs to."""
        return tuple(w for w in self.who if w.met)


@dataclass(frozen=True)
class ProphylaxisRules:
    """The content of `prophylaxis.yaml`."""

    drug: str
    scheme: str
    running: timedelta
    who: tuple[Criterion, ...]
    window: Criterion
    treat: Criterion
    kidney: Condition
    unsure: tuple[str, ...]


@cache
def prophylaxis_rules() -> ProphylaxisRules:
    """Who, when and which drug. Raises RuleError listing all mistakes of the file."""
    return read_prophylaxis(opened("prophylaxis.yaml"))


def read_prophylaxis(file: File) -> ProphylaxisRules:
    """The rules of an opened file. Raises RuleError listing all its mistakes."""
    raw, mistakes = file.raw, file.reader.mistakes
    file.only(("drug", "scheme", "running_hours", "kidney", "who", "window", "treat"))
    who, window, treat = (file.criteria(key) for key in ("who", "window", "treat"))
    for key, listed in (("window", window), ("treat", treat)):
        if len(listed) != 1:
            mistakes.add("needs one entry", raw, key)
    drug, scheme, hours = str(raw.get("drug")), str(raw.get("scheme")), raw.get("running_hours")
    try:
        scheme_of(drug, scheme)
    except DataError as error:
        mistakes.add(f"'{drug}/{scheme}' is no drug/scheme of the files of doses: {error}", raw, "drug")
    if not isinstance(hours, int | float):
        mistakes.add("is a number of hours", raw, "running_hours")
        hours = 0
    if "kidney" not in raw:
        mistakes.add("names nothing by which the kidneys are judged", raw, "kidney")
    kidney = read_condition(raw, "kidney", file.reader, file.definitions, "kidney")
    file.check()
    assert kidney is not None
    return ProphylaxisRules(drug, scheme, timedelta(hours=hours), who, window[0], treat[0], kidney, file.unsure)


def prophylaxis(what: Situation | pl.DataFrame) -> Prophylaxis:
    """Prevention of seizures, from a situation, or from one state (which knows no therapies)."""
    state, rules = state_of(what), prophylaxis_rules()
    *who, window, treat = judge(state, (*rules.who, rules.window, rules.treat))
    return Prophylaxis(
        drug=rules.drug,
        strength=STRENGTH,
        considered=any_met(who),
        who=tuple(who),
        window=window,
        treat=treat,
        dose=dose_in(state, rules.drug, rules.scheme),
        kidney=_kidney(state, rules.drug, rules.kidney),
        running=_running(what, rules) if isinstance(what, Situation) else None,
        figures=figures(state, "prophylaxis"),
        unsure=rules.unsure,
    )


def _kidney(state: pl.DataFrame, drug: str, asked: Condition) -> Kidney | None:
    note = doses_of(drug).kidney
    if note is None:
        return None
    return Kidney(note.says, asked.inputs(state), asked.missing(state), note.cited)


def _running(situation: Situation, rules: ProphylaxisRules) -> bool:
    """True where a dose was given in the hours before, or an infusion runs."""
    now = situation.now
    given = situation.records.therapies.select("patient", "drug", "start", "end").iter_rows()
    return any(
        start > now - rules.running or (end is not None and end >= now)
        for patient, drug, start, end in given
        if patient == situation.patient and drug == rules.drug and start is not None and start <= now
    )
