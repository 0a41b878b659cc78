"""The model's parameters and quantities, read from their tables in `model/`.

`parameters.csv` holds what is constant during a run: name, value, unit, meaning, plausible range, spread between
patients, how far data can tell it, source and evidence. `quantities.csv` holds what the model computes: states, inputs
and everything between them, with unit and meaning.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from icans.errors import DataError, RuleError
from icans.mechanism.nearest import nearest

EVIDENCE = ("verified", "memory", "assumed", "covariate")
"""How far a value can be trusted: read in its source; recalled; chosen; of the patient."""

_PARTS = {
    "-": "dimensionless",
    "%": "percent",
    "C": "deg_C",
    "d": "day",
    "min": "minute",
    "y": "year",
    "g": "gram",
    "L": "litre",
    "Hz": "hertz",
    "1e9": "giga",
    "10 mL": "ten_mL",
    "cells": "cell",
    "points": "point",
}


@dataclass(frozen=True)
class Parameter:
    """A constant of the model.

    value            in `unit`
    low, high        plausible range
    log_sd           sd of the logarithm between patients; None where patients do not differ
    identifiability  A: one patient tells it; B: a cohort; C: weakly; D: routine data do not; with the share of
                     uncertainty that one patient / a cohort of 52 removes
    source           where the value is from, short
    evidence         verified, memory, assumed or covariate
    group            the part of the model
    """

    name: str
    value: float
    unit: str
    meaning: str
    low: float
    high: float
    log_sd: float | None
    identifiability: str
    source: str
    evidence: str
    group: str


@dataclass(frozen=True)
class Quantity:
    """Something that the model computes: a state, an input or what lies between."""

    name: str
    unit: str
    meaning: str


@cache
def table() -> tuple[Parameter, ...]:
    """All parameters, in the order of the table. Raises RuleError naming the rows that cannot be read."""
    found, problems = [], []
    for number, row in enumerate(_rows("parameters.csv"), start=2):
        try:
            found.append(_parameter(row))
        except (KeyError, TypeError, ValueError) as error:
            problems.append(f"parameters.csv, row {number} ({row.get('name')}): {error}")
    problems += [f"parameters.csv: {name} stands there twice" for name in _twice([p.name for p in found])]
    if problems:
        raise RuleError(*problems)
    return tuple(found)


@cache
def quantities() -> tuple[Quantity, ...]:
    """All quantities that the model computes, in the order of the table."""
    return tuple(Quantity(row["name"], row["unit"], row["meaning"]) for row in _rows("quantities.csv"))


def parameter(name: str) -> Parameter:
    """One parameter. Raises DataError with the nearest names where there is none of this name."""
    known = _by_name()
    if name not in known:
        raise DataError(f"the model has no parameter {name}; {nearest(name, known)}")
    return known[name]


@cache
def _by_name() -> Mapping[str, Parameter]:
    return {p.name: p for p in table()}


@cache
def unit_id(unit: str) -> str:
    """The name that the model's text has for a unit of the tables: 'pg/mL' -> pg_per_mL, '1/d' -> per_day."""
    parts = unit.replace(" per ", "/").split("/")
    words = "_per_".join(_PARTS.get(part, part) for part in parts)
    return words.removeprefix("1_").replace("per ", "per_").replace("per_10 mL", "per_ten_mL")


def _parameter(row: Mapping[str, str]) -> Parameter:
    if row["evidence"] not in EVIDENCE:
        raise ValueError(f"evidence must be one of {', '.join(EVIDENCE)}, and it is {row['evidence']!r}")
    return Parameter(
        name=row["name"],
        value=float(row["value"]),
        unit=row["unit"],
        meaning=row["meaning"],
        low=float(row["low"]),
        high=float(row["high"]),
        log_sd=float(row["log_sd"]) if row["log_sd"] else None,
        identifiability=row["identifiability"],
        source=row["source"],
        evidence=row["evidence"],
        group=row["group"],
    )


def _rows(name: str) -> list[dict[str, str]]:
    text = files("icans.mechanism").joinpath("model", name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


def _twice(names: list[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})
