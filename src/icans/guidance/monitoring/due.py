"""What is overdue, due now and due next for one patient."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from icans.guidance.monitoring.answer import Check, Due
from icans.guidance.monitoring.baseline import baseline_due, baseline_missed
from icans.guidance.monitoring.cells import BEFORE
from icans.guidance.monitoring.checks import CheckRow, table
from icans.guidance.monitoring.judge import NEXT, NOW, OVERDUE, RANK, Judged, Moment, applies, judged
from icans.guidance.monitoring.level import level_of
from icans.guidance.monitoring.regrade import regrade
from icans.guidance.monitoring.seen import ago, last_seen, whole_seen
from icans.guidance.situation import Situation
from icans.guidance.truth import truths


def due(situation: Situation, *, inpatient: bool = True) -> Due:
    """Every check that the situation asks for, by when it is due.

    Where a grade is an interval, or something else that decides is unknown, the most frequent of what is possible is
    asked for, and the check says that it is not certain. What was never recorded counts as not done.
    """
    limits, setting = table().limits, "inpatient" if inpatient else "outpatient"
    times = last_seen(situation)
    holds = truths(situation.state, table().conditions())
    moment = Moment(situation, level_of(situation), times, setting, limits, holds)
    found = [c for row in table().checks if row.slots and (c := _check(row, moment)) is not None]
    again = regrade(situation, table().regrade, times)
    found += [again] if again is not None else []
    found += baseline_due(situation, times)
    return Due(
        overdue=tuple(_sorted(found, OVERDUE)),
        now=tuple(_sorted(found, NOW)),
        next=tuple(_sorted(found, NEXT)),
        unseen=tuple(_unseen(moment)),
        missed=baseline_missed(situation),
        notes=tuple(_notes(moment)),
    )


def _sorted(found: Sequence[Check], status: str) -> list[Check]:
    """What has to be done before what may be done, sure before possible, then the earliest."""
    chosen = [c for c in found if c.status == status]
    return sorted(chosen, key=lambda c: (c.optional, not c.certain, *_last_if_none(c.due), c.label))


def _last_if_none(due: datetime | None) -> tuple[bool, float]:
    return due is None, 0.0 if due is None else due.timestamp()


def _check(row: CheckRow, moment: Moment) -> Check | None:
    """A check as the most pressing of its cells has it; None where nothing is asked for."""
    cells = list(judged(row, moment))
    if not cells:
        return None
    worst = max(RANK[j.status] for j in cells)
    chosen = [j for j in cells if RANK[j.status] == worst]
    first = min(chosen, key=lambda j: (j.optional, not j.certain, *_last_if_none(j.due), j.cell.every or ()))
    equal = [j for j in chosen if (j.optional, j.certain) == (first.optional, first.certain)]
    latest = min((j.due for j in equal if j.due is not None), default=None)
    wanting = tuple(dict.fromkeys(w for j in equal for w in j.missing))
    last = whole_seen(row.slots, moment.times)
    return Check(
        id=row.id, label=row.label, short=row.short, status=first.status, how=first.cell.words, every=first.cell.every,
        last=last, due=latest, missing=wanting, certain=first.certain, optional=first.optional, depends=first.depends,
        why=_why(row, first, last, moment), cited=first.cell.cited,
    )  # fmt: skip


def _why(row: CheckRow, first: Judged, last: datetime | None, moment: Moment) -> str:
    """'ICANS grade 2; last in full 6.5 h ago'."""
    day = moment.situation.day
    cause = moment.level.words(row.by) if first.cell.at > 0 else "" if day is None else f"day {day:.0f}"
    if last is None:
        seen = "never recorded in full" if len(row.slots) > 1 else "never recorded"
    else:
        seen = f"last {'in full ' if len(row.slots) > 1 else ''}{ago(moment.situation.now - last)} ago"
    return "; ".join(words for words in (cause, seen, row.note) if words)


def _unseen(moment: Moment) -> Iterator[Check]:
    """What is asked for and cannot show in a record."""
    for row in table().checks:
        fits = row.fit.holds(moment.situation.product)
        if row.slots or fits is False:
            continue
        asked = [(c, applies(c, row, moment)) for c in row.cells if c.at != BEFORE and c.kind != "visit"]
        open_cells = [(cell, depends) for cell, (holds, depends) in asked if holds is not False]
        if open_cells:
            cell, depends = open_cells[-1]
            certain = fits is True and not depends
            yield Check(
                id=row.id, label=row.label, short=row.short, status=NOW, how=cell.words, every=None, last=None,
                due=None, missing=(), certain=certain, optional=cell.optional, depends=depends,
                why=f"{moment.level.words(row.by)}; a record cannot show whether this was done", cited=cell.cited,
            )  # fmt: skip


def _notes(moment: Moment) -> Iterator[str]:
    situation = moment.situation
    if situation.infusion is None:
        yield "The time of the infusion is not known: checks that go by the day are shown as possible."
    if situation.product is None:
        yield "The product is not known: checks for some products only are shown as possible."
    if (situation.infusion is None or situation.now >= situation.infusion) and (names := moment.level.open("either")):
        yield f"Not settled: {' and '.join(names)}. The most frequent of what is possible is asked for."
