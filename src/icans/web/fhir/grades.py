"""The grades of CRS and ICANS as Observations: worked out from the review, never stored, only read.

One Observation for each stretch with the same grade. A grade that missing items leave open is a range and preliminary;
where everything is open there is no value, but the reason. The newest is the grade now: its id stays, and it says which
rules decided and what is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from icans.grading.answer import Answer
from icans.grading.library import DEFAULT_FAMILY, family
from icans.patient_review import Review
from icans.record.fhir.resource_of import instant
from icans.report.series import Stretch, stretches
from icans.report.words import in_order, interval, outcome_name, says_nothing
from icans.web.fhir.kinds import CATEGORIES, GRADE_CATEGORY, GRADES
from icans.web.fhir.view import Served

Json = dict[str, Any]

_HL7 = "http://terminology.hl7.org/CodeSystem"
_MARK = "-grade-"
_AT = "-%Y%m%d%H%M%S"


def is_grade(name: str) -> bool:
    """True for an id that a grade would have; its patient is before the mark."""
    return _MARK in name


def patient_in(name: str) -> str:
    """The id of the patient in the id of a grade."""
    return name.partition(_MARK)[0]


def grades(review: Review, patient_id: str, version: int, updated: datetime, seen: Sequence[Served]) -> list[Served]:
    """The grades of a patient over the course, by outcome and time.

    version, updated   of the record that was reviewed
    seen               its Observations, to say from which a grade is derived
    """
    found = []
    for outcome in in_order({*review.course["outcome"].unique().to_list(), *review.current}):
        now = review.current.get(outcome)
        course = stretches(review.course, outcome)
        if not course and now is not None:
            course = [Stretch(outcome, review.now, review.now, now.min, now.max)]
        for stretch in course:
            answer = now if stretch is course[-1] else None
            content = _observation(review, stretch, answer, patient_id, seen)
            found.append(Served("Observation", content["id"], patient_id, version, updated, content, made=True))
    return found


def _observation(
    review: Review, stretch: Stretch, answer: Answer | None, patient_id: str, seen: Sequence[Served]
) -> Json:
    low, high = (answer.min, answer.max) if answer else (stretch.min, stretch.max)
    until = {} if answer else {"end": instant(stretch.end)}
    name = f"{patient_id}{_MARK}{stretch.outcome}" + ("" if answer else stretch.start.strftime(_AT))
    made = _named(stretch.outcome, name, patient_id) | {
        "status": "final" if low == high and low is not None else "preliminary",
        "effectivePeriod": {"start": instant(stretch.start), **until},
        "issued": instant(review.now),
        **_value(low, high),
    }
    if answer:
        made["code"]["text"] = answer.title
    if answer is not None:
        made["note"] = [{"text": words} for words in _reasons(answer)]
        made["derivedFrom"] = list(_sources(answer, review.now, seen))
    return {k: v for k, v in made.items() if v not in ([], {})}


def ungraded(patient_id: str, version: int, at: datetime, why: str) -> list[Served]:
    """The grades of a record that cannot be reviewed: without a value, and with the reason in words."""
    found = []
    for outcome in in_order({scale.outcome for scale in family(DEFAULT_FAMILY)}):
        content = _named(outcome, f"{patient_id}{_MARK}{outcome}", patient_id) | {
            "status": "preliminary",
            "effectivePeriod": {"start": instant(at)},
            "issued": instant(at),
            "dataAbsentReason": _absent(why),
        }
        found.append(Served("Observation", content["id"], patient_id, version, at, content, made=True))
    return found


def _named(outcome: str, name: str, patient_id: str) -> Json:
    """What every grade of an outcome says, whatever its value."""
    title = f"{outcome_name(outcome)} grade"
    return {
        "resourceType": "Observation",
        "id": name,
        "category": [
            {"coding": [{"system": f"{_HL7}/observation-category", "code": "survey"}]},
            {"coding": [{"system": CATEGORIES, "code": GRADE_CATEGORY}]},
        ],
        "code": {"coding": [{"system": GRADES, "code": outcome, "display": title}], "text": outcome_name(outcome)},
        "subject": {"reference": f"Patient/{patient_id}"},
        "method": _method(outcome),
    }


def _absent(why: str) -> Json:
    return {"coding": [{"system": f"{_HL7}/data-absent-reason", "code": "unknown"}], "text": why}


def _value(low: int | None, high: int | None) -> Json:
    if low is None or high is None or says_nothing(low, high):
        return {"dataAbsentReason": _absent("too little was recorded for a grade")}
    if low == high:
        return {"valueInteger": low}
    ends = {"low": {"value": low}, "high": {"value": high}}
    return {"valueRange": ends, "interpretation": [{"text": f"grade {interval(low, high)}"}]}


def _method(outcome: str) -> Json:
    """The scale by which the outcome is graded."""
    for scale in family(DEFAULT_FAMILY):
        if scale.outcome == outcome:
            coding = {"system": "urn:icans:scales", "code": scale.name, "display": scale.title}
            return {"coding": [coding], "text": scale.citation}
    return {}


def _reasons(answer: Answer) -> Iterator[str]:
    """The rules that decided, with their source, and what each missing item could change."""
    for hit in answer.decided_by:
        yield f"{hit.says} ({hit.source}{', ' + hit.where if hit.where else ''})"
    yield from (w.sentence for w in answer.what_if)
    yield from answer.assumed


def _sources(answer: Answer, now: datetime, seen: Iterable[Served]) -> Iterator[Json]:
    """References to the newest Observation of each item that the scale asks for, up to the moment that is graded."""
    asked = next((s.items() for s in family(DEFAULT_FAMILY) if s.name == answer.scale), ())
    newest: dict[str, tuple[datetime, str]] = {}
    for one in (s for s in seen if not s.void):
        for head in one.heads:
            if head["kind"] == "observation" and head["item"] in asked and head["time"] <= now:
                newest[head["item"]] = max(newest.get(head["item"], (now - _LONG, "")), (head["time"], one.id))
    yield from ({"reference": f"Observation/{name}"} for name in dict.fromkeys(n for _, n in newest.values()))


_LONG = timedelta(days=36525)
