"""What one state says, for the plain function of ASCO 2021: a row of a states table in, a plain fact out.

What is not there is taken as normal or not given.
"""

from __future__ import annotations

from collections.abc import Mapping

Row = Mapping[str, object]

EARLY_STEROID_PRODUCTS = ("axi-cel", "brexu-cel")


def life_support(row: Row) -> bool:
    """Shock, need of oxygen or a ventilator, coma, a seizure, bleeding or swelling in the head."""
    signs = str(row.get("raised_icp_signs", "none"))
    return (
        shock(row)
        or hypoxic(row)
        or device(row) == "invasive_ventilation"
        or row.get("consciousness") in ("vigorous_tactile", "unarousable")
        or seizure(row).startswith("clinical")
        or status_epilepticus(row)
        or said(row, "intracranial_hemorrhage")
        or oedema(row) == "diffuse"
        or "posturing" in signs
        or "cushing_triad" in signs
    )


def ventilated(row: Row) -> bool:
    """Positive pressure, for whatever reason."""
    return device(row) in ("cpap", "bipap", "invasive_ventilation")


def lumbar_puncture_harms(row: Row) -> bool:
    """Raised pressure, bleeding in the head, or a bleeding risk that forbids it."""
    bleeds = said(row, "intracranial_hemorrhage") or said(row, "bleeding_risk_blocks_lp")
    thin = number(row, "platelets", 150) < 50 or number(row, "inr", 1) > 1.5
    return bleeds or thin or oedema(row) != "none" or icp_signs(row)


def early_steroid_product(row: Row) -> bool:
    """A product for which ASCO names early steroids."""
    return row.get("car_t_product") in EARLY_STEROID_PRODUCTS


def shock(row: Row) -> bool:
    """Low pressure or a vasopressor, whatever the cause."""
    low = number(row, "sbp_mmhg", 120) < 90 or (number(row, "age_years", 60) >= 18 and number(row, "map_mmhg", 90) < 65)
    return said(row, "hypotension") or low or pressors(row)


def hypoxic(row: Row) -> bool:
    """A new need of oxygen, or positive pressure for hypoxia, whatever the cause."""
    if ventilated(row):
        return row.get("positive_pressure_reason") == "hypoxia"
    return device(row) != "room_air"


def status_epilepticus(row: Row) -> bool:
    """A seizure beyond 5 minutes, or seizures without recovery."""
    long = number(row, "seizure_longest_min") > 5 or said(row, "seizure_repetitive_no_return")
    return seizure(row) != "none" and long


def late_movement(row: Row) -> bool:
    """Late movement signs after cells against BCMA."""
    signs = row.get("delayed_movement_signs", "none") != "none"
    return signs and row.get("car_t_product") in ("ide-cel", "cilta-cel") and number(row, "day_after_infusion") > 14


def high_risk(row: Row) -> bool:
    """High-risk product or patient."""
    return (
        row.get("car_t_product") in EARLY_STEROID_PRODUCTS
        or number(row, "age_years", 60) >= 65
        or any(said(row, n) for n in ("past_seizure", "cns_disease", "high_tumor_burden", "crs2_within_72h"))
    )


def toci_failed(row: Row) -> bool:
    """At least one dose, and no improvement."""
    return number(row, "toci_doses_total") > 0 and row.get("response_since_last_toci") == "no_improvement"


def steroid_failed(row: Row, regimens: tuple[str, ...] = ()) -> bool:
    """A regimen runs, one of those if any are named, and there is no improvement."""
    now = row.get("current_steroid", "none")
    runs = now in regimens if regimens else now != "none"
    return runs and row.get("response_to_steroid") == "no_improvement"


def improved(row: Row) -> bool:
    """Better since the last dose of tocilizumab."""
    return row.get("response_since_last_toci") == "improved"


def at_cap(row: Row) -> bool:
    """Three doses in 24 h, or four in all."""
    return number(row, "toci_doses_total") >= 4 or number(row, "toci_doses_last_24h") >= 3


def too_early(row: Row) -> bool:
    """Less than 8 h since the last dose."""
    return number(row, "toci_doses_total") > 0 and number(row, "hours_since_last_toci", 8) < 8


def neutropenic(row: Row) -> bool:
    """Fewer than 500 neutrophils a microlitre."""
    return number(row, "neutrophils", 2) < 0.5


def fever_hidden(row: Row) -> bool:
    """No fever now, after one that a drug given since may hide."""
    masked = row.get("fever_masking_therapy", "none") != "none"
    return masked and said(row, "crs_fever_earlier") and number(row, "temp_c", 37) < 38.0


def fever_counts(row: Row) -> bool:
    """A temperature of 38.0 or more without another cause."""
    return number(row, "temp_c", 37) >= 38.0 and not said(row, "fever_other_cause")


def low_pressure(row: Row) -> bool:
    """Hypotension of CRS, also one that a vasopressor holds up."""
    return (said(row, "hypotension") or pressors(row)) and not said(row, "hypotension_other_cause")


def pressors(row: Row) -> bool:
    """A vasopressor runs; dobutamine and milrinone are none."""
    return bool(set(drugs(row)) - {"none", "dobutamine", "milrinone"})


def drugs(row: Row) -> list[str]:
    """The vasoactive drugs."""
    return str(row.get("vasoactive_drugs", "none")).split(";")


def device(row: Row) -> str:
    """The oxygen device."""
    return str(row.get("oxygen_device", "room_air"))


def seizure(row: Row) -> str:
    """The kind of seizure."""
    return str(row.get("seizure_type", "none"))


def oedema(row: Row) -> str:
    """Oedema on imaging."""
    return str(row.get("edema_on_imaging", "none"))


def icp_signs(row: Row) -> bool:
    """Any sign of raised pressure in the head."""
    return row.get("raised_icp_signs", "none") not in ("none", None)


def said(row: Row, name: str) -> bool:
    """A yes-or-no item, no where it is not there."""
    return row.get(name) == "yes"


def number(row: Row, name: str, normal: float = 0.0) -> float:
    """A number, or what is normal where it is not there."""
    value = row.get(name)
    return normal if value is None else float(str(value))
