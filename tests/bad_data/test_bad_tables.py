"""Each way to get a table wrong has one broken file and the words of its error."""

import shutil
from pathlib import Path

import pytest
import yaml

from icans.errors import DataError
from icans.record.long import read_long
from icans.record.mapping import read_mapping
from icans.record.read import read
from icans.record.states import read_states

FOLDER = Path(__file__).parent / "tables"
CASES = yaml.safe_load((FOLDER / "cases.yaml").read_text())
RIGHT = {
    "patient": "patient,product,infusion,age\np,axi-cel,2024-03-01T10:00+01:00,58\n",
    "observations": "time,item,value,unit\n2024-03-02T08:00+01:00,temperature,38.5,Cel\n",
    "therapies": "start,drug,dose,unit\n2024-03-02T08:00+01:00,tocilizumab,8,mg/kg\n",
}


def folder_with(place: Path, **files: bytes) -> Path:
    """A patient's folder in which all is right but what is given."""
    for name, text in RIGHT.items():
        (place / f"{name}.csv").write_bytes(files.get(name, text.encode()))
    return place


def read_broken(case: dict, place: Path) -> object:
    file = FOLDER / case["file"]
    whole = {"states": read_states, "mapping": read_mapping, "table": read}
    if case["as"] in whole:
        return whole[case["as"]](file)
    return read(folder_with(place, **{case["as"]: file.read_bytes()}))


@pytest.mark.parametrize("case", CASES, ids=[case["file"] for case in CASES])
def test_the_error_of_a_broken_file_says(case, tmp_path):
    with pytest.raises(DataError) as caught:
        read_broken(case, tmp_path)
    for words in case["words"]:
        assert words in str(caught.value)


def test_every_broken_file_has_its_case():
    assert sorted(p.name for p in FOLDER.iterdir() if p.name != "cases.yaml") == sorted(c["file"] for c in CASES)


def test_the_folder_the_broken_files_are_put_in_is_right_itself(tmp_path):
    assert len(read(folder_with(tmp_path)).observations) == 1


@pytest.mark.parametrize("case", [c for c in CASES if c["as"] == "observations"], ids=lambda c: c["file"])
def test_no_error_repeats_a_patients_value(case, tmp_path):
    with pytest.raises(DataError) as caught:
        read(folder_with(tmp_path, observations=(FOLDER / case["file"]).read_bytes()))
    for value in ("38.5", "38,5", "101.3", "101.9", "warm", "sleepy", "maybe", "squint", "perhaps", "8 pm"):
        assert value not in str(caught.value)


def test_a_huge_cell_is_an_error_with_its_row(tmp_path):
    huge = (
        b"time,item,value,unit\n2024-03-02T08:00+01:00,crp,20,mg/L\n2024-03-02T09:00+01:00,crp,20," + b"x" * 1_100_000
    )
    with pytest.raises(DataError, match=r"observations\.csv row 3 has a cell of more than 1,000,000 characters"):
        read(folder_with(tmp_path, observations=huge))


def test_a_huge_cell_in_a_large_file_is_an_error_with_its_row(tmp_path):
    (tmp_path / "large.csv").write_bytes(b"temp_c,note\n38.5,a\n38.5," + b"x" * 9_000_000)
    with pytest.raises(DataError, match=r"large\.csv row 3 has a cell of more than"):
        read_states(tmp_path / "large.csv")


def test_binary_data_far_into_a_file_is_found(tmp_path):
    text = RIGHT["observations"].encode() + b"2024-03-02T09:00+01:00,crp,20,mg/L\n" * 2000 + b"\x00\x01"
    with pytest.raises(DataError, match="binary data"):
        read(folder_with(tmp_path, observations=text))


@pytest.mark.parametrize("name", ["", "nothing", "nothing.csv", "nothing.parquet"])
def test_a_path_that_holds_nothing_is_an_error(name, tmp_path):
    with pytest.raises(DataError, match=r"no such file|holds no record"):
        read(tmp_path / name)


def test_a_file_of_another_kind_is_an_error_that_says_what_a_record_is(tmp_path):
    (tmp_path / "scan.dcm").write_bytes(b"x")
    with pytest.raises(DataError, match=r"A record is a folder with patient\.csv"):
        read(tmp_path / "scan.dcm")


def test_observations_without_a_patient_file_say_what_is_missing(tmp_path):
    folder_with(tmp_path)
    (tmp_path / "patient.csv").unlink()
    with pytest.raises(DataError, match=r"no patient\.csv, which says when the infusion was"):
        read(tmp_path)


def test_all_problems_of_a_folder_are_reported_together(tmp_path):
    broken = b"time,item,value,unit\n2024-03-02T08:00,temperature,38.5,Cel\n2024-03-02T08:00+01:00,crq,1,mg/L\n"
    therapies = (FOLDER / "therapy_no_drug.csv").read_bytes()
    with pytest.raises(DataError) as caught:
        read(folder_with(tmp_path, observations=broken, therapies=therapies))
    assert len(caught.value.problems) == 3


def test_keep_going_leaves_out_the_wrong_rows_and_lists_them(tmp_path):
    broken = RIGHT["observations"].encode() + b"2024-03-02T09:00+01:00,crq,1,mg/L\n"
    records = read(folder_with(tmp_path, observations=broken), keep_going=True)
    assert len(records.observations) == 1
    assert len(records.log.problems) == 1


def test_the_same_patient_in_two_folders_is_an_error(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        folder_with(tmp_path / name)
    with pytest.raises(DataError, match="two has the same patient as one"):
        read(tmp_path)


def test_a_problem_in_one_of_many_folders_names_the_folder(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        folder_with(tmp_path / name, patient=RIGHT["patient"].replace("\np,", f"\n{name},").encode())
    shutil.copy(FOLDER / "ice_above_maximum.csv", tmp_path / "two" / "observations.csv")
    with pytest.raises(DataError, match=r"^two/observations\.csv row 2"):
        read(tmp_path)


def test_a_mapping_that_names_a_column_the_table_lacks_is_an_error(tmp_path):
    (tmp_path / "map.yaml").write_text("patient: id\nlayout: wide\ncolumns: {temp: {item: temperature, unit: Cel}}\n")
    (tmp_path / "t.csv").write_text("id,time,tmp\na,2024-03-02T08:00+01:00,38.5\n")
    with pytest.raises(DataError, match=r"no column 'temp'\. Is it 'tmp'\?"):
        read_long(tmp_path / "t.csv", tmp_path / "map.yaml")


def test_a_relative_time_without_a_unit_is_an_error(tmp_path):
    (tmp_path / "map.yaml").write_text("time: {column: time, from: infusion}\n")
    (tmp_path / "t.csv").write_text("patient,time,item,value,unit\na,3,crp,20,mg/L\n")
    with pytest.raises(DataError, match="needs the unit of the time column"):
        read_long(tmp_path / "t.csv", tmp_path / "map.yaml")
