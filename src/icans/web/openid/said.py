"""What a chart says, as entries for the store, by the resource that says it. The record room reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from icans.errors import DataError
from icans.record.fhir import read_resources
from icans.store.columns import kept, too_long
from icans.store.schema import entry
from icans.store.words import AHEAD, fact_entries
from icans.web.fhir.understood import entries_of
from icans.web.openid.chart import Chart
from icans.web.openid.gaps import WHOLE, Gaps, gaps

Json = dict[str, Any]

_FACTS = ("product", "infusion", "sex", "label", "age", "weight", "height", "developmental_delay")


@dataclass(frozen=True)
class Said:
    """resource, such as `Observation/7` -> its entries, none where nothing of it can be used.

    facts  those of the patient, which stand under the Patient; gaps: what cannot be told of a chart that came in part
    unfit  how many entries cannot be: they lie in the future, or hold a text that the store cannot
    """

    by_resource: Mapping[str, list[Json]]
    facts: Sequence[Json] = ()
    gaps: Gaps = WHOLE
    unfit: int = 0


def said(chart: Chart, now: datetime) -> Said:
    """Read a chart. The facts of the patient stand under the Patient. Raises DataError for what is no FHIR R4."""
    records = read_resources([chart.patient, *chart.resources], keep_going=True)
    mine = records.of(_name(chart, records.names()))
    found: dict[str, list[Json]] = {f"{r['resourceType']}/{r['id']}": [] for r in (chart.patient, *chart.resources)}
    row = mine.patients.row(0, named=True) if mine.names() else {}
    facts = found[f"Patient/{chart.patient['id']}"] = list(_facts(row, now))
    unfit = 0
    sources = [*mine.observations["source"], *mine.therapies["source"]]
    for source, row in zip(sources, entries_of(mine), strict=True):
        if row["time"] > now + AHEAD or not _fits(row):
            unfit += 1
        elif source in found:
            found[source].append(row)
    return Said(found, facts, gaps(chart, any(one["item"] == "infusion" for one in facts)), unfit)


def _name(chart: Chart, names: list[str]) -> str:
    """Only one patient is asked for, so only one can be there; a resource of another was left out before."""
    return names[0] if names else str(chart.patient["id"])


def _facts(row: Mapping[str, Any], now: datetime) -> Iterator[Json]:
    for name in _FACTS:
        try:
            yield from fact_entries({name: row.get(name)}, now)
        except DataError:
            continue  # it cannot be; the record room has told so, and a person can enter what is right


def _fits(row: Mapping[str, Any]) -> bool:
    """Whether the store keeps every text as it is; else the next launch would take it for a change."""
    return not too_long(entry, row) and all(kept(value) == value for value in row.values() if isinstance(value, str))
