"""Findings read off the record where nobody stated them: fever of the last 48 h, a second rise, a fall after the drug.

A finding that a person stated is left as it is. What the record cannot show stays unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import polars as pl

from icans.grading.episodes import episodes
from icans.guidance.situation import Situation
from icans.record.catalogue import catalogue
from icans.record.timeline import typed


def with_findings(situation: Situation, limits: Mapping[str, float]) -> Situation:
    """The situation with the items that can be derived filled in.

    limits  fever (Cel), before_hours, from_hours, to_hours, within_hours: see `derive` in the file of evidence
    """
    found = {
        "fever_last_48h": fever_within(situation, limits),
        "fever_second_rise": second_rise(situation, limits["fever"]),
        "fever_down_after_toci": fall_after_tocilizumab(situation, limits),
    }
    columns = [
        typed(pl.lit(float(value)), catalogue()[name]).alias(name)
        for name, value in found.items()
        if value is not None and situation.known(name) is None
    ]
    return replace(situation, state=situation.state.with_columns(columns)) if columns else situation


def fever_within(situation: Situation, limits: Mapping[str, float]) -> bool | None:
    """Whether there was fever within the last hours; None where temperatures are too far apart to tell."""
    start = situation.now - timedelta(hours=limits["within_hours"])
    seen = situation.records.observations.filter(
        pl.col("item") == "temperature", ~pl.col("implausible"), pl.col("time").is_between(start, situation.now)
    )
    if (seen["value"] >= limits["fever"]).any():
        return True
    valid = timedelta(hours=catalogue()["temperature"].valid_hours or 0)
    times = [start, *seen["time"].sort().to_list(), situation.now]
    return False if all(after - before <= valid for before, after in pairwise(times)) else None


def second_rise(situation: Situation, fever: float) -> bool | None:
    """Whether there is fever now after an episode of CRS had surely ended; None where the record does not tell."""
    temperature = situation.known("temperature")
    if isinstance(temperature, float) and temperature < fever:
        return False
    crs = situation.course.filter(pl.col("outcome") == "crs", pl.col("time") <= situation.now)
    if crs.is_empty():
        return None
    found = episodes(crs)
    ended = [e for e in found if e.settled and e.last_sign < situation.now]
    if not ended:
        # An episode that is not going on, and of which it is not sure that it is over, leaves it open.
        return None if temperature is None or any(not e.ongoing for e in found) else False
    return True if temperature is not None else None


def fall_after_tocilizumab(situation: Situation, limits: Mapping[str, float]) -> bool | None:
    """Whether fever before the last dose was gone in the window after it; None where temperatures do not tell."""
    given = situation.records.therapies.filter(pl.col("drug") == "tocilizumab", pl.col("start") <= situation.now)
    if given.is_empty():
        return None
    dose: datetime = given.sort("start")["start"][-1]
    since = (pl.col("time") - pl.lit(dose)).dt.total_microseconds() / 3600e6
    seen = situation.records.observations.filter(
        pl.col("item") == "temperature", ~pl.col("implausible"), pl.col("time") <= situation.now
    )
    seen = seen.select("time", "value", hours=since).sort("time")
    before = seen.filter(pl.col("hours").is_between(-limits["before_hours"], 0))
    after = seen.filter(pl.col("hours").is_between(limits["from_hours"], limits["to_hours"]))
    if after.is_empty() or not (before["value"] >= limits["fever"]).any():
        return None
    if after["value"][-1] < limits["fever"]:
        return True
    over = situation.now >= dose + timedelta(hours=limits["to_hours"])
    return False if over else None
