"""The monitoring plan of the printed review, as plain data for its template: rules for outside, checks by grade."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from icans.guidance.cited import Cited
from icans.guidance.monitoring.answer import Plan, PlannedCheck, Precaution, Window
from icans.guidance.monitoring.checks import table
from icans.report.content import sources_of
from icans.report.plan_terminal import BY
from icans.report.words import day, moment

CHECK_COLUMNS = ("Check", "No toxicity", "Grade 1", "Grade 2", "Grade 3 and above")
"""What a row of the checks says, in this order."""
_GRADES = ("0", "1", "2", "3")
_NOTHING = "–"


def cited_by(plan: Plan) -> list[Cited]:
    """Everything the printed plan rests on, in the order of its parts."""
    return [*_behind_the_chart(plan), *(rule.cited for rule in plan.rules), *_behind_the_checks(plan)]


def plan_sheet(plan: Plan, numbers: Mapping[str, int]) -> dict[str, Any]:
    """The words of a plan. numbers: source -> its number in the list of sources."""
    return {
        "rules": [_rule(rule, numbers) for rule in plan.rules],
        "checks": {"columns": CHECK_COLUMNS, "rows": [_check(check) for check in plan.checks]},
        "by": BY,
        "notes": plan.notes,
        "chart_rests_on": _numbers(_behind_the_chart(plan), numbers),
        "checks_rest_on": _numbers(_behind_the_checks(plan), numbers),
    }


def dangers(plan: Plan) -> list[str]:
    """What the chart draws as its dangers, a sentence each, for those who do not see it."""
    return [_danger(window) for window in plan.windows]


def _danger(window: Window) -> str:
    peak = f", most from {day(window.peak[0])} to {day(window.peak[1])}" if window.peak else ""
    return f"{window.label}: {day(window.first_day)} to {day(window.last_day)}{peak}"


def _behind_the_chart(plan: Plan) -> list[Cited]:
    published = [figure.cited for timing in plan.timing for figure in timing.figures]
    return [*(window.cited for window in plan.windows), *published]


def _behind_the_checks(plan: Plan) -> Iterator[Cited]:
    """A plan is made for one grade; the table has them all, so its sources are those of the file."""
    shown = {check.id for check in plan.checks}
    for row in table().checks:
        if row.id in shown:
            yield from (cell.cited for cell in row.cells)


def _numbers(cited: list[Cited] | Iterator[Cited], numbers: Mapping[str, int]) -> list[int]:
    return sorted({numbers[c.source] for c in cited})


def _rule(rule: Precaution, numbers: Mapping[str, int]) -> dict[str, Any]:
    found = sources_of([rule.cited])
    return {
        "label": rule.label,
        "until": moment(rule.until),
        "words": rule.words,
        "longer": rule.extended,
        "rules": rule.id,
        "sources": [{"places": ", ".join(s.places), "number": numbers[s.source]} for s in found],
        "marks": [w for w in (rule.cited.mark, rule.cited.convention) if w],
    }


def _check(check: PlannedCheck) -> tuple[str, ...]:
    """A row as wide as the table. A check that is only done before the infusion says so."""
    cells = [check.by_grade.get(grade, "") or _NOTHING for grade in _GRADES]
    before = check.by_grade.get("before", "")
    if before and set(cells) == {_NOTHING}:
        cells[0] = f"before the infusion: {before}"
    return (check.label, *cells)
