"""States drawn by Hypothesis: rows of words as a states table has them, whole or with gaps."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from hypothesis import strategies as st

from icans.grading.grade import grade_states
from icans.record.states import to_states

Row = dict[str, object]
_YES_NO = ("no", "yes")
# From best to worst. Numbers lie on both sides of every limit of the scale, and on it.
CRS: Mapping[str, tuple[object, ...]] = {
    "age_years": (0.05, 0.5, 1.0, 4.5, 10.0, 11.9, 12.0, 17.9, 18.0, 58.0),
    "temp_c": (36.9, 37.9, 38.0, 39.5),
    "fever_other_cause": _YES_NO,
    "crs_fever_earlier": _YES_NO,
    "fever_masking_therapy": ("none", "tocilizumab", "acetaminophen;dexamethasone"),
    "sbp_mmhg": (118.0, 90.0, 89.0, 78.0, 71.0, 69.0, 59.0),
    "map_mmhg": (80.0, 65.0, 64.0),
    "hypotension": _YES_NO,
    "hypotension_other_cause": _YES_NO,
    "vasoactive_drugs": (
        "none", "dobutamine", "vasopressin", "norepinephrine", "dopamine;vasopressin", "norepinephrine;epinephrine",
    ),
    "oxygen_device": (
        "room_air", "blow_by", "nasal_cannula", "high_flow_nasal_cannula", "face_mask", "nonrebreather",
        "venturi_mask", "cpap", "bipap", "invasive_ventilation",
    ),
    "oxygen_flow_l_min": (2.0, 6.0, 6.5, 40.0),
    "hypoxia_other_cause": _YES_NO,
    "positive_pressure_reason": ("baseline_home_use", "procedure", "airway_protection_neuro", "hypoxia"),
    "death_cause": ("none", "other", "icans", "crs"),
}  # fmt: skip
ICANS: Mapping[str, tuple[object, ...]] = {
    "age_years": CRS["age_years"],
    "developmental_delay": _YES_NO,
    "ice_orientation_0_4": (4, 3, 2, 1, 0),
    "ice_naming_0_3": (3, 2, 1, 0),
    "ice_commands_0_1": (1, 0),
    "ice_writing_0_1": (1, 0),
    "ice_attention_0_1": (1, 0),
    "ice_baseline_total": (10, 9, 7, 3, 0),
    "ice_other_cause": _YES_NO,
    "capd_total_0_32": (0, 1, 8, 9, 20, 32),
    "capd_baseline_total": (0, 1, 9, 20),
    "capd_other_cause": _YES_NO,
    "consciousness": ("awake", "to_voice", "to_tactile", "vigorous_tactile", "unarousable"),
    "consciousness_other_cause": _YES_NO,
    "seizure_type": ("none", "nonconvulsive_eeg", "clinical_focal", "clinical_generalized"),
    "seizure_longest_min": (1.0, 5.0, 5.5, 30.0),
    "seizure_repetitive_no_return": _YES_NO,
    "seizure_other_cause": _YES_NO,
    "motor_deficit": ("none", "mild_or_generalized", "deep_focal"),
    "motor_other_cause": _YES_NO,
    "edema_on_imaging": ("none", "focal", "diffuse"),
    "raised_icp_signs": ("none", "cn6_palsy", "papilledema;posturing"),
    "edema_or_icp_other_cause": _YES_NO,
    "death_cause": CRS["death_cause"],
}
VALUES: Mapping[str, tuple[object, ...]] = {**CRS, **ICANS}
OUTCOMES = {"crs": CRS, "icans": ICANS}

whole_states: st.SearchStrategy[Row] = st.fixed_dictionaries({n: st.sampled_from(some) for n, some in VALUES.items()})


@st.composite
def states_with_gaps(draw: st.DrawFn) -> Row:
    """A state of which any number of items may be unknown; an alive, awake patient is likely, or nothing else shows."""
    row = draw(whole_states)
    for name in ("death_cause", "consciousness"):
        if draw(st.integers(0, 3)):
            row[name] = VALUES[name][0]
    gaps = draw(st.sets(st.sampled_from(sorted(VALUES)), max_size=12))
    return {name: None if name in gaps else value for name, value in row.items()}


def typed(rows: list[Row]) -> pl.DataFrame:
    """Rows of words as a typed table of states."""
    numbers = {n: pl.Float64 for n, values in VALUES.items() if not isinstance(values[0], str)}
    return to_states(pl.DataFrame(rows, schema={n: numbers.get(n, pl.String) for n in rows[0]})).typed


def graded(rows: list[Row]) -> list[tuple[int, int, int, int]]:
    """(crs_min, crs_max, icans_min, icans_max) of each row, by the rule files, all rows in one table."""
    return [tuple(row) for row in grade_states(typed(rows)).rows()]  # type: ignore[misc]
