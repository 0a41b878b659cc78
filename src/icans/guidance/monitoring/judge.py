"""One cell of the table against one record: is the check overdue, due now, due next, or done?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from icans.guidance.monitoring.cells import BEFORE, Cell
from icans.guidance.monitoring.checks import CheckRow, Limits, Slots
from icans.guidance.monitoring.level import Level
from icans.guidance.monitoring.seen import Times, slot_seen
from icans.guidance.situation import Situation
from icans.guidance.truth import missing
from icans.guidance.vocabulary import label_of

OVERDUE, NOW, NEXT = "overdue", "now", "next"
RANK = {NEXT: 0, NOW: 1, OVERDUE: 2}


@dataclass(frozen=True)
class Moment:
    """What every cell is held against: the situation, its grades, when things were seen, where the patient lies.

    truths  name of a cell with a condition -> whether it holds; None where that is unknown
    """

    situation: Situation
    level: Level
    times: Times
    setting: str
    limits: Limits
    truths: Mapping[str, bool | None]


@dataclass(frozen=True)
class Judged:
    """What one cell says now. due: when it is due at the latest; missing: the parts that are wanting, in words."""

    cell: Cell
    status: str
    due: datetime | None
    missing: tuple[str, ...]
    certain: bool
    depends: tuple[str, ...]

    @property
    def optional(self) -> bool:
        """Whether it may be left out, or a person has to say whether it is needed."""
        return self.cell.optional or bool(self.cell.ask)


def judged(row: CheckRow, moment: Moment) -> Iterator[Judged]:
    """What the cells of a check say now; cells that do not apply, and what was done, are left out."""
    fits = row.fit.holds(moment.situation.product)
    for cell in row.cells:
        if fits is False or cell.at == BEFORE or cell.kind == "visit":
            continue
        holds, depends = applies(cell, row, moment)
        if holds is False:
            continue
        if fits is None:
            depends = (*depends, "the product")
        yield from _cell(cell, row, moment, depends)


def applies(cell: Cell, row: CheckRow, moment: Moment) -> tuple[bool | None, tuple[str, ...]]:
    """Whether a cell asks for something now, and what decides that where it is not known, in words."""
    if cell.setting not in (None, moment.setting):
        return False, ()
    depends: list[str] = []
    reached = moment.level.reaches(row.by, cell.at)
    within = _within(cell, moment)
    holds = True if cell.when is None else moment.truths[cell.name]
    if False in (reached, within, holds):
        return False, ()
    if reached is None:
        depends += moment.level.open(row.by)
    if within is None:
        depends.append("the time of the infusion")
    if holds is None and cell.when is not None:
        depends += [label_of(item) for item in missing(moment.situation.state, [cell.when])]
    if cell.ask:
        depends.append(cell.ask)
    return (None if depends else True), tuple(depends)


def _within(cell: Cell, moment: Moment) -> bool | None:
    infusion, now = moment.situation.infusion, moment.situation.now
    if infusion is None:
        return True if cell.days is None else None
    if now < infusion:
        return False
    if cell.kind == "moments" or cell.days is None:
        return True
    return infusion + timedelta(days=cell.days[0]) <= now <= infusion + timedelta(days=cell.days[1])


def start_of(cell: Cell, row: CheckRow, moment: Moment) -> datetime | None:
    """Since when a cell has asked; None where nothing says."""
    infusion = moment.situation.infusion
    if cell.at > 0:
        return moment.level.since(row.by, cell.at)
    # Fever, for example, may have begun at any time: what is done once is then asked for from now on.
    if infusion is None or (cell.when is not None and cell.kind in ("once", "now")):
        return None
    return infusion + timedelta(days=cell.days[0] if cell.days else 0)


def _cell(cell: Cell, row: CheckRow, moment: Moment, depends: tuple[str, ...]) -> Iterator[Judged]:
    if cell.kind == "moments":
        yield from _days(cell, row, moment, depends)
        return
    start = start_of(cell, row, moment)
    parts = [_part(cell, slot_seen(slot, moment.times), start, moment) for slot in row.slots]
    worst = max((RANK[status] for status, _ in parts if status), default=None)
    if worst is None:
        return
    status = next(s for s, rank in RANK.items() if rank == worst)
    if worst == RANK[OVERDUE] and (cell.optional or cell.ask or (depends and cell.kind in ("once", "now"))):
        status = NOW
    chosen = [(slot, due) for slot, (s, due) in zip(row.slots, parts, strict=True) if s and RANK[s] == worst]
    due = min((d for _, d in chosen if d is not None), default=None)
    last_day = _last(cell, moment)
    if status == NEXT and due is not None and last_day is not None and due > last_day:
        return
    wanting = tuple(row.part(slot) for slot, _ in chosen) if status != NEXT else ()
    if cell.optional or cell.ask:
        due = None  # what may be left out is not late at any time
    yield Judged(cell, status, due, wanting, not depends, depends)


def _last(cell: Cell, moment: Moment) -> datetime | None:
    infusion = moment.situation.infusion
    return infusion + timedelta(days=cell.days[1]) if infusion is not None and cell.days else None


def _part(
    cell: Cell, last: datetime | None, start: datetime | None, moment: Moment
) -> tuple[str | None, datetime | None]:
    """Status of one part of a check and when it is due at the latest; no status where it is done."""
    limits, now = moment.limits, moment.situation.now
    if cell.kind in ("once", "now"):
        begun = start or now
        if last is not None and last >= begun - timedelta(hours=limits.looks_back_hours):
            return None, None
        latest = begun + timedelta(hours=limits.once_hours if cell.kind == "once" else limits.now_hours)
        return (OVERDUE if now > latest else NOW), latest
    low, high = interval(cell, limits)
    first = None if start is None else start + timedelta(hours=high * limits.now_share)
    if last is None:
        return (OVERDUE if first is not None and now > first else NOW), first
    due = last + timedelta(hours=high)
    if start is not None and last < start and first is not None:
        due = max(due, first)
    opens = last + timedelta(hours=low if low < high else high * (1 - limits.now_share))
    return (OVERDUE if now > due else NOW if now >= opens else NEXT), due


def interval(cell: Cell, limits: Limits) -> tuple[float, float]:
    """Hours between two, of a cell that repeats; how often the record should show what is continuous."""
    if cell.every is not None:
        return cell.every
    hours = cell.recorded or limits.continuous_hours
    return hours, hours


def _days(cell: Cell, row: CheckRow, moment: Moment, depends: tuple[str, ...]) -> Iterator[Judged]:
    """A check on certain days: the last of those that are past if it was not done, else the next one."""
    infusion, now = moment.situation.infusion, moment.situation.now
    if infusion is None:
        return
    about = timedelta(days=moment.limits.moment_days)
    days = [infusion + timedelta(days=day) for day in cell.moments]
    open_days = [day for day in days if not _done(row.slots, moment.times, day - about)]
    begun = [day for day in open_days if now >= day - about]
    if begun and begun[-1] == max(day for day in days if now >= day - about):
        wanting = tuple(row.part(slot) for slot in row.slots)
        status = OVERDUE if now > begun[-1] + about else NOW
        yield Judged(cell, status, begun[-1] + about, wanting, not depends, depends)
    elif coming := [day for day in days if now < day - about]:
        yield Judged(cell, NEXT, coming[0], (), not depends, depends)


def _done(slots: Slots, times: Times, since: datetime) -> bool:
    found: Sequence[datetime | None] = [slot_seen(slot, times) for slot in slots]
    return all(t is not None and t >= since for t in found)
