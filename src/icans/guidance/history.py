"""What was given so far and what came of it: the items of treatment, off the therapies and the course of the grades.

Sources: the interval of 8 h by which an answer to tocilizumab is judged, and that worse counts before then, are how
ASCO's word refractory is read here. The other times and the reading of steroid regimens are ours (`history.yaml`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl
import yaml

from icans.record.catalogue import drugs
from icans.record.names import find_product
from icans.record.record import Records

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FEVER = 38.0
_TOCI = "tocilizumab"
_DAY = timedelta(hours=24)
_HOUR = 3600


@dataclass(frozen=True)
class Grades:
    """The interval of one outcome over time, the newest last."""

    times: tuple[datetime, ...]
    low: tuple[int, ...]
    high: tuple[int, ...]

    def at(self, time: datetime) -> tuple[int, int] | None:
        """The interval in force at a time; None before the first."""
        place = sum(t <= time for t in self.times) - 1
        return (self.low[place], self.high[place]) if place >= 0 else None


def grades_of(course: pl.DataFrame, outcome: str) -> Grades:
    """One outcome of a course (`grading.course.COURSE`) of one patient."""
    own = course.filter(pl.col("outcome") == outcome).drop_nulls(["min", "max"]).sort("time")
    return Grades(tuple(own["time"]), tuple(own["min"]), tuple(own["max"]))


@cache
def _settings() -> Mapping[str, Any]:
    return yaml.load(files("icans.guidance").joinpath("history.yaml").read_text("utf-8"), _Loader)


def treatment(records: Records, course: pl.DataFrame, now: datetime, *, complete: bool) -> dict[str, object]:
    """item -> value as a typed table carries it, of what can be told of one patient at a moment; None: unknown.

    complete  True where a record with therapies holds all of them (convention P6): what is not listed was not given
    """
    who = records.patients.row(0, named=True)
    given = records.therapies.filter(pl.col("start") <= now).sort("start")
    product = who["product"]
    found: dict[str, object] = {"fever_hours": _fever_hours(records, now)}
    if product:
        found["car_t_product"] = find_product(product) or "other"
    crs, icans = grades_of(course, "crs"), grades_of(course, "icans")
    if who["infusion"] is not None and crs.times:
        found["crs2_within_72h"] = _early(crs, who["infusion"], now)
    if given.is_empty() or not complete:
        return found
    doses = given.filter(pl.col("drug") == _TOCI)["start"].to_list()
    found |= dict(_tocilizumab(doses, crs, now))
    found |= dict(_steroid(given, (crs, icans), now))
    return found


def _hours(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds() / _HOUR


def _tocilizumab(doses: list[datetime], crs: Grades, now: datetime) -> Iterator[tuple[str, object]]:
    yield "toci_doses_total", float(len(doses))
    yield "toci_doses_24h", float(sum(now - dose < _DAY for dose in doses))
    if doses:
        yield "hours_since_last_toci", _hours(doses[-1], now)
        yield "hours_since_first_toci", _hours(doses[0], now)
        yield "response_since_last_toci", response([crs], doses[-1], now, _settings()["judged_after_hours"])


def response(outcomes: list[Grades], since: datetime, now: datetime, judged_after: float) -> str | None:
    """What came of a treatment begun at `since`.

    'improved' where an outcome is surely below its worst since then and none surely rose. 'no_improvement' where one
    surely rose above where it began, or one above 0 is surely at its worst after `judged_after` hours. Else None.
    """
    told = [_since(own, since, now) for own in outcomes]
    if any(one == "rose" for one in told):
        return "no_improvement"
    if any(one == "fell" for one in told):
        return "improved"
    waited = _hours(since, now) >= judged_after
    return "no_improvement" if waited and any(one == "worst" for one in told) else None


def _since(own: Grades, since: datetime, now: datetime) -> str | None:
    """'fell', 'rose' or 'worst' (still at its worst, above 0); None where it is not sure or there is nothing."""
    start, end = own.at(since), own.at(now)
    if start is None or end is None:
        return None
    between = [i for i, time in enumerate(own.times) if since < time <= now]
    low = max([start[0], *(own.low[i] for i in between)])
    high = max([start[1], *(own.high[i] for i in between)])
    if end[1] < low:
        return "fell"
    if end[0] > start[1]:
        return "rose"
    return "worst" if end[0] >= high > 0 else None


def _steroid(given: pl.DataFrame, outcomes: tuple[Grades, ...], now: datetime) -> Iterator[tuple[str, object]]:
    steroids = [d.name for d in drugs().values() if "steroid" in d.classes]
    doses = given.filter(pl.col("drug").is_in(steroids)).rows(named=True)
    recent = [d for d in doses if _hours(d["end"] or d["start"], now) <= _settings()["stopped_after_hours"]]
    if not recent:
        yield "current_steroid", "none"
        return
    regimen, since = _regimen(doses)
    yield "current_steroid", regimen
    yield "response_to_steroid", response(list(outcomes), since, now, _settings()["steroid_judged_after_hours"])


def _regimen(doses: list[dict[str, Any]]) -> tuple[str, datetime]:
    """The regimen of the newest dose, and the first dose of the unbroken run of it."""
    words = [_word(dose, before) for before, dose in zip([None, *doses], doses, strict=False)]
    since = len(doses) - 1
    while since > 0 and _same(doses[since - 1], doses[since]):
        since -= 1
    return words[-1], doses[since]["start"]


def _same(before: Mapping[str, Any], dose: Mapping[str, Any]) -> bool:
    close = _hours(before["start"], dose["start"]) <= _settings()["stopped_after_hours"]
    return close and (before["drug"], before["dose"]) == (dose["drug"], dose["dose"])


def _word(dose: Mapping[str, Any], before: Mapping[str, Any] | None) -> str:
    apart = _hours(before["start"], dose["start"]) if before is not None and _same(before, dose) else None
    for line in _settings()["regimens"]:
        low, high = line["mg"]
        fits = line["drug"] == dose["drug"] and dose["unit"] == "mg" and low <= (dose["dose"] or 0) <= high
        if fits and (line["hours"][0] <= apart < line["hours"][1] if apart is not None and "hours" in line else
                     apart is None and "hours" not in line):  # fmt: skip
            return line["regimen"]
    return "other"


def _fever_hours(records: Records, now: datetime) -> float | None:
    """How long the fever has lasted: 0 without one now, None where the newest temperature says nothing any more."""
    seen = records.observations.filter(
        pl.col("item") == "temperature", pl.col("time") <= now, ~pl.col("implausible")
    ).sort("time")
    times, values = seen["time"].to_list(), seen["value"].to_list()
    if not times or now - times[-1] > _DAY:
        return None
    if values[-1] < _FEVER:
        return 0.0
    febrile = [time for time, value in zip(times, values, strict=True) if value >= _FEVER]
    start = febrile[-1]
    for time in reversed(febrile):
        if _hours(time, start) > _settings()["fever_pause_hours"]:
            break
        start = time
    return _hours(start, now)


def _early(crs: Grades, infusion: datetime, now: datetime) -> bool | None:
    """Whether CRS reached grade 2 within 72 h; None while it may still, or where the grades leave it open."""
    limit = infusion + timedelta(hours=72)
    within = [(low, high) for time, low, high in zip(crs.times, crs.low, crs.high, strict=True) if time <= limit]
    if any(low >= 2 for low, _ in within):
        return True
    return False if all(high < 2 for _, high in within) else None
