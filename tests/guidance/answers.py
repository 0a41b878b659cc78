"""What a guideline answers for one state, by its grades and what else is special about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from guidance_states import typed
from icans.grading.conventions import switches
from icans.guidance.evaluate import fired, with_taken
from icans.guidance.library import guideline
from icans.guidance.table import advise_states

QUIET: dict[str, Any] = {
    "age": 60, "weight": 80, "day": 5, "temperature": 38.5, "fever_hours": 12, "fever_refractory": False,
    "hypotension": False, "fluid_boluses": 0, "vasoactive_drugs": "none", "high_dose_vasopressor": False,
    "hypotension_persists_on_vasopressors": False, "oxygen_device": "room_air", "neutrophils": 1.5,
    "consciousness": "awake", "sedated": False, "seizure_type": "none", "seizure_repetitive_no_return": False,
    "edema_on_imaging": "none", "raised_icp_signs": "none", "papilledema_stage": 0, "csf_opening_pressure": 12,
    "intracranial_hemorrhage": False,
    "bleeding_risk_blocks_lp": False, "toci_doses_24h": 0, "toci_doses_total": 0, "current_steroid": "none",
    "past_seizure": False, "cns_disease": False, "high_tumor_burden": False, "crs2_within_72h": False,
    "delayed_movement_signs": "none", "organ_toxicity_grade": 0, "developmental_delay": False, "sodium": 138,
    "platelets": 150, "car_t_product": "other",
}  # fmt: skip
"""Day 5, fever for 12 h, nothing given, nothing else found. Grades are set beside it, not derived from it."""


State = tuple[float, float, Mapping[str, object]]
"""CRS grade, ICANS grade, and what else is special."""


def table(states: Iterable[State]) -> pl.DataFrame:
    """Typed states with their grades set."""
    listed = list(states)
    found = typed([{**QUIET, **special} for _, _, special in listed])
    grades = {"crs": [float(one[0]) for one in listed], "icans": [float(one[1]) for one in listed]}
    return found.with_columns(
        pl.Series(f"{name}__{end}", values) for name, values in grades.items() for end in ("lo", "hi")
    )


def graded(crs: float, icans: float, **special: object) -> pl.DataFrame:
    """One typed state with its grades set."""
    return table([(crs, icans, special)])


def answers(name: str, states: Iterable[State]) -> list[dict[str, Any]]:
    """The rows that `advise_states` gives; codes of a cell as a set."""
    cells = ("must_do", "should_consider", "must_not", "possible", "rule_ids")
    return [
        {**row, **{cell: set(filter(None, row[cell].split(";"))) for cell in cells}}
        for row in advise_states(table(states), name).iter_rows(named=True)
    ]


def answer(name: str, crs: float, icans: float, **special: object) -> dict[str, Any]:
    """The same for one state."""
    return answers(name, [(crs, icans, special)])[0]


def fired_rows(name: str, states: Iterable[State]) -> list[dict[str, bool | None]]:
    """id -> whether the rule holds, a row a state; of a list only the entry that decides."""
    one = guideline(name)
    return fired(with_taken(table(states), one, switches()), one).collect().to_dicts()


def holding(name: str, crs: float, icans: float, **special: object) -> set[str]:
    """The ids of the rules that surely hold in one state."""
    return {id for id, held in fired_rows(name, [(crs, icans, special)])[0].items() if held}


def failed(hours_since_first: float = 9, doses: int = 1, **more: object) -> dict[str, object]:
    """Tocilizumab given, the last dose 9 h ago, and no better."""
    return {
        "toci_doses_total": doses, "toci_doses_24h": 1, "hours_since_last_toci": 9,
        "hours_since_first_toci": hours_since_first, "response_since_last_toci": "no_improvement", **more,
    }  # fmt: skip


def no_better_on(regimen: str) -> dict[str, object]:
    """A steroid regimen that does not help."""
    return {"current_steroid": regimen, "response_to_steroid": "no_improvement"}
