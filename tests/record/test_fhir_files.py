"""Files, folders and what can be wrong with them; the broken files stand in tests/bad_data/fhir."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from fhir_made import PATIENT, observation, read, values

from icans.errors import DataError
from icans.record.fhir import read_fhir

BAD = Path(__file__).parent.parent / "bad_data" / "fhir"

WORDS = {
    "truncated.json": "truncated.json: not valid JSON at line 28, column 6; the file ends in the middle",
    "one_bad_line.ndjson": "one_bad_line.ndjson line 3: not valid JSON",
    "not_fhir.json": "not_fhir.json: JSON, but not FHIR: it has no resourceType",
    "not_json.json": "not_json.json: not valid JSON at line 1",
    "binary.json": "binary.json: not valid JSON at line 1",
    "empty_file.json": "empty_file.json: the file is empty",
    "empty_bundle.json": "empty_bundle.json: the Bundle has no entry",
    "not_gzip.ndjson.gz": "not_gzip.ndjson.gz: not gzip data",
    "cut_off.ndjson.gz": "cut_off.ndjson.gz: not gzip data, or cut off",
    "r5_administration.json": "entry 2: MedicationAdministration is in FHIR R5 ('occurenceDateTime')",
    "stu3_condition.json": "entry 2: Condition is in FHIR STU3 or DSTU2 ('verificationStatus' as a word)",
    "r5_capability.json": "entry 1: the CapabilityStatement says FHIR 5.0.0, but R4 (4.0.1) is read here",
    "time_zone_missing.json": "entry 2: Observation: time: a time needs its offset from UTC",
    "not_a_time.json": "entry 2: Observation: time: a FHIR date and time is expected",
    "ice_above_maximum.json": "QuestionnaireResponse: ice_orientation is from 0 to 4",
    "negative_flow.json": "Observation: oxygen_flow is 0 L/min or more",
    "value_is_text.json": "Observation.valueQuantity.value should be a number",
}
KEPT_OTHERS = {"one_bad_line.ndjson": 2, "r5_administration.json": 0, "stu3_condition.json": 0}


@pytest.mark.parametrize("name", sorted(p.name for p in BAD.iterdir()))
def test_each_broken_file_says_what_is_wrong_with_it(name: str):
    with pytest.raises(DataError) as caught:
        read_fhir(BAD / name)
    assert WORDS[name] in str(caught.value)
    for value in ("38.4", "101.2", "high", "1960", "at eight"):
        assert value not in str(caught.value)


def test_fahrenheit_called_celsius_is_kept_and_flagged():
    records = read_fhir(Path(__file__).parent / "fahrenheit_called_celsius.json")
    assert records.observations["implausible"].to_list() == [True]


@pytest.mark.parametrize("name", sorted(KEPT_OTHERS))
def test_the_rest_of_a_file_is_kept_when_asked(name: str):
    records = read_fhir(BAD / name, keep_going=True)
    assert len(records.observations) == KEPT_OTHERS[name]
    assert records.names() == ["p1"]
    assert len(records.log.problems) == 1


def test_a_path_that_is_not_there():
    with pytest.raises(DataError, match="does not exist"):
        read_fhir(BAD / "no_such_file.json")


def test_a_folder_without_fhir(tmp_path: Path):
    (tmp_path / "notes.txt").write_text("no")
    with pytest.raises(DataError, match="holds no FHIR file"):
        read_fhir(tmp_path)
    (tmp_path / "package.json").write_text('{"name": "no"}')
    with pytest.raises(DataError, match="holds no FHIR resource"):
        read_fhir(tmp_path)


def test_a_broken_file_in_a_folder_does_not_hide_the_others(tmp_path: Path):
    (tmp_path / "a.json").write_text('{"resourceType": "Pati')
    (tmp_path / "b.json").write_text(json.dumps(observation(id="x")))
    with pytest.raises(DataError, match=r"a\.json: not valid JSON"):
        read_fhir(tmp_path)
    assert values(read_fhir(tmp_path, keep_going=True), "temperature") == [38.4]


def test_one_record_in_all_forms(tmp_path: Path):
    """A Bundle, a folder of resources, NDJSON and NDJSON.gz of the same resources give the same record."""
    made = [PATIENT, observation(id="a"), observation(id="b", effectiveDateTime="2025-03-04T12:00:00Z")]
    lines = "\n".join(json.dumps(r) for r in made).encode()
    (tmp_path / "bulk.ndjson").write_bytes(b"\xef\xbb\xbf" + lines + b"\n\n")
    (tmp_path / "bulk.ndjson.gz").write_bytes(gzip.compress(lines))
    folder = tmp_path / "folder" / "deep"
    folder.mkdir(parents=True)
    for n, resource in enumerate(made):
        (folder / f"{n}.json").write_text(json.dumps(resource))
    expected = read(tmp_path, *made)
    for path in (tmp_path / "bulk.ndjson", tmp_path / "bulk.ndjson.gz", tmp_path / "folder"):
        records = read_fhir(path)
        assert records.observations.equals(expected.observations)
        assert records.patients.equals(expected.patients)


def test_the_order_of_resources_does_not_matter(tmp_path: Path):
    made = [PATIENT, observation(), observation("8867-4", valueQuantity={"value": 90, "unit": "/min"})]
    made = [r | {"id": f"x{n}"} for n, r in enumerate(made)]
    forward, back = read(tmp_path, *made), read(tmp_path, *made[::-1])
    assert forward.observations.equals(back.observations)


def test_types_that_are_not_used_are_counted(tmp_path: Path):
    records = read(tmp_path, PATIENT, {"resourceType": "Claim"}, {"resourceType": "Claim"})
    assert records.log.skipped == {"resource type Claim is not used": 2}


def test_a_page_of_a_search_says_that_pages_are_missing(tmp_path: Path):
    page = {
        "resourceType": "Bundle",
        "type": "searchset",
        "link": [{"relation": "next", "url": "http://example.org/fhir?page=2"}],
        "entry": [{"fullUrl": "urn:uuid:1", "resource": observation(id="a")}],
    }
    (tmp_path / "page.json").write_text(json.dumps(page))
    assert any("further pages" in notice for notice in read_fhir(tmp_path / "page.json").log.notices)


def test_a_full_url_is_what_a_transaction_points_to(tmp_path: Path):
    bundle = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {"fullUrl": "urn:uuid:0-1", "resource": PATIENT},
            {"fullUrl": "urn:uuid:0-2", "resource": observation(subject={"reference": "urn:uuid:0-1"})},
        ],
    }
    (tmp_path / "t.json").write_text(json.dumps(bundle))
    records = read_fhir(tmp_path / "t.json")
    assert records.observations["patient"].to_list() == ["p1"]
    assert records.observations["source"].to_list() == ["t.json entry 2"]


def test_the_same_mistake_many_times_is_said_once(tmp_path: Path):
    wrong = [observation(effectiveDateTime="2025-03-04T08:00:00") for _ in range(40)]
    problems = read(tmp_path, *wrong, keep_going=True).log.problems
    assert len(problems) == 1
    assert "entry 1 and 39 more places" in problems[0]


def test_a_deeply_nested_or_huge_file_is_an_error_and_no_crash(tmp_path: Path):
    (tmp_path / "deep.json").write_text('{"resourceType":' + "[" * 100_000)
    with pytest.raises(DataError, match="not valid JSON"):
        read_fhir(tmp_path / "deep.json")
    huge = observation(code={"text": "x" * 2_000_000})
    skipped = read(tmp_path, huge).log.skipped
    assert max(map(len, skipped)) < 120
