"""A patient as a folder of CSV files."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icans.record.csv import read_folder
from icans.record.read import read
from icans.record.record import OBSERVATIONS, PATIENTS, THERAPIES, Records

PATIENT = (
    "patient,product,infusion,birth_date,sex,weight,height,developmental_delay,time_zone,label\n"
    "p-1,YESCARTA,2024-03-01T11:00,1964-03-01,Female,70,165,no,Europe/Berlin,made up\n"
)


def folder(place: Path, observations: str, therapies: str | None = None, patient: str = PATIENT) -> Path:
    (place / "patient.csv").write_text(patient, encoding="utf-8")
    (place / "observations.csv").write_text(observations, encoding="utf-8")
    if therapies is not None:
        (place / "therapies.csv").write_text(therapies, encoding="utf-8")
    return place


def seen(place: Path, *rows: str, header: str = "time,item,value,unit,attribution") -> Records:
    return read_folder(folder(place, "\n".join((header, *rows)) + "\n"))


def test_the_facts_of_the_patient(tmp_path):
    records = seen(tmp_path)
    fact = records.patients.row(0, named=True)
    assert fact["patient"] == "p-1"
    assert fact["product"] == "axi-cel"
    assert fact["infusion"] == datetime(2024, 3, 1, 10, tzinfo=UTC)
    assert fact["age"] == pytest.approx(60.0, abs=0.01)
    assert (fact["sex"], fact["weight"], fact["height"]) == ("female", 70.0, 165.0)
    assert fact["developmental_delay"] is False


def test_the_tables_have_the_schemas_of_a_record_even_when_empty(tmp_path):
    records = seen(tmp_path)
    assert records.patients.schema == pl.Schema(PATIENTS)
    assert records.observations.schema == pl.Schema(OBSERVATIONS)
    assert records.therapies.schema == pl.Schema(THERAPIES)


def test_a_patient_without_a_name_has_the_name_of_the_folder(tmp_path):
    patient = "infusion\n2024-03-01T11:00Z\n"
    assert read_folder(folder(tmp_path, "time,item,value\n", patient=patient)).names() == [tmp_path.name]


def test_an_observation_in_another_unit_and_with_another_cause(tmp_path):
    records = seen(tmp_path, "2024-03-02T08:00,temperature,101.3,[degF],other cause: sepsis")
    row = records.observations.row(0, named=True)
    assert row["time"] == datetime(2024, 3, 2, 7, tzinfo=UTC)
    assert row["value"] == 38.5
    assert row["other_cause"] is True
    assert row["attribution"] == "other cause: sepsis"
    assert row["source"] == "observations.csv row 2"


@pytest.mark.parametrize(
    ("words", "other"),
    [("", None), ("CAR-T", False), ("car t", False), ("CRS", False), ("other cause", True), ("Other: bleeding", True),
     ("not CAR-T: drug", True), ("unrelated", True)],
)  # fmt: skip
def test_the_words_of_an_attribution(words, other, tmp_path):
    assert seen(tmp_path, f"2024-03-02T08:00,crp,20,mg/L,{words}").observations["other_cause"][0] is other


def test_words_become_numbers_by_their_place(tmp_path):
    records = seen(
        tmp_path,
        "2024-03-02T08:00,consciousness,to_voice,,",
        "2024-03-02T08:00,hypotension,yes,,",
        "2024-03-02T08:00,raised_icp_signs,papilledema;posturing,,",
        "2024-03-02T08:00,vasoactive_drugs,none,,",
    )
    assert records.observations["value"].to_list() == [1.0, 1.0, 5.0, 0.0]  # 5 = 1 (first) + 4 (third)


def test_an_item_may_be_called_by_its_column(tmp_path):
    assert seen(tmp_path, "2024-03-02T08:00,temp_c,38.5,Cel,").observations["item"][0] == "temperature"


def test_an_unlikely_value_is_kept_and_flagged(tmp_path):
    records = seen(tmp_path, "2024-03-02T08:00,temperature,44.5,Cel,", "2024-03-02T09:00,temperature,38.5,Cel,")
    assert records.observations["implausible"].to_list() == [True, False]
    assert records.log.problems == ()


def test_a_temperature_in_fahrenheit_that_says_celsius_is_flagged(tmp_path):
    records = seen(tmp_path, "2024-03-02T08:00,temperature,101.3,Cel,")
    assert records.observations["implausible"].to_list() == [True]


def test_a_value_below_or_above_a_limit_is_taken_at_the_limit_with_a_notice(tmp_path):
    records = seen(tmp_path, "2024-03-02T08:00,crp,<0.5,mg/L,", "2024-03-02T08:00,ferritin,> 100000,ug/L,")
    assert records.observations["value"].to_list() == [0.5, 100000.0]
    assert "crp: values written as '<' or '>', the limit itself taken: 1" in records.log.notices


def test_an_exact_repetition_is_dropped_with_a_notice(tmp_path):
    row = "2024-03-02T08:00,crp,20,mg/L,"
    records = seen(tmp_path, row, row, "2024-03-02T08:00,crp,2,mg/dL,")
    assert len(records.observations) == 1
    assert any("2 rows repeat another row exactly" in notice for notice in records.log.notices)


def test_a_row_that_corrects_takes_the_place_of_the_earlier_one(tmp_path):
    header = "time,item,value,unit,corrects"
    records = seen(tmp_path, "2024-03-02T08:00,crp,200,mg/L,", "2024-03-02T08:00,crp,20,mg/L,yes", header=header)
    assert records.observations["value"].to_list() == [20.0]
    assert records.log.problems == ()


def test_columns_nobody_asked_for_are_named_in_a_notice(tmp_path):
    records = seen(tmp_path, "2024-03-02T08:00,crp,20,mg/L,nurse", header="time,item,value,unit,who")
    assert "observations.csv: columns not used: who" in records.log.notices


def test_what_was_used_is_counted(tmp_path):
    records = seen(tmp_path, "2024-03-02T08:00,crp,20,mg/L,", "2024-03-02T09:00,crp,20,mg/L,")
    assert records.log.used == {"Patient": 1, "Observation crp": 2}


def test_the_time_zone_of_the_patient_is_used_across_a_change_of_clocks(tmp_path):
    records = seen(tmp_path, "2024-03-31T01:30,crp,20,mg/L,", "2024-03-31T03:30,crp,20,mg/L,")
    first, second = records.observations["time"]
    assert second - first == timedelta(hours=1)


def test_therapies(tmp_path):
    therapies = (
        "start,end,drug,dose,unit,route,rate,rate_unit\n"
        "2024-03-02T08:00,,Actemra,8,mg/kg,iv,,\n"
        "2024-03-02T09:00,2024-03-02T21:00,noradrenaline,,,iv,5,mcg/min\n"
        "2024-03-02T10:00,,Dexametasone,10,mg,iv,,\n"
        "2024-03-02T10:00,,Dexametasone,10,mg,iv,,\n"
    )
    records = read_folder(folder(tmp_path, "time,item,value\n", therapies))
    assert records.therapies["drug"].to_list() == ["tocilizumab", "norepinephrine", "dexametasone"]
    assert records.therapies["rate_unit"].to_list() == [None, "ug/min", None]
    assert records.therapies["end"][1] == datetime(2024, 3, 2, 20, tzinfo=UTC)
    assert records.log.problems == ()
    assert any("Is it 'dexamethasone'?" in notice for notice in records.log.notices)
    assert any("1 rows repeat" in notice for notice in records.log.notices)


def test_an_unknown_product_is_kept_as_written_with_a_notice(tmp_path):
    patient = "patient,product,infusion\np,CAR-X 22,2024-03-01T11:00Z\n"
    records = read_folder(folder(tmp_path, "time,item,value\n", patient=patient))
    assert records.patients["product"][0] == "car-x 22"
    assert any("product is not in the catalogue" in notice for notice in records.log.notices)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_delimiters_line_endings_and_marks_of_spreadsheets(delimiter, ending, mark, tmp_path):
    rows = [["Time", "Item", "Value", "Unit"], ["2024-03-02T08:00", "temperature", '"38.5"', "Cel"], ["", "", "", ""]]
    folder(tmp_path, "")
    text = mark + ending.join(delimiter.join(row) for row in rows) + ending
    (tmp_path / "observations.csv").write_bytes(text.encode())
    assert read_folder(tmp_path).observations["value"].to_list() == [38.5]


def test_a_folder_of_folders_is_many_patients(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        rows = "time,item,value,unit\n2024-03-02T08:00,crp,20,mg/L\n"
        folder(tmp_path / name, rows, patient=PATIENT.replace("p-1", name))
    records = read(tmp_path)
    assert records.names() == ["a", "b"]
    assert records.log.used == {"Patient": 2, "Observation crp": 2}
    assert records.of("b").observations["source"].to_list() == ["b/observations.csv row 2"]


@given(rows=st.permutations([
    "2024-03-02T08:00,temperature,38.5,Cel,", "2024-03-02T09:00,temperature,38.6,Cel,", "2024-03-02T08:00,crp,20,mg/L,",
    "2024-03-02T08:00,ice_naming,3,,", "2024-03-03T08:00,consciousness,awake,,",
]))  # fmt: skip
def test_the_order_of_the_rows_does_not_matter(rows, tmp_path_factory):
    place = tmp_path_factory.mktemp("order")
    table = seen(place, *rows).observations.drop("source").sort("item", "time")
    assert table["value"].to_list() == [0.0, 20.0, 3.0, 38.5, 38.6]
