"""What drugs the record shows: whether any dose was given, and the hours since the last and since the first one.

A dose that is not in the record is no proof that none was given. It counts as one only where somebody recorded that
the record holds every drug, and only as far back as it reaches (reading W1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from icans.guidance.situation import Situation
from icans.record.catalogue import catalogue, drugs, nearest
from icans.rules.document import LINE, Reader
from icans.rules.vocabulary import Term, hi, lo

COMPLETE = "drug_chart_complete"
_UNBOUNDED = float("inf")


@dataclass(frozen=True)
class Drugs:
    """The drugs a condition asks for, and the item of a table of states that holds the hours since the last dose."""

    names: frozenset[str]
    item: str | None


@dataclass(frozen=True)
class Exposure:
    """What is known of the doses of some drugs.

    name        what the drugs are called together
    given       True, False or None: unknown
    since_last  the interval of hours since the last dose (0 while one runs); since_first: since the first
    words       what the record shows, in a sentence part
    """

    name: str
    given: bool | None
    since_last: tuple[float, float]
    since_first: tuple[float, float]
    words: str


def exposure_terms(name: str) -> Mapping[str, Term]:
    """The names `given`, `hours_since_dose` and `hours_since_start`, as columns that belong to one entry."""
    hours = {asked: Term(f"{asked}__{name}", "number", limits=(0, None), span=True) for asked in _HOURS}
    return {"given": Term(f"given__{name}", "yes_no"), **hours}


_HOURS = ("hours_since_dose", "hours_since_start")


def read_drugs(raw: object, entry: Mapping[str, Any], reader: Reader, name: str) -> Drugs:
    """The drugs of `exposure: {drugs: [...], classes: [...], except: [...], item: ...}`; mistakes are noted."""
    if not isinstance(raw, Mapping):
        reader.mistakes.add("'exposure' needs 'drugs' or 'classes', each a list", entry, name)
        return Drugs(frozenset(), None)
    reader.only(raw, ("drugs", "classes", "except", "item"), name)
    known, classes = drugs(), {c for drug in drugs().values() for c in drug.classes}
    for key, among in (("drugs", known), ("except", known), ("classes", classes)):
        for word in raw.get(key) or ():
            if word not in among:
                reader.mistakes.add(f"'{word}' is not among the {_KIND[key]}.{nearest(word, list(among))}", raw, name)
    item = raw.get("item")
    if item is not None and item not in catalogue():
        reader.mistakes.add(f"'{item}' is not an item.{nearest(str(item), catalogue())}", raw, name)
    wanted, of_class = set(raw.get("drugs") or ()), set(raw.get("classes") or ())
    found = wanted | {drug.name for drug in known.values() if of_class & set(drug.classes)}
    if not found:
        reader.mistakes.add("'exposure' names no drug: give 'drugs' or 'classes'", raw, name)
    return Drugs(frozenset(found - set(raw.get("except") or ())), item)


_KIND = {"drugs": "drugs of the catalogue", "except": "drugs of the catalogue", "classes": "classes of drugs", LINE: ""}


@dataclass(frozen=True)
class Chart:
    """What the record holds of drugs up to now: (drug, start, end) a dose, and from when on it holds every drug."""

    doses: Sequence[tuple[str, datetime, datetime | None]]
    now: datetime
    complete_since: datetime | None


def chart(situation: Situation) -> Chart:
    """The doses of a patient up to now."""
    rows = situation.records.therapies.select("drug", "start", "end").iter_rows()
    doses = [(drug, start, end) for drug, start, end in rows if start is not None and start <= situation.now]
    begun = [start for _, start, _ in doses] + ([situation.infusion] if situation.infusion else [])
    complete = situation.known(COMPLETE) is True and bool(begun)
    return Chart(doses, situation.now, min(begun) if complete else None)


def exposure(asked: Drugs, told: float | None, held: Chart) -> Exposure:
    """What a record shows of some drugs. told: the hours since the last dose, as a table of states may say them."""
    name = _label(next(iter(asked.names))).lower() if len(asked.names) == 1 else "any of these"
    mine = [(min(end or start, held.now), start, drug) for drug, start, end in held.doses if drug in asked.names]
    if not mine:
        return _not_on_chart(name, told, held)
    ended, _, latest = max(mine)
    last, first = _hours(ended, held.now), _hours(min(start for _, start, _ in mine), held.now)
    last = last if told is None else min(last, told)
    return Exposure(name, True, (last, last), (first, first), f"{_label(latest)}, {_said(last)}")


def _not_on_chart(name: str, told: float | None, held: Chart) -> Exposure:
    if told is not None:
        return Exposure(name, True, (told, told), (told, _UNBOUNDED), _said(told))
    unknown = (0.0, _UNBOUNDED)
    if held.complete_since is None:
        return Exposure(name, None, unknown, unknown, "none in the record, which may not hold every drug")
    since = _hours(held.complete_since, held.now)
    words = f"none in the last {_length(since)}, and the record is complete"
    return Exposure(name, False, (since, _UNBOUNDED), unknown, words)


def exposure_values(found: Mapping[str, Exposure]) -> dict[str, bool | float | None]:
    """The columns that the conditions of each entry (by its id) ask for."""
    values: dict[str, bool | float | None] = {}
    for name, seen in found.items():
        values[f"given__{name}"] = seen.given
        for asked, (low, high) in zip(_HOURS, (seen.since_last, seen.since_first), strict=True):
            values |= {lo(f"{asked}__{name}"): low, hi(f"{asked}__{name}"): high}
    return values


def _hours(then: Any, now: datetime) -> float:
    return (now - then) / timedelta(hours=1)


def _label(name: str) -> str:
    return drugs()[name].label.partition(" (")[0]


def _said(hours: float) -> str:
    return "running now" if hours == 0 else f"last dose {_length(hours)} ago"


def _length(hours: float) -> str:
    return f"{hours:.0f} h" if hours < 72 else f"{hours / 24:.0f} days"
