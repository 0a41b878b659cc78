"""Published numbers of a finding, read and turned into ratios where they allow it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from icans.guidance.cited import read_cited
from icans.guidance.sepsis.answer import Rate, Study
from icans.guidance.sepsis.ratio import Proportion, counted, ratios
from icans.rules.document import Reader

_SHARES = ("sensitivity", "specificity")
_STUDY = ("name", "words", *_SHARES, "floor", "use", "why_none", "source", "mark")


def read_rate(entry: dict[str, Any], reader: Reader) -> Rate:
    """A rate of infection out of its YAML; its interval follows from the counts."""
    name = str(entry.get("id", "a rate without an id"))
    reader.only(entry, ("id", "of", "count", "patients", "source", "mark"), name)
    share = _counted(entry.get("count"), entry.get("patients"), entry, reader, name)
    return Rate(name, str(entry.get("of", "")), share, read_cited(entry, reader, name))


def read_study(entry: dict[str, Any], reader: Reader, line: str, cap: float) -> Study:
    """What a study published; with sensitivity and specificity its likelihood ratios, else why there are none."""
    name = f"{line}, study {entry.get('name', 'without a name')}"
    reader.only(entry, _STUDY, name)
    shares = {key: _share(entry[key], entry, reader, name) for key in _SHARES if key in entry}
    found = None
    if len(shares) == len(_SHARES):
        floor = entry.get("floor")
        if not isinstance(floor, int | float):
            reader.mistakes.add("needs a 'floor': the smallest LR− it is believed", entry, name)
            floor = 0.0
        found = ratios(shares["sensitivity"].value, shares["specificity"].value, cap=cap, floor=floor)
    elif not entry.get("why_none"):
        reader.mistakes.add("has no likelihood ratio, so 'why_none' has to say why", entry, name)
    words = str(entry.get("words", "")).strip()
    return Study(
        str(entry.get("name", "")), words, shares, found, entry.get("why_none"), read_cited(entry, reader, name)
    )


def _share(given: object, entry: Mapping[str, Any], reader: Reader, name: str) -> Proportion:
    """A share as a number, which has no interval, or as {count: 9, of: 11}, which has one."""
    if isinstance(given, Mapping):
        return _counted(given.get("count"), given.get("of"), entry, reader, name)
    if isinstance(given, int | float) and 0 <= given <= 1:
        return Proportion(float(given))
    reader.mistakes.add("a share is a number from 0 to 1, or {count: 9, of: 11}", entry, name)
    return Proportion(0.5)


def _counted(count: Any, of: Any, entry: Mapping[str, Any], reader: Reader, name: str) -> Proportion:
    try:
        return counted(int(count), int(of))
    except (TypeError, ValueError):
        reader.mistakes.add("needs a count from 0 to the number of patients", entry, name)
        return Proportion(0.5)
