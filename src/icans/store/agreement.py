"""Whether everything that the audit log says was written is there as it was, and nothing else is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, func, select

from icans.store.schema import act, answer, audit, entry, patient, resource
from icans.store.written import ACT, ANSWER, STANDING, digests_of_acts, digests_of_rows

_AT_ONCE = 500
_Digests = Callable[[Sequence[str]], dict[str, str]]


class _Said(NamedTuple):
    """What a row of the log says of something that was written."""

    place: int
    id: str
    digest: str


def faults_of_contents(db: Connection) -> list[str]:
    """What is missing, was changed or was put in without a row of the log, in words without a patient's value."""
    found = [*_all_told(db, ACT, act, lambda ids: digests_of_acts(db, ids))]
    found += _all_told(db, ANSWER, answer, lambda ids: digests_of_rows(db, answer, ids))
    for table, actions in STANDING.values():
        found += _newest_told(db, table, actions)
    return [*found, *_without_act(db), *_versions(db)]


def _all_told(db: Connection, action: str, table: Table, digests: _Digests) -> Iterator[str]:
    """Faults of what is written once and never changed."""
    met: set[str] = set()
    for some in _said(db, (action,)):
        met.update(one.id for one in some)
        yield from _compared(some, digests)
    yield from _strange(db, table, met)


def _newest_told(db: Connection, table: Table, actions: Sequence[str]) -> Iterator[str]:
    """Faults of what may change: it must be as the newest row of the log left it."""
    newest = {one.id: one for some in _said(db, actions) for one in some}
    number = next(iter(table.primary_key)).type.python_type is int
    last = list(newest.values())
    for start in range(0, len(last), _AT_ONCE):
        yield from _compared(
            last[start : start + _AT_ONCE],
            lambda ids: digests_of_rows(db, table, [int(i) for i in ids if i.isdigit()] if number else ids),
        )
    yield from _strange(db, table, set(newest))


def _compared(said: Sequence[_Said], digests: _Digests) -> Iterator[str]:
    kept = digests([one.id for one in said])
    for one in said:
        if kept.get(one.id) != one.digest:
            state = "was changed" if one.id in kept else "is missing"
            yield f"what row {one.place} says was written {state}"


def _said(db: Connection, actions: Iterable[str]) -> Iterator[list[_Said]]:
    """What the rows of some actions say, in the order of the log, some at a time."""
    wanted = select(audit.c.place, audit.c.detail).where(audit.c.action.in_(actions)).order_by(audit.c.place)
    after = 0
    while some := db.execute(wanted.where(audit.c.place > after).limit(_AT_ONCE)).all():
        after = some[-1].place
        yield [_Said(row.place, *_detail(row.detail)) for row in some]


def _detail(text: str) -> tuple[str, str]:
    try:
        said: Any = json.loads(text)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        return "", ""
    return str(said.get("id", "")), str(said.get("digest", ""))


def _strange(db: Connection, table: Table, met: set[str]) -> Iterator[str]:
    key = next(iter(table.primary_key))
    strange = sum(str(name) not in met for name in db.execute(select(key)).scalars())
    if strange:
        yield f"rows of the table {table.name} that the log does not speak of: {strange}"


def _without_act(db: Connection) -> Iterator[str]:
    """Entries and resources that no act holds; the references of the database should not let them be."""
    for table in (entry, resource):
        none = ~select(act.c.id).where(act.c.id == table.c.act).exists()
        lost = db.execute(select(func.count()).select_from(table).where(none)).scalar_one()
        if lost:
            yield f"rows of the table {table.name} that belong to no act: {lost}"


def _versions(db: Connection) -> Iterator[str]:
    """Records whose version is not that of their newest act: an answer worked out earlier would be shown for new."""
    newest = (act.c.patient == patient.c.id) & (act.c.version == patient.c.version)
    each = act.alias("each")
    acts = select(func.count()).select_from(each).where(each.c.patient == patient.c.id).scalar_subquery()
    wrong = act.c.id.is_(None) | (act.c.at != patient.c.changed_at) | (acts != patient.c.version)
    counted = select(func.count()).select_from(patient.outerjoin(act, newest)).where(wrong)
    if many := db.execute(counted).scalar_one():
        yield f"records whose version or time is not that of their newest act: {many}"
