"""When the doses of an order are to be given, and what will hold then of the doses given before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
ANSWERS = ("response_since_last_toci", "icans_since_last_toci")
"""What came of the last dose, which is judged some hours after it."""
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
    state = state_now(picture)
    if dose <= picture.as_of and not planned:
        return state
    told = _given(dose, picture, complete=switches(picture.changed)["P6"])
    total, in_a_day = (_count(told.get(name), state, name) for name in (_TOTAL, _IN_A_DAY))
    counts = {
        _TOTAL: None if total is None else total + len(planned),
        _IN_A_DAY: None if in_a_day is None else in_a_day + _within_a_day(dose, planned),
        # Where it is not known what was given, the last dose may be later than any that is known.
        _SINCE: None if total is None else _since(told, dose, planned),
    }
    return _with(counts, state)


def state_at_least(dose: datetime, planned: Sequence[datetime], picture: Picture) -> pl.DataFrame | None:
    """The same with only the doses that are known or ordered, for where there may be more; None without any."""
    told = _given(dose, picture, complete=True)
    counts = {
        _TOTAL: (_number(told.get(_TOTAL)) or 0.0) + len(planned),
        _IN_A_DAY: (_number(told.get(_IN_A_DAY)) or 0.0) + _within_a_day(dose, planned),
        _SINCE: _since(told, dose, planned),
    }
    return _with(counts, state_now(picture)) if counts[_TOTAL] else None


def is_count_known(state: pl.DataFrame) -> bool:
    """Whether it is known how many doses of the counted drug were given."""
    return _TOTAL in state.columns and state[_TOTAL][0] is not None


def _given(dose: datetime, picture: Picture, *, complete: bool) -> Mapping[str, object]:
    now = picture.situation
    return treatment(now.records, now.course, dose, complete=complete)


def _since(told: Mapping[str, object], dose: datetime, planned: Sequence[datetime]) -> float | None:
    hours = [(dose - one) / _HOUR for one in planned]
    last = _number(told.get(_SINCE))
    return min([*hours, *([] if last is None else [last])], default=None)


def _within_a_day(dose: datetime, planned: Sequence[datetime]) -> int:
    return sum(dose - one < _DAY for one in planned)


def _with(counts: Mapping[str, float | None], state: pl.DataFrame) -> pl.DataFrame:
    return state.with_columns(
        typed(pl.lit(value, dtype=pl.Float64), catalogue()[name]).alias(name) for name, value in counts.items()
    )


def _count(told: object, state: pl.DataFrame, name: str) -> float | None:
    """Doses by the therapies; where these say nothing, as recorded or taken for granted; None where it is not known."""
    if (known := _number(told)) is not None:
        return known
    return _number(state[name][0]) if name in state.columns else None


def _number(told: object) -> float | None:
    return float(told) if isinstance(told, int | float) else None


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
