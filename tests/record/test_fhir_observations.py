"""What an Observation becomes, and how it is counted."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from fhir_made import PATIENT, SNOMED, concept, observation, own, quantity, read, values

from icans.errors import DataError
from icans.record.catalogue import catalogue


def test_a_value_is_taken_with_its_time_in_utc_and_its_source(tmp_path: Path):
    records = read(tmp_path, PATIENT, observation(id="t1"))
    row = records.observations.row(0, named=True)
    assert (row["patient"], row["item"], row["value"]) == ("p1", "temperature", 38.4)
    assert row["time"] == datetime(2025, 3, 4, 7, 0, tzinfo=UTC)
    assert row["source"] == "Observation/t1"
    assert records.log.used == {"Observation temperature": 1, "Patient": 1}


@pytest.mark.parametrize(
    ("value", "unit", "celsius"), [(100.4, "[degF]", 38.0), (311.15, "K", 38.0), (38.0, "°C", 38.0)]
)
def test_units_are_converted(tmp_path: Path, value: float, unit: str, celsius: float):
    records = read(tmp_path, observation(valueQuantity=quantity(value, unit)))
    assert values(records, "temperature") == [pytest.approx(celsius, abs=1e-9)]


def test_the_unit_in_words_is_tried_where_its_code_is_not_known(tmp_path: Path):
    odd = {"value": 101.3, "unit": "F", "code": "fahr", "system": "urn:local"}
    assert values(read(tmp_path, observation(valueQuantity=odd)), "temperature") == [pytest.approx(38.5)]


def test_blood_pressure_comes_from_the_components_and_the_panel_is_not_counted(tmp_path: Path):
    parts = [
        {"code": concept("8480-6"), "valueQuantity": quantity(88, "mm[Hg]")},
        {"code": concept("8462-4"), "valueQuantity": quantity(50, "mm[Hg]")},
    ]
    records = read(tmp_path, observation("85354-9", valueQuantity=None, component=parts))
    assert values(records, "systolic_pressure") == [88]
    assert values(records, "diastolic_pressure") == [50]
    assert records.log.skipped == {}


def test_saturation_brings_flow_fraction_and_device(tmp_path: Path):
    parts = [
        {"code": concept("3151-8"), "valueQuantity": quantity(6, "L/min")},
        {"code": concept("3150-0"), "valueQuantity": quantity(40, "%")},
    ]
    worn = {"display": "Nasal cannula"}
    measured = observation("59408-5", valueQuantity=quantity(93, "%"), component=parts, device=worn)
    records = read(tmp_path, measured)
    assert values(records, "oxygen_saturation") == [93]
    assert values(records, "oxygen_flow") == [6]
    assert values(records, "fio2") == [pytest.approx(0.4)]
    assert values(records, "oxygen_device") == [catalogue()["oxygen_device"].encode("nasal_cannula")]


def test_a_pulse_oximeter_is_no_oxygen_device(tmp_path: Path):
    worn = {"display": "Acme Pulse Oximeter 2000"}
    records = read(tmp_path, observation("59408-5", valueQuantity=quantity(93, "%"), device=worn))
    assert values(records, "oxygen_device") == []


def test_a_device_resource_may_come_after_the_observation(tmp_path: Path):
    device = {"resourceType": "Device", "id": "d1", "type": concept("336623009", SNOMED)}
    measured = observation("59408-5", valueQuantity=quantity(93, "%"), device={"reference": "Device/d1"})
    assert values(read(tmp_path, measured, device), "oxygen_device") == [2]


@pytest.mark.parametrize(
    ("item", "answer", "word"),
    [
        ("oxygen_device", {"valueString": "High flow nasal cannula"}, "high_flow_nasal_cannula"),
        ("oxygen_device", {"valueCodeableConcept": concept("427591007", SNOMED)}, "nonrebreather"),
        ("consciousness", {"valueCodeableConcept": concept("to_tactile", "urn:icans:values")}, "to_tactile"),
        ("consciousness", {"valueCodeableConcept": {"text": "Alert"}}, "awake"),
        ("hypotension", {"valueBoolean": True}, "yes"),
        ("hypotension", {"valueCodeableConcept": concept("373067005", SNOMED)}, "no"),
        ("hypotension", {"valueString": "Yes"}, "yes"),
        ("raised_icp_signs", {"valueString": "papilledema;posturing"}, "papilledema;posturing"),
        ("ice_naming", {"valueInteger": 2}, "2"),
    ],
)
def test_answers_in_words_and_codes(tmp_path: Path, item: str, answer: dict, word: str):
    assert values(read(tmp_path, own(item, **answer)), item) == [catalogue()[item].encode(word)]


def test_a_cause_of_death_that_is_neither_crs_nor_icans_is_another_cause(tmp_path: Path):
    stroke = observation("69453-9", valueCodeableConcept={"text": "Stroke"})
    crs = observation(
        "69453-9", valueCodeableConcept={"text": "Cytokine release syndrome"}, effectiveDateTime="2025-03-05"
    )
    assert values(read(tmp_path, stroke, crs), "death_cause") == [1, 3]


def test_the_limit_of_the_laboratory_becomes_an_item_of_its_own(tmp_path: Path):
    measured = observation("1742-6", valueQuantity=quantity(80, "U/L"), referenceRange=[{"high": quantity(45, "U/L")}])
    records = read(tmp_path, measured)
    assert values(records, "alt_uln") == [45]
    assert records.log.used["Observation.referenceRange"] == 1


def test_an_attribution_to_another_cause_is_kept_with_its_words(tmp_path: Path):
    said = [{"url": "urn:icans:attribution", "valueString": "sepsis"}]
    own_cause = [{"url": "urn:icans:attribution", "valueString": "CRS"}]
    records = read(
        tmp_path,
        observation(extension=said),
        observation(extension=own_cause, effectiveDateTime="2025-03-04T12:00:00Z"),
    )
    assert records.observations["other_cause"].to_list() == [True, False]
    assert records.observations["attribution"].to_list() == ["sepsis", "CRS"]


def test_a_bound_is_taken_as_the_value_with_a_notice(tmp_path: Path):
    below = quantity(5, "mg/L") | {"comparator": "<"}
    records = read(tmp_path, observation("1988-5", valueQuantity=below))
    assert values(records, "crp") == [5]
    assert any("bound" in notice for notice in records.log.notices)


def test_an_implausible_value_is_kept_and_flagged(tmp_path: Path):
    records = read(tmp_path, observation(valueQuantity=quantity(45, "Cel")))
    assert records.observations["implausible"].to_list() == [True]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": "entered-in-error"}, "Observation temperature with status entered-in-error"),
        ({"status": "cancelled"}, "Observation temperature with status cancelled"),
        ({"effectiveDateTime": None}, "Observation temperature without a time"),
        ({"effectiveDateTime": "2025-03"}, "Observation temperature dated only to a month or year"),
        ({"subject": None}, "Observation temperature without a patient"),
        (
            {"subject": {"reference": "Group/7"}},
            "Observation temperature about something that is not a patient",
        ),
        ({"valueQuantity": None}, "Observation temperature without a value"),
        ({"valueQuantity": {"value": 38.4}}, "Observation temperature without a unit"),
        ({"valueQuantity": quantity(38, "mg")}, "Observation temperature in a unit not known here: mg"),
        ({"valueString": "38"}, "Observation temperature without a unit"),
        ({"valueTime": "12:00:00"}, "Observation temperature with a value of a kind not read here"),
        ({"code": concept("72514-3")}, "Observation with no code known here: 72514-3"),
        ({"code": {"text": "pulse of the moon"}}, "Observation with no code known here: pulse of the moon"),
    ],
)
def test_what_is_left_out_is_counted_with_the_reason(tmp_path: Path, change: dict, reason: str):
    records = read(tmp_path, PATIENT, observation(**change))
    assert records.observations.is_empty()
    assert records.log.skipped == {reason: 1}


def test_a_value_whose_absence_has_a_reason_is_counted(tmp_path: Path):
    absent = observation(valueQuantity=None, dataAbsentReason={"text": "unknown"})
    assert read(tmp_path, absent).log.skipped == {"Observation temperature without a value, the reason being given": 1}


def test_a_date_alone_is_the_start_of_that_day_with_a_notice(tmp_path: Path):
    records = read(tmp_path, observation(effectiveDateTime="2025-03-04"))
    assert records.observations["time"].to_list() == [datetime(2025, 3, 4, tzinfo=UTC)]
    assert any("start of that day" in notice for notice in records.log.notices)


def test_a_mistake_is_a_problem_without_the_value_and_the_rest_is_kept_when_asked(tmp_path: Path):
    wrong = observation("1988-5", valueQuantity=quantity(-386.4, "mg/L"), id="x")
    with pytest.raises(DataError) as caught:
        read(tmp_path, observation(), wrong)
    assert "bundle.json entry 2" in str(caught.value)
    assert "386" not in str(caught.value)
    records = read(tmp_path, observation(), wrong, keep_going=True)
    assert len(records.observations) == 1
    assert len(records.log.problems) == 1


def test_of_two_versions_of_a_resource_the_later_counts(tmp_path: Path):
    early = observation(id="t", meta={"lastUpdated": "2025-03-04T09:00:00Z"})
    withdrawn = observation(id="t", meta={"lastUpdated": "2025-03-04T11:00:00Z"}, status="entered-in-error")
    for order in ((early, withdrawn), (withdrawn, early)):
        records = read(tmp_path, *order)
        assert records.observations.is_empty()
        assert records.log.skipped["Observation repeated (same id)"] == 1


def test_two_values_at_one_time_the_one_issued_last_is_taken(tmp_path: Path):
    first = observation(issued="2025-03-04T09:00:00Z", valueQuantity=quantity(39.5, "Cel"))
    second = observation(issued="2025-03-04T09:30:00Z", valueQuantity=quantity(38.5, "Cel"))
    for order in ((first, second), (second, first)):
        records = read(tmp_path, *order)
        assert values(records, "temperature") == [38.5]
        reason = "Observation temperature contradicted by another value at the same time"
        assert records.log.skipped == {reason: 1}
        assert records.log.used["Observation temperature"] == 1


def test_two_values_at_one_time_without_a_date_of_change_the_worse_is_taken(tmp_path: Path):
    pressures = [observation("8480-6", valueQuantity=quantity(v, "mm[Hg]")) for v in (110, 84)]
    assert values(read(tmp_path, *pressures), "systolic_pressure") == [84]
    assert values(read(tmp_path, *pressures[::-1]), "systolic_pressure") == [84]


def test_the_same_value_twice_counts_once(tmp_path: Path):
    records = read(tmp_path, observation(), observation())
    assert values(records, "temperature") == [38.4]
    assert records.log.skipped == {"Observation temperature repeated at the same time": 1}
    assert not any("twice" in notice for notice in records.log.notices)
