"""Settings, patients and answers: versions, conflicts, and what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from store_made import NOW, Made

from icans.errors import DataError
from icans.store import answers, patients, settings, words
from icans.store.errors import Changed, NotThere
from icans.store.schema import answer, patient, setting


def keep(ward: Made, content: dict, expected: int | None) -> int:
    with ward.store.write() as db:
        return settings.keep(db, content, author=ward.who("ada").id, login="ada", at=NOW, expected=expected)


def test_without_settings_there_is_version_nothing(ward: Made):
    with ward.store.read() as db:
        assert settings.newest(db) == (0, {})


def test_new_settings_count_and_the_old_ones_stay_to_be_seen(ward: Made):
    assert keep(ward, {"name": "Ward 1", "zones": ["Größe", 1.5, None]}, 0) == 1
    assert keep(ward, {"name": "Ward 2"}, 1) == 2
    with ward.store.read() as db:
        assert settings.newest(db) == (2, {"name": "Ward 2"})
        told = [(row["version"], row["content"]["name"]) for row in settings.history(db)]
        assert told == [(2, "Ward 2"), (1, "Ward 1")]
        assert settings.history(db)[1]["content"]["zones"] == ["Größe", 1.5, None]


def test_who_changed_settings_that_were_changed_meanwhile_is_told(ward: Made):
    keep(ward, {"name": "Ward 1"}, 0)
    with pytest.raises(Changed, match="somebody changed the settings in the meantime"):
        keep(ward, {"name": "Ward 2"}, 0)
    assert [row["content"] for row in ward.rows(setting)] == [{"name": "Ward 1"}]


def test_an_identifier_names_one_patient(ward: Made):
    with pytest.raises(Changed, match="a patient with this identifier is here already"):
        ward.admit("  P-1 ")
    assert len(ward.rows(patient)) == 1
    assert ward.faults() == ()


@pytest.mark.parametrize("identifier", ["", " \t ", "x" * 121, "P\x00", "P\u200b1"])
def test_an_identifier_that_names_nobody_is_refused(ward: Made, identifier: str):
    with pytest.raises(DataError, match="identifier: 1 to 120 characters"):
        ward.admit(identifier)


def test_a_unit_with_too_long_a_name_is_refused_not_cut(ward: Made):
    with pytest.raises(DataError, match="care_unit: at most 60 characters"):
        ward.admit("P-2", care_unit="x" * 61)


def test_patients_of_other_units_are_not_there(ward: Made):
    mine = ward.admit("P-2", care_unit=" Unit  A ")
    with ward.store.read() as db:
        assert patients.find(db, mine, "Unit A")["identifier"] == "P-2"
        assert [p["identifier"] for p in patients.listed(db, "Unit A")] == ["P-2"]
        assert patients.called(db, "P-2", "Unit B") is None
        for unit, who in (("Unit B", mine), ("", mine), (None, "f" * 32), (None, "\x00")):
            with pytest.raises(NotThere, match="no such patient"):
                patients.find(db, who, unit)


def test_who_went_home_is_off_the_ward_and_can_come_back(ward: Made):
    with ward.store.write() as db:
        patients.discharge(db, ward.patient, login="carl", at=NOW + timedelta(hours=1))
        assert patients.listed(db) == []
        assert [p["identifier"] for p in patients.listed(db, discharged=True)] == ["P-1"]
        patients.discharge(db, ward.patient, login="carl", at=NOW, back=True)
        assert [p["discharged_at"] for p in patients.listed(db)] == [None]
    assert ward.version() == 1  # the record itself is as it was


def test_who_left_the_ward_is_listed_the_last_first(ward: Made):
    others = [ward.admit(f"P-{n}", care_unit="Unit A") for n in (2, 3)]
    with ward.store.write() as db:
        for hours, who in ((1, others[0]), (3, ward.patient), (2, others[1])):
            patients.discharge(db, who, login="carl", at=NOW + timedelta(hours=hours))
        assert [p["identifier"] for p in patients.gone(db)] == ["P-1", "P-3", "P-2"]
        assert [p["identifier"] for p in patients.gone(db, "Unit A")] == ["P-3", "P-2"]
        assert [p["identifier"] for p in patients.gone(db, limit=1, skip=1)] == ["P-3"]


def test_a_patient_is_moved_to_another_unit_and_the_log_knows(ward: Made):
    with ward.store.write() as db:
        patients.transfer(db, ward.patient, " Unit  B ", login="carl", at=NOW)
        assert patients.find(db, ward.patient, "Unit B")["version"] == 1
        with pytest.raises(Changed, match="the patient is on Unit B already"):
            patients.transfer(db, ward.patient, "Unit B", login="carl", at=NOW)
        for unit, words in (
            ("  ", "unit: say to which one"),
            ("a\x00", "unit: say"),
            ("x" * 61, "at most 60 characters"),
        ):
            with pytest.raises(DataError, match=words):
                patients.transfer(db, ward.patient, unit, login="carl", at=NOW)
    assert ward.faults() == ()
    with ward.store.engine.begin() as db:
        db.execute(patient.update().values(care_unit="Unit A"))
    assert len(ward.faults()) == 1


def test_a_label_is_the_one_that_counts_now(ward: Made):
    with ward.store.read() as db:
        assert patients.labels(db, [ward.patient]) == {}
    for label in ("first", "second"):
        (last,) = ward.enter(words.fact_entries({"label": label}, NOW)).entries
    with ward.store.read() as db:
        assert patients.labels(db, [ward.patient, "nobody"]) == {ward.patient: "second"}
    ward.correct(last, words.fact_entries({"label": "second"}, NOW), withdrawn=True)
    with ward.store.read() as db:
        assert patients.labels(db, [ward.patient]) == {ward.patient: "first"}


def test_an_override_needs_a_reason_and_an_acknowledgement_none(ward: Made):
    for reason in (None, "", " \n "):
        with pytest.raises(DataError, match="reason: say in a few words why the action is overridden"):
            ward.answer("overridden", reason)
    with pytest.raises(DataError, match="an answer is one of acknowledged, overridden"):
        ward.answer("ignored")
    ward.answer("overridden", "  had  a reaction ")
    ward.answer("acknowledged")
    assert [row["reason"] for row in sorted(ward.rows(answer), key=lambda r: r["kind"])] == [None, "had a reaction"]


def test_answers_come_with_who_gave_them(ward: Made):
    ward.answer()
    with ward.store.read() as db:
        assert [row["by"] for row in answers.given(db, [ward.patient])] == ["Carl"]
        assert answers.given(db, ["f" * 32]) == []
