"""The steroid that runs, off the doses that were given: its regimen, its strength, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from icans.guidance.response import Grades, hours, response, settings
from icans.record.catalogue import drugs

_DAY = timedelta(hours=24)


def steroid(
    given: pl.DataFrame, weight: float | None, crs: Grades, icans: Grades, now: datetime
) -> Iterator[tuple[str, object]]:
    """item -> value of the steroid of one patient.

    given  therapies up to `now`, in the order of their start; weight in kg
    """
    steroids = [d.name for d in drugs().values() if "steroid" in d.classes]
    doses = [_in_mg(d, weight) for d in given.filter(pl.col("drug").is_in(steroids)).rows(named=True)]
    recent = [d for d in doses if hours(d["end"] or d["start"], now) < settings()["stopped_after_hours"]]
    if not recent:
        yield "current_steroid", "none"
        return
    regimen, since = _regimen(doses, weight)
    wait = settings()["steroid_judged_after_hours"]
    yield "current_steroid", regimen
    yield "steroid_dex_mg_per_day", _dexamethasone([d for d in doses if now - d["start"] < _DAY])
    yield "crs_on_steroid", response(crs, since, now, wait)
    yield "icans_on_steroid", response(icans, since, now, wait)


def _in_mg(dose: dict[str, Any], weight: float | None) -> dict[str, Any]:
    """A dose with its amount in mg; None where unit or weight are not known."""
    unit, amount = dose["unit"] or "", dose["dose"]
    factor = settings()["mg_per_unit"].get(unit.removesuffix("/kg"))
    kg = weight if unit.endswith("/kg") else 1.0
    return {**dose, "mg": None if amount is None or factor is None or kg is None else amount * factor * kg}


def _dexamethasone(doses: list[dict[str, Any]]) -> float | None:
    factors = settings()["dexamethasone_per_mg"]
    if any(d["mg"] is None or d["drug"] not in factors for d in doses):
        return None
    return sum(d["mg"] * factors[d["drug"]] for d in doses)


def _regimen(doses: list[dict[str, Any]], weight: float | None) -> tuple[str, datetime]:
    """The regimen of the newest dose, and the first dose of the unbroken run of it."""
    since = len(doses) - 1
    while since > 0 and _same(doses[since - 1], doses[since]):
        since -= 1
    before = doses[-2] if len(doses) > 1 and _same(doses[-2], doses[-1]) else None
    return _word(doses[-1], before, weight), doses[since]["start"]


def _same(before: Mapping[str, Any], dose: Mapping[str, Any]) -> bool:
    close = hours(before["start"], dose["start"]) < settings()["stopped_after_hours"]
    return close and (before["drug"], before["mg"]) == (dose["drug"], dose["mg"])


def _word(dose: Mapping[str, Any], before: Mapping[str, Any] | None, weight: float | None) -> str:
    apart = hours(before["start"], dose["start"]) if before is not None else None
    for line in settings()["regimens"]:
        if line["drug"] == dose["drug"] and _amount_fits(line, dose["mg"], weight) and _interval_fits(line, apart):
            return line["regimen"]
    return "other"


def _amount_fits(line: Mapping[str, Any], mg: float | None, weight: float | None) -> bool:
    if mg is None or ("mg_per_kg" in line and not weight):
        return False
    low, high = line.get("mg") or line["mg_per_kg"]
    return low <= (mg if "mg" in line else mg / (weight or 1.0)) <= high


def _interval_fits(line: Mapping[str, Any], apart: float | None) -> bool:
    if apart is None or "hours" not in line:
        return apart is None and "hours" not in line
    return line["hours"][0] <= apart < line["hours"][1]
