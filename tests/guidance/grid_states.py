"""Every state of a grid, in words: findings of CRS by findings of ICANS by treatment so far by patient."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import product

import polars as pl

from guidance_states import typed
from icans.guidance.table import advise_states

Part = Mapping[str, object]

USUAL: Part = {
    "age_years": 60, "weight": 80, "day_after_infusion": 5, "temp_c": 36.9, "fever_hours": 0, "fever_refractory": "no",
    "fever_other_cause": "no", "crs_fever_earlier": "no", "fever_masking_therapy": "none", "hypotension": "no",
    "hypotension_other_cause": "no", "fluid_boluses": 0, "vasoactive_drugs": "none", "oxygen_device": "room_air",
    "oxygen_flow_l_min": None, "positive_pressure_reason": None, "hypoxia_other_cause": "no", "neutrophils": 1.5,
    "ice_total": 10, "consciousness": "awake", "sedated": "no", "consciousness_other_cause": "no",
    "ice_other_cause": "no", "seizure_type": "none", "seizure_longest_min": None, "seizure_repetitive_no_return": "no",
    "seizure_other_cause": "no", "motor_deficit": "none", "motor_other_cause": "no", "edema_on_imaging": "none",
    "raised_icp_signs": "none", "edema_or_icp_other_cause": "no", "intracranial_hemorrhage": "no",
    "bleeding_risk_blocks_lp": "no", "toci_doses_last_24h": 0, "toci_doses_total": 0, "hours_since_last_toci": None,
    "hours_since_first_toci": None, "response_since_last_toci": None, "current_steroid": "none",
    "response_to_steroid": None, "past_seizure": "no", "cns_disease": "no", "high_tumor_burden": "no",
    "crs2_within_72h": "no", "delayed_movement_signs": "none", "sodium": 138, "platelets": 150,
    "organ_toxicity_grade": 0,
}  # fmt: skip
"""Nothing found, nothing given."""

FEVER: Part = {"temp_c": 38.5, "fever_hours": 12, "crs_fever_earlier": "yes"}
# By grade; within a grade the ways to reach it.
CRS: Mapping[int, tuple[Part, ...]] = {
    0: ({}, {"hypotension": "yes", "hypotension_other_cause": "yes", "vasoactive_drugs": "norepinephrine"}),
    1: (FEVER, {**FEVER, "fever_hours": 96}, {**FEVER, "neutrophils": 0.2}),
    2: (
        {**FEVER, "hypotension": "yes", "fluid_boluses": 2},
        {**FEVER, "oxygen_device": "nasal_cannula", "oxygen_flow_l_min": 3},
        {**FEVER, "temp_c": 36.9, "fever_masking_therapy": "tocilizumab", "oxygen_device": "blow_by"},
    ),
    3: (
        {**FEVER, "hypotension": "yes", "fluid_boluses": 2, "vasoactive_drugs": "norepinephrine;vasopressin"},
        {**FEVER, "oxygen_device": "high_flow_nasal_cannula", "oxygen_flow_l_min": 40},
    ),
    4: (
        {**FEVER, "hypotension": "yes", "fluid_boluses": 3, "vasoactive_drugs": "norepinephrine;epinephrine"},
        {**FEVER, "oxygen_device": "invasive_ventilation", "positive_pressure_reason": "hypoxia"},
    ),
}
ICANS: Mapping[int, tuple[Part, ...]] = {
    0: ({},),
    1: ({"ice_total": 8},),
    2: ({"ice_total": 5}, {"ice_total": 9, "consciousness": "to_voice"}),
    3: ({"ice_total": 1}, {"ice_total": 8, "seizure_type": "clinical_focal", "seizure_longest_min": 1.5}),
    4: (
        {"ice_total": 0, "consciousness": "unarousable"},
        {"ice_total": 8, "seizure_type": "clinical_generalized", "seizure_longest_min": 8},
        {"ice_total": 0, "consciousness": "unarousable", "edema_on_imaging": "diffuse"},
    ),
}


def given(in_day: int, total: int, last: float, first: float, response: str) -> Part:
    """Tocilizumab so far."""
    return {
        "toci_doses_last_24h": in_day, "toci_doses_total": total, "hours_since_last_toci": last,
        "hours_since_first_toci": first, "response_since_last_toci": response,
    }  # fmt: skip


def failing(regimen: str) -> Part:
    """A steroid that does not help."""
    return {"current_steroid": regimen, "response_to_steroid": "no_improvement"}


TOCI: tuple[Part, ...] = (
    {},
    given(1, 1, 9, 9, "improved"),
    given(1, 1, 9, 9, "no_improvement"),
    given(1, 1, 5, 5, "no_improvement"),
    given(1, 2, 7.9, 30, "no_improvement"),
    given(1, 1, 8, 8, "no_improvement"),
    given(1, 2, 9, 25, "no_improvement"),
    given(2, 2, 9, 24, "no_improvement"),
    given(3, 3, 9, 20, "no_improvement"),
    given(1, 4, 10, 70, "no_improvement"),
    given(0, 4, 30, 70, "improved"),
)
STEROID: tuple[Part, ...] = (
    {},
    failing("dex10_q12h"),
    failing("dex10_q6h"),
    failing("mp500_q12h"),
    failing("mp1000_1_2x_day"),
    {"current_steroid": "dex10_q6h", "response_to_steroid": "improved"},
)
WHO: tuple[Part, ...] = (
    {"car_t_product": "liso-cel"},
    {"car_t_product": "axi-cel"},
    {"car_t_product": "cilta-cel", "high_tumor_burden": "yes"},
    {"car_t_product": "tisa-cel", "age_years": 14, "weight": 28, "past_seizure": "yes"},
)


@cache
def rows() -> tuple[dict[str, object], ...]:
    """Every combination; the grades by which it was made stand under `made_crs` and `made_icans`."""
    crs = [(grade, part) for grade, parts in CRS.items() for part in parts]
    icans = [(grade, part) for grade, parts in ICANS.items() for part in parts]
    return tuple(
        {**USUAL, **who, **signs, **brain, **toci, **steroid, "made_crs": made_crs, "made_icans": made_icans}
        for (made_crs, signs), (made_icans, brain), toci, steroid, who in product(crs, icans, TOCI, STEROID, WHO)
    )


@cache
def states() -> pl.DataFrame:
    """The same as a typed table."""
    return typed([{n: v for n, v in row.items() if not n.startswith("made_")} for row in rows()])


@cache
def advised(guideline: str = "asco-2021") -> pl.DataFrame:
    """What a guideline advises in every state of the grid, a row each, the actions as lists."""
    found = advise_states(states(), guideline)
    lists = [n for n in ("must_do", "should_consider", "must_not", "possible") if n in found.columns]
    parts = (pl.col(n).fill_null("").str.split(";").list.eval(pl.element().filter(pl.element() != "")) for n in lists)
    made = pl.DataFrame({n: [row[n] for row in rows()] for n in ("made_crs", "made_icans")})
    grades = (pl.col(n).cast(pl.Int64) for n in ("crs_grade", "icans_grade"))
    return found.with_columns(*parts, *grades).hstack(made)
