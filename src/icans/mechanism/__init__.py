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
    from icans.mechanism.bedside.observe import observe, observe_ice
    from icans.mechanism.bedside.signs import chart
    from icans.mechanism.definition.products import endotype, product
    from icans.mechanism.simulation.in_silico import simulate, start
    from icans.mechanism.simulation.model_loading import load
    from icans.mechanism.simulation.patients import Simulation
    from icans.mechanism.simulation.trajectories import Trajectories
    from icans.mechanism.treatment.regimen import doses
    from icans.mechanism.treatment.scenarios import scenario

_HOME = {
    "Simulation": "icans.mechanism.simulation.patients",
    "Trajectories": "icans.mechanism.simulation.trajectories",
    "chart": "icans.mechanism.bedside.signs",
    "doses": "icans.mechanism.treatment.regimen",
    "endotype": "icans.mechanism.definition.products",
    "load": "icans.mechanism.simulation.model_loading",
    "observe": "icans.mechanism.bedside.observe",
    "observe_ice": "icans.mechanism.bedside.observe",
    "product": "icans.mechanism.definition.products",
    "scenario": "icans.mechanism.treatment.scenarios",
    "simulate": "icans.mechanism.simulation.in_silico",
    "start": "icans.mechanism.simulation.in_silico",
}

__all__ = [
    "Simulation",
    "Trajectories",
    "chart",
    "doses",
    "endotype",
    "load",
    "observe",
    "observe_ice",
    "product",
    "scenario",
    "simulate",
    "start",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'icans.mechanism' has no attribute '{name}'")
