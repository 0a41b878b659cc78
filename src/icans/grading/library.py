"""Every scale that can be graded: the files of `scales/`, with the items and features they may ask for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from icans.errors import DataError
from icans.grading.conventions import switches
from icans.grading.features import features
from icans.grading.scale import SWITCH, Scale, read_scales
from icans.record.catalogue import catalogue, nearest
from icans.rules.document import documents
from icans.rules.vocabulary import Term

DEFAULT_FAMILY = "astct-2019"
_SCALE = re.compile(r"^scale: *(\S+)", re.MULTILINE)
_FAMILY = re.compile(r"^family: *(\S+)", re.MULTILINE)


@cache
def vocabulary() -> Mapping[str, Term]:
    """The names every scale may use: the items of a record, and the features of its course (intervals)."""
    items = {i.name: Term(i.name, i.kind, i.values, i.limits) for i in catalogue().values()}
    over_time = {f.name: Term(f.name, "number", limits=f.limits, span=True) for f in features().values()}
    return {**items, **over_time}


@cache
def _texts() -> Mapping[str, str]:
    folder = files("icans.grading").joinpath("scales")
    found = [f for f in folder.iterdir() if f.name.endswith(".yaml")]
    return {f.name: f.read_text(encoding="utf-8") for f in sorted(found, key=lambda f: f.name)}


@cache
def _documents(file: str) -> list[dict[str, Any]]:
    """The scales of a file as written; those without `sources` get those of the first."""
    found = documents(_texts()[file], file)
    return [{"sources": found[0].get("sources") or {}, **document} for document in found]


@cache
def _read(file: str, place: int, positions: tuple[tuple[str, bool | None], ...]) -> Scale:
    return read_scales([_documents(file)[place]], file, vocabulary(), dict(positions))[0]


@cache
def _switches_asked(file: str, place: int) -> frozenset[str]:
    return frozenset(SWITCH.findall(str(_documents(file)[place])))


@cache
def _index() -> Mapping[str, tuple[str, str, int]]:
    """scale -> (family, file, place in it), off the lines that name them: only what is asked for is read."""
    found = {}
    for file, text in _texts().items():
        families = _FAMILY.findall(text)
        for place, name in enumerate(_SCALE.findall(text)):
            found[name] = (families[place], file, place)
    return found


def scales(changed: Mapping[str, bool] | None = None) -> tuple[Scale, ...]:
    """Every scale, with some conventions changed. Raises RuleError where a file is wrong."""
    positions = switches(changed)
    return tuple(s for file in _texts() for s in read_scales(_documents(file), file, vocabulary(), positions))


def families() -> tuple[str, ...]:
    """What `--scale` takes."""
    return tuple(dict.fromkeys(family for family, _, _ in _index().values()))


def names() -> tuple[str, ...]:
    """The own names of every scale."""
    return tuple(_index())


def family(name: str, changed: Mapping[str, bool] | None = None) -> tuple[Scale, ...]:
    """The scales of one family, as `--scale` names it.

    Raises DataError for a family that does not exist, with the nearest name.
    """
    _check(name, families())
    return tuple(scale_named(scale, changed) for scale, (own, _, _) in _index().items() if own == name)


def scale_named(name: str, changed: Mapping[str, bool] | None = None) -> Scale:
    """One scale by its own name, such as 'astct-2019-icans'. Raises DataError where there is none."""
    _check(name, names())
    _, file, place = _index()[name]
    # What no rule of the scale asks for stands at its default, so that other switches need no second reading.
    asked, standing = _switches_asked(file, place), switches()
    positions = {key: at if key in asked else standing[key] for key, at in switches(changed).items()}
    return _read(file, place, tuple(positions.items()))


def open_scale(name: str) -> Scale:
    """A scale with every convention its rules ask for left open: one table can then try several positions.

    Its table needs a Boolean column for each of `switches`, named as the convention.
    """
    _, file, place = _index()[name]
    return _read(file, place, tuple((key, None) for key in switches()))


def _check(name: str, known: Sequence[str]) -> None:
    if name not in known:
        raise DataError(f"there is no scale '{name}'.{nearest(name, known)} Known are: {', '.join(sorted(known))}")
