"""What the printed review holds, as plain data for its template: words, lists and tables, and no markup."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from icans.report import content, guidance, why
from icans.report.guidance_section import Line, Section
from icans.report.pdf_plan import cited_by, dangers, plan_sheet
from icans.report.words import HIGHEST_KNOWN, interval, moment

if TYPE_CHECKING:
    from icans.grading.answer import Answer, Hit
    from icans.guidance.monitoring.answer import Plan
    from icans.patient_review import Review

ANSWER_COLUMNS = ("Time", "Action", "Answer", "By", "Reason")
"""What a row of the answers to actions says, in this order."""
ENTRY_COLUMNS = ("Time", "What", "Value", "Entered by", "Entered at", "Remark")
"""What a row of the entries at the end of the document says, in this order."""
_TO_DO = "advice"
"""The part that the answers to actions follow."""
_RIGHT_AFTER = "checks"
"""The part that stands with what to do now, above the chart: what is due next is asked for at the bedside."""
_SVG = "{http://www.w3.org/2000/svg}"


def printed(
    review: Review,
    drawings: Mapping[str, str],
    *,
    title: str | None,
    printed_by: str | None,
    printed_at: datetime | None,
    answers: Sequence[tuple[str, ...]],
    entries: Sequence[tuple[str, ...]],
    plan: Plan | None,
) -> dict[str, Any]:
    """The whole document in the order of its pages. drawings: the SVG of `chart`, and of `plan` where there is one."""
    first, others = guidance.parts(review)
    cited = [c for part in (*first, *others) for c in part.cited]
    used = content.sources(review, [*cited, *(cited_by(plan) if plan else ())])
    numbers = content.numbers_of(used)
    verdicts = content.verdicts(review)
    return {
        "title": title or f"Review of {content.name_of(review)}",
        "kind": title or "CAR-T toxicity review",
        "name": content.name_of(review),
        "patient": review.patient,
        "printed": _printed(review, printed_by, printed_at),
        "not_a_device": content.NOT_A_DEVICE,
        "facts": content.facts(review),
        "verdicts": [_verdict(v) for v in verdicts],
        "notices": content.notices(review),
        "now": [_section(p, numbers) for p in first if p.name == _TO_DO],
        "answers": _sheet(ANSWER_COLUMNS, answers, "answer"),
        "next": [_section(p, numbers) for p in (*first, *_checks(others)) if p.name != _TO_DO],
        "chart": _described(drawings["chart"], map(_in_short, verdicts)),
        "why": [_why(v.name, v.grade, v.answer) for v in verdicts if v.answer],
        "others": [_section(p, numbers) for p in others if p.name != _RIGHT_AFTER],
        "episodes": {"columns": content.EPISODE_COLUMNS, "rows": content.episodes(review)},
        "scores": {"columns": content.SCORE_COLUMNS, "rows": content.scores(review)},
        "neighbours": content.neighbours(review),
        "plan": _plan(plan, drawings, numbers),
        "entries": _sheet(ENTRY_COLUMNS, entries, "entry"),
        "problems": review.log.problems,
        "repaired": review.log.notices,
        "sources": [{"source": s.source, "marks": s.marks} for s in used],
        "switches": [(id_, name, position) for id_, name, position, _ in content.switches(review)],
    }


def _checks(others: Sequence[Section]) -> list[Section]:
    return [part for part in others if part.name == _RIGHT_AFTER]


def _printed(review: Review, by: str | None, at: datetime | None) -> str:
    """`Printed 2026-03-11 19:05 UTC by Night nurse`; without a time of printing, up to when the record goes."""
    said = f"Printed {moment(at)}" if at else f"Seen up to {moment(review.now)}"
    if not by:
        return said
    return f"{said} by {by}" if at else f"{said}, printed by {by}"


def _verdict(verdict: content.Verdict) -> dict[str, Any]:
    answer = verdict.answer
    settled = answer is not None and answer.determinate and answer.has_gaps and not answer.what_if
    return {
        "name": verdict.name,
        "scale": answer.title if answer else "",
        "grade": verdict.grade,
        "certain": verdict.certain,
        "steps": _steps(answer),
        "since": verdict.since,
        "peak": verdict.peak,
        "what_if": [w.sentence for w in answer.what_if] if answer else [],
        "settled": settled,
    }


def _steps(answer: Answer | None) -> list[str]:
    """The grades from 1 up, each `reached`, `open` or `free`: the strip beside the grade; none where not graded."""
    if answer is None:
        return []
    highest = max(HIGHEST_KNOWN, answer.max)
    return ["reached" if k <= answer.min else "open" if k <= answer.max else "free" for k in range(1, highest + 1)]


def _section(section: Section, numbers: Mapping[str, int]) -> dict[str, Any]:
    return {
        "title": section.title,
        "lead": section.lead,
        "notes": section.notes,
        "replies": [{"question": r.question, "says": r.says, "tone": r.tone, "more": r.more} for r in section.replies],
        "groups": [{"title": g.title, "lines": [_line(one, numbers) for one in g.lines]} for g in section.groups],
    }


def _line(line: Line, numbers: Mapping[str, int]) -> dict[str, Any]:
    return {
        "says": line.says,
        "tag": line.tag,
        "tone": line.tone,
        "more": line.more,
        "why": " ".join(line.why),
        "rules": ", ".join(line.rules),
        "sources": [{"places": ", ".join(s.places), "number": numbers[s.source]} for s in line.sources],
        "marks": (*line.marks, *line.conventions),
    }


def _why(name: str, grade: str, answer: Answer) -> dict[str, Any]:
    return {
        "title": f"Why {name} is {grade}",
        "scale": answer.title,
        "rules": [_rule(hit) for hit in why.settled(answer)],
        "alternatives": [f"{label}: {why.one_of(hits)}" for label, hits in why.alternatives(answer)],
        "assumed": answer.assumed,
        "conventions": answer.conventions,
    }


def _rule(hit: Hit) -> dict[str, Any]:
    return {
        "says": hit.says,
        "grade": interval(*hit.grade) if hit.grade and hit.grade != (0, 0) else "",
        "inputs": why.reasons(hit),
        "rests_on": why.rests_on(hit),
        "marks": [hit.mark, *([hit.convention] if hit.convention else [])],
    }


def _plan(plan: Plan | None, drawings: Mapping[str, str], numbers: Mapping[str, int]) -> dict[str, Any] | None:
    if plan is None:
        return None
    return {**plan_sheet(plan, numbers), "chart": _described(drawings["plan"], dangers(plan))}


def _described(drawing: str, more: Iterable[str]) -> str:
    """A chart for those who do not see it: what it is called, what it shows, and `more`, a sentence each."""
    root = ElementTree.fromstring(drawing)
    said = [root.findtext(f"{_SVG}title") or "Course", (root.findtext(f"{_SVG}desc") or "").rstrip("."), *more]
    return f"{'. '.join(w for w in said if w)}."


def _in_short(verdict: content.Verdict) -> str:
    """`ICANS 1 to 2; since day 8.8 (...); peak 3, day 6.8 (...)`."""
    since = f"since {verdict.since}" if verdict.since else ""
    peak = f"peak {verdict.peak}" if verdict.peak else ""
    return "; ".join(w for w in (f"{verdict.name} {verdict.grade}", since, peak) if w)


def _sheet(columns: tuple[str, ...], rows: Sequence[tuple[str, ...]], what: str) -> dict[str, Any]:
    """A table; short rows get empty cells. Raises ValueError for a row that is too long."""
    if any(len(row) > len(columns) for row in rows):
        raise ValueError(f"an {what} has at most {len(columns)} cells: {', '.join(columns)}")
    return {"columns": columns, "rows": [(*row, *[""] * (len(columns) - len(row))) for row in rows]}
