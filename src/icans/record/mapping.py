"""The mapping file of a long cohort table: a few lines of YAML that say what its columns are.

    patient: stay_id                  # column that tells patients apart
    time: {column: time, from: start}                       # a duration, or a number with unit: h
    # time: {column: hospitalday, unit: d, from: infusion}
    # time: {column: charted_at, zone: Europe/Berlin}         # clock times
    layout: wide                      # one column an item; or: long (one value a row)
    columns:                          # of a wide table: source column -> item and unit
      temp: {item: temperature, unit: Cel}
      crp:  {item: crp, unit: {by: patient, column: temp, above: 60, then: nmol/L, else: mg/L}}
    # item: name, value: value, unit: unit, attribution: ...   # of a long table: its columns
    # items: {BT: {item: temperature, unit: Cel}}              # of a long table: its words for items
    facts:                            # see FACTS
      file: sta.parquet               # beside the table; without it the facts are columns of the table itself
      columns: {age: {column: age, unit: a}, sex: sex}

A unit rule compares a column with a limit and takes one unit above it and another below: `by: patient`
compares the patient's median of that column, `by: value` every single value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from icans.errors import DataError
from icans.record.catalogue import catalogue, nearest
from icans.record.units import UnitError, line

FACTS = ("age", "sex", "weight", "height", "product", "infusion", "developmental_delay", "label")
_KEYS = ("patient", "time", "layout", "columns", "item", "value", "unit", "attribution", "items", "facts")


@dataclass(frozen=True)
class UnitRule:
    """One unit where `column` (by patient: its median) lies above a limit, another where it does not."""

    by: str
    column: str
    above: float
    then: str
    otherwise: str

    def units(self) -> tuple[str, ...]:
        """The two units of the rule."""
        return (self.then, self.otherwise)


@dataclass(frozen=True)
class Source:
    """What a source column, or a source's word for an item, stands for."""

    item: str
    unit: str | UnitRule | None = None

    def units(self) -> tuple[str | None, ...]:
        """Every unit that may occur."""
        return self.unit.units() if isinstance(self.unit, UnitRule) else (self.unit,)


@dataclass(frozen=True)
class TimeColumn:
    """Where the time stands.

    since  None: clock times; infusion: time since then; start: time since any other moment (no day is known)
    unit   of a relative time that is a number
    zone   of clock times without an offset
    """

    column: str = "time"
    since: str | None = None
    unit: str | None = None
    zone: str | None = None


@dataclass(frozen=True)
class Fact:
    """The column of a fact of the patient, and its unit."""

    column: str
    unit: str | None = None


@dataclass(frozen=True)
class TableMapping:
    """A mapping file, checked. `sources`: of a wide table by column, of a long one by its words for items."""

    patient: str = "patient"
    time: TimeColumn = TimeColumn()
    layout: str = "long"
    sources: Mapping[str, Source] = field(default_factory=dict)
    item: str = "item"
    value: str = "value"
    unit: str | None = "unit"
    attribution: str | None = "attribution"
    facts_file: str | None = None
    facts_patient: str | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)


def read_mapping(path: str | Path) -> TableMapping:
    """The mapping in a YAML file. Raises DataError listing everything that is wrong with it."""
    file = Path(path)
    try:
        raw = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError:
        raise DataError(f"{file}: no such file, or not readable") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise DataError(f"{file.name} is not YAML") from None
    if not isinstance(raw, dict):
        raise DataError(f"{file.name}: a mapping has keys such as patient, time, layout and columns")
    wrong: list[str] = []
    mapping = _mapping(raw, wrong)
    if wrong:
        raise DataError(*(f"{file.name}: {words}" for words in wrong))
    return mapping


def _mapping(raw: dict[str, Any], wrong: list[str]) -> TableMapping:
    wrong += [f"'{key}' is not a key of a mapping.{nearest(str(key), _KEYS)}" for key in raw if key not in _KEYS]
    layout = raw.get("layout", "long")
    if layout not in ("long", "wide"):
        wrong.append("layout is long or wide")
    if layout == "wide" and not raw.get("columns"):
        wrong.append("a wide table needs columns: source column -> item and unit")
    facts = raw.get("facts") or {}
    default = TableMapping()
    return TableMapping(
        patient=str(raw.get("patient", default.patient)),
        time=_time(raw.get("time", "time"), wrong),
        layout=layout,
        sources=_sources(raw.get("columns" if layout == "wide" else "items") or {}, wrong),
        item=raw.get("item", default.item),
        value=raw.get("value", default.value),
        unit=raw.get("unit", default.unit),
        attribution=raw.get("attribution", default.attribution),
        facts_file=facts.get("file"),
        facts_patient=facts.get("patient"),
        facts=_facts(facts.get("columns") or {}, wrong),
    )


def _time(raw: Any, wrong: list[str]) -> TimeColumn:
    if isinstance(raw, str):
        return TimeColumn(raw)
    since = raw.get("from")
    if since not in (None, "infusion", "start"):
        wrong.append("time: from is infusion or start (any other moment that stands for hour 0)")
    if raw.get("unit") not in (None, "s", "min", "h", "d", "wk"):
        wrong.append("time: unit is s, min, h, d or wk")
    return TimeColumn(raw.get("column", "time"), since, raw.get("unit"), raw.get("zone"))


def _sources(raw: dict[str, Any], wrong: list[str]) -> dict[str, Source]:
    found: dict[str, Source] = {}
    for name, entry in raw.items():
        entry = {"item": entry} if isinstance(entry, str) else entry
        item = str(entry.get("item"))
        if item not in catalogue():
            wrong.append(f"{name}: '{item}' is no item.{nearest(item, catalogue())}")
            continue
        source = Source(item, _unit(entry.get("unit"), str(name), wrong))
        found[str(name)] = source
        wrong += _wrong_units(str(name), source)
    return found


def _unit(raw: Any, name: str, wrong: list[str]) -> str | UnitRule | None:
    if raw is None or isinstance(raw, str):
        return raw
    missing = [key for key in ("by", "above", "then", "else") if not isinstance(raw, dict) or key not in raw]
    if missing or raw["by"] not in ("patient", "value"):
        wrong.append(f"{name}: a unit is a name, or a rule with by (patient or value), above, then and else")
        return None
    return UnitRule(raw["by"], raw.get("column", name), float(raw["above"]), raw["then"], raw["else"])


def _wrong_units(name: str, source: Source) -> list[str]:
    item = catalogue()[source.item]
    if item.kind not in ("number", "whole"):
        return []
    found = []
    for unit in source.units():
        try:
            line(unit, item)
        except UnitError as error:
            found.append(f"{name}: {error}")
    return found


def _facts(raw: dict[str, Any], wrong: list[str]) -> dict[str, Fact]:
    found = {}
    for name, entry in raw.items():
        if name not in FACTS:
            wrong.append(f"facts: '{name}' is no fact.{nearest(str(name), FACTS)} They are: {', '.join(FACTS)}")
            continue
        fact = Fact(entry) if isinstance(entry, str) else Fact(entry.get("column", name), entry.get("unit"))
        found[name] = fact
        if name in ("age", "weight", "height"):
            wrong += _wrong_units(f"facts: {name}", Source(str(name), fact.unit or catalogue()[name].unit))
    return found
