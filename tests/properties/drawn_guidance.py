"""States drawn by Hypothesis for tests of what to do: rows of words, whole or with a few gaps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

Row = dict[str, Any]
_YES_NO = ("no", "yes")
# From best to worst. Numbers lie on both sides of every limit of the guideline, and on it.
FINDINGS: Mapping[str, tuple[object, ...]] = {
    "age_years": (6, 14, 40, 64, 65),
    "weight": (20.0, 29.9, 30.0, 70.0, 110.0),
    "car_t_product": ("liso-cel", "tisa-cel", "cilta-cel", "axi-cel", "brexu-cel"),
    "day_after_infusion": (3, 14, 15),
    "temp_c": (36.9, 37.9, 38.0, 39.5),
    "fever_hours": (0, 72, 72.5, 100),
    "fever_refractory": _YES_NO,
    "fever_other_cause": _YES_NO,
    "crs_fever_earlier": _YES_NO,
    "fever_masking_therapy": ("none", "tocilizumab"),
    "hypotension": _YES_NO,
    "hypotension_other_cause": _YES_NO,
    "fluid_boluses": (0, 1, 2, 3),
    "vasoactive_drugs": ("none", "dobutamine", "vasopressin", "norepinephrine", "norepinephrine;epinephrine"),
    "oxygen_device": (
        "room_air", "nasal_cannula", "high_flow_nasal_cannula", "face_mask", "cpap", "invasive_ventilation",
    ),
    "oxygen_flow_l_min": (2, 6, 6.5, 40),
    "positive_pressure_reason": ("baseline_home_use", "airway_protection_neuro", "hypoxia"),
    "hypoxia_other_cause": _YES_NO,
    "neutrophils": (1.5, 0.5, 0.4),
    "ice_total": (10, 9, 7, 6, 3, 2, 0),
    "capd_total_0_32": (0, 5, 9, 20),
    "consciousness": ("awake", "to_voice", "to_tactile", "vigorous_tactile", "unarousable"),
    "consciousness_other_cause": _YES_NO,
    "sedated": _YES_NO,
    "seizure_type": ("none", "nonconvulsive_eeg", "clinical_focal", "clinical_generalized"),
    "seizure_longest_min": (1, 5, 5.5),
    "seizure_repetitive_no_return": _YES_NO,
    "motor_deficit": ("none", "mild_or_generalized", "deep_focal"),
    "edema_on_imaging": ("none", "focal", "diffuse"),
    "raised_icp_signs": ("none", "papilledema", "posturing"),
    "intracranial_hemorrhage": _YES_NO,
    "bleeding_risk_blocks_lp": _YES_NO,
    "current_steroid": ("none", "dex10_q12h", "dex10_q6h", "mp500_q12h", "mp1000_1_2x_day"),
    "response_to_steroid": ("improved", "no_improvement"),
    "past_seizure": _YES_NO,
    "cns_disease": _YES_NO,
    "high_tumor_burden": _YES_NO,
    "crs2_within_72h": _YES_NO,
    "delayed_movement_signs": ("none", "masked_face;tremor"),
    "sodium": (138, 125, 124),
    "platelets": (150, 50, 8),
    "organ_toxicity_grade": (0, 2),
}  # fmt: skip
# Doses in 24 h, in all, hours since the last and the first, response: what can be together.
TOCI: tuple[tuple[object, ...], ...] = (
    (0, 0, None, None, None),
    (1, 1, 5, 5, "improved"),
    (1, 1, 7.5, 7.5, "no_improvement"),
    (1, 1, 8, 8, "improved"),
    (1, 1, 8, 8, "no_improvement"),
    (1, 2, 9, 23.5, "no_improvement"),
    (1, 2, 9, 24, "no_improvement"),
    (3, 3, 8, 20, "no_improvement"),
    (2, 3, 9, 40, "improved"),
    (0, 3, 30, 70, "no_improvement"),
    (1, 4, 20, 90, "no_improvement"),
)
TOCI_NAMES = (
    "toci_doses_last_24h", "toci_doses_total", "hours_since_last_toci", "hours_since_first_toci",
    "response_since_last_toci",
)  # fmt: skip
# Common in a patient, so that not every drawn state has the highest grade of both.
CALM = (
    "intracranial_hemorrhage", "edema_on_imaging", "raised_icp_signs", "consciousness", "seizure_type", "motor_deficit",
    "oxygen_device", "vasoactive_drugs", "fever_other_cause", "hypotension_other_cause", "hypoxia_other_cause",
    "sedated", "consciousness_other_cause", "seizure_repetitive_no_return",
)  # fmt: skip


@st.composite
def whole_rows(draw: st.DrawFn) -> Row:
    """A state without gaps."""
    row: Row = {name: draw(st.sampled_from(values)) for name, values in FINDINGS.items()}
    for name in CALM:
        if draw(st.integers(0, 3)):
            row[name] = FINDINGS[name][0]
    return {**row, **dict(zip(TOCI_NAMES, draw(st.sampled_from(TOCI)), strict=True))}


@st.composite
def rows_with_gaps(draw: st.DrawFn) -> tuple[Row, list[Row]]:
    """A state in which one to three items are unknown, and every way to complete it from FINDINGS.

    Bleeding in the head is no gap: whether it was looked for is itself asked, so that no steroid waits for imaging.
    """
    row = draw(whole_rows())
    askable = sorted(set(FINDINGS) - {"intracranial_hemorrhage"})
    gaps = sorted(draw(st.sets(st.sampled_from(askable), min_size=1, max_size=3)))
    completions = [row]
    for name in gaps:
        completions = [{**one, name: value} for one in completions for value in FINDINGS[name]]
    return {**row, **dict.fromkeys(gaps)}, completions
