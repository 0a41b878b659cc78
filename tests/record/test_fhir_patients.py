"""Who the patients are."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from fhir_made import PATIENT, condition, drug, observation, own, quantity, read

from icans.record.age import years_between
from icans.record.fhir.moments import middle, moment

INFUSION = drug("Yescarta", effectiveDateTime="2025-03-03T11:00:00Z")


@pytest.mark.parametrize(
    ("birth", "then", "years"),
    [
        (date(2013, 3, 3), date(2025, 3, 3), 12.0),
        (date(2013, 3, 4), date(2025, 3, 3), 12 - 1 / 365),
        (date(2012, 2, 29), date(2025, 3, 1), 13.0),
        (date(2024, 1, 1), date(2024, 7, 1), 182 / 366),
    ],
)
def test_age_is_exact_on_birthdays(birth: date, then: date, years: float):
    assert years_between(birth, then) == pytest.approx(years, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "day"),
    [("1960", date(1960, 7, 2)), ("1960-02", date(1960, 2, 15)), ("1960-02-03", date(1960, 2, 3))],
)
def test_a_partial_birth_date_stands_for_the_middle_of_its_period(text: str, day: date):
    assert middle(moment(text)) == day


def test_age_sex_weight_and_height_at_the_infusion(tmp_path: Path):
    def weighed(kg: float, when: str) -> dict:
        return observation("29463-7", valueQuantity=quantity(kg, "kg"), effectiveDateTime=when)

    tall = observation("8302-2", valueQuantity=quantity(1.75, "m"))
    weights = [weighed(70, "2025-02-01"), weighed(71, "2025-03-02"), weighed(66, "2025-03-20")]
    row = read(tmp_path, PATIENT, INFUSION, tall, *weights).patients.row(0, named=True)
    # From 17 May 2024, the 64th birthday, to 3 March 2025 are 290 of 365 days.
    assert row["age"] == pytest.approx(64 + 290 / 365, abs=1e-9)
    assert (row["sex"], row["weight"], row["height"]) == ("female", 71, 175)


def test_an_uncertain_age_is_said_to_be_so(tmp_path: Path):
    records = read(tmp_path, PATIENT | {"birthDate": "1960"}, INFUSION)
    # From 2 July 2024 to 3 March 2025 are 244 of 365 days.
    assert records.patients["age"][0] == pytest.approx(64 + 244 / 365, abs=1e-9)
    assert any("only a year or month" in notice for notice in records.log.notices)


@pytest.mark.parametrize(
    "reference",
    [
        {"reference": "Patient/p1"},
        {"reference": "http://example.org/fhir/Patient/p1"},
        {"reference": "Patient/p1/_history/3"},
        {"reference": "urn:uuid:p1"},
        {"identifier": {"system": "urn:mrn", "value": "7"}},
    ],
)
def test_a_patient_may_be_pointed_to_in_several_ways(tmp_path: Path, reference: dict):
    patient = PATIENT | {"identifier": [{"system": "urn:mrn", "value": "7"}]}
    records = read(tmp_path, observation(subject=reference), patient)
    assert records.observations["patient"].to_list() == ["p1"]
    assert records.names() == ["p1"]


def test_a_patient_without_a_resource_is_kept_with_a_notice(tmp_path: Path):
    records = read(tmp_path, observation())
    assert records.names() == ["p1"]
    assert any("no Patient resource" in notice for notice in records.log.notices)


def test_names_of_persons_are_not_read(tmp_path: Path):
    row = read(tmp_path, PATIENT | {"name": [{"family": "Testperson"}]}).patients.row(0, named=True)
    assert "Testperson" not in str(row)


def test_a_death_without_a_cause_is_a_notice_and_no_observation(tmp_path: Path):
    records = read(tmp_path, PATIENT | {"deceasedDateTime": "2025-04-01"}, observation())
    assert records.observations["item"].to_list() == ["temperature"]
    assert any("died" in notice for notice in records.log.notices)
    said = own("death_cause", valueString="CRS")
    records = read(tmp_path, PATIENT | {"deceasedBoolean": True}, said)
    assert not any("died" in notice for notice in records.log.notices)


def test_developmental_delay_comes_from_a_diagnosis(tmp_path: Path):
    records = read(tmp_path, PATIENT, condition({"text": "Developmental delay"}, onsetDateTime="2015-01-01"))
    assert records.patients["developmental_delay"].to_list() == [True]
