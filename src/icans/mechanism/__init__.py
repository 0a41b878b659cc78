"""The mechanism: from CAR T cells through cytokines, endothelium and the blood-brain barrier to the ICE score.

from icans.mechanism import doses, product, simulate
patient = product("cd28") | {"burden": 200.0}
untreated = simulate(patient)
treated = simulate(patient, doses("tocilizumab 8 mg/kg day 3", weight=80.0))
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from icans.mechanism.in_silico import simulate, start
    from icans.mechanism.model_loading import load
    from icans.mechanism.products import endotype, product
    from icans.mechanism.regimen import doses
    from icans.mechanism.scenarios import scenario
    from icans.mechanism.simulation import Simulation
    from icans.mechanism.trajectories import Trajectories

_HOME = {
    "Simulation": "icans.mechanism.simulation",
    "Trajectories": "icans.mechanism.trajectories",
    "doses": "icans.mechanism.regimen",
    "endotype": "icans.mechanism.products",
    "load": "icans.mechanism.model_loading",
    "product": "icans.mechanism.products",
    "scenario": "icans.mechanism.scenarios",
    "simulate": "icans.mechanism.in_silico",
    "start": "icans.mechanism.in_silico",
}

__all__ = [
    "Simulation",
    "Trajectories",
    "doses",
    "endotype",
    "load",
    "product",
    "scenario",
    "simulate",
    "start",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'icans.mechanism' has no attribute '{name}'")
