"""When the doses of an order are to be given, and what will hold then of the doses given before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import polars as pl

from icans.grading.conventions import switches
from icans.guidance.doses.library import doses_of, drugs
from icans.guidance.evaluate import with_taken
from icans.guidance.history import treatment
from icans.record.catalogue import catalogue
from icans.record.timeline import typed
from icans.report.words import moment
from icans.web.cds.decision import is_forbidden, possible_answers
from icans.web.cds.orders import Order
from icans.web.cds.picture import Picture

COUNTED = "tocilizumab"
"""The drug whose doses the rules count."""
_TOTAL, _IN_A_DAY, _SINCE = "toci_doses_total", "toci_doses_24h", "hours_since_last_toci"
_DAY = timedelta(hours=24)
_HOUR = timedelta(hours=1)
_LONGEST = timedelta(days=3650)


def times(order: Order, now: datetime) -> list[datetime]:
    """When each dose is to be given: from now on, unless the order says later.

    Where it does not say how far apart, they are taken as far apart as the doses that are held ask for.
    """
    first = max(order.schedule.start or now, now)
    apart = order.schedule.every or _apart(order.drug)
    return [first + min(timedelta(hours=apart * place), _LONGEST) for place in range(order.schedule.doses)]


def _apart(drug: str) -> float:
    held = next(iter(doses_of(drug).schemes.values())).hours_between if drug in drugs() else None
    return held or _DAY / _HOUR


def state_now(picture: Picture) -> pl.DataFrame:
    """What holds now, with what is taken for granted where nothing was recorded."""
    return with_taken(picture.situation.state, picture.guideline, switches(picture.changed))


def state_before(dose: datetime, planned: Sequence[datetime], picture: Picture) -> pl.DataFrame:
    """What holds right before a dose of the counted drug: as now, with doses and hours as they will be then.

    planned  doses that are ordered and come before it
    """
    now, state = picture.situation, state_now(picture)
    if dose <= picture.as_of and not planned:
        return state
    told = treatment(now.records, now.course, dose, complete=switches(picture.changed)["P6"])
    since = [told.get(_SINCE), *((dose - one) / _HOUR for one in planned)]
    hours = [float(one) for one in since if isinstance(one, int | float)]
    counts = {
        _TOTAL: _count(told.get(_TOTAL), state, _TOTAL) + len(planned),
        _IN_A_DAY: _count(told.get(_IN_A_DAY), state, _IN_A_DAY) + sum(dose - one < _DAY for one in planned),
        _SINCE: min(hours, default=None),
    }
    return state.with_columns(
        typed(pl.lit(value, dtype=pl.Float64), catalogue()[name]).alias(name) for name, value in counts.items()
    )


def _count(told: object, state: pl.DataFrame, name: str) -> float:
    """Doses by the therapies; where these say nothing, as recorded or taken for granted, else none."""
    if isinstance(told, int | float):
        return float(told)
    value = state[name][0] if name in state.columns else None
    return float(value) if value is not None else 0.0


def waits(state: pl.DataFrame, listed: str, dose: datetime, picture: Picture) -> str:
    """Until when a dose has to wait where only the hours since the last one forbid it; '' where that is not so.

    Tried are the intervals of the doses that are held: the first at which the list of the guideline forbids it no more.
    """
    since = state[_SINCE][0] if _SINCE in state.columns else None
    held = {scheme.hours_between for scheme in doses_of(COUNTED).schemes.values()}
    for hours in sorted(one for one in held if one is not None):
        if since is not None and since < hours:
            later = state.with_columns(pl.lit(hours, dtype=pl.Float64).alias(_SINCE))
            if not is_forbidden(possible_answers(listed, later, picture.guideline)):
                return moment(dose + timedelta(hours=hours - since))
    return ""
