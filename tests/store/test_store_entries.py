"""Entries: nothing is changed or deleted, an act is one however often it arrives, and nobody overwrites anybody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from store_made import NOW, Made, seen, temperature

from icans.errors import DataError
from icans.store import entries, patients, words
from icans.store.errors import Changed, NotThere
from icans.store.schema import act, audit, entry, resource

ID = "0123456789abcdef" * 2


def test_what_is_entered_counts_with_its_author_and_time(ward: Made):
    written = ward.enter(temperature(38.4))
    assert (written.new, written.version, len(written.entries)) == (True, 2, 1)
    assert ward.values() == [38.4]
    row = ward.history()[0]
    assert (row["author"], row["at"], row["origin"]) == ("Nora", NOW, "app")
    assert (row["time"], row["replaced_by"]) == (NOW - timedelta(hours=1), None)


def test_a_correction_counts_and_leaves_the_old_entry_to_be_seen(ward: Made):
    (old,) = ward.enter(temperature(83.4 - 45)).entries
    (new,) = ward.correct(old, temperature(37.4)).entries
    assert ward.values() == [37.4]
    rows = {row["id"]: row for row in ward.history()}
    assert (rows[old]["value"], rows[old]["replaced_by"]) == (pytest.approx(38.4), new)
    assert (rows[new]["replaces"], rows[new]["reason"]) == (old, "slip")


def test_a_correction_can_be_corrected_and_only_the_last_counts(ward: Made):
    (first,) = ward.enter(temperature(38.4)).entries
    (second,) = ward.correct(first, temperature(38.5)).entries
    ward.correct(second, temperature(38.6))
    assert ward.values() == [38.6]
    assert len([r for r in ward.history() if r["item"] == "temperature"]) == 3


def test_a_correction_may_move_an_entry_to_another_time(ward: Made):
    (old,) = ward.enter(temperature(38.4, hours=1)).entries
    ward.correct(old, temperature(38.4, hours=3))
    assert ward.values() == [38.4]
    ward.enter(temperature(39.1, hours=1))
    assert ward.values() == [38.4, 39.1]


def test_what_was_taken_back_counts_no_more_and_is_still_there(ward: Made):
    (old,) = ward.enter(temperature(38.4)).entries
    ward.correct(old, temperature(38.4), withdrawn=True)
    assert ward.values() == []
    assert [r["withdrawn"] for r in ward.history() if r["item"] == "temperature"] == [True, False]


def test_at_the_time_of_what_was_taken_back_a_value_can_be_entered_anew(ward: Made):
    (old,) = ward.enter(temperature(38.4)).entries
    ward.correct(old, temperature(38.4), withdrawn=True)
    ward.enter(temperature(37.9))
    assert ward.values() == [37.9]


def test_two_who_correct_the_same_entry_the_second_is_told(ward: Made):
    (old,) = ward.enter(temperature(38.4)).entries
    ward.correct(old, temperature(37.4))
    with pytest.raises(Changed, match="this entry was corrected in the meantime; look at the newest one"):
        ward.correct(old, temperature(37.5), ward.act("carl"))
    assert ward.values() == [37.4]


def test_one_act_cannot_correct_an_entry_twice(ward: Made):
    (old,) = ward.enter(temperature(38.4)).entries
    with pytest.raises(Changed, match="corrected in the meantime"):
        ward.correct(old, [*temperature(37.4, hours=1), *temperature(37.5, hours=2)])
    assert ward.values() == [38.4]


def test_an_entry_of_another_patient_cannot_be_corrected(ward: Made):
    (old,) = ward.enter(temperature(38.4)).entries
    other = ward.admit("P-2")
    with pytest.raises(NotThere, match="the entry to be corrected is not in this record"):
        ward.correct(old, temperature(37.4), ward.act(patient=other))
    assert ward.values() == [38.4]
    assert ward.values(patient=other) == []


def test_an_act_that_arrives_twice_is_one(ward: Made):
    first = ward.enter(temperature(38.4), ward.act(id=ID))
    second = ward.enter(temperature(38.4), ward.act(id=ID, at=NOW + timedelta(minutes=9)))
    assert (first.new, second.new) == (True, False)
    assert (second.act, second.version, second.entries) == (first.act, first.version, first.entries)
    assert ward.version() == first.version
    assert len([r for r in ward.rows(audit) if r["action"] == "record.write"]) == 2  # the admission, and this one


def test_an_act_that_arrives_again_after_others_wrote_is_still_the_same(ward: Made):
    first = ward.enter(temperature(38.4), ward.act(id=ID, expected=1))
    ward.enter(temperature(38.9, hours=0.5))
    again = ward.enter(temperature(38.4), ward.act(id=ID, expected=1))
    assert (again.new, again.version, again.entries) == (False, first.version, first.entries)
    assert ward.values() == [38.4, 38.9]


@pytest.mark.parametrize("whose", ["another author", "another patient"])
def test_the_identifier_of_an_act_cannot_be_used_for(ward: Made, whose: str):
    ward.enter(temperature(38.4), ward.act(id=ID))
    other = ward.act("carl", id=ID) if whose == "another author" else ward.act(patient=ward.admit("P-2"), id=ID)
    with pytest.raises(Changed, match="this identifier belongs to another entry; send it with a new one"):
        ward.enter(temperature(38.4), other)


def test_something_else_under_the_same_identifier_is_refused_and_not_lost_in_silence(ward: Made):
    ward.enter(temperature(38.4), ward.act(id=ID, sent="a" * 64))
    assert not ward.enter(temperature(38.4), ward.act(id=ID, sent="a" * 64)).new
    with pytest.raises(Changed, match="this was kept before, with other words"):
        ward.enter(temperature(39.0), ward.act(id=ID, sent="b" * 64))
    assert ward.values() == [38.4]


def test_who_wrote_for_a_version_that_is_gone_is_told(ward: Made):
    ward.enter(temperature(38.4), ward.act(expected=1))
    with pytest.raises(Changed, match="somebody wrote to this record in the meantime"):
        ward.enter(temperature(38.9, hours=0.5), ward.act("carl", expected=1))
    ward.enter(temperature(38.9, hours=0.5), ward.act("carl", expected=2))
    assert ward.values() == [38.4, 38.9]


def test_two_values_of_one_item_at_one_time_are_refused(ward: Made):
    ward.enter(temperature(38.4))
    with pytest.raises(Changed, match="temperature was entered for this very time already; correct that entry"):
        ward.enter(temperature(38.5), ward.act("carl"))
    assert ward.values() == [38.4]


def test_two_values_of_one_item_at_one_time_are_refused_within_an_act_too(ward: Made):
    with pytest.raises(Changed, match="temperature was entered for this very time already"):
        ward.enter([*temperature(38.4), *temperature(38.5)])
    (old,) = ward.enter(temperature(38.4)).entries
    corrected = [row | {"replaces": old, "reason": "slip"} for row in temperature(38.6)]
    with pytest.raises(Changed, match="temperature was entered for this very time already"):
        ward.enter([*corrected, *temperature(38.7)])
    assert ward.values() == [38.4]


def test_a_correction_cannot_be_moved_onto_another_value(ward: Made):
    (old,) = ward.enter(temperature(38.4, hours=1)).entries
    ward.enter(temperature(39.0, hours=2))
    with pytest.raises(Changed, match="entered for this very time already"):
        ward.correct(old, temperature(38.4, hours=2))


def test_the_same_value_at_the_same_time_is_nothing_new(ward: Made):
    ward.enter(temperature(38.4))
    again = ward.enter(temperature(38.4), ward.act("carl"))
    assert again.entries == ()
    assert len([r for r in ward.rows(entry) if r["item"] == "temperature"]) == 1
    assert ward.faults() == ()


def test_the_same_value_with_another_cause_is_something_new(ward: Made):
    ward.enter(temperature(38.4))
    other = words.observation_entries([seen("temperature", 38.4, "Cel", attribution="other cause: sepsis")], NOW)
    with pytest.raises(Changed, match="temperature was entered for this very time"):
        ward.enter(other)


def test_of_a_refused_act_nothing_is_kept(ward: Made):
    ward.enter(temperature(38.4))
    before = {t.name: ward.rows(t) for t in (act, entry, resource, audit)}
    pulse = words.observation_entries([seen("heart_rate", 110, "/min")], NOW)
    with pytest.raises(Changed):
        ward.enter([*pulse, *temperature(38.5)])
    with pytest.raises(NotThere):
        ward.enter([*pulse, *(row | {"replaces": "f" * 32} for row in temperature(39, hours=2))])
    taken = ward.rows(entry)[0]["id"]
    with pytest.raises(Changed, match="an entry with this identifier is there"):
        ward.enter([*pulse, *(row | {"id": taken} for row in temperature(39, hours=2))])
    assert {t.name: ward.rows(t) for t in (act, entry, resource, audit)} == before
    assert ward.version() == 2


def test_when_something_fails_after_the_entries_nothing_of_them_is_kept(ward: Made):
    before = (ward.version(), ward.head())
    with pytest.raises(NotThere):
        _write_and_fail(ward)
    assert (ward.version(), ward.head()) == before
    assert ward.values() == []


def _write_and_fail(ward: Made) -> None:
    with ward.store.write() as db:
        assert entries.record(db, ward.act(), temperature(38.4)).new
        patients.find(db, "nobody")


def test_a_text_too_long_for_its_column_is_refused_on_every_database(ward: Made):
    long = [row | {"item": "x" * 121} for row in temperature(38.4)]
    with pytest.raises(DataError, match="item: at most 120 characters"):
        ward.enter(long)
    with pytest.raises(DataError, match="id: at most 64 characters"):
        ward.enter(temperature(38.4), ward.act(id="x" * 65))


def test_a_text_keeps_every_letter_a_database_can_keep(ward: Made):
    told = "Größe \U0001f321 中文 \u202e'; drop table entry; --"
    ward.enter(temperature(38.4), ward.act(note=told))
    ward.enter(temperature(38.5, hours=2), ward.act(note="a\x00b\ud800c"))
    notes = [row["note"] for row in ward.rows(act)]
    assert told in notes
    assert "a\ufffdb\ufffdc" in notes
    assert ward.faults() == ()


def test_what_belongs_to_an_act_can_be_read_whatever_its_letters_are(ward: Made):
    odd = {
        "test": "ice",
        "language": "\x00\ud800",
        "interpreter": True,
        "handwriting": None,
        "time": None,
        "more": ["\x00"],
    }
    written = ward.enter(temperature(38.4), ward.act(extra=odd | {"width": float("inf")}))
    with ward.store.read() as db:
        (told,) = entries.acts(db, ward.patient)
        kept = entries.act_of(db, ward.patient, written.act)["extra"]
    assert (told["id"], told["language"], told["drawing"]) == (written.act, "\ufffd\ufffd", False)
    assert (kept["more"], kept["width"]) == (["\ufffd"], None)
    assert ward.faults() == ()


def test_nobody_is_found_by_letters_that_no_database_keeps(ward: Made):
    with ward.store.read() as db:
        assert entries.one(db, ward.patient, "\x00\ud800") == []
        with pytest.raises(NotThere):
            entries.act_of(db, ward.patient, "\x00")


def test_what_a_view_of_the_record_writes_is_not_kept(ward: Made, kind: str):
    with ward.store.read() as db:
        if kind == "sqlite":
            db.execute(entry.update().values(reason="changed"))
    assert {row["reason"] for row in ward.rows(entry)} == {None}


def test_a_view_is_of_one_moment(ward: Made):
    with ward.store.read() as db:
        before = db.execute(act.select()).all()
        ward.enter(temperature(38.4))
        assert db.execute(act.select()).all() == before
    assert len(ward.rows(act)) == len(before) + 1


def test_the_history_is_paged_by_whole_acts(ward: Made):
    for hours in (4, 3, 2):
        pulse = words.observation_entries([seen("heart_rate", 100 + hours, "/min", hours=hours)], NOW)
        ward.enter([*temperature(38 + hours / 10, hours), *pulse])
    pages, before = [], None
    while page := ward.history(limit=3, before=before):
        pages.append([(row["version"], row["item"]) for row in page])
        before = page[-1]["version"]
    told = [pair for page in pages for pair in page]
    assert told[:6] == [(version, item) for version in (4, 3, 2) for item in ("temperature", "heart_rate")]
    assert len(told) == len(ward.rows(entry))
    assert {v for v, _ in pages[0]} == {4, 3}
