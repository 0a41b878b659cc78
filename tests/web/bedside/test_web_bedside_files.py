"""Each way to get a file of the bedside tests wrong, and the words of its error."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from icans.web.bedside.document import consciousness, document, mistakes_of_consciousness, mistakes_of_test

ICE: dict[str, Callable[[dict[str, Any]], Any]] = {
    "question year, ask: words in each of en, de, fr, es": lambda d: d["questions"][0]["ask"].pop("fr"),
    "question month: 'ice_month' is no part of ice_total": lambda d: d["questions"][1].update(item="ice_month"),
    "question city: mark is one of verified, from memory, convention": lambda d: d["questions"][2].update(mark="sure"),
    "question city: source is {key, where}": lambda d: d["questions"][2].update(source={"key": "S99", "where": "x"}),
    "question hospital: expects is one of": lambda d: d["questions"][3].update(expects="ward"),
    "question first_object: shows is the number of an object": lambda d: d["questions"][4].update(shows=4),
    "the questions of ice_orientation give 3 points, the catalogue has 4": lambda d: d["questions"].pop(0),
    "no question for ice_attention": lambda d: d["questions"].pop(),
    "question 'year' is there twice": lambda d: d["questions"][1].update(name="year"),
    "months: 12 of them in de": lambda d: d["months"]["de"].pop(),
    "objects: 3 of them": lambda d: d["objects"]["says"].pop(),
    "object 2: words in each of": lambda d: d["objects"]["says"][1].pop("es"),
    "sentence: words in each of": lambda d: d["sentence"]["says"].update(de=""),
    "command: it must say something": lambda d: d["command"].update(says={}),
    "hint 1: source is {key, where}": lambda d: d["hints"][0].pop("source"),
    "translation: mark is one of": lambda d: d["translation"].pop("mark"),
}
CAPD: dict[str, Callable[[dict[str, Any]], Any]] = {
    "answer rarely: words in each of": lambda d: d["answers"]["rarely"].pop("de"),
    "question eye_contact: the answers are, in this order: never, rarely, sometimes, often, always":
        lambda d: d["answers"].update(never=d["answers"].pop("never")),
    "question restless: one number of points for each answer, 0 to 4":
        lambda d: d["questions"][4].update(points=[0, 1, 2, 3]),
    "the questions of capd_slow give 5 points, the catalogue has 4":
        lambda d: d["questions"][7].update(points=[0, 1, 2, 3, 5]),
    "question aware: anchors are of the ages listed, the first of them always":
        lambda d: d["questions"][2]["anchors"].pop("newborn"),
    "question slow, anchors: mark is one of": lambda d: d["questions"][7].update(anchors_mark="UNSURE"),
}  # fmt: skip
AWAKE: dict[str, Callable[[dict[str, Any]], Any]] = {
    "levels are, in this order: awake, to_voice": lambda d: d["levels"]["says"].pop("to_voice"),
    "cause none: 'sedation' is no item of the catalogue": lambda d: d["cause"]["answers"][0]["records"].update(
        sedation="no"
    ),
    "untested unarousable: level is one of": lambda d: d["untested"][0].update(level="asleep"),
    "untested sedated: cause is one of none, sedative, other": lambda d: d["untested"][1].update(cause="drug"),
    "untested sedated: another cause needs the level": lambda d: d["untested"][1].pop("asks_level"),
    "untested not_done: source is {key, where}": lambda d: d["untested"][3].update(source={"key": "S1"}),
}


def test_the_files_of_the_package_are_right():
    assert mistakes_of_test(document("ice")) == []
    assert mistakes_of_test(document("capd")) == []
    assert mistakes_of_consciousness(consciousness()) == []


@pytest.mark.parametrize("words", ICE)
def test_a_mistake_in_the_file_of_ice_is_named(words: str):
    broken = deepcopy(dict(document("ice")))
    ICE[words](broken)
    assert any(said.startswith(words) for said in mistakes_of_test(broken))


@pytest.mark.parametrize("words", CAPD)
def test_a_mistake_in_the_file_of_capd_is_named(words: str):
    broken = deepcopy(dict(document("capd")))
    CAPD[words](broken)
    assert any(said.startswith(words) for said in mistakes_of_test(broken))


@pytest.mark.parametrize("words", AWAKE)
def test_a_mistake_in_the_file_on_consciousness_is_named(words: str):
    broken = deepcopy(dict(consciousness()))
    AWAKE[words](broken)
    assert any(said.startswith(words) for said in mistakes_of_consciousness(broken))
