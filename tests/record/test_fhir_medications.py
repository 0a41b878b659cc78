"""Drugs given, and the infusion of CAR-T cells."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from fhir_made import PATIENT, concept, drug, procedure, quantity, read

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Norepinephrine", "norepinephrine"),
        ("Epinephrine", "epinephrine"),
        ("Acetaminophen-IV", "acetaminophen"),
        ("Lorazepam (Ativan)", "lorazepam"),
        ("Piperacillin/Tazobactam (Zosyn)", "piperacillin_tazobactam"),
        ("tocilizumab 20 MG/ML Injectable Solution [Actemra]", "tocilizumab"),
    ],
)
def test_drugs_are_known_by_words(tmp_path: Path, text: str, name: str):
    records = read(tmp_path, drug(text))
    assert records.therapies["drug"].to_list() == [name]
    assert records.log.used == {f"MedicationAdministration {name}": 1}


def test_drugs_are_known_by_code(tmp_path: Path):
    coded = [concept("3264", RXNORM), concept("L04AC07", "http://www.whocc.no/atc")]
    records = read(tmp_path, *(drug("", medicationCodeableConcept=c) for c in coded))
    assert sorted(records.therapies["drug"]) == ["dexamethasone", "tocilizumab"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("NaCl 0.9%", "of a drug not known here: NaCl 0.9%"),
        ("Lidocaine 1% with epinephrine", "of epinephrine that does not act on the whole body"),
        ("Hydrocortisone cream 1%", "of hydrocortisone that does not act on the whole body"),
    ],
)
def test_what_is_not_used_is_counted(tmp_path: Path, text: str, reason: str):
    records = read(tmp_path, PATIENT, drug(text))
    assert records.therapies.is_empty()
    assert records.log.skipped == {f"MedicationAdministration {reason}": 1}


def test_a_dose_not_given_is_left_out(tmp_path: Path):
    records = read(tmp_path, drug("Tocilizumab", status="not-done"))
    assert records.log.skipped == {"MedicationAdministration with status not-done": 1}


def test_an_infusion_has_start_end_dose_and_rate_in_ucum(tmp_path: Path):
    dosage = {
        "dose": {"value": 3.1, "unit": "mg", "code": "mg"},
        "rateQuantity": {"value": 0.12, "unit": "mcg/kg/min", "code": "mcg/kg/min"},
        "route": {"text": "intravenous"},
    }
    period = {"start": "2025-03-04T10:00:00Z", "end": "2025-03-04T14:30:00Z"}
    given = drug("Norepinephrine", dosage=dosage, effectivePeriod=period)
    del given["effectiveDateTime"]
    row = read(tmp_path, given).therapies.row(0, named=True)
    assert (row["dose"], row["unit"], row["rate"], row["rate_unit"]) == (3.1, "mg", 0.12, "ug/kg/min")
    assert row["end"] == datetime(2025, 3, 4, 14, 30, tzinfo=UTC)
    assert row["route"] == "intravenous"


@pytest.mark.parametrize(
    ("unit", "ucum"),
    [("mL/hour", "mL/h"), ("mcg/hour", "ug/h"), ("units/hour", "[IU]/h"), ("mEq./hour", "meq/h")],
)
def test_rate_units_in_words_become_ucum(tmp_path: Path, unit: str, ucum: str):
    dosage = {"rateQuantity": {"value": 1, "unit": unit, "code": unit, "system": "urn:local"}}
    assert read(tmp_path, drug("Vasopressin", dosage=dosage)).therapies["rate_unit"].to_list() == [ucum]


def test_a_rate_may_be_a_ratio(tmp_path: Path):
    ratio = {"numerator": quantity(8, "mg"), "denominator": quantity(2, "h")}
    row = read(tmp_path, drug("Propofol", dosage={"rateRatio": ratio})).therapies.row(0, named=True)
    assert (row["rate"], row["rate_unit"]) == (4.0, "mg/h")


def test_a_medication_resource_may_come_after_the_administration(tmp_path: Path):
    given = drug("") | {"medicationReference": {"reference": "Medication/m1"}}
    del given["medicationCodeableConcept"]
    known = {"resourceType": "Medication", "id": "m1", "code": {"text": "Anakinra"}}
    assert read(tmp_path, given, known).therapies["drug"].to_list() == ["anakinra"]


def test_a_medication_may_be_contained_or_only_named(tmp_path: Path):
    inside = drug("") | {
        "contained": [{"resourceType": "Medication", "id": "x", "code": {"text": "Siltuximab"}}],
        "medicationReference": {"reference": "#x"},
    }
    named = drug("") | {"medicationReference": {"reference": "Medication/9", "display": "Dexamethasone 10 mg"}}
    for given in (inside, named):
        del given["medicationCodeableConcept"]
    assert sorted(read(tmp_path, inside, named).therapies["drug"]) == ["dexamethasone", "siltuximab"]


@pytest.mark.parametrize(
    ("text", "product"),
    [
        ("axicabtagene ciloleucel (Yescarta)", "axi-cel"),
        ("KYMRIAH", "tisa-cel"),
        ("CAR-T cells, trial", None),
    ],
)
def test_the_infusion_of_car_t_cells_is_day_0(tmp_path: Path, text: str, product: str | None):
    infused = datetime(2025, 3, 3, 11, 0, tzinfo=UTC)
    as_drug = drug(text, effectiveDateTime="2025-03-03T11:00:00Z")
    as_procedure = procedure({"text": f"Infusion of {text}"}, performedDateTime="2025-03-03T12:00:00+01:00")
    for resource in (as_drug, as_procedure):
        records = read(tmp_path, PATIENT, resource)
        assert records.patients["infusion"].to_list() == [infused]
        assert records.patients["product"].to_list() == [product]
        assert records.therapies.is_empty()


def test_the_first_of_two_infusions_is_day_0(tmp_path: Path):
    again = drug("Abecma", effectiveDateTime="2025-06-03T11:00:00Z")
    records = read(tmp_path, again, drug("Abecma", effectiveDateTime="2025-03-03T11:00:00Z"))
    assert records.patients["infusion"].to_list() == [datetime(2025, 3, 3, 11, 0, tzinfo=UTC)]
    assert any("after the first one" in notice for notice in records.log.notices)


def test_collecting_the_cells_is_no_infusion(tmp_path: Path):
    collected = procedure({"text": "Leukapheresis for CAR-T"}, performedDateTime="2025-02-01T09:00:00Z")
    assert read(tmp_path, PATIENT, collected).patients["infusion"].to_list() == [None]


def test_a_period_that_ends_before_it_starts_is_a_mistake(tmp_path: Path):
    given = drug("Propofol", effectivePeriod={"start": "2025-03-04T10:00:00Z", "end": "2025-03-04T09:00:00Z"})
    del given["effectiveDateTime"]
    records = read(tmp_path, given, keep_going=True)
    assert records.therapies.is_empty()
    assert "ends after it starts" in records.log.problems[0]
