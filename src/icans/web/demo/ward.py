"""The made-up ward: twelve patients told in `patients/`, as they stand at a moment.

Everything is told in hours before now, so that at every hour the ward looks alive, and each patient stands where the
story says. Nothing but the planned infusion of a patient who waits for it lies ahead of now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any, TypedDict

from icans.plain_yaml import load
from icans.record.catalogue import catalogue
from icans.web.demo.clock import Clock
from icans.web.demo.course import About, along, in_force, items_of
from icans.web.demo.drugs import Given, therapies


class Seen(TypedDict):
    """A value seen, in the words of observations.csv; the time UTC."""

    time: datetime
    item: str
    value: str
    unit: str | None
    attribution: str | None


@dataclass(frozen=True)
class DemoPatient:
    """A made-up patient.

    facts   the columns of patient.csv in words; the infusion is ISO 8601
    story   what a newcomer should see, in one line
    grades  outcome -> the interval by ASTCT 2019 that the story means; none before the infusion
    """

    identifier: str
    care_unit: str
    bed: str
    facts: Mapping[str, str]
    observations: list[Seen]
    therapies: list[Given]
    story: str
    grades: Mapping[str, tuple[int, int]]


def demo_patients(now: datetime) -> list[DemoPatient]:
    """The twelve patients as they stand at `now`, the same for the same moment.

    Raises DataError where `now` has no time zone; the hours of rounds are those of its zone.
    """
    clock = Clock.at(now)
    return [_patient(told, clock) for told in _told()]


@cache
def _usual() -> dict[str, Any]:
    return load(files("icans.web.demo").joinpath("usual.yaml").read_text(encoding="utf-8"))


@cache
def _about() -> Mapping[str, About]:
    return {item: About(**told) for item, told in _usual()["about"].items()}


@cache
def _told() -> list[dict[str, Any]]:
    folder = files("icans.web.demo").joinpath("patients")
    listed = sorted(file.name for file in folder.iterdir() if file.name.endswith(".yaml"))
    return [load(folder.joinpath(name).read_text(encoding="utf-8")) for name in listed]


def _patient(told: Mapping[str, Any], clock: Clock) -> DemoPatient:
    infusion = clock.infusion(**told["infusion"])
    number = told["identifier"].removeprefix("DEMO-")
    facts = {
        "label": f"Made up {number}, {told['name']}",
        "infusion": infusion.isoformat(),
        "developmental_delay": "no",
    }
    return DemoPatient(
        identifier=told["identifier"], care_unit=told["care_unit"], bed=told["bed"],
        facts={**facts, **{name: str(value) for name, value in told["facts"].items()}},
        observations=_observations(told, infusion, clock), therapies=therapies(told["drugs"], clock),
        story=told["story"], grades={outcome: (low, high) for outcome, (low, high) in told["grades"].items()},
    )  # fmt: skip


def _observations(told: Mapping[str, Any], infusion: datetime, clock: Clock) -> list[Seen]:
    """Everything seen up to now; what is listed singly stands above what a round would have found."""
    rows = [
        *_around(told.get("around", {}), infusion),
        *_charts(told, clock),
        *_events(told.get("events", []), clock),
    ]
    found = {(row["time"], row["item"]): row for row in rows if row["time"] <= clock.now}
    return sorted(found.values(), key=lambda row: (row["time"], row["item"]))


def _seen(time: datetime, name: str, value: Any, attribution: str | None = None) -> Iterator[Seen]:
    for item, words in items_of(name, value).items():
        yield Seen(time=time, item=item, value=words, unit=catalogue()[item].unit, attribution=attribution)


def _around(own: Mapping[float, Any], infusion: datetime) -> Iterator[Seen]:
    """What was seen just before and after the infusion: the usual values, with the patient's own in their place."""
    for hours, usual in _usual()["around"].items():
        mine = own.get(hours, {})
        for name, value in {} if mine is None else {**usual, **mine}.items():
            yield from _seen(infusion - timedelta(hours=hours), name, value)


def _events(events: list[dict[str, Any]], clock: Clock) -> Iterator[Seen]:
    for event in events:
        for name, value in event.items():
            if name != "ago":
                yield from _seen(clock.ago(event["ago"]), name, value)


def _charts(told: Mapping[str, Any], clock: Clock) -> Iterator[Seen]:
    for name, usual in _usual()["charts"].items():
        own = (told.get("charts") or {}).get(name, {})
        parts = {p: {**usual.get(p, {}), **own.get(p, {})} for p in ("course", "charted", "attributed")}
        chart = {**usual, **own, **parts}
        yield from _chart(chart, f"{_usual()['seed']} {told['identifier']} {name}", clock)


def _chart(chart: Mapping[str, Any], seed: str, clock: Clock) -> Iterator[Seen]:
    """The rounds of one chart. Each number has its own noise, so that a new item leaves the others as they are."""
    late = Random(seed)
    noise = {item: Random(f"{seed} {item}") for item in chart["course"]}
    for hour in clock.rounds(chart["every"], chart["first"], chart.get("until", 0)):
        time = hour + timedelta(minutes=late.randint(0, chart["minutes"]))
        ago, local = clock.age(time), time.astimezone(clock.now.tzinfo).hour
        for item, points in chart["course"].items():
            if points is not None:
                yield from _seen(time, item, _about()[item].written(along(points, ago), local, noise[item]))
        for item, steps in chart["charted"].items():
            yield from _seen(time, item, in_force(steps, ago), in_force(chart["attributed"].get(item), ago))
