"""The record as a table: every entry in words, with who entered it, when, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import RowMapping

from icans.grading.wording import unit_words
from icans.record.catalogue import catalogue, drugs
from icans.report.words import moment, plain
from icans.web.recording import exact


@dataclass(frozen=True)
class Entered:
    """One entry. state: stands, corrected (struck through), or taken back; flags in words; parts: of a therapy."""

    id: str
    kind: str
    item: str
    label: str
    says: str
    value: str
    time: datetime | None
    until: datetime | None
    author: str
    at: datetime
    origin: str
    state: str
    reason: str
    flags: tuple[str, ...]
    note: str
    drawing: str
    is_correction: bool
    attribution: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)


def record_table(rows: Iterable[RowMapping]) -> list[Entered]:
    """Entries as `icans.store.entries.history` gives them, in words."""
    return [_entered(row) for row in rows]


def _entered(row: RowMapping) -> Entered:
    state = "corrected" if row["replaced_by"] else "taken back" if row["withdrawn"] else "stands"
    flags = ("implausible, not graded",) if row["implausible"] else ()
    flags += ("other cause",) if row["other_cause"] else ()
    label, says, value = _words(row)
    return Entered(
        row["id"], row["kind"], row["item"], label, says, value, row["time"], row["until"], row["author"], row["at"],
        row["origin"], state, row["reason"] or "", flags, row["note"],
        row["act"] if row["drawing"] else "", bool(row["replaces"]), _attribution(row), _parts(row),
    )  # fmt: skip


def _attribution(row: RowMapping) -> str:
    """What a form says of the cause."""
    return row["attribution"] or ("other cause" if row["other_cause"] else "")


def _parts(row: RowMapping) -> dict[str, str]:
    """The boxes of a therapy."""
    numbers = {"dose": row["value"], "rate": row["rate"]}
    words = {"unit": row["unit"], "rate_unit": row["rate_unit"], "route": row["route"]}
    return {k: "" if v is None else f"{v:g}" for k, v in numbers.items()} | {k: v or "" for k, v in words.items()}


def _words(row: RowMapping) -> tuple[str, str, str]:
    """(what, what it says, the value as a form holds it)."""
    if row["kind"] == "observation":
        item = catalogue()[row["item"]]
        unit = f" {unit_words(item.unit)}" if item.unit not in (None, "1") else ""
        return item.label, f"{item.say(row['value'])}{unit}", exact(item, row["value"])
    if row["kind"] == "therapy":
        drug = drugs().get(row["item"])
        dose = f"{row['value']:g} {unit_words(row['unit'])}" if row["value"] is not None else ""
        rate = f"{row['rate']:g} {unit_words(row['rate_unit'])}" if row["rate"] is not None else ""
        said = ", ".join(w for w in (dose.strip(), rate.strip(), row["route"] or "") if w) or "given"
        return (drug.label if drug else row["item"]), said, f"{row['value']:g}" if row["value"] is not None else ""
    if row["item"] == "developmental_delay":
        return plain(row["item"]), "yes" if row["value"] else "no", "yes" if row["value"] else "no"
    words = row["text"] if row["text"] is not None else f"{row['value']:g}"
    if row["item"] == "infusion":
        return plain(row["item"]), moment(datetime.fromisoformat(words)), words
    return plain(row["item"]), words, words
