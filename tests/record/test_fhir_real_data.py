"""Real and synthetic public data are read whole, with counts that plain JSON gives too.

The folder is ICANS_DATA, by default ../shared/data beside the repository; without it these tests are skipped.
"""

from __future__ import annotations

import gzip
import json
import os
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from icans.record.fhir import read_fhir
from icans.record.record import Records

Json = dict[str, Any]
DATA = Path(os.environ.get("ICANS_DATA") or Path(__file__).parents[3] / "shared" / "data")
MIMIC = DATA / "mimic_iv_demo_on_fhir" / "fhir"
SYNTHEA = DATA / "synthea_fhir_r4"
US_CORE = DATA / "us_core_examples"
pytestmark = pytest.mark.skipif(not MIMIC.is_dir(), reason=f"no public data at {DATA} (set ICANS_DATA)")


@cache
def mimic() -> Records:
    return read_fhir(MIMIC, keep_going=True)


@cache
def lines(name: str) -> list[Json]:
    with gzip.open(MIMIC / f"Mimic{name}.ndjson.gz") as stream:
        return [json.loads(line) for line in stream]


def observations() -> list[Json]:
    return [r for path in MIMIC.glob("MimicObservation*.gz") for r in lines(path.name[5:-10])]


def slots(resource: Json) -> int:
    """How many values an Observation has room for: its own unless it is only a panel, and its components."""
    parts = resource.get("component", [])
    own = any(k.startswith("value") for k in resource) or "dataAbsentReason" in resource or not parts
    return own + len(parts)


def of_observations(counts: dict[str, int], but: str = "\0") -> int:
    return sum(n for name, n in counts.items() if name.startswith("Observation ") and but not in name)


def test_all_patients_are_there():
    assert mimic().patients.height == len({r["id"] for r in lines("Patient")}) == 100


def test_every_value_of_every_observation_is_counted_once():
    total = of_observations(dict(mimic().log.used)) + of_observations(dict(mimic().log.skipped))
    assert total == sum(slots(r) for r in observations())


def heard(code: str) -> Callable[[Json], bool]:
    return lambda r: r["code"]["coding"][0]["code"] == code and "valueQuantity" in r


def test_all_temperatures_with_a_value_are_used_or_accounted_for():
    log = mimic().log
    with_value = sum(map(heard("8310-5"), observations()))
    accounted = log.used["Observation temperature"] + sum(
        n for name, n in log.skipped.items() if name.startswith("Observation temperature") and "reason" not in name
    )
    assert accounted == with_value > 700


def test_temperatures_that_cannot_be_are_kept_and_flagged():
    fahrenheit = [r["valueQuantity"]["value"] for r in observations() if heard("8310-5")(r)]
    doubtful = sum(not 30 <= (value - 32) / 1.8 <= 43 for value in fahrenheit)
    flagged = mimic().observations.filter(pl.col("item") == "temperature", "implausible").height
    assert 0 < flagged <= doubtful


def test_what_was_not_measured_is_counted_as_such():
    absent = sum(r["code"]["coding"][0]["code"] == "8310-5" and "dataAbsentReason" in r for r in observations())
    assert mimic().log.skipped["Observation temperature without a value, the reason being given"] == absent


def test_vasopressors_are_all_there_with_their_rates():
    plain = Counter(
        r["medicationCodeableConcept"]["coding"][0]["display"] for r in lines("MedicationAdministrationICU")
    )
    therapies = mimic().therapies
    for display in ("Norepinephrine", "Epinephrine", "Phenylephrine", "Vasopressin", "Dopamine"):
        rows = therapies.filter(drug=display.lower())
        assert rows.height == plain[display]
        assert rows["rate"].null_count() == 0
        assert set(rows["rate_unit"]) == {"[IU]/h" if display == "Vasopressin" else "ug/kg/min"}


def test_every_administration_procedure_and_condition_is_counted_once():
    log = mimic().log
    for kind, names in {
        "MedicationAdministration": ("MedicationAdministrationICU",),
        "Procedure": ("ProcedureICU",),
        "Condition": ("Condition", "ConditionED"),
    }.items():
        counted = sum(n for counts in (log.used, log.skipped) for k, n in counts.items() if k.split(" ")[0] == kind)
        assert counted == sum(len(lines(name)) for name in names)


def test_ventilation_procedures_are_used():
    names = ("Invasive Ventilation", "Non-invasive Ventilation", "Intubation")
    plain = sum(r["code"]["coding"][0]["display"] in names for r in lines("ProcedureICU"))
    assert mimic().log.used["Procedure oxygen_device"] == plain


def test_problems_and_notices_hold_no_identifier_of_a_patient():
    text = "\n".join((*mimic().log.problems, *mimic().log.notices, *mimic().log.used, *mimic().log.skipped))
    assert not any(r["id"] in text or r["identifier"][0]["value"] in text for r in lines("Patient"))


@pytest.mark.parametrize("path", sorted(SYNTHEA.glob("*.json")), ids=lambda p: p.stem[:8])
def test_each_synthea_bundle_is_read(path: Path):
    resources = [entry["resource"] for entry in json.loads(path.read_text())["entry"]]
    records = read_fhir(path)
    kinds = Counter(r["resourceType"] for r in resources)
    seen = [r for r in resources if r["resourceType"] == "Observation"]
    assert records.patients.height == 1
    counted = of_observations(dict(records.log.used)) + of_observations(dict(records.log.skipped))
    assert counted == sum(map(slots, seen))
    assert records.log.used["Observation weight"] == sum(map(heard("29463-7"), seen))
    assert records.log.skipped["resource type Claim is not used"] == kinds["Claim"]
    assert records.log.skipped["Encounter is only counted"] == kinds["Encounter"]


@pytest.mark.parametrize("path", sorted(US_CORE.glob("*.json")), ids=lambda p: p.stem)
def test_each_us_core_example_is_read(path: Path):
    records = read_fhir(path)
    plain = json.loads(path.read_text())
    counted = of_observations(dict(records.log.used)) + of_observations(dict(records.log.skipped))
    assert counted == slots(plain)


def test_us_core_examples_together():
    records = read_fhir(US_CORE)
    used = records.log.used
    assert used["Observation oxygen_saturation"] == 2
    assert used["Observation oxygen_flow"] == 1
    assert used["Observation sodium"] == 1
    assert used["Observation temperature"] == 1
