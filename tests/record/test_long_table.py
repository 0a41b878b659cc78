"""Cohort tables, long and wide, with and without a mapping file."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from real_data import DATA, ROOT, needs

from icans.record.long import ANCHOR, read_long
from icans.record.read import read
from icans.record.record import OBSERVATIONS, PATIENTS

MAPPINGS = ROOT / "examples" / "mappings"
ICU = DATA / "icu_hourly_demo_yaib" / "sepsis"
BWH = DATA / "bwh_icans" / "daily.csv"


def write(place, table: str, mapping: str = ""):
    (place / "table.csv").write_text(table)
    (place / "map.yaml").write_text(mapping)
    return read_long(place / "table.csv", place / "map.yaml" if mapping else None)


def test_a_long_table_without_a_mapping(tmp_path):
    records = write(
        tmp_path,
        "patient,time,item,value,unit,attribution\n"
        "a,2024-03-02T08:00Z,temperature,101.3,[degF],\n"
        "b,2024-03-02T08:00Z,consciousness,to_voice,,other cause: sedation\n",
    )
    assert records.names() == ["a", "b"]
    assert records.observations["value"].to_list() == [38.5, 1.0]
    assert records.observations["other_cause"].to_list() == [None, True]
    assert records.observations.schema == pl.Schema(OBSERVATIONS)
    assert records.patients.schema == pl.Schema(PATIENTS)


def test_a_long_table_with_words_of_its_own(tmp_path):
    records = write(
        tmp_path,
        "id,when,what,result\n1,24,BT,101.3\n1,24,SBP,90\n2,0.5,BT,38.5\n",
        "patient: id\ntime: {column: when, unit: h, from: infusion}\nitem: what\nvalue: result\nitems:\n"
        "  BT: {item: temperature, unit: {by: value, above: 60, then: '[degF]', else: Cel}}\n"
        "  SBP: {item: systolic_pressure, unit: mmHg}\n",
    )
    assert records.observations["value"].to_list() == [38.5, 90.0, 38.5]
    assert records.observations["time"][0] == ANCHOR + timedelta(days=1)
    assert records.patients["infusion"].to_list() == [ANCHOR, ANCHOR]


def test_a_wide_table_with_a_unit_rule_by_patient(tmp_path):
    # Patient 1 writes Fahrenheit and nmol/L: 95.24 nmol/L are 10 mg/L. The median decides, so one stray value does not.
    records = write(
        tmp_path,
        "id,day,temp,crp\n1,0,101.3,95.24\n1,1,99.5,95.24\n1,2,,95.24\n2,0,38.5,10\n2,1,na,10\n",
        "patient: id\ntime: {column: day, unit: d, from: infusion}\nlayout: wide\ncolumns:\n"
        "  temp: {item: temperature, unit: {by: patient, above: 60, then: '[degF]', else: Cel}}\n"
        "  crp: {item: crp, unit: {by: patient, column: temp, above: 60, then: nmol/L, else: mg/L}}\n",
    )
    by_item = records.observations.group_by("item").agg("value").rows_by_key("item")
    assert by_item["temperature"] == [([38.5, 37.5, 38.5],)]
    assert by_item["crp"] == [([10.0] * 5,)]
    assert sum("(mapping)" in notice for notice in records.log.notices) == 2


def test_a_wide_table_with_words_and_clock_times(tmp_path):
    records = write(
        tmp_path,
        "patient,time,awake,dx\na,2024-07-02T08:00,to_voice,x\na,2024-07-02T09:00,,y\n",
        "time: {column: time, zone: Europe/Berlin}\nlayout: wide\ncolumns: {awake: {item: consciousness}}\n",
    )
    assert records.observations["value"].to_list() == [1.0]
    assert records.observations["time"][0] == datetime(2024, 7, 2, 6, tzinfo=UTC)
    assert records.log.skipped == {"column dx is not in the mapping": 2}


def test_facts_from_a_table_beside_it_give_day_zero(tmp_path):
    (tmp_path / "facts.csv").write_text(
        "id,years,kg,given,prod,delay\n1,7,20,2024-03-01T12:00Z,Kymriah,yes\n9,1,1,,,\n"
    )
    records = write(
        tmp_path,
        "patient,day,t\n1,1,38.5\n2,1,38.5\n",
        "time: {column: day, unit: d, from: infusion}\nlayout: wide\ncolumns: {t: {item: temperature, unit: Cel}}\n"
        "facts:\n  file: facts.csv\n  patient: id\n  columns: {age: {column: years, unit: a}, weight: {column: kg}, "
        "infusion: given, product: prod, developmental_delay: delay}\n",
    )
    assert records.patients["infusion"].to_list() == [datetime(2024, 3, 1, 12, tzinfo=UTC), ANCHOR]
    assert records.observations["time"][0] == datetime(2024, 3, 2, 12, tzinfo=UTC)
    assert records.patients.row(0, named=True)["product"] == "tisa-cel"
    assert records.patients["developmental_delay"].to_list() == [True, None]
    assert records.patients["weight"].to_list() == [20.0, None]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("1,0,38.5,20\n1,0,38.5,20\n", None),
        ("1,0,38.5,\n1,0,,20\n", None),
        ("1,0,38.5,20\n1,0,39.5,20\n", "rows 2 and 3, column temp: two values of one patient at the same time"),
        ("1,0,warm,20\n", "row 2, column temp: temperature is a number"),
        ("1,0,38.5,-20\n", "row 2, column crp: crp is 0 mg/L or more"),
        ("1,soon,38.5,20\n", "row 2, column day: not a time since infusion"),
    ],
)
def test_mistakes_of_a_wide_table(rows, words, tmp_path):
    records = write(
        tmp_path,
        "patient,day,temp,crp\n" + rows,
        "time: {column: day, unit: d, from: infusion}\nlayout: wide\n"
        "columns: {temp: {item: temperature, unit: Cel}, crp: {item: crp, unit: mg/L}}\n",
    )
    if words is None:
        assert records.log.problems == ()
        assert len(records.observations) == 2
    else:
        assert [words in problem for problem in records.log.problems] == [True]


def test_an_unlikely_value_of_a_wide_table_is_kept_and_flagged(tmp_path):
    records = write(
        tmp_path,
        "patient,time,temp\na,2024-03-02T08:00Z,44.5\n",
        "layout: wide\ncolumns: {temp: {item: temperature, unit: Cel}}\n",
    )
    assert records.observations["implausible"].to_list() == [True]
    assert records.observations["source"].to_list() == ["table.csv row 2, temp"]


def test_a_parquet_table_reads_as_the_same_csv(tmp_path):
    table = pl.DataFrame({"patient": [1, 2], "time": [datetime(2024, 3, 2, 8)] * 2, "temp": [38.5, None]})
    table.write_parquet(tmp_path / "t.parquet")
    table.write_csv(tmp_path / "t.csv", datetime_format="%Y-%m-%dT%H:%M:%S")
    mapping = (
        "time: {column: time, zone: Europe/Berlin}\nlayout: wide\ncolumns: {temp: {item: temperature, unit: Cel}}\n"
    )
    (tmp_path / "map.yaml").write_text(mapping)
    one, other = (read_long(tmp_path / name, tmp_path / "map.yaml") for name in ("t.parquet", "t.csv"))
    assert one.observations.drop("source").equals(other.observations.drop("source"))
    assert one.patients.equals(other.patients)


@needs(ICU)
@pytest.mark.parametrize(("name", "patients"), [("mimic_demo", 115), ("eicu_demo", 896)])
def test_every_stay_of_the_intensive_care_tables_is_read(name, patients):
    records = read(ICU / name / "dyn.parquet", mapping=MAPPINGS / "icu-hourly.yaml")
    assert len(records.patients) == patients
    assert records.observations["patient"].n_unique() >= patients - 1  # one stay holds no column of the mapping
    assert records.log.problems == ()
    temperature = records.observations.filter(pl.col("item") == "temperature")["value"]
    assert 36 < temperature.median() < 38  # type: ignore[operator]


@needs(BWH)
def test_every_patient_of_the_daily_table_is_read_and_brought_to_one_unit():
    records = read(BWH, mapping=MAPPINGS / "bwh-daily.yaml")
    assert len(records.patients) == 126
    assert records.log.problems == ()
    temperature = records.observations.filter(pl.col("item") == "temperature")
    assert temperature["value"].is_between(30, 43).all()
    assert temperature["patient"].n_unique() > 100
