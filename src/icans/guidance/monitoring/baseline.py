"""What is done before the infusion: what is still to do, and afterwards what was not recorded in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from icans.guidance.monitoring.answer import Check
from icans.guidance.monitoring.cells import BEFORE, Cell
from icans.guidance.monitoring.checks import CheckRow, table
from icans.guidance.monitoring.judge import NEXT, NOW, OVERDUE
from icans.guidance.monitoring.seen import Times, last_seen, slot_seen, whole_seen
from icans.guidance.situation import Situation
from icans.guidance.truth import missing, truths
from icans.guidance.vocabulary import label_of
from icans.record.catalogue import catalogue


def baseline_due(situation: Situation, times: Times) -> list[Check]:
    """Before the infusion: the baseline checks not done yet, due at the infusion."""
    infusion = situation.infusion
    if infusion is None or situation.now >= infusion:
        return []
    opens = infusion - timedelta(days=table().limits.baseline_days)
    status = NOW if situation.now >= opens else NEXT
    return list(_wanting(situation, times, status, infusion, "not recorded yet"))


def baseline_missed(situation: Situation) -> tuple[Check, ...]:
    """After the infusion: the baseline checks the record does not show before it."""
    infusion = situation.infusion
    if infusion is None or situation.now < infusion:
        return ()
    times = with_baselines(situation, last_seen(situation, infusion))
    return tuple(_wanting(situation, times, OVERDUE, infusion, "not recorded before the infusion"))


def with_baselines(situation: Situation, times: Times) -> Times:
    """The times, with items whose value before the infusion the state holds, whenever it was written down."""
    held = {i.baseline_of for i in catalogue().values() if i.baseline_of and situation.known(i.name) is not None}
    infusion = situation.infusion
    return {**{item: infusion for item in held if item and infusion}, **times}


def _wanting(situation: Situation, times: Times, status: str, infusion: datetime, why: str) -> Iterator[Check]:
    for row in table().checks:
        for cell in row.cells:
            how = f"before the infusion, {cell.words}"
            if cell.at == BEFORE and row.slots and (found := _one(row, cell, situation, times)) is not None:
                wanting, depends = found
                yield Check(
                    id=row.id, label=row.label, short=row.short, status=status, how=how, every=None,
                    last=whole_seen(row.slots, times), due=infusion, missing=wanting, certain=not depends,
                    optional=cell.optional, depends=depends, why=why, cited=cell.cited,
                )  # fmt: skip


def _one(
    row: CheckRow, cell: Cell, situation: Situation, times: Times
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The parts that are wanting and what decides whether they are asked for; None where nothing is wanting."""
    wanting = tuple(row.part(slot) for slot in row.slots if slot_seen(slot, times) is None)
    if not wanting:
        return None
    if cell.when is None:
        return wanting, ()
    holds = truths(situation.state, {"when": cell.when})["when"]
    if holds is False:
        return None
    open_items = missing(situation.state, [cell.when]) if holds is None else ()
    return wanting, tuple(label_of(item) for item in open_items)
