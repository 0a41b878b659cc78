"""Bedside tests and notes in words: what an entry does not tell, and what was done without any entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import RowMapping

from icans.report.words import plain
from icans.web.bedside.document import TESTS
from icans.web.bedside.prompts import prompts
from icans.web.site import LANGUAGES

NOT_ASKED = "not asked"
_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True)
class AskedQuestion:
    """A question of a test and what became of it: right, wrong, not asked, or the word that was chosen."""

    label: str
    answer: str


@dataclass(frozen=True)
class ToldAct:
    """A test or a note.

    what      ICE, CAPD, or Note
    time      when it was done, None where only the time of writing is known
    at        when it was written
    language  its name in that language, empty for a note; with_interpreter, on_paper: whether somebody helped to ask,
              and whether the sentence was written on paper
    undone    'not done', with why; empty where the test was done
    anchors   the age whose anchors were looked at (CAPD)
    drawing   whether the handwriting is kept: `/patients/{id}/handwriting/{act}.svg`
    """

    id: str
    version: int
    what: str
    time: datetime | None
    author: str
    at: datetime
    origin: str
    language: str
    with_interpreter: bool
    questions: tuple[AskedQuestion, ...]
    on_paper: bool
    undone: str
    anchors: str
    note: str
    drawing: bool


def told_acts(rows: Iterable[RowMapping]) -> list[ToldAct]:
    """Acts as `icans.store.entries.acts` gives them, in words."""
    return [_told(row) for row in rows]


def _told(row: RowMapping) -> ToldAct:
    test = row["test"] if row["test"] in TESTS else ""
    details = row["details"] or _NOTHING
    return ToldAct(
        id=row["id"],
        version=row["version"],
        what=test.upper() or "Note",
        time=datetime.fromisoformat(row["time"]) if row["time"] else row["seen"],
        author=row["author"],
        at=row["at"],
        origin=row["origin"],
        language=LANGUAGES.get(row["language"] or "", row["language"] or "") if test else "",
        with_interpreter=bool(row["interpreter"]),
        questions=_questions(test, details.get("questions") or _NOTHING),
        on_paper=bool(details.get("written_on_paper")),
        undone=_undone(details.get("untested") or ""),
        anchors=_ages(test).get(details.get("anchors"), plain(details.get("anchors") or "")),
        note=row["note"].strip(),
        drawing=bool(row["drawing"]),
    )


def _questions(test: str, given: Mapping[str, str]) -> tuple[AskedQuestion, ...]:
    """Every question of a test in its order, where any of them was answered; then what is none of ours."""
    if not test or not given:
        return ()
    labels = _labels(test)
    names = [*labels, *(name for name in given if name not in labels)]
    return tuple(AskedQuestion(labels.get(n, plain(n)), plain(given.get(n) or NOT_ASKED)) for n in names)


@cache
def _labels(test: str) -> Mapping[str, str]:
    return {question.name: question.label for question in prompts(test).questions}


@cache
def _ages(test: str) -> Mapping[str | None, str]:
    return {age.name: age.label for age in prompts(test).ages} if test else {}


def _undone(name: str) -> str:
    """Why a test was not done. Where the reasons are a choice of their own, the note holds the one that was given."""
    if not name:
        return ""
    way = next((way for way in prompts(TESTS[0]).arousal.untested if way.name == name), None)
    if way is not None and way.reasons:
        return "not done"
    says = way.says if way is not None else plain(name)
    return f"not done: {says[:1].lower()}{says[1:]}"
