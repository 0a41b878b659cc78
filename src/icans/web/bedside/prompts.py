"""The prompts of a bedside test in one language, with what the site chose filled in: what its page shows.

from icans.web.bedside.prompts import prompts
ice = prompts("ice", "de", Site(city="Freiburg", hospital="Universitätsklinikum"))
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from icans.errors import DataError
from icans.record.catalogue import catalogue
from icans.web.bedside.arousal import Arousal, arousal
from icans.web.bedside.chosen import command, sentence, thing
from icans.web.bedside.document import TESTS, document
from icans.web.bedside.question import Age, Anchor, Choice, Cited, Question, Words, cited, source_in, words_in
from icans.web.site import LANGUAGES, Site

_WEEKS_A_YEAR = 365.25 / 7
_PLACES = ("city", "hospital")
"""Right answers that are settings of the site."""


@dataclass(frozen=True)
class Prompts:
    """All that the page of a test says, in one language.

    points       the highest total
    translation  said on the page where the language is not English
    other        the test for patients whom this one does not suit
    months       the twelve, for the right answer of the day
    """

    test: str
    title: str
    name: str
    language: str
    points: int
    questions: tuple[Question, ...]
    hints: tuple[Cited, ...]
    translation: Cited | None
    no_baseline: Cited
    suits: Cited
    other: str
    months: tuple[str, ...]
    ages: tuple[Age, ...]
    arousal: Arousal

    def caution(self, age: float | None, delay: bool | None) -> Cited | None:
        """What to say where the test does not suit a patient of this age in years; None where it does.

        An unknown age, or nothing known of a delay, gives no caution (conventions P3 and C9).
        """
        rule = document(self.test)["suits"]
        if delay:
            fits = rule["with_delay"]
        else:
            fits = age is None or rule.get("from_years", 0) <= age < rule.get("below_years", float("inf"))
        return None if fits else self.suits

    def anchor_age(self, age: float | None) -> str:
        """The name of the age whose anchors hold for a child of `age` years; empty where it is not known."""
        passed = [known.name for known in self.ages if age is not None and age >= known.years]
        return passed[-1] if passed else ""


def prompts(test: str, language: str = "en", site: Site | None = None) -> Prompts:
    """The prompts of 'ice' or 'capd' in a language, with the choices of `site` (none: those of the file).

    Raises DataError where the test or the language is not known.
    """
    if test not in TESTS:
        raise DataError(f"there is no test of that name. There are: {', '.join(TESTS)}")
    if language not in LANGUAGES:
        raise DataError(f"there are no prompts in that language. There are: {', '.join(LANGUAGES)}")
    found = document(test)
    questions = tuple(_question(entry, found, language, site or Site()) for entry in found["questions"])
    return Prompts(
        test=test,
        title=found["title"],
        name=found["name"],
        language=language,
        points=int(catalogue()[found["total"]].limits[1] or 0),
        questions=questions,
        hints=tuple(cited(hint, found) for hint in found["hints"]),
        translation=None if language == "en" else cited(found["translation"], found),
        no_baseline=cited(found["no_baseline"], found),
        suits=cited(found["suits"], found),
        other=found["suits"]["other"],
        months=tuple(found.get("months", {}).get(language, ())),
        ages=tuple(_age(entry) for entry in found.get("ages", ())),
        arousal=arousal(),
    )


def _question(entry: Mapping[str, Any], found: Mapping[str, Any], language: str, site: Site) -> Question:
    expects = entry.get("expects", "")
    return Question(
        name=entry["name"],
        item=entry["item"],
        task=entry["task"],
        label=entry["label"],
        ask=command(found, language, site) if entry["ask"] == "command" else words_in(entry["ask"], language),
        mark=entry["mark"],
        source=source_in(entry["source"], found),
        points=max(entry.get("points", [1])),
        expects=expects if expects in ("year", "month") else "",
        expected=_expected(entry, found, language, site),
        setting=expects if expects in _PLACES and not getattr(site, expects) else "",
        shows="shows" in entry,
        writes=sentence(found, language, site) if entry.get("writes") else None,
        sequence=tuple(entry.get("sequence", ())),
        judge=entry.get("judge", ""),
        choices=_choices(entry, found, language),
        anchors=_anchors(entry, found),
        anchored=_anchored(entry, found),
    )


def _expected(entry: Mapping[str, Any], found: Mapping[str, Any], language: str, site: Site) -> Words | None:
    if "shows" in entry:
        return thing(entry["shows"], found, language, site)
    place = getattr(site, entry["expects"]) if entry.get("expects") in _PLACES else ""
    return Words(place, "", by_site=True) if place else None


def _choices(entry: Mapping[str, Any], found: Mapping[str, Any], language: str) -> tuple[Choice, ...]:
    if "answers" not in found:
        return ()
    pairs = zip(found["answers"].items(), entry["points"], strict=True)
    return tuple(Choice(value, words_in(said, language), points) for (value, said), points in pairs)


def _anchors(entry: Mapping[str, Any], found: Mapping[str, Any]) -> tuple[Anchor, ...]:
    """One for each age: an age without words of its own has those of the age before it."""
    text, anchors = "", []
    for age in found.get("ages", ()):
        text = entry["anchors"].get(age["name"], text)
        anchors.append(Anchor(age["name"], text))
    return tuple(anchors)


def _anchored(entry: Mapping[str, Any], found: Mapping[str, Any]) -> Cited | None:
    if "anchors" not in entry:
        return None
    says = "A healthy child:" if entry["points"][0] else "Raises the score:"
    return Cited(says, source_in(entry["anchors_source"], found), entry["anchors_mark"])


def _age(entry: Mapping[str, Any]) -> Age:
    years = entry["years"] if "years" in entry else entry["weeks"] / _WEEKS_A_YEAR
    return Age(entry["name"], entry["label"], years)
