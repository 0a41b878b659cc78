"""What distinguishes virtual patients and what is counted of them. Read from `population.yaml`, once."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml

from icans.mechanism.bedside import observation_models as bedside

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Covariate:
    """Something known before the infusion, log-normal and truncated to low..high.

    correlated  of the logarithms, with covariates that come before it
    adds_to     the parameter of the model that it adds to
    """

    name: str
    label: str
    median: float
    log_sd: float
    low: float
    high: float
    source: str
    evidence: str
    correlated: Mapping[str, float] = field(default_factory=dict)
    adds_to: str | None = None

    def deviate(self, value: float) -> float:
        """How many log-sd a value lies from the median; one outside low..high counts as that end."""
        inside = min(max(value, self.low), self.high)
        return math.log(inside / self.median) / self.log_sd


@dataclass(frozen=True)
class Recommended:
    """The random effects advised for fitting. share: parameter -> the one whose effect it follows."""

    parameters: tuple[str, ...]
    share: Mapping[str, str]
    source: str
    evidence: str


@dataclass(frozen=True)
class Measure:
    """A quantity of the model of which the peak, the lowest or the last value is kept."""

    name: str
    of: Literal["peak", "low", "end"]
    label: str
    unit: str

    @property
    def column(self) -> str:
        """The name of the column: IL6_peak."""
        return f"{self.name}_{self.of}"


@dataclass(frozen=True)
class CrsGrade:
    """A grade of CRS: from the beginning of fever on, a pressure (mmHg) or saturation (%) below its limit.

    note  where the limits are from
    """

    grade: int
    pressure: float
    saturation: float
    note: str


@dataclass(frozen=True)
class Findings:
    """From numbers to findings.

    fever           degrees Celsius at and above which there is one
    low_ice         ICE points at and below which the literature review of the model counts ICANS
    ice_grades      ICE points at and below which ICANS has grade 1, 2, 3
    seizure_grade   the grade of ICANS that a seizure makes
    arousal, pressure_in_skull  the limit below (fraction) and above (mmHg) which ICANS has grade `worst`
    severe          the grade from which ICANS is called severe
    """

    fever: float
    low_ice: float
    ice_grades: tuple[float, ...]
    seizure_grade: int
    arousal: float
    pressure_in_skull: float
    worst: int
    severe: int
    crs_grades: tuple[CrsGrade, ...]


@dataclass(frozen=True)
class Settings:
    """Everything `population.yaml` says. fractions: parameters that stay below 1."""

    recommended: Recommended
    fractions: tuple[str, ...]
    covariates: tuple[Covariate, ...]
    measures: tuple[Measure, ...]
    findings: Findings
    correlates: tuple[str, ...]


@cache
def settings() -> Settings:
    """The settings as they ship."""
    raw = yaml.load(files("icans.population").joinpath("population.yaml").read_text("utf-8"), _Loader)
    told = raw["recommended"]
    return Settings(
        Recommended(tuple(told["parameters"]), told["share"], told["source"], told["evidence"]),
        tuple(raw["fractions"]["parameters"]),
        tuple(Covariate(**entry) for entry in raw["covariates"]),
        tuple(Measure(**entry) for entry in raw["measures"]),
        _findings(raw["findings"]),
        tuple(raw["correlates"]),
    )


def _findings(raw: Mapping[str, Any]) -> Findings:
    icans, chart = raw["icans_grades"], bedside.findings()
    assert icans["unarousable"] == icans["oedema"], "population.yaml: both have the worst grade"
    return Findings(
        fever=chart["fever_from"]["value"],
        low_ice=raw["low_ice"]["to"],
        ice_grades=tuple(icans["ICE"]),
        seizure_grade=icans["seizure"],
        arousal=chart["unarousable_below"]["value"],
        pressure_in_skull=chart["diffuse_oedema_above"]["value"],
        worst=icans["unarousable"],
        severe=icans["severe"],
        crs_grades=tuple(map(_crs_grade, raw["crs_grades"])),
    )


def _crs_grade(raw: Mapping[str, Any]) -> CrsGrade:
    limits = raw["limits"]
    if limits == "chart":
        limits = {"MAP": bedside.findings()["hypotension_below"]["value"], "SpO2": bedside.oxygen()["target"]["value"]}
    return CrsGrade(raw["grade"], limits["MAP"], limits["SpO2"], raw["note"])
