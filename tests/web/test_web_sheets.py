"""Sheets: empty boxes say nothing, units are kept, causes attributed; settings as a form; handwriting as a picture."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import timedelta

import pytest

from icans.errors import DataError
from icans.store.errors import NotThere
from icans.store.records import record_of
from icans.web.handwriting import drawn
from icans.web.settings_form import as_form, from_form
from icans.web.sheets import filled, sheets
from icans.web.site import Site, site_of
from made_ward import NOW, MadeWard, made_ward


@pytest.fixture
def ward(tmp_path) -> MadeWard:
    return made_ward(tmp_path)


def fill(ward: MadeWard, patient: str, sheet: str, **boxes: object):
    data = {"time": "2026-03-09T05:30", **boxes}
    return ward.client("nurse").post(f"/patients/{patient}/enter/{sheet}", data=data)


def seen(ward: MadeWard, patient: str) -> dict[str, tuple[float, bool | None]]:
    with ward.store.read() as db:
        rows = record_of(db, patient).observations.iter_rows(named=True)
        return {r["item"]: (r["value"], r["other_cause"]) for r in rows}


def test_every_item_of_a_sheet_is_in_the_catalogue_and_no_sheet_has_one_twice():
    for sheet in sheets().values():
        names = [f.item.name for f in sheet.fields]
        assert len(names) == len(set(names)), sheet.id


def test_an_empty_box_says_nothing(ward):
    patient = ward.admit()
    assert fill(ward, patient, "vitals", temperature="38.6", heart_rate="", oxygen_device="").status_code == 303
    assert set(seen(ward, patient)) == {"temperature"}


def test_a_value_is_kept_in_the_unit_of_the_catalogue(ward):
    patient = ward.admit()
    fill(ward, patient, "vitals", temperature="101.3", **{"temperature.unit": "[degF]"})
    # (101.3 - 32) × 5/9 = 38.5
    assert seen(ward, patient)["temperature"][0] == pytest.approx(38.5)


def test_a_finding_with_another_cause_is_attributed(ward):
    patient = ward.admit()
    fill(ward, patient, "vitals", temperature="38.6", **{"temperature.cause": "transfusion"})
    assert seen(ward, patient)["temperature"] == (38.6, True)


def test_none_and_something_exclude_each_other(ward):
    patient = ward.admit()
    done = fill(ward, patient, "neurology", raised_icp_signs=["none", "papilledema"])
    assert done.status_code == 422
    assert "none, or what there is, not both" in done.text
    assert seen(ward, patient) == {}


def test_what_was_typed_is_still_there_where_something_is_wrong(ward):
    patient = ward.admit()
    done = fill(ward, patient, "vitals", temperature="38.6", heart_rate="many")
    assert done.status_code == 422
    assert "heart_rate is a number" in done.text
    assert 'value="38.6"' in done.text
    assert seen(ward, patient) == {}


def test_a_sheet_that_is_sent_twice_is_one_act(ward):
    patient = ward.admit()
    act = "0123456789abcdef0123456789abcdef"
    assert fill(ward, patient, "vitals", temperature="38.6", act=act).status_code == 303
    assert fill(ward, patient, "vitals", temperature="38.6", act=act).status_code == 303
    with ward.store.read() as db:
        assert record_of(db, patient).observations.height == 1


def test_the_time_of_a_form_is_in_the_zone_of_the_site(ward):
    with ward.store.write() as db:
        from icans.store import settings

        site = Site(time_zone="Europe/Berlin")
        settings.keep(db, site.model_dump(mode="json"), author=None, login="test", at=NOW, expected=0)
    patient = ward.admit()
    fill(ward, patient, "vitals", temperature="38.6")
    with ward.store.read() as db:
        (time,) = record_of(db, patient).observations["time"].to_list()
    # Berlin is an hour ahead of UTC in winter: 05:30 there is 04:30.
    assert time == NOW - timedelta(hours=1, minutes=30)
    assert "2026-03-09 05:30 CET" in ward.client("viewer").get(f"/patients/{patient}/record").text


def test_a_time_to_come_is_refused(ward):
    patient = ward.admit()
    done = fill(ward, patient, "vitals", temperature="38.6", time="2026-03-09T06:30")
    assert done.status_code == 422
    assert "it lies in the future" in done.text


def test_a_clock_that_is_a_minute_ahead_does_not_hide_its_entry(ward):
    patient = ward.admit()
    ahead = (NOW + timedelta(minutes=1)).isoformat()
    body = {"observations": [{"time": ahead, "item": "ice_total", "value": 8}]}
    assert ward.client("nurse").post(f"/api/patients/{patient}/entries", json=body).status_code == 201
    test = ward.platform.reviews.of(patient).row.test
    assert test is not None
    assert (test.low, test.time) == (8, NOW)


def test_a_set_is_kept_as_a_list():
    fields = [f for f in sheets()["neurology"].fields if f.item.name == "raised_icp_signs"]
    (row,) = filled({"raised_icp_signs": ["papilledema", "posturing"]}, fields, NOW)
    assert row["value"] == "papilledema;posturing"


def test_settings_come_back_from_the_form_as_they_went_in():
    site = site_of(
        {
            "name": "Ward 5", "city": "Ulm", "care_units": ["A", "B"], "answer_hours": 12,
            "conventions": {"C9": False},
            "ice": {"de": {"objects": ["Uhr", "Stift", "Glas"], "sentence": "Es regnet."}},
        }
    )  # fmt: skip
    assert site_of(site.model_dump(mode="json") | from_form(as_form(site), site)) == site


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"time_zone": "Mars/Olympus"}, "time_zone: an IANA time zone"),
        ({"guideline": "asco-1999"}, "guideline: one of"),
        ({"conventions": {"Z99": True}}, "there is no convention 'Z99'"),
        ({"language": "tlh"}, "language: one of en, de, fr, es"),
        ({"ice": {"en": {"objects": ["clock"]}}}, "three objects, or none"),
        ({"answer_hours": 0}, "answer_hours"),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_a_setting_that_is_wrong_is_named(content, words):
    with pytest.raises(DataError, match=words.replace("(", r"\(")):
        site_of(content)


def test_handwriting_is_drawn_stroke_by_stroke():
    picture = drawn({"width": 300, "height": 100, "strokes": [[[1, 2, 0], [3, 4, 9]], [[5, 6, 20], [7, 8, 30]]]})
    root = ET.fromstring(picture)
    assert len(root.findall(".//{http://www.w3.org/2000/svg}path")) == 2
    with pytest.raises(NotThere):
        drawn(None)
