"""Digests of what was written: the audit log keeps them, so that a changed or missing row is found later."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, select

from icans.store.audit import canonical
from icans.store.schema import account, act, answer, entry, patient, resource, setting

ACT = "record.write"
ANSWER = "advice.answer"
_COUNTED = {"account": {"failures", "locked_until"}, "patient": {"version", "changed_at"}}
"""Columns that the program itself moves on; a digest is over what a person decided."""


def digest_of(db: Connection, act_id: str) -> str | None:
    """The SHA-256 over an act, its entries and its resources as they are kept; None where the act is not there."""
    return digests_of_acts(db, [act_id]).get(act_id)


def digests_of_acts(db: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Act -> the SHA-256 over it, its entries and its resources as they are kept; only those that are there."""
    entries: dict[str, list[Any]] = {name: [] for name in ids}
    received: dict[str, list[Any]] = {name: [] for name in ids}
    for row in db.execute(select(entry).where(entry.c.act.in_(ids)).order_by(entry.c.place)).mappings():
        entries[row["act"]].append(_plain(row))
    for row in db.execute(select(resource).where(resource.c.act.in_(ids))).mappings():
        received[row["act"]].append(_plain(row))
    for some in received.values():  # a database sorts words by its own language
        some.sort(key=lambda r: (r["type"], r["id"], r["version"]))
    heads = db.execute(select(act).where(act.c.id.in_(ids))).mappings()
    return {row["id"]: _sha([_plain(row), entries[row["id"]], received[row["id"]]]) for row in heads}


def digest_of_answer(db: Connection, answer_id: str) -> str | None:
    """The SHA-256 over an answer to an action; None where it is not there."""
    return digests_of_rows(db, answer, [answer_id]).get(answer_id)


def digests_of_rows(db: Connection, table: Table, ids: Sequence[Any]) -> dict[str, str]:
    """Key, as a word -> the SHA-256 over a row with one key, over what a person decided of it."""
    key = next(iter(table.primary_key))
    left_out = _COUNTED.get(table.name, set())
    rows = db.execute(select(table).where(key.in_(ids))).mappings()
    return {
        str(row[key.name]): _sha({k: v for k, v in _plain(row).items() if k not in left_out}) for row in rows
    }  # fmt: skip


def seal(db: Connection, table: Table, key: Any) -> dict[str, str]:
    """What the log keeps of a patient, an account or the settings as they stand now."""
    return {"id": str(key), "digest": digests_of_rows(db, table, [key])[str(key)]}


STANDING: Mapping[str, tuple[Table, tuple[str, ...]]] = {
    "patient": (patient, ("patient.admit", "patient.discharge", "patient.return", "patient.transfer")),
    "account": (account, ("account.make", "account.change")),
    "setting": (setting, ("settings.change",)),
}
"""Tables whose rows must be as the newest of these actions left them."""


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    """What a row says. An empty column is left out: a column that a later release adds changes no earlier digest."""
    return {k: _word(v) for k, v in row.items() if v is not None}


def _word(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _sha(content: Iterable[Any]) -> str:
    return hashlib.sha256(canonical(content).encode("utf-8", "surrogatepass")).hexdigest()
