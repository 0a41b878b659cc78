"""A patient's record out of the store, as every reader of the record room gives it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl
from sqlalchemy import Connection, RowMapping

from icans.record.record import OBSERVATIONS, PATIENTS, THERAPIES, ReadingLog, Records
from icans.store.entries import current
from icans.store.patients import find
from icans.store.schema import entry


def record_of(db: Connection, patient_id: str) -> Records:
    """The record of one patient as it counts now. The column source names the entry. Raises NotThere."""
    who = find(db, patient_id)
    rows = db.execute(current(patient_id)).mappings().all()
    return Records(
        _patient(who["identifier"], facts(rows)),
        _observations(who["identifier"], [r for r in rows if r["kind"] == "observation"]),
        _therapies(who["identifier"], [r for r in rows if r["kind"] == "therapy"]),
        ReadingLog(used={"Entry": len(rows)}),
    )


def chart_is_complete(db: Connection, patient_id: str) -> bool:
    """Whether somebody marked that every drug since the infusion is entered."""
    wanted = current(patient_id).where(entry.c.kind == "fact", entry.c.item == "drug_chart")
    return facts(db.execute(wanted).mappings().all()).get("drug_chart") == "complete"


def facts(rows: Sequence[RowMapping]) -> dict[str, Any]:
    """The facts among current entries, each as it was written last: numbers, words, and infusion as a time."""
    found: dict[str, Any] = {}
    for row in sorted((r for r in rows if r["kind"] == "fact"), key=lambda r: (r["version"], r["place"])):
        found[row["item"]] = row["value"] if row["text"] is None else row["text"]
    if isinstance(found.get("infusion"), str):
        found["infusion"] = datetime.fromisoformat(found["infusion"])
    if found.get("developmental_delay") is not None:
        found["developmental_delay"] = found["developmental_delay"] == 1.0
    return found


def _patient(name: str, known: Mapping[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([{**known, "patient": name}], schema=PATIENTS, orient="row")


def _observations(name: str, rows: Sequence[RowMapping]) -> pl.DataFrame:
    kept = ("time", "item", "value", "other_cause", "attribution", "implausible")
    columns = {c: [r[c] for r in rows] for c in kept}
    source = [f"entry {r['id'][:8]}" for r in rows]
    return pl.DataFrame({"patient": [name] * len(rows), **columns, "source": source}, schema=OBSERVATIONS)


def _therapies(name: str, rows: Sequence[RowMapping]) -> pl.DataFrame:
    names = {
        "start": "time", "end": "until", "drug": "item", "dose": "value", "unit": "unit", "route": "route",
        "rate": "rate", "rate_unit": "rate_unit",
    }  # fmt: skip
    columns = {column: [r[kept] for r in rows] for column, kept in names.items()}
    source = [f"entry {r['id'][:8]}" for r in rows]
    frame = pl.DataFrame({"patient": [name] * len(rows), **columns, "source": source}, schema=THERAPIES)
    return frame.unique([c for c in THERAPIES if c != "source"], keep="first", maintain_order=True)
