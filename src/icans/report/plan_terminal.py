"""A monitoring plan in the terminal, in 80 columns: dangers, published onsets, checks by grade, rules for outside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from icans.guidance.monitoring.answer import Plan, PlannedCheck, Precaution, Timing
from icans.guidance.monitoring.eligibility import lists
from icans.report.plan_axis import long_date
from icans.report.terminal_list import MARKS, heading, item

_GRADES = (("0", "no toxicity"), ("1", "grade 1"), ("2", "grade 2"), ("3", "grade 3+"))
_SAME = "as left"
BY = (
    "Neurological tests go by the ICANS grade and the echocardiogram by the CRS grade; for all others the higher of "
    "the two counts. Grade again 1 to 2 h and 8 h after a new drug, and every 12 h at least."
)


def show_plan(plan: Plan, console: Console, files: Iterable[object] = ()) -> None:
    """Print a plan and the files that were written."""
    console.print(Text(f"Monitoring after {plan.product_label}", "bold"))
    where = "inpatient" if plan.inpatient else "outpatient"
    said = f"infusion {long_date(plan.infusion)}, {plan.infusion:%H:%M} UTC, {where}; rules of {plan.jurisdiction}"
    console.print(Text(f"{said} on {plan.on}. Days count from the infusion.", "dim"))
    heading(console, "Dangers")
    console.print(_dangers(plan))
    heading(console, "Published rates and onsets")
    for timing in plan.timing:
        console.print(item(_published(timing)))
    heading(console, "Checks, by the grade of CRS or ICANS")
    console.print(_checks(plan.checks))
    heading(console, "Before the infusion")
    console.print(Padding(Text(_before(plan.checks)), (0, 0, 0, 2)))
    heading(console, "Life outside, and the centre")
    for rule in plan.rules:
        console.print(item(_rule(rule)))
    heading(console, "Home and discharge: every point has to hold")
    for label, lines in lists().lists.values():
        points = "; ".join(line.label for line in lines)
        console.print(item(Text.assemble((f"{label}: ", "bold"), f"{points} ", ("[convention]", MARKS["convention"]))))
    heading(console, "To know")
    for words in _notes(plan):
        console.print(item(Text(words, "dim")))
    if named := ", ".join(str(f) for f in files):
        console.print()
        console.print(Text(f"written: {named}"))


def _dangers(plan: Plan) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 2), header_style="dim")
    for title, style in (("days", "bold"), ("danger", ""), ("watch", "")):
        table.add_column(title, style=style, overflow="fold", no_wrap=title == "days")
    for window in plan.windows:
        peak = f", most on days {window.peak[0]:g} to {window.peak[1]:g}" if window.peak else ""
        table.add_row(_days(window.first_day, window.last_day), Text(window.label + peak), Text(window.watch))
    return table


def _days(first: float, last: float) -> str:
    """'4 to 10', 'hours 0 to 4'."""
    if 0 <= first < last < 1:
        return f"{first * 24:g}–{last * 24:g} h"
    return f"{first:g} to {last:g}".replace("-", "−")


def _published(timing: Timing) -> Text:
    """'large B-cell lymphoma, first label: CRS 94 %, grade 3+ 13 %, onset day 2 (1 to 12) ...'."""
    parts: list[str] = []
    for of, title in (("crs", "CRS"), ("icans", "ICANS"), ("late", "late movement disorder")):
        found = [(what, f) for what in ("any", "severe", "onset", "lasts") if (f := timing.figure(of, what))]
        if found:
            lead = {"any": "", "severe": "grade 3+ ", "onset": "onset ", "lasts": "lasts "}
            said = [f"{lead[what]}{f.words}{'' if f.cited.mark == 'verified' else '*'}" for what, f in found]
            parts.append(f"{title} {', '.join(said)}")
    return Text.assemble((f"{timing.population}: ", "bold"), "; ".join(parts))


def _checks(checks: Sequence[PlannedCheck]) -> Table:
    """A row a check, a column a grade; what is the same as at the grade before is said so."""
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="dim", leading=0)
    table.add_column("check", style="bold", overflow="fold", min_width=16, ratio=5)
    for _, title in _GRADES:
        table.add_column(title, overflow="fold", ratio=5 if title == "no toxicity" else 4)
    for check in checks:
        cells = [check.by_grade[grade] for grade, _ in _GRADES]
        if any(cells):
            shown = [cells[0] or "–", *(_SAME if b == a else b for a, b in pairwise(cells))]
            table.add_row(check.short, *(Text(words, "dim" if words in (_SAME, "–") else "") for words in shown))
    table.expand = True
    return table


def _before(checks: Sequence[PlannedCheck]) -> str:
    asked = []
    for check in checks:
        if how := check.by_grade["before"]:
            condition = how.removeprefix("once").lstrip(", ")
            asked.append(f"{check.short}{f' ({condition})' if condition else ''}")
    return "; ".join(asked) + "."


def _rule(rule: Precaution) -> Text:
    """'Stay near the centre: until 16 Mar 2026. 2 weeks, by the US labels ... [verified]'."""
    until = f"until {long_date(rule.until)}. " if rule.until else ""
    longer = f"; longer, {rule.extended}" if rule.extended else ""
    mark = (f"[{rule.cited.mark}]", MARKS.get(rule.cited.mark, ""))
    return Text.assemble((f"{rule.label}: {until}", "bold"), f"{rule.words}{longer} ", mark)


def _notes(plan: Plan) -> Iterator[str]:
    yield BY
    yield from plan.notes
    marks = {check.id: sorted({s.cited.mark for s in check.spans}) for check in plan.checks if check.spans}
    for mark in MARKS:
        named = [check.short for check in plan.checks if mark in marks.get(check.id, ())]
        if named:
            yield f"How often, {'our convention' if mark == 'convention' else mark}: {'; '.join(named)}."
    yield "* and the dangers above: from memory. Sources stand in the JSON and in docs/monitoring.md."
    yield "Research software: not medical advice; the label and the rules of the centre come first."
