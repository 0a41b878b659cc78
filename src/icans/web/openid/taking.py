"""Take what a chart says into the store: what is new is entered, what changed in the record system is corrected.

Each entry remembers which resource of which chart gave it: its id begins with a digest of the two. So what a resource
says now is held against what it said last. What a person entered or corrected on the ward is never overruled, and
of a chart that came in part nothing is changed that rests on what is lacking.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, RowMapping, select

from icans.store import entries
from icans.store.accounts import Account
from icans.store.entries import Act
from icans.store.schema import act, entry
from icans.web.fhir.filing import withdrawn
from icans.web.openid.said import Said
from icans.web.openid.standing import Standing, meaning

Json = dict[str, Any]

ORIGIN = "smart"
REASON = "changed in the record system"
NOTE = "taken from the record system"
_DIGEST = 20
_AT_ONCE = 5_000


@dataclass
class Taken:
    """What came of it: how many entries were entered, corrected and taken back.

    differs  items of which the ward says something else; the ward's word stands
    kept     items that stay as they are until the chart is whole
    gone     items that a resource gave which is not in the chart now; only told, as who launches may not see everything
    """

    entered: int = 0
    corrected: int = 0
    taken_back: int = 0
    differs: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


def chart_key(server: str, patient_id: str) -> str:
    """A name for the chart of a patient on a server; also the id of the first act that was taken from it."""
    return hashlib.sha256(f"{server}\n{patient_id}".encode()).hexdigest()


def take(
    db: Connection, chart: str, patient_id: str, said: Said, by: Account, now: datetime, first: bool
) -> Taken:  # fmt: skip
    """Enter, correct and take back, in this transaction; nothing where nothing is new.

    chart  its key; said: what it says; first: it was never taken from before
    """
    wanted = select(entry, act.c.origin).join(act, act.c.id == entry.c.act).where(entry.c.patient == patient_id)
    there = db.execute(wanted).mappings().all()
    taken = Taken(gone=list(_gone(chart, said.by_resource, there)))
    rows = list(_changes(chart, said, there, taken))
    for row in rows:
        taken.entered += not row.get("replaces")
        taken.corrected += bool(row.get("replaces")) and not row.get("withdrawn")
        taken.taken_back += bool(row.get("withdrawn"))
    for start in range(0, max(len(rows), int(first)), _AT_ONCE):
        name = chart if first and start == 0 else uuid4().hex
        done = Act(patient_id, by.id, by.login, now, origin=ORIGIN, note=NOTE, id=name)
        entries.record(db, done, rows[start : start + _AT_ONCE])
    return taken


def _changes(chart: str, said: Said, there: Sequence[RowMapping], taken: Taken) -> Iterator[Json]:
    """The rows to be written."""
    later = {e["replaces"]: e for e in there if e["replaces"]}
    given: dict[str, list[RowMapping]] = defaultdict(list)
    for one in there:
        given[_mark(one)].append(one)
    found: list[Json] = []
    for resource, rows in said.by_resource.items():
        mark = _mark_of(chart, resource)
        before = [e for e in given[mark] if not e["withdrawn"] and _mark(later.get(e["id"])) != mark]
        for change in _successors(*_differing(rows, before)):
            if change.get("replaces") and said.gaps.hold(resource, change):
                taken.kept += [] if change["replaces"] in later else [change["item"]]
            elif change.get("replaces") in later:
                taken.differs += _overruled(change, later)
            else:
                found.append({"id": mark + uuid4().hex[:-_DIGEST], **change})
    replaced = {*later, *(c["replaces"] for c in found if c.get("replaces"))}
    standing = Standing(e for e in there if e["id"] not in replaced and not e["withdrawn"])
    olds = {e["id"]: e for e in there}
    for change in found:
        yield from standing.taken(change, olds.get(change.get("replaces", "")), REASON, taken.differs)


def _successors(new: Iterable[Json], before: Iterable[RowMapping]) -> Iterator[Json]:
    """New entries in the place of those that a resource gave, by item; what has no successor is taken back."""
    left = list(before)
    for row in new:
        old = next((e for e in left if (e["kind"], e["item"]) == (row["kind"], row["item"])), None)
        if old is None:
            yield row
        else:
            left.remove(old)
            yield row | {"replaces": old["id"], "reason": REASON}
    yield from (withdrawn(old, REASON) for old in left)


def _gone(chart: str, said: Iterable[str], there: Sequence[RowMapping]) -> Iterator[str]:
    """The items of entries that count and were taken from a resource that is not in the chart now."""
    marks = {_mark_of(chart, resource) for resource in said}
    replaced = {e["replaces"] for e in there}
    for one in there:
        stands = not one["withdrawn"] and one["id"] not in replaced
        if stands and one["origin"] == ORIGIN and _mark(one) not in marks:
            yield one["item"]


def _mark_of(chart: str, resource: str) -> str:
    return hashlib.sha256(f"{chart}\n{resource}".encode()).hexdigest()[:_DIGEST]


def _mark(one: RowMapping | None) -> str:
    return "" if one is None else one["id"][:_DIGEST]


def _differing(rows: Sequence[Json], before: Sequence[RowMapping]) -> tuple[list[Json], list[RowMapping]]:
    """What a resource says now and did not before, and what it said and does not now."""
    left = list(before)
    new: list[Json] = []
    for row in rows:
        same = next((e for e in left if meaning(e) == meaning(row)), None)
        if same is None:
            new.append(row)
        else:
            left.remove(same)
    return new, left


def _overruled(change: Json, later: Mapping[str, RowMapping]) -> list[str]:
    """The item of a change to an entry that somebody on the ward corrected, unless they say the same."""
    newest = later[change["replaces"]]
    while newest["id"] in later:
        newest = later[newest["id"]]
    agreed = newest["withdrawn"] if change.get("withdrawn") else meaning(newest) == meaning(change)
    return [] if agreed else [change["item"]]
