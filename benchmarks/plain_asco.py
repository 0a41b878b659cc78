"""ASCO 2021 in plain Python: one state without gaps in, what to do out.

Written from the tables of the guideline and the readings of its gaps, not from the guideline file, and slow on
purpose. Tests hold the file to it, and the benchmark measures against it.

A row is a mapping with the columns of a states table, the words as written there ('yes', 'nasal_cannula',
'norepinephrine;vasopressin'), numbers as numbers. What is not there is taken as normal or not given.
"""

from __future__ import annotations

from dataclasses import dataclass

from plain_actions import STRONG, in_order, must_do, must_not, should_consider
from plain_astct import (
    capd_grade,
    consciousness_level,
    crs_grade,
    edema_level,
    ice_grade,
    oxygen_level,
    pressure_level,
    seizure_level,
)
from plain_findings import (
    Row,
    at_cap,
    device,
    drugs,
    early_steroid_product,
    fever_counts,
    high_risk,
    icp_signs,
    improved,
    low_pressure,
    number,
    oedema,
    pressors,
    said,
    seizure,
    status_epilepticus,
    steroid_failed,
    toci_failed,
    too_early,
)

LEVELS = ("NONE", "OPTIONAL", "CONSIDER", "GIVE")
# Dexamethasone equivalent, mg a day; a range counts with its upper end. 4 mg methylprednisolone are 0.75 mg.
INTENSITY = {
    "NONE": 0, "EARLY_STEROID": 10, "DEX10_X2": 20, "DEX10_Q12H_X1_2": 20, "DEX10_Q6H": 40, "DEX10_Q6_12H": 40,
    "MP500_Q12H": 187.5, "MP1000_DAILY": 187.5, "MP1000_1_2X_DAY": 375, "MP1000_BID": 375, "MP1000_TID": 562.5,
    "DEX10_Q24H": 10, "DEX10_Q12H": 20, "DEX20_Q6H": 80, "MP1_MG_KG_Q12H": 30, "MP2_DAY": 30,
}  # fmt: skip


RUNNING = {
    "dex10_q24h": "DEX10_Q24H", "dex10_q12h": "DEX10_Q12H", "dex10_q6_12h": "DEX10_Q6_12H", "dex10_q6h": "DEX10_Q6H",
    "dex20_q6h": "DEX20_Q6H", "mp1_mg_kg_q12h": "MP1_MG_KG_Q12H", "mp2_mg_kg_day": "MP2_DAY",
    "mp500_q12h": "MP500_Q12H", "mp1000_daily": "MP1000_DAILY", "mp1000_1_2x_day": "MP1000_1_2X_DAY",
    "mp1000_bid": "MP1000_BID", "mp1000_tid": "MP1000_TID",
}  # fmt: skip


@dataclass(frozen=True)
class Plain:
    """What one state calls for; the fields are the columns of the advised table, the codes in its order."""

    crs_grade: str
    icans_grade: str
    toci: str
    toci_mg: float | None
    steroid_level: str
    steroid_regimen: str
    icu: str
    must_do: str
    should_consider: str
    must_not: str


def advise(row: Row) -> Plain:
    """The advice for one state."""
    crs, icans = crs_of(row), icans_of(row)
    effective = effective_crs(row, crs)
    toci = toci_level(row, crs, icans)
    for_crs, for_icans = steroid_for_crs(row, crs, effective), steroid_for_icans(row, crs, icans)
    told = stronger(for_crs, for_icans)[0]
    level, regimen = stronger(for_crs, steroid_running(row, crs, icans), for_icans)
    icu = icu_level(row, crs, effective, icans)
    must = {
        *must_do(row, crs, effective, icans, told),
        *only(toci == "GIVE", "TOCI"),
        *only(icu == "YES", "ICU_ADMIT"),
    }
    consider = {
        *should_consider(row, crs, effective, icans, told),
        *only(toci == "CONSIDER", "TOCI"),
        *only(icu == "CONSIDER", "ICU_TRANSFER"),
    }
    (must if level == "GIVE" else consider).update(only(level != "NONE", regimen))
    mg = None if toci == "DO_NOT_GIVE" else toci_mg(number(row, "weight"))
    return Plain(
        str(crs), str(icans), toci, mg, level, regimen, icu, in_order(must), in_order(consider),
        in_order(must_not(row, crs, icans, toci)),
    )  # fmt: skip


def only(holds: bool, code: str) -> tuple[str, ...]:
    """The code, where it applies."""
    return (code,) if holds else ()


# --- the grades, by the plain functions of ASTCT 2019 ---


def crs_of(row: Row) -> int:
    """The CRS grade of a state without gaps; where the grading leaves two grades open, the higher."""
    pressure = pressure_level(said(row, "hypotension_other_cause"), drugs(row), said(row, "hypotension"))
    oxygen = oxygen_level(
        said(row, "hypoxia_other_cause"), device(row), number(row, "oxygen_flow_l_min"),
        str(row.get("positive_pressure_reason", "")),
    )  # fmt: skip
    masked = row.get("fever_masking_therapy", "none") != "none"
    return crs_grade(False, fever_counts(row), said(row, "crs_fever_earlier"), masked, max(pressure, oxygen))[1]


def icans_of(row: Row) -> int:
    """The ICANS grade of a state without gaps, in which ICE or CAPD was done."""
    if number(row, "age_years", 60) < 12:
        test = capd_grade(False, int(number(row, "capd_total_0_32")), 0)
    else:
        test = ice_grade(said(row, "ice_other_cause"), int(number(row, "ice_total", 10)), 10)
    wakes = 0 if said(row, "consciousness_other_cause") else consciousness_level(str(row.get("consciousness", "awake")))
    return max(
        test,
        wakes,
        seizure_level(
            said(row, "seizure_other_cause"), seizure(row), number(row, "seizure_longest_min"),
            said(row, "seizure_repetitive_no_return"),
        ),
        4 if row.get("motor_deficit") == "deep_focal" else 0,
        edema_level(said(row, "edema_or_icp_other_cause"), oedema(row), icp_signs(row)),
    )  # fmt: skip


# --- decisions: tocilizumab, steroid, intensive care ---


def toci_level(row: Row, crs: int, icans: int) -> str:
    """GIVE, CONSIDER or DO_NOT_GIVE."""
    total = number(row, "toci_doses_total")
    if crs == 0 or at_cap(row) or too_early(row) or (total > 0 and improved(row)):
        return "DO_NOT_GIVE"
    bleeds = said(row, "intracranial_hemorrhage")
    if crs >= 2 or (icans >= 1 and total == 0 and not bleeds):
        return "GIVE"
    if (icans >= 1 and not bleeds) or number(row, "fever_hours") > 72 or said(row, "fever_refractory"):
        return "CONSIDER"
    return "DO_NOT_GIVE"


def toci_mg(weight: float) -> float:
    """8 mg/kg, below 30 kg 12 mg/kg, never above 800 mg; to the nearest mg."""
    return float(int(min(800.0, weight * (12 if weight < 30 else 8)) + 0.5))


def effective_crs(row: Row, crs: int) -> int:
    """The grade CRS is treated as: 3 for grade 2 without improvement at 24 h, 4 for grade 3 that is refractory."""
    as_grade = crs
    if as_grade == 2 and toci_failed(row) and number(row, "hours_since_first_toci") >= 24:
        as_grade = 3
    if as_grade == 3 and toci_failed(row) and steroid_failed(row, STRONG):
        as_grade = 4
    return as_grade


def steroid_for_crs(row: Row, crs: int, effective: int) -> tuple[str, str]:
    """(level, regimen) that CRS calls for."""
    if effective >= 4:
        return "GIVE", "MP500_Q12H"
    if effective == 3:
        return "GIVE", "DEX10_Q6H"
    if crs == 2 and low_pressure(row) and number(row, "fluid_boluses") >= 2 and toci_failed(row):
        return "CONSIDER", "DEX10_Q12H_X1_2"
    if crs >= 1 and early_steroid_product(row):
        return "CONSIDER", "EARLY_STEROID"
    return "NONE", "NONE"


def steroid_for_icans(row: Row, crs: int, icans: int) -> tuple[str, str]:
    """(level, regimen) that ICANS calls for."""
    failed = crs >= 1 and toci_failed(row)
    if said(row, "intracranial_hemorrhage"):
        return "NONE", "NONE"
    if icans >= 4:
        return "GIVE", "MP1000_1_2X_DAY"
    if (icans == 3 and crs == 0) or (icans >= 2 and failed):
        return "GIVE", "DEX10_Q6_12H"
    if icans == 3:
        return "CONSIDER", "DEX10_Q6_12H"
    if icans == 2 and crs == 0:
        return ("CONSIDER" if high_risk(row) else "OPTIONAL"), "DEX10_X2"
    if icans >= 1 and ((icans == 1 and failed) or early_steroid_product(row)):
        return "CONSIDER", "EARLY_STEROID"
    return "NONE", "NONE"


def steroid_running(row: Row, crs: int, icans: int) -> tuple[str, str]:
    """(level, regimen) of a steroid that runs: it goes on until grade 1."""
    code = RUNNING.get(str(row.get("current_steroid", "none")))
    if code is None or max(crs, icans) < 2 or said(row, "intracranial_hemorrhage"):
        return "NONE", "NONE"
    return "GIVE", code


def stronger(*answers: tuple[str, str]) -> tuple[str, str]:
    """The steroid to give once: the stronger level, at equal level the larger dose, of two alike the first."""
    return max(answers, key=lambda answer: (LEVELS.index(answer[0]), INTENSITY[answer[1]]))


def icu_level(row: Row, crs: int, effective: int, icans: int) -> str:
    """YES, CONSIDER or NO."""
    support = oxygen_level(
        False, device(row), number(row, "oxygen_flow_l_min"), str(row.get("positive_pressure_reason", ""))
    )
    swelling = oedema(row) != "none" or icp_signs(row)
    organs = pressors(row) or support >= 3 or status_epilepticus(row) or swelling
    if effective >= 3 or icans >= 3 or organs or said(row, "intracranial_hemorrhage"):
        return "YES"
    return "CONSIDER" if icans == 2 and crs >= 2 else "NO"
