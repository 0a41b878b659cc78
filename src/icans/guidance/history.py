"""What was given so far and what came of it: the items of treatment, off the therapies and the course of the grades.

Sources: the interval of 8 h by which an answer to tocilizumab is judged, and that worse counts before then, are how
ASCO's word refractory is read here. The other times and the reading of steroid regimens are ours (`history.yaml`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import polars as pl

from icans.guidance.response import Grades, grades_of, hours, response, settings
from icans.guidance.steroid_given import steroid
from icans.record.names import find_product
from icans.record.record import Records

_TOCI = "tocilizumab"
_DAY = timedelta(hours=24)


def treatment(records: Records, course: pl.DataFrame, now: datetime, *, complete: bool) -> dict[str, object]:
    """item -> value as a typed table carries it, of what can be told of one patient at a moment; None: unknown.

    complete  True where a record with therapies holds all of them (convention P6): what is not listed was not given
    """
    who = records.patients.row(0, named=True)
    given = records.therapies.filter(pl.col("start") <= now).sort("start")
    product, infusion = who["product"], who["infusion"]
    found: dict[str, object] = {"fever_hours": _fever_hours(records, now)}
    if product:
        found["car_t_product"] = "other" if product.lower() == "other" else find_product(product)
    crs, icans = grades_of(course, "crs"), grades_of(course, "icans")
    if infusion is not None and crs.times:
        found["crs2_within_72h"] = _early(crs, infusion, now)
    if given.is_empty() or not complete:
        return found
    doses = _merged(given.filter(pl.col("drug") == _TOCI)["start"].to_list())
    found |= dict(_tocilizumab(doses, infusion, crs, icans, now))
    found |= dict(steroid(given, who["weight"], crs, icans, now))
    return found


def _merged(starts: list[datetime]) -> list[datetime]:
    """The doses, parts of one dose taken together."""
    doses: list[datetime] = []
    for start in starts:
        if not doses or hours(doses[-1], start) > settings()["one_dose_hours"]:
            doses.append(start)
    return doses


def _tocilizumab(
    doses: list[datetime], infusion: datetime | None, crs: Grades, icans: Grades, now: datetime
) -> Iterator[tuple[str, object]]:
    """Counts over everything recorded; answers and the first dose only of what was given after the cells."""
    yield "toci_doses_total", float(len(doses))
    yield "toci_doses_24h", float(sum(now - dose < _DAY for dose in doses))
    if not doses:
        return
    yield "hours_since_last_toci", hours(doses[-1], now)
    after = [dose for dose in doses if infusion is None or dose >= infusion]
    if after:
        clear = crs.last_clear(now)
        episode = [dose for dose in after if clear is None or dose >= clear] or after[-1:]
        yield "hours_since_first_toci", hours(episode[0], now)
        wait = settings()["judged_after_hours"]
        yield "response_since_last_toci", response(crs, after[-1], now, wait)
        yield "icans_since_last_toci", response(icans, after[-1], now, wait)


def _fever_hours(records: Records, now: datetime) -> float | None:
    """How long the fever has lasted: 0 without one now, None where the newest temperature says nothing any more."""
    seen = records.observations.filter(
        pl.col("item") == "temperature", pl.col("time") <= now, ~pl.col("implausible")
    ).sort("time")
    times, values = seen["time"].to_list(), seen["value"].to_list()
    if not times or now - times[-1] > _DAY:
        return None
    febrile = [time for time, value in zip(times, values, strict=True) if value >= settings()["fever_from"]]
    pause = settings()["fever_pause_hours"]
    if not febrile or hours(febrile[-1], now) > pause:
        return 0.0
    start = febrile[-1]
    for time in reversed(febrile):
        if hours(time, start) > pause:
            break
        start = time
    return hours(start, now)


def _early(crs: Grades, infusion: datetime, now: datetime) -> bool | None:
    """Whether CRS reached grade 2 within 72 h; None while it may still, or where the grades leave it open."""
    early = settings()["early_crs"]
    limit = infusion + timedelta(hours=early["hours"])
    within = [(low, high) for time, low, high in zip(crs.times, crs.low, crs.high, strict=True) if time <= limit]
    if any(low >= early["grade"] for low, _ in within):
        return True
    return False if all(high < early["grade"] for _, high in within) else None
