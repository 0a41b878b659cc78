"""Every guideline there is, and which of them holds for a product on a day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from icans.errors import DataError, RuleError
from icans.grading.conventions import switches
from icans.guidance.guideline import COMMON, Guideline
from icans.guidance.guideline_file import read_guideline
from icans.guidance.vocabulary import vocabulary
from icans.record.catalogue import nearest
from icans.rules.document import documents

DEFAULT = "asco-2021"


_GUIDELINE = re.compile(r"^guideline: *(\S+)", re.MULTILINE)
_REVISION = re.compile(r"^revision: *(\S+)", re.MULTILINE)
_FAMILY = re.compile(r"^family: *(\S+)", re.MULTILINE)


@cache
def _texts() -> Mapping[str, tuple[str, str]]:
    """name@revision -> (file, text), off the lines that name them: only what is asked for is read."""
    folder = files("icans.guidance").joinpath("guidelines")
    found: dict[str, tuple[str, str]] = {}
    for name in sorted(f.name for f in folder.iterdir() if f.name.endswith(".yaml")):
        text = folder.joinpath(name).read_text("utf-8")
        named, revision = _GUIDELINE.search(text), _REVISION.search(text)
        if named is None or revision is None:
            raise RuleError(f"{name}: begins with 'guideline: its name' and 'revision: a whole number'")
        found[f"{named[1]}@{revision[1]}"] = (name, text)
    return found


@cache
def _document(key: str) -> dict[str, Any]:
    file, text = _texts()[key]
    return documents(text, file)[0]


def _family(key: str) -> str:
    found = _FAMILY.search(_texts()[key][1])
    return found[1] if found else ""


@cache
def _read(key: str, positions: tuple[tuple[str, bool | None], ...]) -> Guideline:
    file, raw = _texts()[key][0], _document(key)
    is_common = raw.get("guideline") == COMMON
    common = None if is_common else _read(_latest(COMMON), positions)
    return read_guideline(_with_rows(raw), file, vocabulary(), dict(positions), common)


def _with_rows(raw: dict[str, Any]) -> dict[str, Any]:
    """The document with the rows of the guideline it leans on (`rows_of`), where it has none of its own."""
    if "rows_of" not in raw:
        return raw
    if raw["rows_of"] not in names():
        raise RuleError(f"{raw.get('guideline')}: rows_of names no guideline; known are: {', '.join(names())}")
    base = _document(_latest(raw["rows_of"]))
    rows = {key: base[key] for key in ("define", "rules", "lists") if key in base}
    return {**rows, **raw, "sources": {**base["sources"], **(raw.get("sources") or {})}}


def _latest(name: str) -> str:
    """The key of the newest revision of a name."""
    revisions = [key for key in _texts() if key.partition("@")[0] == name]
    return max(revisions, key=lambda key: int(key.partition("@")[2]))


def names() -> tuple[str, ...]:
    """The guidelines by name, the reference first, without the common rules."""
    found = dict.fromkeys(key.partition("@")[0] for key in _texts())
    return tuple(sorted((n for n in found if n != COMMON), key=lambda n: n != DEFAULT))


@cache
def families() -> tuple[str, ...]:
    """Names that stand for one guideline a product, such as `label`."""
    return tuple(dict.fromkeys(family for key in _texts() if (family := _family(key))))


def guidelines(changed: Mapping[str, bool] | None = None) -> tuple[Guideline, ...]:
    """Every guideline in its newest revision, with some conventions changed. Raises RuleError where a file is wrong."""
    return tuple(guideline(name, changed=changed) for name in names())


def common_rules(changed: Mapping[str, bool] | None = None) -> Guideline:
    """The rules that hold with every guideline."""
    return _read(_latest(COMMON), tuple(switches(changed).items()))


def guideline(
    name: str, *, product: str | None = None, on: date | None = None, changed: Mapping[str, bool] | None = None
) -> Guideline:
    """One guideline.

    name     `asco-2021`; `asco-2021@1` for a revision, so that an old answer can be had again; or a family
             (`label`): then the one of the family for the product that is in force
    product  short name of the CAR-T product; on: the day that counts (today's newest by default)

    Raises DataError where there is none, saying what there is.
    """
    positions = tuple(switches(changed).items())
    if name in _texts():
        return _read(name, positions)
    if name in names():
        return _read(_latest(name), positions)
    if name in families():
        return _of_family(name, product, on, positions)
    known = (*names(), *families())
    raise DataError(f"there is no guideline '{name}'.{nearest(name, known)} Known are: {', '.join(known)}")


def _of_family(
    name: str, product: str | None, on: date | None, positions: tuple[tuple[str, bool | None], ...]
) -> Guideline:
    if product is None:
        raise DataError(f"'{name}' is one guideline a product, and the product is not known; name it, or the guideline")
    members = _members(name, positions)
    fitting = [g for g in members if product in g.products and (on is None or g.holds_on(on, product))]
    if not fitting:
        when = f" on {on}" if on else ""
        raise DataError(f"there is no {name} for {product}{when}; there is: {', '.join(g.name for g in members)}")
    return max(fitting, key=lambda g: g.in_force[0] or date.min)


def has(family: str, product: str, on: date | None = None) -> bool:
    """True where a family has a guideline for a product that is in force."""
    members = _members(family, tuple(switches().items()))
    return any(product in g.products and (on is None or g.holds_on(on, product)) for g in members)


def _members(family: str, positions: tuple[tuple[str, bool | None], ...]) -> list[Guideline]:
    return [_read(_latest(n), positions) for n in names() if _family(_latest(n)) == family]
