"""A record written as a Bundle and read back is the same record."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from icans.errors import DataError
from icans.record.catalogue import Item, catalogue, drugs, products
from icans.record.fhir import read_fhir, write_bundle
from icans.record.record import OBSERVATIONS, PATIENTS, THERAPIES, Records, empty_records

TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC))
WORDS = st.text(st.characters(categories=("L", "N", "P", "Zs")), min_size=1, max_size=20).filter(str.strip)
RATE_UNITS = st.sampled_from(["ug/kg/min", "ug/min", "mL/h", "[IU]/h"])
FACTS = ("product", "infusion", "age", "sex", "label")


def numbers(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_nan=False)


def values_of(item: Item) -> st.SearchStrategy[float]:
    if item.kind == "yes_no":
        return st.sampled_from([0.0, 1.0])
    if item.kind == "choice":
        return st.integers(0, len(item.values) - 1).map(float)
    if item.kind == "set":
        return st.integers(0, 2 ** len(item.values) - 1).map(float)
    low, high = (0 if item.limits[0] is None else item.limits[0]), item.limits[1] or 1e6
    if item.kind == "whole":
        return st.integers(int(low), int(high)).map(float)
    return numbers(low, high)


@st.composite
def observations(draw: st.DrawFn) -> dict[str, Any]:
    item = draw(st.sampled_from(sorted(catalogue().values(), key=lambda i: i.name)))
    value = draw(values_of(item))
    return {
        "patient": "p 1",
        "time": draw(TIMES),
        "item": item.name,
        "value": value,
        "other_cause": draw(st.none() | st.booleans()),
        "attribution": None,
        "implausible": not item.is_plausible(value),
        "source": "made",
    }


@st.composite
def therapies(draw: st.DrawFn) -> dict[str, Any]:
    dose, rate = draw(st.none() | numbers(0, 1e4)), draw(st.none() | numbers(0, 1e4))
    start = draw(TIMES)
    return {
        "patient": "p 1",
        "start": start,
        "end": draw(st.none() | TIMES.filter(lambda end: end >= start)),
        "drug": draw(st.sampled_from([*sorted(drugs()), "some trial drug"])),
        "dose": dose,
        "unit": None if dose is None else draw(st.sampled_from([None, "mg", "mg/kg", "ug", "{dose}"])),
        "route": draw(st.sampled_from([None, "iv", "oral"])),
        "rate": rate,
        "rate_unit": None if rate is None else draw(RATE_UNITS),
        "source": "made",
    }


@st.composite
def records(draw: st.DrawFn) -> Records:
    seen = draw(st.lists(observations(), max_size=8, unique_by=lambda row: (row["item"], row["time"])))
    for row in seen:
        if row["other_cause"] is not None:
            row["attribution"] = draw(st.none() | WORDS)
    given_drugs = draw(st.lists(therapies(), max_size=5))
    patient = {
        "patient": "p 1",
        "product": draw(st.none() | st.sampled_from([*sorted(products()), "some trial product"])),
        "infusion": draw(st.none() | TIMES),
        "age": draw(st.none() | numbers(0, 110)),
        "sex": draw(st.sampled_from([None, "female", "male", "other", "f"])),
        "weight": draw(st.none() | numbers(1, 300)),
        "height": draw(st.none() | numbers(30, 250)),
        "developmental_delay": draw(st.none() | st.booleans()),
        "label": draw(st.none() | WORDS),
    }
    return Records(
        pl.DataFrame([patient], schema=PATIENTS),
        pl.DataFrame(seen, schema=OBSERVATIONS),
        pl.DataFrame(given_drugs, schema=THERAPIES),
    )


def there_and_back(record: Records, folder: Path) -> Records:
    path = folder / "bundle.json"
    path.write_text(json.dumps(write_bundle(record)))
    return read_fhir(path)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(record=records())
def test_a_record_comes_back_as_it_was(record: Records, tmp_path: Path):
    back = there_and_back(record, tmp_path)
    order = ["time", "item"]
    seen = back.observations.drop("source").sort(order)
    assert seen.rows() == record.observations.drop("source").sort(order).rows()
    columns = [name for name in THERAPIES if name != "source"]
    assert sorted(map(str, back.therapies.select(columns).rows())) == sorted(
        map(str, record.therapies.select(columns).rows())
    )
    was, now = record.patients.row(0, named=True), back.patients.row(0, named=True)
    assert {name: now[name] for name in FACTS} == {name: was[name] for name in FACTS}
    for name in ("weight", "height", "developmental_delay"):
        assert was[name] is None or now[name] == was[name]
    assert back.log.skipped == {}
    assert back.log.problems == ()


def test_a_bundle_holds_one_patient():
    with pytest.raises(DataError, match="one patient"):
        write_bundle(empty_records())


def test_entries_have_addresses_and_what_fhir_asks_for(tmp_path: Path):
    patient = dict.fromkeys(PATIENTS) | {"patient": "p1", "product": "axi-cel"}
    patient["infusion"] = datetime(2025, 3, 3, 11, tzinfo=UTC)
    record = Records(
        pl.DataFrame([patient], schema=PATIENTS),
        pl.DataFrame(schema=OBSERVATIONS),
        pl.DataFrame(schema=THERAPIES),
    )
    bundle = write_bundle(record)
    infusion = bundle["entry"][1]["resource"]
    assert bundle["type"] == "collection"
    assert infusion["effectiveDateTime"] == "2025-03-03T11:00:00Z"
    assert infusion["medicationCodeableConcept"]["coding"][0]["code"] == "axi-cel"
    urls = [entry["fullUrl"] for entry in bundle["entry"]]
    assert len(set(urls)) == len(urls) == 2
