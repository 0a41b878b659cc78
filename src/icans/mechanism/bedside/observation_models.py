"""How each quantity of the model is read, with which error and limits. Read from `observations.yaml`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from icans.errors import DataError
from icans.mechanism.definition.parameters import parameter
from icans.record.catalogue import nearest

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Reading:
    """How one quantity is read.

    of              the state or observable of the model, x
    error           normal: y = x + sd e; log_normal: log y = log x + sd e; chance: 1 with the probability x, else 0
    floor, ceiling  neither x nor y lies beyond
    lloq, uloq      limits of quantification: a reading beyond one is the limit, marked as censored
    plus_half_lloq  half the lower limit is added to x before the error, so that zero has a logarithm
    lag_hours       the sample shows the model this long ago
    digits          places behind the point in a record; None: three significant digits
    item            of the catalogue of records; None: it has none
    evidence        of the error and the limits: verified, memory or assumed
    """

    name: str
    label: str
    of: str
    unit: str
    error: str
    source: str
    evidence: str
    sd: float = 0.0
    floor: float | None = None
    ceiling: float | None = None
    lloq: float | None = None
    uloq: float | None = None
    plus_half_lloq: bool = False
    lag_hours: float = 0.0
    digits: int | None = None
    item: str | None = None


@dataclass(frozen=True)
class IceItem:
    """One item of the ICE score: expected points `of` the model, the item of a record, and its most points.

    curve  whose parameters make the chance of a point from the functions of the brain
    """

    of: str
    item: str
    points: int
    curve: str

    @property
    def healthy(self) -> float:
        """The chance of a point where every function is whole, by the item's curve in the model's table."""
        function = sum(parameter(f"w_{self.curve}_{part}").value for part in "lar")
        steepness, middle = (parameter(f"{name}_{self.curve}").value for name in "ab")
        return 1.0 / (1.0 + math.exp(-steepness * (function - middle)))


@cache
def readings() -> Mapping[str, Reading]:
    """Every reading, by name."""
    return {entry["name"]: Reading(**entry) for entry in _file()["readings"]}


def reading(name: str) -> Reading:
    """A reading by name. Raises DataError with the nearest name where there is none."""
    if name not in readings():
        known = ", ".join(readings())
        raise DataError(f"there is no reading '{name[:40]}'.{nearest(name, readings())} Known are: {known}")
    return readings()[name]


@cache
def ice_items() -> tuple[IceItem, ...]:
    """The items of the ICE score."""
    return tuple(IceItem(**entry) for entry in _file()["ice"])


def findings() -> Mapping[str, Mapping[str, Any]]:
    """The limits at which a state of the model is called a finding, by name, as the file has them."""
    return _file()["findings"]


def oxygen() -> Mapping[str, Any]:
    """The target, the dissociation curve and the ladder of support, as the file has them."""
    return _file()["oxygen"]


def rounds() -> Mapping[str, Any]:
    """Hours between two rounds of each kind, and what the laboratory reads."""
    return _file()["rounds"]


@cache
def _file() -> Mapping[str, Any]:
    text = files("icans.mechanism.bedside").joinpath("observations.yaml").read_text(encoding="utf-8")
    return yaml.load(text, _Loader)
