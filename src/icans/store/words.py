"""From the words of a form or a resource to entries: checked and encoded by the record room before anything is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from icans.errors import DataError
from icans.record.catalogue import catalogue, drugs, nearest
from icans.record.names import find_drug, find_product
from icans.record.observed import limits_in_words, observed
from icans.record.record import THERAPIES
from icans.record.therapies import therapies
from icans.record.time import NO_YEAR, YEARS, to_utc

AHEAD = timedelta(minutes=2)
"""How far a clock may be ahead of the server's; such a time is taken as now. Our assumption."""

INFUSION_AHEAD = timedelta(days=90)
"""How long before the infusion somebody may be admitted; a later date is a slip of the pen. Our assumption."""

NUMBERS = ("age", "weight", "height")
FACTS = ("product", "infusion", "sex", "label", "bed", "developmental_delay", "drug_chart", *NUMBERS)
CHARTS = ("complete", "not complete")
"""Whether every drug given since the infusion is entered."""
SEXES = ("female", "male", "other")
_SEEN = {"item": pl.String, "value": pl.String, "unit": pl.String, "attribution": pl.String}
_GIVEN = ("start", "end", "drug", "dose", "unit", "route", "rate", "rate_unit")
_MOST = {"drug": 120, "unit": 40, "route": 60, "rate_unit": 40}
"""Characters that a word of a therapy may have."""
_LONGEST = 2000


def observation_entries(rows: Sequence[Mapping[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """Entries from rows with time (with zone), item, value, and if need be unit and attribution, as words.

    Raises DataError naming each wrong row ('entry 1') with what is expected; nothing lies in the future.
    """
    if not rows:
        return []
    frame = pl.DataFrame(
        [
            {"row": n, "patient": "", "time": _past(r["time"], now, n)} | {name: _word(r.get(name)) for name in _SEEN}
            for n, r in enumerate(rows, 1)
        ],
        schema={"row": pl.Int64, "patient": pl.String, "time": pl.Datetime("us", "UTC"), **_SEEN},
        orient="row",
    )
    seen = observed(frame, "entry")
    if seen.problems:
        raise DataError(*(problem.replace("entry row", "entry") for problem in seen.problems))
    return [
        {"kind": "observation", **{k: v for k, v in row.items() if k not in ("patient", "source")}}
        for row in seen.frame.iter_rows(named=True)
    ]


def therapy_entries(rows: Sequence[Mapping[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """Entries from rows with start, drug, and if need be end, dose, unit, route, rate, rate_unit.

    A drug that the catalogue does not know is refused, for a slip of the pen would count as no drug at all, unless its
    row says `as_written`. Raises DataError.
    """
    if not rows:
        return []
    if strange := [words for n, r in enumerate(rows, 1) if (words := _strange_drug(n, r))]:
        raise DataError(*strange)
    words = [{"row": n, "patient": ""} | {k: _word(r.get(k)) for k in _GIVEN} for n, r in enumerate(rows, 1)]
    schema = {"row": pl.Int64, "patient": pl.String, **dict.fromkeys(_GIVEN, pl.String)}
    given = therapies(pl.DataFrame(words, schema=schema, orient="row"), "entry", None)
    found = [*given.problems, *_too_long(words)]
    if found:
        raise DataError(*(problem.replace("entry row", "entry") for problem in found))
    late = [row for row in given.frame["start"].to_list() if row > now + AHEAD]
    if late:
        raise DataError("start: it lies in the future; enter what was given when it was given")
    names = {"start": "time", "end": "until", "drug": "item", "dose": "value"}
    return [
        {"kind": "therapy", **{names.get(k, k): row[k] for k in THERAPIES if k not in ("patient", "source")}}
        | {"time": min(row["start"], now)}
        for row in given.frame.iter_rows(named=True)
    ]


def _strange_drug(number: int, row: Mapping[str, Any]) -> str:
    """What is said of a drug that the catalogue does not know; '' where it does, or where it is to be kept so."""
    written = _word(row.get("drug"))
    if written is None or row.get("as_written") in (True, "yes") or find_drug(written) is not None:
        return ""
    hint = nearest(written.lower(), [name for drug in drugs().values() for name in (drug.name, *drug.synonyms)])
    return f"entry {number}, drug: it is not in the catalogue.{hint} Correct it, or say that it is kept as written"


def _too_long(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    return [
        f"entry row {row['row']}, column {name}: at most {most} characters"
        for row in rows
        for name, most in _MOST.items()
        if len(row[name] or "") > most
    ]


def fact_entries(facts: Mapping[str, str | None], now: datetime) -> list[dict[str, Any]]:
    """Entries from facts of a patient (FACTS) as words; an empty one says nothing.

    infusion has a zone. A product that the catalogue does not know is kept as written. Raises DataError listing all
    that is wrong.
    """
    strange = sorted(set(facts) - set(FACTS))
    found = [f"{name[:40]} is no fact of a patient; there are {', '.join(FACTS)}" for name in strange]
    made = []
    for name in FACTS:
        text = _word(facts.get(name))
        if text is None:
            continue
        try:
            made.append({"kind": "fact", "item": name, "time": now, **_fact(name, text, now)})
        except ValueError as error:
            found.append(f"{name}: {error}")
    if found:
        raise DataError(*found)
    return made


def _fact(name: str, text: str, now: datetime) -> dict[str, Any]:
    if name in NUMBERS:
        item = catalogue()[name]
        number = item.encode(text)
        if not item.is_possible(number):
            raise ValueError(limits_in_words(item))
        return {"value": number, "implausible": not item.is_plausible(number)}
    if name == "infusion" and _moment(text) > now + INFUSION_AHEAD:
        raise ValueError(f"it lies more than {INFUSION_AHEAD.days} days ahead")
    if name == "infusion":
        return {"text": _moment(text).isoformat()}
    if name == "developmental_delay":
        return {"value": catalogue()[name].encode(text)}
    if name == "drug_chart" and text.lower() not in CHARTS:
        raise ValueError(f"one of {', '.join(CHARTS)}")
    if name == "sex" and text.lower() not in SEXES:
        raise ValueError(f"one of {', '.join(SEXES)}")
    if name == "product":
        return {"text": find_product(text) or text.lower()}
    return {"text": text.lower() if name in ("sex", "drug_chart") else text}


def _moment(text: str) -> datetime:
    """A time with its zone. Raises ValueError."""
    read = to_utc(pl.Series("time", [text]), None)
    if read.utc[0] is None:
        raise ValueError(read.problem[0] or "a date and a time with its zone, such as 2026-03-02T10:00+01:00")
    return read.utc[0]


def _past(time: Any, now: datetime, number: int) -> datetime:
    try:
        at = time if isinstance(time, datetime) else _moment(str(time))
    except ValueError as error:
        raise DataError(f"entry {number}, time: {error}") from None
    if at.tzinfo is None:
        raise DataError(f"entry {number}, time: give its zone, such as 2026-03-02T10:00+01:00")
    if not YEARS[0] <= at.year <= YEARS[1]:
        raise DataError(f"entry {number}, time: {NO_YEAR}")
    if at > now + AHEAD:
        raise DataError(f"entry {number}, time: it lies in the future; enter what was seen when it was seen")
    # A clock that is a little ahead must not hide its entry from a page that is made up to now.
    return min(at, now)


def _word(value: Any) -> str | None:
    """A word as the record room takes it: no blanks around, no control characters, None where there is nothing."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "".join(c for c in str(value) if c.isprintable()).strip()
    if len(text) > _LONGEST:
        raise DataError(f"a text of more than {_LONGEST} characters; shorten it")
    return text or None
