"""From the YAML of a file of doses to its drugs; every mistake of the file is told at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from icans.guidance.cited import read_cited
from icans.guidance.document import sources_of
from icans.guidance.doses.form import Band, DrugDoses, Note, Range, Rounding, Scheme, Step
from icans.rules.document import Mistakes, Reader
from icans.rules.vocabulary import Vocabulary

_DRUG = ("drug", "label", "synonyms", "sources", "kidney", "schemes", "unsure")
_SCHEME = (
    "scheme", "use", "route", "interval", "maximum", "hours_between", "doses_24h", "doses_total", "per_day", "unit",
    "round", "doses", "steps", "notes", "source", "mark",
)  # fmt: skip
_BAND = ("when", "who", "fixed", "per_kg", "formula", "at_most", "source", "mark", "convention")
_CITED = ("says", "source", "mark", "convention")


def read_doses(
    found: list[dict[str, Any]], file: str, vocabulary: Vocabulary, switches: Mapping[str, bool | None]
) -> tuple[DrugDoses, ...]:
    """The drugs of one file, from its YAML documents. A document without `sources` uses those of the one before it.

    vocabulary  the terms a `when` may name: weight and age
    Raises RuleError with every mistake of the file, a line each.
    """
    mistakes, drugs, listed = Mistakes(file), [], {}
    for raw in found:
        listed = sources_of(raw, mistakes) if "sources" in raw else listed
        reader = Reader(dict(vocabulary), switches, listed, mistakes)
        drug = _drug(raw, reader)
        if drug.drug in {d.drug for d in drugs}:
            mistakes.add("is in the file twice", raw, drug.drug)
        drugs.append(drug)
    mistakes.check()
    return tuple(drugs)


def _drug(raw: dict[str, Any], reader: Reader) -> DrugDoses:
    name = str(raw.get("drug", "a drug without a name"))
    reader.only(raw, _DRUG, name)
    for key in ("drug", "label", "schemes"):
        if not raw.get(key):
            reader.mistakes.add(f"has no '{key}'", raw, name)
    schemes: dict[str, Scheme] = {}
    for entry in reader.entries(raw, "schemes", name):
        scheme = _scheme(entry, reader, name)
        if scheme.name in schemes:
            reader.mistakes.add("is the name of two schemes", entry, f"{name}, {scheme.name}")
        schemes[scheme.name] = scheme
    kidney = raw.get("kidney")
    return DrugDoses(
        name, str(raw.get("label", name)), tuple(str(s) for s in raw.get("synonyms") or ()), schemes,
        _note(kidney, reader, name) if isinstance(kidney, Mapping) else None, reader.sources,
        tuple(str(words).strip() for words in raw.get("unsure") or ()),
    )  # fmt: skip


def _scheme(entry: dict[str, Any], reader: Reader, drug: str) -> Scheme:
    name = f"{drug}, {entry.get('scheme', 'a scheme without a name')}"
    reader.only(entry, _SCHEME, name)
    for key in ("scheme", "use", "unit", "doses"):
        if not entry.get(key):
            reader.mistakes.add(f"has no '{key}'", entry, name)
    return Scheme(
        name=str(entry.get("scheme")),
        use=str(entry.get("use", "")),
        route=str(entry.get("route", "")),
        interval=str(entry.get("interval", "")),
        maximum=str(entry.get("maximum", "")),
        unit=str(entry.get("unit", "")),
        rounding=_rounding(entry["round"], reader, name) if "round" in entry else None,
        hours_between=_number(entry, "hours_between", reader, name),
        doses_24h=_whole(entry, "doses_24h", reader, name),
        doses_total=_whole(entry, "doses_total", reader, name),
        per_day=_range(entry, "per_day", reader, name),
        bands=_bands(entry, reader, name),
        steps=tuple(_step(step, reader, name) for step in reader.entries(entry, "steps", name)),
        notes=tuple(_note(note, reader, name) for note in reader.entries(entry, "notes", name)),
        cited=read_cited(entry, reader, name),
    )


def _rounding(entry: Any, reader: Reader, name: str) -> Rounding | None:
    if not isinstance(entry, Mapping) or "to" not in entry:
        reader.mistakes.add("'round' is {to: a number, source: ..., mark: ...}", None, name)
        return None
    reader.only(entry, ("to", "source", "mark", "convention"), name)
    return Rounding(_number(entry, "to", reader, name) or 1.0, read_cited(entry, reader, name))


def _bands(entry: dict[str, Any], reader: Reader, name: str) -> tuple[Band, ...]:
    bands = tuple(_band(band, reader, name) for band in reader.entries(entry, "doses", name))
    if any(band.when_text == "" for band in bands[:-1]):
        reader.mistakes.add("a dose without 'when' is the last one: those below it are never reached", entry, name)
    return bands


def _band(entry: dict[str, Any], reader: Reader, name: str) -> Band:
    reader.only(entry, _BAND, name)
    given = [key for key in ("fixed", "per_kg", "formula") if key in entry]
    if len(given) != 1 or "who" not in entry:
        reader.mistakes.add("a dose needs 'who', and one of 'fixed', 'per_kg' and 'formula'", entry, name)
    when = reader.truth(entry["when"], entry, name) if "when" in entry else None
    return Band(
        when, str(entry.get("when", "")), str(entry.get("who", "")), _range(entry, "fixed", reader, name),
        _range(entry, "per_kg", reader, name), str(entry.get("formula", "")), _number(entry, "at_most", reader, name),
        read_cited(entry, reader, name),
    )  # fmt: skip


def _step(entry: dict[str, Any], reader: Reader, name: str) -> Step:
    reader.only(entry, ("amount", "every_hours", "days", "until"), name)
    amount, every = (_number(entry, key, reader, name) for key in ("amount", "every_hours"))
    if amount is None or every is None or ("days" in entry) == ("until" in entry):
        reader.mistakes.add("a step needs amount, every_hours, and either days or until", entry, name)
    return Step(amount or 0.0, every or 0.0, _number(entry, "days", reader, name), str(entry.get("until", "")))


def _note(entry: Mapping[str, Any], reader: Reader, name: str) -> Note:
    reader.only(entry, _CITED, name)
    if not entry.get("says"):
        reader.mistakes.add("has no 'says'", entry, name)
    return Note(str(entry.get("says", "")).strip(), read_cited(entry, reader, name))


def _number(entry: Mapping[str, Any], key: str, reader: Reader, name: str) -> float | None:
    value = entry.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
        reader.mistakes.add(f"'{key}' is a number above 0", entry, name)
        return None
    return float(value)


def _whole(entry: Mapping[str, Any], key: str, reader: Reader, name: str) -> int | None:
    number = _number(entry, key, reader, name)
    if number is not None and number != int(number):
        reader.mistakes.add(f"'{key}' is a whole number", entry, name)
    return None if number is None else int(number)


def _range(entry: Mapping[str, Any], key: str, reader: Reader, name: str) -> Range | None:
    value = entry.get(key)
    if not isinstance(value, list):
        number = _number(entry, key, reader, name)
        return None if number is None else (number, number)
    ends = [_number({**entry, key: end}, key, reader, name) for end in value]
    low, high = ends if len(ends) == 2 else (None, None)
    if low is None or high is None or low > high:
        reader.mistakes.add(f"'{key}' is a number, or two of them, the smaller one first", entry, name)
        return None
    return (low, high)
