"""What is taken from the course of a record: days below a count, baselines, first and worst values.

What each feature is stands in `features.yaml`; how it is found in a record, in `over_time.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from icans.errors import RuleError

if TYPE_CHECKING:
    import polars as pl

    from icans.record.record import Records

HOWS = ("count_days", "max", "min", "last", "second_lowest", "most_together")
_KEYS = {
    "name", "label", "kind", "unit", "days", "how", "limits", "of", "test", "tests", "take", "bridge_hours",
    "within_hours", "source", "mark",
}  # fmt: skip


@dataclass(frozen=True)
class Feature:
    """One quantity over the course of a record.

    days          first and last day after the infusion, ends included; None: no end
    how           count_days, max, min, last, second_lowest or most_together
    of            the item it is the highest, lowest or last value of
    tests         the conditions that are counted
    best          True: a day is judged by its best value, not its worst
    bridge_hours  a break shorter than this between two days that count does not break the count
    within_hours  how far apart values may lie that are taken together
    """

    name: str
    label: str
    unit: str
    days: tuple[int, int | None]
    how: str
    of: str | None
    tests: tuple[str, ...]
    best: bool
    bridge_hours: float
    within_hours: float
    limits: tuple[float | None, float | None]
    source: str
    where: str
    mark: str


@cache
def features() -> Mapping[str, Feature]:
    """Every feature, by name. Raises RuleError listing all mistakes of the file."""
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = files("icans.grading").joinpath("features.yaml").read_text("utf-8")
    return read_features(yaml.load(text, loader))


def read_features(raw: Mapping[str, Any]) -> Mapping[str, Feature]:
    """The features of a mapping with `sources` and `features`. Raises RuleError listing all mistakes."""
    sources, entries = raw["sources"], raw["features"]
    if mistakes := [m for entry in entries for m in _mistakes(entry, sources)]:
        raise RuleError(*mistakes)
    return {entry["name"]: _feature(entry, sources) for entry in entries}


def _mistakes(entry: Mapping[str, Any], sources: Mapping[str, str]) -> list[str]:
    name = f"features.yaml: {entry.get('name', 'a feature without a name')}"
    found = [f"{name}: '{key}' means nothing here" for key in entry.keys() - _KEYS]
    found += [f"{name}: has no '{key}'" for key in ("name", "label", "unit", "days", "how", "mark") if key not in entry]
    if entry.get("how") not in HOWS:
        found.append(f"{name}: how is one of {', '.join(HOWS)}")
    if sum(key in entry for key in ("of", "test", "tests")) != 1:
        found.append(f"{name}: needs one of 'of', 'test' or 'tests'")
    if entry.get("source", {}).get("key") not in sources:
        found.append(f"{name}: has no source that the file declares")
    return found


def _feature(entry: Mapping[str, Any], sources: Mapping[str, str]) -> Feature:
    low, high = entry.get("limits", (0, None))
    return Feature(
        name=entry["name"],
        label=entry["label"],
        unit=entry["unit"],
        days=(entry["days"][0], entry["days"][1]),
        how=entry["how"],
        of=entry.get("of"),
        tests=tuple(entry.get("tests") or ([entry["test"]] if "test" in entry else [])),
        best=entry.get("take") == "best",
        bridge_hours=entry.get("bridge_hours", 0.0),
        within_hours=entry.get("within_hours", 24.0),
        limits=(low, high),
        source=sources[entry["source"]["key"]],
        where=entry["source"].get("where", ""),
        mark=entry["mark"],
    )


def record_features(
    records: Records, catalogue: Mapping[str, Feature] | None = None, *, implausible: bool = False
) -> pl.DataFrame:
    """One row a patient, and every feature as two columns, <name>__lo and <name>__hi: an interval.

    catalogue    the features to take, all of `features.yaml` by default
    implausible  take implausible values as they stand; by default they are left out (convention P12)

    A day nobody measured leaves the interval open; a null end has no bound but the limits of the feature.
    A patient without a known time of infusion has nulls only.
    """
    import polars as pl

    from icans.grading.over_time import found_features

    if not implausible:
        plausible = records.observations.filter(~pl.col("implausible").fill_null(False))
        records = replace(records, observations=plausible)
    return found_features(records, list((features() if catalogue is None else catalogue).values()))
