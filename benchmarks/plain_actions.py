"""The actions of ASCO 2021 in plain Python: which are due, which are options, which nobody should do.

The decisions on tocilizumab, steroids and intensive care are in `plain_asco`.
"""

from __future__ import annotations

from collections.abc import Iterable

from plain_findings import (
    Row,
    at_cap,
    early_steroid_product,
    fever_hidden,
    hypoxic,
    icp_signs,
    improved,
    late_movement,
    life_support,
    lumbar_puncture_harms,
    neutropenic,
    number,
    oedema,
    pressors,
    said,
    seizure,
    shock,
    status_epilepticus,
    steroid_failed,
    toci_failed,
    too_early,
    ventilated,
)

STRONG = (
    "dex10_q6_12h", "dex10_q6h", "dex20_q6h", "mp1_mg_kg_q12h", "mp2_mg_kg_day", "mp500_q12h", "mp1000_daily",
    "mp1000_1_2x_day", "mp1000_bid", "mp1000_tid",
)  # fmt: skip
HIGH_DOSE = ("mp500_q12h", "mp1000_daily", "mp1000_1_2x_day", "mp1000_bid", "mp1000_tid")
# As they are done at the bedside: life support, emergencies, infection, intensive care, drugs, work-up, watching.
ORDER = (
    "ABC_FIRST", "OXYGEN", "VENT_SUPPORT", "AIRWAY_VENTILATION", "FLUID_BOLUS", "VASOPRESSOR_SUPPORT",
    "SE_PROTOCOL", "SEIZURE_TREAT", "ICP_BUNDLE", "NEUROSURGERY", "PLATELET_TRANSFUSION", "CORRECT_NA_SLOW",
    "FN_PROTOCOL", "EMPIRIC_ANTIBIOTICS", "CULTURES_CXR", "VIRAL_SCREEN", "G_CSF", "ANTIFUNGAL_PPX",
    "ATTRIBUTE_SHOCK", "CONTINUE_ANTIBIOTICS", "ICU_ADMIT",
    "ICU_TRANSFER", "MANAGE_AS_G3", "MANAGE_AS_G4", "TOCI", "ALT_AGENT", "INTRATHECAL", "EARLY_STEROID", "DEX10_X2",
    "DEX10_Q12H_X1_2", "DEX10_Q6_12H", "DEX10_Q6H", "MP500_Q12H", "MP1000_1_2X_DAY", "MP1000_BID",
    "MP1000_2_3X_DAY", "HIGH_DOSE_STEROID_OPTION", "PEDS_STEROID_DOSE", "DEX10_Q24H", "DEX10_Q12H", "DEX20_Q6H",
    "MP2_DAY", "MP1000_DAILY", "MP1000_TID", "TAPER_STEROID", "MP1_MG_KG_Q12H",
    "DIFFERENTIAL_TIER_A", "NEURO_CONSULT", "NEUROIMAGING", "REPEAT_IMAGING", "EEG", "LP_AFTER_ICP_AND_COAG_CHECK",
    "LABS_CRS", "LABS_ICANS", "BODY_IMAGING_LP", "ECHO_HEMODYNAMIC", "GRADE_ORGANS_CTCAE",
    "DELAYED_NEUROTOX_WORKUP", "REGRADE_AFTER_WASHOUT", "TELEMETRY_OXIMETRY", "ICE_BID", "CAPD_BID",
    "RECHECK_AT_8H", "RECHECK_AT_24H_AS_G3", "REASSESS", "STEROID_TAPER_WATCH", "ANTIPYRETIC", "IV_HYDRATION",
    "ASPIRATION_HOB",
    "SEIZURE_PPX", "GM_CSF", "WITHHOLD_ABX", "LP_NOW", "SEDATIVES_NONESSENTIAL", "GRADE_AS_ICANS",
    "STEROID_AS_ICANS", "ATTRIBUTE_BEFORE_TIER_A", "DOWNGRADE_BECAUSE_AFEBRILE", "TOCI_ROUTINE_AT_GRADE_1",
    "TOCI_BEFORE_8H", "TOCI_OVER_CAP",
)  # fmt: skip
PLACES = {code: place for place, code in enumerate(ORDER)}


def in_order(codes: Iterable[str]) -> str:
    """The codes as a cell of the advised table has them."""
    return ";".join(sorted(codes, key=PLACES.__getitem__))


def must_do(row: Row, crs: int, effective: int, icans: int, level: str) -> list[str]:
    """The actions that are due, without tocilizumab, steroid and intensive care."""
    fever = number(row, "temp_c", 37) >= 38.0
    adult = number(row, "age_years", 60) >= 12
    status = status_epilepticus(row)
    late = late_movement(row)
    swelling = oedema(row) != "none" or icp_signs(row)
    bleed = said(row, "intracranial_hemorrhage")
    due = {
        "ABC_FIRST": life_support(row),
        "FN_PROTOCOL": neutropenic(row) and (fever or crs >= 1),
        "LABS_CRS": crs >= 1,
        "ANTIPYRETIC": crs >= 1 and fever,
        "CULTURES_CXR": crs >= 1 and fever,
        "IV_HYDRATION": crs >= 1 or icans >= 1,
        "FLUID_BOLUS": shock(row),
        "OXYGEN": hypoxic(row),
        "VENT_SUPPORT": hypoxic(row) and ventilated(row),
        "TELEMETRY_OXIMETRY": crs >= 2,
        "ECHO_HEMODYNAMIC": effective >= 3,
        "VASOPRESSOR_SUPPORT": pressors(row),
        "NEURO_CONSULT": icans >= 1 or bleed or late,
        "ASPIRATION_HOB": icans >= 1,
        "LABS_ICANS": icans >= 1,
        "ICE_BID": adult,
        "CAPD_BID": not adult,
        "DIFFERENTIAL_TIER_A": icans >= 1,
        "NEUROIMAGING": icans >= 2 or late,
        "DELAYED_NEUROTOX_WORKUP": late,
        "PLATELET_TRANSFUSION": bleed and number(row, "platelets", 200) < 50,
        "EEG": icans >= 2,
        "LP_AFTER_ICP_AND_COAG_CHECK": icans >= 3 and not lumbar_puncture_harms(row),
        "SE_PROTOCOL": status,
        "SEIZURE_TREAT": seizure(row) != "none" and not status,
        "ICP_BUNDLE": swelling,
        "NEUROSURGERY": swelling or bleed,
        "MANAGE_AS_G3": crs == 2 and effective == 3,
        "MANAGE_AS_G4": crs < 4 and effective == 4,
        "REGRADE_AFTER_WASHOUT": said(row, "sedated"),
        "GRADE_ORGANS_CTCAE": crs >= 1 and number(row, "organ_toxicity_grade") >= 1,
        "REASSESS": crs >= 1 or icans >= 1,
        "STEROID_TAPER_WATCH": row.get("current_steroid", "none") != "none",
        "RECHECK_AT_8H": crs >= 1 and too_early(row) and not at_cap(row),
        "RECHECK_AT_24H_AS_G3": crs == 2 and toci_failed(row) and number(row, "hours_since_first_toci") < 24,
        "CORRECT_NA_SLOW": number(row, "sodium", 140) < 125,
        "PEDS_STEROID_DOSE": number(row, "age_years", 60) < 18 and level == "GIVE" and max(effective, icans) < 4,
        "CONTINUE_ANTIBIOTICS": fever_hidden(row) and neutropenic(row),
        "ATTRIBUTE_SHOCK": row.get("blood_culture") == "positive" and shock(row),
    }
    return [code for code, holds in due.items() if holds]


def should_consider(row: Row, crs: int, effective: int, icans: int, level: str) -> list[str]:
    """The actions that are options, without tocilizumab, steroid and intensive care."""
    capped = crs >= 2 and at_cap(row) and toci_failed(row)
    mp500_failed = effective >= 4 and steroid_failed(row, HIGH_DOSE)
    mp1000_failed = icans >= 4 and steroid_failed(row, HIGH_DOSE[1:])
    lasting = icans >= 3 and steroid_failed(row, STRONG)
    options = {
        "VIRAL_SCREEN": crs >= 1,
        "BODY_IMAGING_LP": crs >= 1,
        "EMPIRIC_ANTIBIOTICS": crs == 1 and neutropenic(row),
        "REPEAT_IMAGING": icans >= 3,
        "AIRWAY_VENTILATION": icans >= 4,
        "INTRATHECAL": lasting and not lumbar_puncture_harms(row),
        "G_CSF": crs >= 1 and neutropenic(row),
        "SEIZURE_PPX": icans >= 1
        or early_steroid_product(row)
        or said(row, "past_seizure")
        or said(row, "cns_disease"),
        "LP_AFTER_ICP_AND_COAG_CHECK": icans == 2 and not lumbar_puncture_harms(row),
        "TAPER_STEROID": row.get("current_steroid", "none") != "none" and max(crs, icans) < 2,
        "ANTIFUNGAL_PPX": level == "GIVE" or row.get("current_steroid", "none") != "none",
        "ALT_AGENT": capped or mp500_failed or lasting,
        "VENT_SUPPORT": effective >= 4 and not (hypoxic(row) and ventilated(row)),
        "HIGH_DOSE_STEROID_OPTION": icans == 3 and crs == 0 and early_steroid_product(row),
        "MP1000_BID": mp500_failed,
        "MP1000_2_3X_DAY": mp1000_failed,
    }
    return [code for code, holds in options.items() if holds]


def must_not(row: Row, crs: int, icans: int, toci: str) -> list[str]:
    """What nobody should do in this state."""
    forbidden = {
        no_toci(row, crs): toci == "DO_NOT_GIVE",
        "LP_NOW": lumbar_puncture_harms(row),
        "STEROID_AS_ICANS": said(row, "intracranial_hemorrhage"),
        "DOWNGRADE_BECAUSE_AFEBRILE": crs >= 1 and number(row, "temp_c", 37) < 38.0,
        "GM_CSF": crs >= 1 or icans >= 1,
        "ATTRIBUTE_BEFORE_TIER_A": icans >= 1,
        "GRADE_AS_ICANS": said(row, "intracranial_hemorrhage") or late_movement(row),
        "WITHHOLD_ABX": (number(row, "temp_c", 37) >= 38.0 or fever_hidden(row)) and neutropenic(row),
        "SEDATIVES_NONESSENTIAL": icans >= 1,
    }
    return [code for code, holds in forbidden.items() if holds]


def no_toci(row: Row, crs: int) -> str:
    """Why there is no tocilizumab."""
    if crs == 0:
        return "TOCI"
    if at_cap(row):
        return "TOCI_OVER_CAP"
    if too_early(row):
        return "TOCI_BEFORE_8H"
    return "TOCI" if number(row, "toci_doses_total") > 0 and improved(row) else "TOCI_ROUTINE_AT_GRADE_1"
