"""A question of a bedside test as its screen shows it, with the words, sources and marks that go with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Words:
    """Words in a language, a code as HTML takes it (empty where it is not known, as of a place).

    english  the same for an examiner who does not speak it; empty where it is English, or nobody said
    by_site  chosen by the site: not our words
    """

    text: str
    language: str
    english: str = ""
    by_site: bool = False


@dataclass(frozen=True)
class Cited:
    """A sentence with its source, written out, and its mark."""

    says: str
    source: str
    mark: str


@dataclass(frozen=True)
class Choice:
    """An answer that can be tapped: the word the record takes, how it is said, and its points."""

    value: str
    said: Words
    points: int


@dataclass(frozen=True)
class Anchor:
    """What is looked for at an age; age is the name of an `Age`."""

    age: str
    text: str


@dataclass(frozen=True)
class Age:
    """An age of the anchors, from which on they hold; years: in years."""

    name: str
    label: str
    years: float


@dataclass(frozen=True)
class Question:
    """One screen of a test.

    item      the item of the catalogue that its points are of
    expects   what the browser writes as the right answer from today's date: 'year', 'month' or ''
    expected  the right answer, or the object to be shown; None where there is none, or the site has not set it
    setting   the setting that is missing for `expected`: 'city', 'hospital' or ''
    writes    the sentence to be written, for the question that asks for one
    sequence  the numbers that are expected, for counting
    choices   the answers, for a question that is not merely right or wrong
    anchors   by age, for CAPD; anchored: their source and mark
    """

    name: str
    item: str
    task: str
    label: str
    ask: Words
    mark: str
    source: str
    points: int
    expects: str = ""
    expected: Words | None = None
    setting: str = ""
    shows: bool = False
    writes: Words | None = None
    sequence: tuple[int, ...] = ()
    judge: str = ""
    choices: tuple[Choice, ...] = ()
    anchors: tuple[Anchor, ...] = ()
    anchored: Cited | None = None

    @property
    def points_by_word(self) -> dict[str, int]:
        """Answer -> points, for a question that is not merely right or wrong."""
        return {choice.value: choice.points for choice in self.choices}


def words_in(said: Mapping[str, str], language: str) -> Words:
    """The words in a language; where a site gave them in others only, in the first of those."""
    code = language if language in said else next(iter(said))
    english = said.get("en", "") if code != "en" else ""
    return Words(said[code], code, english)


def cited(entry: Mapping[str, Any], found: Mapping[str, Any]) -> Cited:
    """A sentence of a file with its source written out; `found` is the whole file."""
    return Cited(entry["says"], source_in(entry["source"], found), entry["mark"])


def source_in(source: Mapping[str, str], found: Mapping[str, Any]) -> str:
    """The source of an entry as a reader sees it: the publication, and where in it."""
    return f"{found['sources'][source['key']]}; {source['where']}"
