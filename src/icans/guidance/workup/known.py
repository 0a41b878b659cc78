"""What the work-up knows: the state with doses and windows, and the same without results from before the signs.

The tests of the first hour are asked for whenever the signs grow worse, so that a result from before that does not
exclude a cause, though it may still establish one (reading W5).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from icans.grading.wording import grade_words, value_words
from icans.guidance.situation import Seen, Situation
from icans.guidance.vocabulary import GRADES, label_of
from icans.guidance.workup.exposure import Drugs, Exposure, chart, exposure, exposure_values
from icans.guidance.workup.plan import Plan, Row, Values
from icans.guidance.workup.window import window_values
from icans.record.catalogue import catalogue
from icans.rules.vocabulary import hi, lo

_GRACE = timedelta(hours=1)
"""The tests belong to the hour of the signs: results of the hour before still count (reading W5)."""


@dataclass(frozen=True)
class Known:
    """What is known of one patient for the work-up.

    values     what holds now, with a column for each end of a dose time and window
    fresh      the same without results from before the signs
    held       condition -> whether it holds now; held_fresh: the same without results from before the signs
    exposures  id of a cause or condition -> what the record shows of its drugs
    windows    what is worked out over some hours: its name -> what it is called
    seen       item -> its newest observation, however old
    since      when the signs began or last grew worse; None where the course does not say
    """

    values: Values
    fresh: Values
    held: Row
    held_fresh: Row
    exposures: Mapping[str, Exposure]
    windows: Mapping[str, str]
    seen: Mapping[str, Seen]
    since: datetime | None


def known(situation: Situation, plan: Plan) -> Known:
    """Gather what the conditions of the work-up ask for, and ask them."""
    shelf = plan.library
    asking = [entry for entry in (*shelf.causes, *(h for g in shelf.gates for h in g.holds)) if entry.drugs]
    whole, values = chart(situation), dict(situation.state.row(0, named=True))
    exposures = {entry.id: exposure(entry.drugs, _told(entry.drugs, values), whole) for entry in asking if entry.drugs}
    if values.get("car_t_product") is None and situation.product in catalogue()["car_t_product"].values:
        values["car_t_product"] = situation.product
    values |= {**exposure_values(exposures), **window_values(shelf.windows, situation)}
    seen, since = situation.seen(), _worse_since(situation)
    fresh = values | dict.fromkeys(_early(plan, seen, since))
    held, held_fresh = plan.held(values, fresh)
    return Known(
        values, fresh, held, held_fresh, exposures, {window.name: window.label for window in shelf.windows}, seen, since
    )


def _told(drugs: Drugs, values: Values) -> float | None:
    told = values.get(drugs.item) if drugs.item else None
    return None if told is None else float(told)


def _worse_since(situation: Situation) -> datetime | None:
    """When the lowest possible ICANS grade last rose."""
    mine = (pl.col("outcome") == "icans") & (pl.col("time") <= situation.now)
    rows = situation.course.filter(mine).sort("time").with_columns(pl.col("min").fill_null(0))
    rose = rows.filter(pl.col("min") > pl.col("min").shift(fill_value=0))
    return rose["time"][-1] if rose.height else None


def _early(plan: Plan, seen: Mapping[str, Seen], since: datetime | None) -> set[str]:
    """The items of causes that ask for fresh results, last seen before the signs; facts that never expire stay."""
    if since is None:
        return set()
    listed = {name for cause in plan.library.causes if cause.fresh for name in plan.asks[cause.id].closing}
    passing = [name for name in listed if name in seen and catalogue()[name].valid_hours is not None]
    return {name for name in passing if seen[name].time < since - _GRACE}


def inputs(values: Values, names: Iterable[str]) -> dict[str, str]:
    """label -> value in words of those items and grades that are known."""
    found: dict[str, str] = {}
    for name in names:
        if name in GRADES:
            if values.get(lo(name)) is not None:
                found[label_of(name)] = grade_words(values[lo(name)], values[hi(name)])
        elif values.get(name) is not None:
            found[label_of(name)] = value_words(name, _whole(name, values[name]))
    return found


def _whole(name: str, value: Any) -> Any:
    """A number of days is read out without the hours of the day it holds."""
    return float(int(value)) if catalogue()[name].kind == "whole" else value


def missing(values: Values, names: Iterable[str]) -> tuple[str, ...]:
    """The items among the names that are not known."""
    return tuple(name for name in names if name not in GRADES and values.get(name) is None)
