"""What was given and found, under names that the cases of the other guidelines use."""

from __future__ import annotations

from collections.abc import Mapping

from answers import failed, no_better_on

NAMED: Mapping[str, Mapping[str, object]] = {
    "nothing": {},
    "day 2": {"day": 2, "fever_hours": 6},
    "neutrophils low": {"neutrophils": 0.2},
    "axi-cel": {"car_t_product": "axi-cel"},
    "a child": {"age": 9},
    "tocilizumab failed": {**failed(9), "age": 50},
    "tocilizumab failed for 30 h": failed(30),
    "two doses and dexamethasone failed": {**failed(30, doses=2), **no_better_on("dex10_q6h")},
    "two doses and methylprednisolone failed": {**failed(30, doses=2), **no_better_on("mp1000_daily")},
    "low pressure": {"hypotension": True, "fluid_boluses": 1, "age": 50},
    "low pressure, fluids failed": {"hypotension": True, "fluid_boluses": 2, "age": 70},
    "low pressure, fluids and tocilizumab failed": {"hypotension": True, "fluid_boluses": 2, "age": 50, **failed(9)},
    "oxygen": {"oxygen_device": "nasal_cannula", "oxygen_flow": 3},
    "two vasopressors": {"vasoactive_drugs": "norepinephrine;epinephrine"},
    "two vasopressors, two doses failed": {"vasoactive_drugs": "norepinephrine;epinephrine", **failed(18, doses=2)},
    "status": {"seizure_type": "clinical_generalized", "seizure_longest_min": 8},
    "a bleed": {"intracranial_hemorrhage": True, "age": 9, "car_t_product": "axi-cel", **no_better_on("mp1000_bid")},
    "oedema": {"edema_on_imaging": "diffuse"},
    "papilloedema of stage 1": {"papilledema_stage": 1, "csf_opening_pressure": 15},
}
"""The rest is as `answers.QUIET` has it: day 5, fever for 12 h, nothing given, nothing found."""
