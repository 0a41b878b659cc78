"""What distinguishes virtual patients and what is counted of them. Read from `population.yaml`, once."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Covariate:
    """Something known before the infusion, log-normal and truncated to low..high.

    correlated  of the logarithms, with covariates that come before it
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
    """A grade of CRS: from the beginning of fever on, a pressure (mmHg) or saturation (%) below its limit."""

    grade: int
    pressure: float
    saturation: float


@dataclass(frozen=True)
class Findings:
    """From numbers to findings.

    fever, icans    degrees Celsius at and above, ICE points at and below which there is one
    ice_grades      ICE points at and below which ICANS has grade 1, 2, 3
    seizure_grade   the grade of ICANS that a seizure makes
    arousal, pressure_in_skull  the limit below (fraction) and above (mmHg) which ICANS has grade `worst`
    severe          the grade from which ICANS is called severe
    """

    fever: float
    icans: float
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
    icans = raw["icans_grades"]
    return Findings(
        fever=raw["fever"]["from"],
        icans=raw["icans"]["to"],
        ice_grades=tuple(icans["ICE"]),
        seizure_grade=icans["seizure"],
        arousal=icans["unarousable"]["below"],
        pressure_in_skull=icans["oedema"]["above"],
        worst=icans["unarousable"]["grade"],
        severe=icans["severe"],
        crs_grades=tuple(CrsGrade(grade["grade"], grade["MAP"], grade["SpO2"]) for grade in raw["crs_grades"]),
    )
