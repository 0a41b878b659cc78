"""Grading again after a new drug: which doses count, and whether the patient was looked at since."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import polars as pl

from icans.guidance.monitoring.answer import Check
from icans.guidance.monitoring.checks import Regrade
from icans.guidance.monitoring.judge import NEXT, NOW, OVERDUE
from icans.guidance.monitoring.seen import Times, ago, slot_label, slot_seen, whole_seen
from icans.guidance.situation import Situation
from icans.record.catalogue import drugs


def new_doses(situation: Situation, rule: Regrade) -> Iterator[tuple[datetime, str]]:
    """(time, drug) of the doses after which the patient is graded again: all of some classes, the first of others."""
    given = situation.records.therapies.filter(pl.col("start") <= situation.now).sort("start")
    previous: dict[str, datetime] = {}
    for start, drug in given.select("start", "drug").iter_rows():
        classes = set(drugs()[drug].classes) if drug in drugs() else set()
        before = previous.get(drug)
        previous[drug] = start
        fresh = before is None or start - before > timedelta(hours=rule.new_after_hours)
        if classes & set(rule.every_dose) or (fresh and classes & set(rule.first_dose)):
            yield start, drug


def regrade(situation: Situation, rule: Regrade, times: Times) -> Check | None:
    """The one that is most pressing: overdue before now before next, then the earliest; None where nothing is open."""
    open_marks = [m for start, drug in new_doses(situation, rule) for m in _marks(start, drug, situation, rule, times)]
    if not open_marks:
        return None
    order = {OVERDUE: 0, NOW: 1, NEXT: 2}
    status, due, start, drug, wanting = min(open_marks, key=lambda m: (order[m[0]], m[1]))
    label = drugs()[drug].label
    return Check(
        id=rule.id, label=rule.label, short=rule.short, status=status, how=rule.says, every=None,
        last=whole_seen(rule.slots, times), due=due, missing=wanting, certain=True, optional=False, depends=(),
        why=f"{label} was given {ago(situation.now - start)} ago", cited=rule.cited,
    )  # fmt: skip


def _marks(
    start: datetime, drug: str, situation: Situation, rule: Regrade, times: Times
) -> Iterator[tuple[str, datetime, datetime, str, tuple[str, ...]]]:
    """The marks of one dose that are open. One that a later mark of the same dose has overtaken is not."""
    now = situation.now
    for place, (first, last) in enumerate(rule.marks):
        opens, due = start + timedelta(hours=first), start + timedelta(hours=last)
        overtaken = place + 1 < len(rule.marks) and now >= start + timedelta(hours=rule.marks[place + 1][0])
        wanting = [slot for slot in rule.slots if (t := slot_seen(slot, times)) is None or t < opens]
        if overtaken or not wanting or now > start + timedelta(hours=rule.new_after_hours):
            continue
        status = OVERDUE if now > due else NOW if now >= opens else NEXT
        labels = tuple(slot_label(slot) for slot in wanting) if status != NEXT else ()
        yield status, due, start, drug, labels
