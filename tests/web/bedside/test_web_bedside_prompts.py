"""What is asked at the bedside, in four languages, with the choices of a site."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from icans.errors import DataError
from icans.record.catalogue import catalogue
from icans.web.bedside.document import document
from icans.web.bedside.prompts import Prompts, prompts
from icans.web.bedside.question import Question, Words
from icans.web.site import LANGUAGES, Site, site_of

FREIBURG = Site(city="Freiburg", hospital="Universitätsklinikum")


def question(asked: Prompts, name: str) -> Question:
    return next(q for q in asked.questions if q.name == name)


def written(asked: Prompts) -> str:
    return "".join(q.writes.text for q in asked.questions if q.writes)


def right_answer(asked: Prompts, name: str) -> Words:
    found = question(asked, name).expected
    assert found is not None
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_ice_has_ten_points_in_every_language(language: str):
    points: dict[str, int] = {}
    for q in prompts("ice", language).questions:
        points[q.item] = points.get(q.item, 0) + q.points
    # Lee 2019: year, month, city, hospital; three objects; a command; a sentence; counting.
    assert points == {
        "ice_orientation": 4, "ice_naming": 3, "ice_commands": 1, "ice_writing": 1, "ice_attention": 1,
    }  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_capd_counts_the_first_four_answers_in_reverse(language: str):
    asked = prompts("capd", language).questions
    assert [list(q.points_by_word.values()) for q in asked] == [[4, 3, 2, 1, 0]] * 4 + [[0, 1, 2, 3, 4]] * 4
    assert [list(q.points_by_word) for q in asked] == [["never", "rarely", "sometimes", "often", "always"]] * 8
    assert [q.item for q in asked] == [i.name for i in catalogue().values() if i.part_of == "capd_total"]


def test_the_answers_of_case_w55_are_seven_points():
    words = ["always", "always", "often", "often", "rarely", "never", "sometimes", "sometimes"]
    asked = prompts("capd").questions
    # 0+0+1+1+1+0+2+2, as the case adds it up.
    assert sum(q.points_by_word[word] for q, word in zip(asked, words, strict=True)) == 7


@pytest.mark.parametrize("test", ["ice", "capd"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_is_shown_as_ours_and_not_validated(test: str, language: str):
    asked = prompts(test, language)
    if language == "en":
        assert asked.translation is None
    else:
        assert asked.translation is not None
        assert "not validated" in asked.translation.says
        assert asked.translation.mark == "convention"
        assert all(q.ask.language == language and q.ask.english for q in asked.questions)


def test_every_language_asks_other_words():
    for number, q in enumerate(prompts("ice").questions):
        said = {prompts("ice", language).questions[number].ask.text for language in LANGUAGES}
        assert len(said) == len(LANGUAGES), q.name


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_twelve_months_are_named(language: str):
    months = prompts("ice", language).months
    assert len(set(months)) == 12
    assert months[2] == {"en": "March", "de": "März", "fr": "mars", "es": "marzo"}[language]


@pytest.mark.parametrize(
    ("test", "age", "delay", "suits"),
    [
        ("ice", 61, False, True), ("ice", 12, False, True), ("ice", 11.99, False, False), ("ice", 15, True, False),
        ("capd", 11.99, False, True), ("capd", 12, False, False), ("capd", 15, True, True), ("capd", 0.1, None, True),
        ("ice", None, None, True),
    ],
)  # fmt: skip
def test_ice_is_for_patients_from_twelve_years_and_capd_below_or_with_delay(test, age, delay, suits):
    assert (prompts(test).caution(age, delay) is None) == suits


@pytest.mark.parametrize(
    ("age", "anchors"),
    [
        (0, "newborn"), (27 / 365.25, "newborn"), (28 / 365.25, "4_weeks"), (0.25, "8_weeks"), (0.99, "28_weeks"),
        (1, "1_year"), (2, "2_years"), (9, "2_years"), (None, ""),
    ],
)  # fmt: skip
def test_a_child_is_compared_with_the_last_age_it_has_reached(age, anchors):
    assert prompts("capd").anchor_age(age) == anchors


def test_an_age_without_its_own_anchor_has_that_of_the_age_before():
    # Silver 2015, item 4: "same" from 4 to 8 weeks.
    anchors = {a.age: a.text for a in question(prompts("capd"), "communicates").anchors}
    assert len(anchors) == 7
    assert anchors["newborn"] == anchors["8_weeks"] == "cries if hungry or uncomfortable"
    assert anchors["1_year"] == "single words or signs"


def test_anchors_of_items_five_to_eight_are_marked_as_from_memory():
    marks = [q.anchored.mark for q in prompts("capd").questions if q.anchored]
    assert marks == ["verified"] * 4 + ["from memory"] * 4


def test_city_and_hospital_are_those_of_the_site():
    ice = prompts("ice", "de", FREIBURG)
    assert right_answer(ice, "city").text == "Freiburg"
    assert right_answer(ice, "hospital").text == "Universitätsklinikum"


def test_a_place_that_the_site_has_not_set_is_named_as_missing():
    hospital = question(prompts("ice", "de", Site(city="Freiburg")), "hospital")
    assert hospital.expected is None
    assert hospital.setting == "hospital"


def test_objects_lie_on_the_ward_whatever_is_spoken():
    site = site_of({"ice": {"de": {"objects": ["Glas", "Ring", "Schlüssel"]}}})
    first = right_answer(prompts("ice", "fr", site), "first_object")
    assert (first.text, first.language) == ("Glas", "de")
    assert first.by_site


def test_objects_named_in_the_language_are_taken_in_it():
    site = site_of(
        {"ice": {"de": {"objects": ["Glas", "Ring", "Uhr"]}, "fr": {"objects": ["verre", "bague", "montre"]}}}
    )
    shown = [q.expected.text for q in prompts("ice", "fr", site).questions if q.shows and q.expected]
    assert shown == ["verre", "bague", "montre"]


def test_a_command_of_the_site_is_spoken_in_its_own_language_only():
    site = site_of({"ice": {"de": {"command": "Bitte die Augen schließen."}}})
    german, french = (question(prompts("ice", code, site), "command").ask for code in ("de", "fr"))
    assert german.text == "Bitte die Augen schließen."
    assert german.by_site
    assert french.text == "Montrez-moi deux doigts."
    assert not french.by_site


def test_the_sentence_of_the_site_is_the_one_to_write():
    site = site_of({"ice": {"de": {"sentence": "Der Hund schläft."}}})
    assert written(prompts("ice", "de", site)) == "Der Hund schläft."
    assert written(prompts("ice", "es", site)) == "Hoy brilla el sol."


def test_counting_goes_from_a_hundred_down_by_tens():
    counted = question(prompts("ice"), "counting").sequence
    assert counted[0] == 100
    assert {a - b for a, b in pairwise(counted)} == {10}


def test_every_sentence_that_is_shown_has_a_source_and_a_mark():
    for test in ("ice", "capd"):
        asked = prompts(test, "de")
        shown = [
            *asked.hints,
            asked.suits,
            asked.no_baseline,
            asked.translation,
            *(w.then for w in asked.arousal.untested),
        ]
        assert all(s.source and s.mark in ("verified", "from memory", "convention") for s in shown if s)
        assert all(q.source and q.mark == "verified" for q in asked.questions)


def test_no_anchor_or_prompt_says_same_or_holds_a_broken_character():
    for test in ("ice", "capd"):
        text = str(document(test))
        assert not re.search(r"'same\b|\bas 28 weeks|�", text)


def test_an_unknown_language_or_test_is_refused_in_words():
    with pytest.raises(DataError, match=r"no prompts in that language\. There are: en, de, fr, es"):
        prompts("ice", "it")
    with pytest.raises(DataError, match=r"no test of that name\. There are: ice, capd"):
        prompts("moca")
