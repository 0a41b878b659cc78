"""From the drugs of a made-up patient to the rows of a drug chart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, TypedDict

from icans.web.demo.clock import Clock


class Given(TypedDict):
    """A dose or an infusion, in the words of therapies.csv; times UTC. No end: a single dose, or it still runs."""

    start: datetime
    end: datetime | None
    drug: str
    dose: str | None
    unit: str | None
    route: str | None
    rate: str | None
    rate_unit: str | None


def therapies(drugs: list[dict[str, Any]], clock: Clock) -> list[Given]:
    """Every dose up to now, in the order of time."""
    found = {(given["drug"], given["start"]): given for told in drugs for given in _given(told, clock)}
    return sorted(found.values(), key=lambda given: (given["start"], given["drug"]))


def _given(told: Mapping[str, Any], clock: Clock) -> Iterator[Given]:
    """One entry: doses listed by hours `ago`, doses at `hours` of the day, or a run at a rate."""
    dose, unit = _amount(told.get("dose"))
    rate, rate_unit = _amount(told.get("rate"))
    for start, end in _times(told, clock):
        yield Given(
            start=start, end=end, drug=told["drug"], dose=dose, unit=unit, route=told["route"],
            rate=rate, rate_unit=rate_unit,
        )  # fmt: skip


def _times(told: Mapping[str, Any], clock: Clock) -> Iterator[tuple[datetime, datetime | None]]:
    if "ago" in told:
        yield from ((clock.ago(hours), None) for hours in told["ago"])
    elif "hours" in told:
        for hour in told["hours"]:
            yield from ((time, None) for time in clock.rounds({told["since"]: 24}, hour, told.get("until", 0)))
    else:
        until = told.get("until")
        yield clock.ago(told["since"]), None if until is None else clock.ago(until)


def _amount(words: str | None) -> tuple[str | None, str | None]:
    """'8 mg/kg' as its number and its unit."""
    if words is None:
        return None, None
    number, unit = words.split()
    return number, unit
