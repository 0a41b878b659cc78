"""The files of the bedside tests, read once and checked: a mistake is named, never shown to a patient."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from icans.errors import RuleError
from icans.plain_yaml import load
from icans.record.catalogue import Item, catalogue
from icans.web.site import LANGUAGES

TESTS = ("ice", "capd")
MARKS = ("verified", "from memory", "convention")
MONTHS = 12
OBJECTS = 3
"""How many objects are named. Source: Lee 2019, ICE, naming."""

_CITED = ("suits", "no_baseline", "translation")
_EXPECTED = ("year", "month", "city", "hospital")


@cache
def document(test: str) -> Mapping[str, Any]:
    """The file of a test, 'ice' or 'capd', as plain data. Raises RuleError listing every mistake of the file."""
    return _checked(f"{test}.yaml", mistakes_of_test)


@cache
def consciousness() -> Mapping[str, Any]:
    """The file on how awake a patient is, and on tests that cannot be done. Raises RuleError with its mistakes."""
    return _checked("consciousness.yaml", mistakes_of_consciousness)


def _checked(name: str, mistakes: Any) -> Mapping[str, Any]:
    text = files("icans.web.bedside").joinpath(name).read_text(encoding="utf-8")
    try:
        found = load(text)
    except yaml.YAMLError as error:
        raise RuleError(f"{name} is not YAML: {str(error).splitlines()[0]}") from None
    if wrong := [f"{name}: {words}" for words in mistakes(found)]:
        raise RuleError(*wrong)
    return found


def mistakes_of_test(found: Mapping[str, Any]) -> list[str]:
    """What is wrong with the file of a test, in words; empty where it is right.

    The questions must add up to the total of the catalogue, and every one must be worded in every language.
    """
    wrong: list[str] = []
    for key in _CITED:
        wrong += _cited(found.get(key), key, found)
    for n, hint in enumerate(found["hints"], 1):
        wrong += _cited(hint, f"hint {n}", found)
    for question in found["questions"]:
        wrong += _question(question, found)
    names = [question["name"] for question in found["questions"]]
    wrong += [f"question '{name}' is there twice" for name in sorted({n for n in names if names.count(n) > 1})]
    return [*wrong, *_totals(found), *(_of_capd(found) if "answers" in found else _of_ice(found))]


def mistakes_of_consciousness(found: Mapping[str, Any]) -> list[str]:
    """What is wrong with the file on consciousness, in words; empty where it is right."""
    wrong = [*_cited(found["levels"], "levels", found), *_cited(found["cause"], "cause", found)]
    levels = catalogue()["consciousness"].values
    if tuple(found["levels"]["says"]) != levels:
        wrong.append(f"levels are, in this order: {', '.join(levels)}")
    causes = {answer["name"]: answer["records"] for answer in found["cause"]["answers"]}
    for name, records in causes.items():
        wrong += [f"cause {name}: {words}" for words in _records(records)]
    for way in found["untested"]:
        place = f"untested {way['name']}"
        wrong += _cited(way, place, found)
        if way.get("level", levels[0]) not in levels:
            wrong.append(f"{place}: level is one of {', '.join(levels)}")
        if way.get("cause", "none") not in causes:
            wrong.append(f"{place}: cause is one of {', '.join(causes)}")
        if "cause" in way and not (way.get("level") or way.get("asks_level")):
            wrong.append(f"{place}: another cause needs the level, or an earlier test goes on counting")
    return wrong


def _records(records: Mapping[str, str]) -> Iterator[str]:
    for name, value in records.items():
        item = catalogue().get(name)
        if item is None or item.kind != "yes_no" or value not in ("yes", "no"):
            yield f"'{name}' is no item of the catalogue that is yes or no"


def _question(question: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    place = f"question {question['name']}"
    yield from _cited({"says": question.get("label"), **question}, place, found)
    item = catalogue().get(question["item"])
    if item is None or item.part_of != found["total"]:
        yield f"{place}: '{question['item']}' is no part of {found['total']} in the catalogue"
    ask = found["command"]["says"] if question["ask"] == "command" else question["ask"]
    yield from _languages(ask, f"{place}, ask")
    if question.get("expects", "year") not in _EXPECTED:
        yield f"{place}: expects is one of {', '.join(_EXPECTED)}"
    if question.get("shows", 1) not in range(1, OBJECTS + 1):
        yield f"{place}: shows is the number of an object, 1 to {OBJECTS}"


def _totals(found: Mapping[str, Any]) -> Iterator[str]:
    """A question of ICE is worth one point, one of CAPD its highest; together they are what the catalogue allows."""
    most: dict[str, int] = {}
    for question in found["questions"]:
        most[question["item"]] = most.get(question["item"], 0) + max(question.get("points", [1]))
    for name, points in most.items():
        item = catalogue().get(name)
        if item is not None and points != _highest(item):
            yield f"the questions of {name} give {points} points, the catalogue has {_highest(item)}"
    left = [i.name for i in catalogue().values() if i.part_of == found["total"] and i.name not in most]
    if left:
        yield f"no question for {', '.join(left)}"


def _highest(item: Item) -> float:
    return len(item.values) - 1 if item.kind == "choice" else (item.limits[1] or 0)


def _of_ice(found: Mapping[str, Any]) -> Iterator[str]:
    for code in LANGUAGES:
        if len(found["months"].get(code) or ()) != MONTHS:
            yield f"months: {MONTHS} of them in {code}"
    for key in ("objects", "sentence", "command"):
        yield from _cited(found.get(key), key, found)
    if len(found["objects"]["says"]) != OBJECTS:
        yield f"objects: {OBJECTS} of them"
    for n, names in enumerate(found["objects"]["says"], 1):
        yield from _languages(names, f"object {n}")
    for key in ("sentence", "command"):
        yield from _languages(found[key]["says"], key)


def _of_capd(found: Mapping[str, Any]) -> Iterator[str]:
    for word, said in found["answers"].items():
        yield from _languages(said, f"answer {word}")
    ages = [age["name"] for age in found["ages"]]
    for question in found["questions"]:
        place, item = f"question {question['name']}", catalogue().get(question["item"])
        if item is not None and tuple(found["answers"]) != item.values:
            yield f"{place}: the answers are, in this order: {', '.join(item.values)}"
        if sorted(question.get("points", ())) != list(range(len(found["answers"]))):
            yield f"{place}: one number of points for each answer, 0 to {len(found['answers']) - 1}"
        if ages[0] not in question["anchors"] or not set(question["anchors"]) <= set(ages):
            yield f"{place}: anchors are of the ages listed, the first of them always"
        anchors = {"says": "anchors", "source": question["anchors_source"], "mark": question["anchors_mark"]}
        yield from _cited(anchors, f"{place}, anchors", found)


def _languages(said: Any, place: str) -> Iterator[str]:
    if not isinstance(said, Mapping) or tuple(said) != tuple(LANGUAGES) or not all(said.values()):
        yield f"{place}: words in each of {', '.join(LANGUAGES)}, in this order"


def _cited(entry: Any, place: str, found: Mapping[str, Any]) -> Iterator[str]:
    if not isinstance(entry, Mapping) or not entry.get("says"):
        yield f"{place}: it must say something"
        return
    source = entry.get("source")
    if not isinstance(source, Mapping) or set(source) != {"key", "where"} or source["key"] not in found["sources"]:
        yield f"{place}: source is {{key, where}}, the key one of {', '.join(found['sources'])}"
    if entry.get("mark") not in MARKS:
        yield f"{place}: mark is one of {', '.join(MARKS)}"
