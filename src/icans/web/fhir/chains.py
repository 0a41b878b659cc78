"""The entries of a record as chains: each with what corrected it, and what corrected that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, RowMapping, select

from icans.store.schema import act, entry


@dataclass
class Chains:
    """Every entry of a record with what corrects it."""

    entries: Sequence[RowMapping]
    by_id: dict[str, RowMapping] = field(init=False)
    later: dict[str, RowMapping] = field(init=False)

    def __post_init__(self) -> None:
        """Index the entries."""
        self.by_id = {e["id"]: e for e in self.entries}
        self.later = {e["replaces"]: e for e in self.entries if e["replaces"]}

    def head(self, one: RowMapping) -> RowMapping:
        """What stands in the place of an entry now."""
        while one["id"] in self.later:
            one = self.later[one["id"]]
        return one

    def root(self, one: RowMapping) -> RowMapping:
        """The entry that began a chain of corrections."""
        while one["replaces"]:
            one = self.by_id[one["replaces"]]
        return one

    def chain(self, root: RowMapping) -> list[RowMapping]:
        """An entry and everything that followed it."""
        found = [root]
        while found[-1]["id"] in self.later:
            found.append(self.later[found[-1]["id"]])
        return found

    def roots(self) -> Iterator[RowMapping]:
        """The entries that correct nothing, in the order they were written."""
        return (e for e in self.entries if not e["replaces"])


def chains_of(db: Connection, patient_id: str) -> Chains:
    """The entries of a record with the time and origin of their acts, in the order they were written."""
    wanted = (
        select(entry, act.c.at, act.c.origin)
        .join(act, act.c.id == entry.c.act)
        .where(entry.c.patient == patient_id)
        .order_by(entry.c.version, entry.c.place)
    )
    return Chains(db.execute(wanted).mappings().all())
