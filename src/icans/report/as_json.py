"""A review as JSON, for other programs.

The keys, always in this order; times are ISO 8601 in UTC, days count from the infusion, null is not known:

    format       "icans review 1"
    patient      {id, label, product, age, infusion}
    now, day     the time of the last state
    outcomes     {crs: {answer, since, peak: {min, max, time}}, icans: ...}; answer is null where not graded
    course       [{outcome, start, end, min, max}], neighbours with the same interval joined
    episodes     [{outcome, onset, onset_day, onset_uncertain, peak: [min, max], peak_time, peak_day,
                   last_sign, last_sign_day, resolution, resolution_day, resolution_uncertain, duration_hours,
                   ongoing, settled}]
    scores       [{name, title, min, max, band, formula, inputs, missing, source, mark, time, day}]
    related      {present: [answer], absent: [title], unsettled: [[title, min, max]]}
    guidance     what to do next, null where there is none: {advice, due, workup, sepsis, endotype, prophylaxis,
                  eeg, mri, seizures, pressure}, each as the class of icans.patient_guidance.Guidance describes it
    notices      [words]
    reading      {used: {what: count}, skipped: {why: count}, problems: [words], notices: [words]}
    conventions  {id: true where on}

An answer: {scale, outcome, title, min, max, domains: [{name, label, min, max, hits: [hit], missing: [item]}],
decided_by: [hit], what_if: [{item, label, outcomes: [[words, min, max]], sentence}],
conventions: [[id, words]], assumed: [words], notices: [hit], time, day}.
A hit: {id, says, grade: [min, max] or null, inputs: {label: words}, source, where, mark, convention,
certain: false where what is unknown decides whether the rule applies}.
The observations themselves are not repeated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

from icans.report.content import name_of
from icans.report.guidance_json import guidance_dict
from icans.report.series import stretches
from icans.report.words import in_order

if TYPE_CHECKING:
    from icans.patient_review import Review

FORMAT = "icans review 1"


def as_json(review: Review) -> bytes:
    """The review as UTF-8 JSON, indented, as described above."""
    return orjson.dumps(as_dict(review), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def as_dict(review: Review) -> dict[str, Any]:
    """The same as plain dicts, lists, strings, numbers, booleans and None."""
    outcomes = in_order({*review.current, *review.course["outcome"].unique().to_list()})
    whole = {
        "format": FORMAT,
        "patient": {
            "id": review.patient,
            "label": name_of(review),
            "product": review.product,
            "age": review.age,
            "infusion": review.infusion,
        },
        "now": review.now,
        "day": review.day,
        "outcomes": {o: _outcome(review, o) for o in outcomes},
        "course": [asdict(s) for o in outcomes for s in stretches(review.course, o)],
        "episodes": [asdict(e) for e in review.episodes],
        "scores": [asdict(s) for s in review.related.scores],
        "related": {
            "present": [asdict(a) for a in review.related.present],
            "absent": review.related.absent,
            "unsettled": review.related.unsettled,
        },
        "guidance": guidance_dict(review.guidance) if review.guidance else None,
        "notices": review.notices,
        "reading": asdict(review.log),
        "conventions": review.conventions,
    }
    return plain(whole)


def _outcome(review: Review, outcome: str) -> dict[str, Any]:
    answer, peak = review.current.get(outcome), review.peak.get(outcome)
    return {
        "answer": asdict(answer) if answer else None,
        "since": review.since.get(outcome),
        "peak": dict(zip(("min", "max", "time"), peak, strict=True)) if peak else None,
    }


_AS_THEY_ARE = (str, int, bool, type(None))


def plain(value: Any) -> Any:
    """Values as JSON has them: mappings as dicts, sequences as lists, times as UTC text, no infinity."""
    if type(value) in _AS_THEY_ARE:
        return value
    if isinstance(value, float):
        return None if value != value or abs(value) == float("inf") else value
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, Mapping):
        return {str(key): plain(v) for key, v in value.items()}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value
