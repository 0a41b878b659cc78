"""What speaks against an order: lines of the guideline and cautions, held against the patient."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

import polars as pl

from icans.guidance.actions import actions
from icans.guidance.advise import asked_by
from icans.guidance.cited import Cited
from icans.guidance.doses import cautions
from icans.guidance.doses.caution import caution_rules
from icans.guidance.guideline import Guideline, Rule
from icans.guidance.response import settings as history
from icans.guidance.truth import known, truths, values
from icans.guidance.vocabulary import GRADES, label_of
from icans.report.advice_reasons import speaking
from icans.rules.vocabulary import hi, lo
from icans.web.cds.decision import FORBIDDEN, is_forbidden, possible_answers
from icans.web.cds.orders import Order
from icans.web.cds.picture import Picture
from icans.web.cds.planned import (
    ANSWERS,
    COUNTED,
    is_count_known,
    state_at_least,
    state_before,
    state_now,
    times,
    waits,
)
from icans.web.cds.wording import Watched, wording

GUIDELINE, DOSE, CAUTION = "guideline", "dose", "caution"


@dataclass(frozen=True)
class Finding:
    """One thing to be said of an order.

    strength  MUST_NOT, MUST or CONSIDER; certain: False where something unknown decides (`missing`, in words)
    inputs    label -> value in words of what it was judged by
    always    it is said of every order of the drug, whatever the state
    kind      'guideline' for a line of the guideline in force, 'dose' for a limit of dose, 'caution'
    """

    id: str
    strength: str
    says: str
    certain: bool
    cited: Cited
    inputs: Mapping[str, str]
    missing: tuple[str, ...] = ()
    always: bool = False
    kind: str = CAUTION


def findings(order: Order, picture: Picture, before: Sequence[Order] = ()) -> Iterator[Finding]:
    """Everything to be said of an order by the guideline and the cautions.

    before  orders of the same set that come before it
    """
    for watched in wording().watched(order.drug):
        if watched.list:
            yield from _given(order, picture, before, watched)
        yield from _banned(watched, state_now(picture), picture.guideline)
    yield from _cautions(order, picture)


def _given(order: Order, picture: Picture, before: Sequence[Order], watched: Watched) -> Iterator[Finding]:
    """What the decision list of the drug says of its first dose, then what else it says of the second and the last."""
    doses = times(order, picture.as_of)
    earlier = list(chain.from_iterable(times(one, picture.as_of) for one in before if one.drug == order.drug))
    said: dict[str, bool] = {}
    for place in sorted({0, min(1, len(doses) - 1), len(doses) - 1}):
        ahead = [one for one in (*earlier, *doses[:place]) if one <= doses[place]]
        found = _of_dose(order, doses[place], ahead, picture, watched)
        which = f"dose {place + 1} of {len(doses)}: " if place else ""
        # What is not known is said of the first dose only, whenever it starts.
        shown = [
            one for one in found if said.get(one.id) is not True and (one.certain or (place == 0 and _is_open_now(one)))
        ]
        said |= {one.id: one.certain for one in shown}
        yield from (replace(one, says=f"{which}{one.says}") for one in shown)


def _is_open_now(finding: Finding) -> bool:
    """Whether what is missing is not only the answer to the last dose, which may be too early to tell."""
    return not finding.missing or not set(finding.missing) <= {label_of(name) for name in ANSWERS}


def _of_dose(
    order: Order, dose: datetime, ahead: Sequence[datetime], picture: Picture, watched: Watched
) -> Iterator[Finding]:
    counted = order.drug == COUNTED
    state = _before(dose, ahead, picture, watched) if counted else state_now(picture)
    for one in _by_list(watched, state, picture.guideline):
        until = waits(state, watched.list, dose, picture) if counted and one.certain else ""
        yield replace(one, says=f"{one.says}; not before {until}" if until else one.says)


def _before(dose: datetime, ahead: Sequence[datetime], picture: Picture, watched: Watched) -> pl.DataFrame:
    """What holds before a dose; where it is not known how many were given, by those that are, if these forbid it."""
    state = state_before(dose, ahead, picture)
    if is_count_known(state) or (least := state_at_least(dose, ahead, picture)) is None:
        return state
    return least if is_forbidden(possible_answers(watched.list, least, picture.guideline)) else state


def _by_list(watched: Watched, state: pl.DataFrame, guideline: Guideline) -> Iterator[Finding]:
    """What a decision list answers, where that is, or may be, that the drug must not be given."""
    possible = possible_answers(watched.list, state, guideline)
    certain = is_forbidden(possible)
    yield from (_of_rule(rule, state, guideline, certain=certain) for rule in possible if rule.strength == FORBIDDEN)


def _banned(watched: Watched, state: pl.DataFrame, guideline: Guideline) -> Iterator[Finding]:
    """The rules outside the lists that surely forbid what the drug is."""
    banning = {
        rule.id: rule for rule in guideline.rules
        if rule.strength == FORBIDDEN and rule.when is not None and any(t.code in watched.codes for t in rule.told)
    }  # fmt: skip
    found = truths(state, {name: rule.when for name, rule in banning.items() if rule.when}, guideline.definitions)
    for rule in (banning[name] for name, holds in found.items() if holds is True):
        label = actions()[rule.told[0].code].label
        says = rule.says if label.lower() in rule.says.lower() else f"{label}: {rule.says}"
        yield replace(_of_rule(rule, state, guideline, certain=True), says=says)


def _of_rule(rule: Rule, state: pl.DataFrame, guideline: Guideline, *, certain: bool) -> Finding:
    asked = asked_by(rule.id, guideline)
    gaps = () if certain else tuple(label_of(name) for name in asked if _is_open(name, state))
    inputs = speaking(known(state, asked))
    return Finding(rule.id, rule.strength, rule.says, certain, rule.cited, inputs, gaps, kind=GUIDELINE)


def _is_open(name: str, state: pl.DataFrame) -> bool:
    """Whether an item is unknown, or a grade not settled."""
    row = values(state)
    return row[lo(name)] != row[hi(name)] if name in GRADES else row.get(name) is None


def _cautions(order: Order, picture: Picture) -> Iterator[Finding]:
    """The cautions that the drug itself sets off, beside what runs already."""
    since = picture.as_of - pl.duration(hours=history()["running_hours"])
    running = picture.situation.records.therapies.filter(pl.coalesce("end", "start") >= since)
    always = {rule.id for rule in caution_rules() if rule.when is None}
    for one in cautions(state_now(picture), running["drug"].unique().to_list(), [order.drug]):
        if order.drug in one.drugs:
            yield Finding(
                one.id, one.strength, one.says, one.certain, one.cited, speaking(one.inputs),
                tuple(label_of(item) for item in one.missing), one.id in always,
            )  # fmt: skip
