"""File resources in a patient's record: their entries, what was sent, and the row of the audit log that seals both.

However many come in one transaction, they are one act on the record. The act notes which entries each of them gave, and
which entries that were there already say the same: nothing is entered twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, RowMapping

from icans.store import entries, resources
from icans.store.entries import current
from icans.store.schema import entry
from icans.web.fhir.problems import Issue, Refused
from icans.web.fhir.understood import NOTHING, Understood
from icans.web.fhir.view import Served
from icans.web.fhir.writer import Writer

Json = dict[str, Any]

_COMPARED = ("kind", "item", "time", "until", "value", "unit", "route", "rate", "rate_unit", "other_cause")
_AT_ONCE = 500


@dataclass(frozen=True)
class Paper:
    """A resource to be filed under its id.

    rows     its entries
    content  None: it is deleted
    where    its place, for messages
    """

    kind: str
    name: str
    content: Json | None
    rows: Sequence[Json]
    said: Understood = NOTHING
    where: str = ""


@dataclass(frozen=True)
class Done:
    """What became of a write: the resource as it is now, and what was left out of the record, in words."""

    served: Served
    notices: tuple[str, ...] = ()
    new: bool = True


def file(db: Connection, who: Writer, patient_id: str, papers: Sequence[Paper], note: str = "") -> list[Done]:
    """File the papers as one act; one answer for each.

    Raises Refused (409) where another value of an item stands at the very time, and what the store raises.
    """
    rows, extra = _sorted_out(papers, _Standing(db, patient_id, [row for paper in papers for row in paper.rows]))
    act = who.act(patient_id, extra=extra, note=note)
    written = entries.write(db, act, rows)
    resources.keep(db, act, written.version, ((p.kind, p.name, p.content) for p in papers))
    entries.sealed(db, act)
    return [
        Done(Served(p.kind, p.name, patient_id, written.version, who.now, p.content), p.said.notices) for p in papers
    ]


class _Standing:
    """What the record says at the times of new rows, with what has been added to it."""

    def __init__(self, db: Connection, patient_id: str, rows: Sequence[Json]) -> None:
        replaced = {row["replaces"] for row in rows if row.get("replaces")}
        self.same: dict[tuple[Any, ...], str] = {}
        self.at: dict[tuple[str, datetime], tuple[Any, ...]] = {}
        times = iter({row["time"] for row in rows if row["kind"] != "fact"})
        while some := list(islice(times, _AT_ONCE)):
            for one in db.execute(current(patient_id).where(entry.c.time.in_(some))).mappings():
                if one["id"] not in replaced:
                    self.add(one, one["id"])

    def add(self, row: Mapping[Any, Any], name: str) -> None:
        """Another row that counts."""
        self.same[_meaning(row)] = name
        if row["kind"] == "observation":
            self.at[row["item"], row["time"]] = (row["value"], row["other_cause"])

    def conflicts(self, row: Mapping[Any, Any]) -> bool:
        """True where another value of the item stands at this very time."""
        said = self.at.get((row["item"], row["time"])) if row["kind"] == "observation" else None
        return said is not None and said != (row["value"], row["other_cause"])


def _sorted_out(papers: Iterable[Paper], standing: _Standing) -> tuple[list[Json], Json]:
    """The rows to enter, with ids, and what the act notes of them."""
    rows: list[Json] = []
    of: dict[str, list[str]] = {}
    same: dict[str, list[str]] = {}
    infusions: list[str] = []
    for paper in papers:
        key = f"{paper.kind}/{paper.name}"
        for row in paper.rows:
            name = uuid4().hex
            if not row.get("withdrawn"):
                if standing.conflicts(row):
                    words = f"{row['item']}: another value stands at this very time; update that, or mend the time"
                    raise Refused(409, Issue(words, paper.where or paper.kind))
                if not row.get("replaces") and (there := standing.same.get(_meaning(row))):
                    same.setdefault(key, []).append(there)
                    continue
                standing.add(row, name)
            rows.append({"id": name, **row})
            of.setdefault(key, []).append(name)
        infusions += [key] if paper.said.infusion else []
    noted = {"of": of, "same_as": same, "infusions": infusions}
    return rows, {name: value for name, value in noted.items() if value}


def _meaning(row: Mapping[Any, Any]) -> tuple[Any, ...]:
    return tuple(row.get(name) for name in _COMPARED)


def corrections(new: Iterable[Json], old: Served, reason: str) -> Iterator[Json]:
    """New entries in the place of those of a resource, by item; what has no successor is withdrawn.

    An entry for which another resource stands too stays with that one. Only another value at the same time corrects it
    for both: it is the same measurement.
    """
    left = list(old.own)
    for row in new:
        before = next((h for h in left if (h["kind"], h["item"]) == (row["kind"], row["item"])), None)
        if before is None:
            yield row
            continue
        left.remove(before)
        apart = row["time"] != before["time"] or _meaning(row) == _meaning(before)
        if before["id"] in old.shared and apart:
            yield row
        else:
            yield row | {"replaces": before["id"], "reason": reason}
    yield from withdrawals(left, old.shared, reason)


def withdrawals(heads: Iterable[RowMapping], shared: Collection[str], reason: str) -> Iterator[Json]:
    """The entries that take others back, but for those for which another resource stands too."""
    return (withdrawn(head, reason) for head in heads if head["id"] not in shared)


def withdrawn(head: RowMapping, reason: str) -> Json:
    """The entry that takes another back."""
    kept = ("kind", "item", "time", "until", "value", "text", "unit")
    return {name: head[name] for name in kept} | {"withdrawn": True, "reason": reason, "replaces": head["id"]}
