"""Units of the work-up: numbers by molar mass, shown as arithmetic."""

from __future__ import annotations

import pytest

from icans.record.catalogue import drugs
from icans.record.names import find_drug
from icans.record.units import UnitError, convert


@pytest.mark.parametrize(
    ("item", "value", "unit", "own"),
    [
        ("magnesium", 1, "mmol/L", 2.4305),  # 24.305 g/mol: 1 mmol/L is 24.305 mg/L
        ("ionised_calcium", 4.008, "mg/dL", 1),  # 40.08 g/mol: 40.08 mg/L is 1 mmol/L
        ("urea_nitrogen", 10, "mmol/L", 28.01),  # urea holds 28.014 g of nitrogen a mol
        ("ammonia", 170.3, "ug/dL", 100),  # 17.031 g/mol: 1703 µg/L is 100 µmol/L
        ("cortisol", 496.6, "nmol/L", 18),  # 362.46 g/mol: 18 µg/dL is 180 µg/L, 0.4966 µmol/L
        ("paco2", 6, "kPa", 45.0),  # 6 kPa x 7.5006 mmHg/kPa
        ("osmolality", 320, "mOsm/kg", 320),
        ("gfr", 50, "mL/min/1.73m2", 50),
        ("csf_glucose_ratio", 40, "%", 0.4),
        ("mri_adc", 620, "10*-6.mm2/s", 0.62),
    ],
)
def test_a_value_in_another_unit(item: str, value: float, unit: str, own: float) -> None:
    assert convert(value, unit, item) == pytest.approx(own, rel=5e-4)


def test_ph_has_no_percent() -> None:
    with pytest.raises(UnitError, match="arterial_ph"):
        convert(7.4, "%", "arterial_ph")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Cefepime 2 g", "cefepime"),
        ("Ifex", "ifosfamide"),
        ("vitamin B1", "thiamine"),
        ("Leukine", "sargramostim"),
        ("GM-CSF", "sargramostim"),
        ("G-CSF", "filgrastim"),
        ("Lovenox 40 mg", "enoxaparin"),
        ("oxycodone 5 mg", "oxycodone"),
        ("dextrose 50%", "glucose"),
        ("cyclosporine", "ciclosporin"),
    ],
)
def test_drugs_of_the_work_up_are_found(words: str, name: str) -> None:
    assert find_drug(words) == name


def test_the_classes_the_work_up_asks_for() -> None:
    classes = {name: set(drug.classes) for name, drug in drugs().items()}
    assert {"opioid"} <= classes["morphine"] & classes["fentanyl"] & classes["methadone"]
    assert "benzodiazepine" in classes["lorazepam"]
    assert "beta_lactam" in classes["cefepime"]
    assert "carbapenem" in classes["meropenem"]
    assert "anticoagulant" in classes["heparin"]
