"""The mechanism: from CAR T cells through cytokines, endothelium and the blood-brain barrier to the ICE score.

from icans.mechanism import doses, product, simulate
untreated = simulate(product("cd28") | {"burden": 200.0})
treated = simulate(product("cd28") | {"burden": 200.0}, doses("tocilizumab 8 mg/kg day 3"))
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from icans.mechanism.in_silico import simulate, start
    from icans.mechanism.model_loading import load
    from icans.mechanism.simulation import Simulation
    from icans.mechanism.trajectories import Trajectories

_HOME = {
    "Simulation": "icans.mechanism.simulation",
    "Trajectories": "icans.mechanism.trajectories",
    "load": "icans.mechanism.model_loading",
    "simulate": "icans.mechanism.in_silico",
    "start": "icans.mechanism.in_silico",
}

__all__ = ["Simulation", "Trajectories", "load", "simulate", "start"]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'icans.mechanism' has no attribute '{name}'")
