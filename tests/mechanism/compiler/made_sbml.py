"""SBML made up for the tests, and the plain NumPy module that is printed for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import antimony
import numpy as np

from icans.mechanism.compiler.plain import plain_text
from icans.mechanism.compiler.sbml import read_sbml
from icans.mechanism.compiler.system import System

_CORE = {2: "http://www.sbml.org/sbml/level2/version4", 3: "http://www.sbml.org/sbml/level3/version1/core"}
_MATHML = "http://www.w3.org/1998/Math/MathML"
TIME = '<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/time">t</csymbol>'


def from_antimony(text: str) -> str:
    """The SBML (Level 3) of a model written in Antimony."""
    antimony.clearPreviousLoads()
    if antimony.loadAntimonyString(text) < 0:
        raise ValueError(antimony.getLastError())
    return str(antimony.getSBMLString(antimony.getMainModuleName()))


def document(body: str, level: int = 3) -> str:
    """An SBML document with this inside its model."""
    version = {2: 4, 3: 1}[level]
    return f'<sbml xmlns="{_CORE[level]}" level="{level}" version="{version}"><model id="made_up">{body}</model></sbml>'


def mathml(content: str) -> str:
    return f'<math xmlns="{_MATHML}">{content}</math>'


def rate_of_x(content: str) -> str:
    """A model of x (4 at the start) and k = 2, whose rate of x is this MathML."""
    parameters = '<parameter id="x" value="4" constant="false"/><parameter id="k" value="2" constant="true"/>'
    rule = f'<rateRule variable="x">{mathml(content)}</rateRule>'
    return document(f"<listOfParameters>{parameters}</listOfParameters><listOfRules>{rule}</listOfRules>")


@dataclass(frozen=True)
class Plain:
    """A system and its NumPy module, asked by name."""

    system: System
    module: Mapping[str, Any]

    def values(self, **changes: float) -> dict[str, float]:
        """The parameters, some of them changed."""
        return {p.name: p.value for p in self.system.parameters} | changes

    def start(self, **changes: float) -> dict[str, float]:
        return dict(zip(self.system.state_names, self.module["initial"](self.values(**changes)), strict=True))

    def _at(self, function: str, time: float, states: Mapping[str, float], changes: Mapping[str, float]) -> list[float]:
        all_states = {**self.start(**changes), **states}
        row = [np.float64(all_states[name]) for name in self.system.state_names]
        return [float(value) for value in self.module[function](time, row, self.values(**changes))]

    def rates(self, time: float = 0.0, states: Mapping[str, float] | None = None, **changes: float) -> dict[str, float]:
        """The rate of each state; states that are not given are as at the start."""
        return dict(zip(self.system.state_names, self._at("rates", time, states or {}, changes), strict=True))

    def assigned(
        self, time: float = 0.0, states: Mapping[str, float] | None = None, **changes: float
    ) -> dict[str, float]:
        return dict(zip(self.system.assigned, self._at("assigned", time, states or {}, changes), strict=True))


def plain(sbml: str) -> Plain:
    """The plain module of an SBML document."""
    system = read_sbml(sbml)
    module: dict[str, Any] = {}
    exec(plain_text(system), module)
    return Plain(system, module)
