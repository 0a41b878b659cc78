"""What can be recorded: the items, drugs and products, read from their YAML files.

The files beside this one (`items/`, `drugs.yaml`, `products.yaml`) hold the knowledge; this module
checks them and turns a word or number of a record into the number the tables carry, and back.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from icans.errors import RuleError
from icans.plain_yaml import load

KINDS = ("number", "whole", "yes_no", "choice", "set")
_YES_NO = {"yes": 1.0, "no": 0.0, "true": 1.0, "false": 0.0}


@dataclass(frozen=True)
class Assumption:
    """What is taken when nothing at all was recorded on an item, and the convention that says so."""

    value: str
    convention: str


@dataclass(frozen=True)
class Item:
    """One thing that can be seen of a patient.

    kind         number, whole, yes_no, choice (listed from best to worst) or set (several of `values`)
    unit         UCUM code of the value, None where it has none
    words        how a value is said in front of a user, where its name does not read well
    limits       what cannot be (a value outside is an error); None at an end means no limit there
    plausible    what is to be expected (a value outside is kept and flagged)
    worse        which direction is worse, for the worst of a window: high, low or None (take the latest)
    valid_hours  how long a value stays valid after it was seen, a convention of this catalogue; None: always
    column       its name in a table of states
    flag         the yes_no item that is set when somebody attributes this finding to another cause
    assumed      what is taken when nothing was recorded (None: it stays unknown)
    part_of      the item that is the total of this one and others
    baseline_of  the item whose last value before the infusion this is
    account_of   what it is one of several accounts of; the newest counts
    belongs_to   the item whose present value it belongs to, and which it does not outlive
    describes    the item whose attribution to another cause covers this one as well
    needs        the item without which this one means nothing: an answer needs a dose (0 or none: there is nothing)
    spoiled_by   the item that, attributed to another cause, makes an earlier value of this one out of date
    """

    name: str
    label: str
    kind: str
    unit: str | None = None
    values: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    limits: tuple[float | None, float | None] = (None, None)
    plausible: tuple[float | None, float | None] = (None, None)
    worse: str | None = None
    valid_hours: float | None = None
    column: str = ""
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    group: str = ""
    flag: str | None = None
    assumed: Assumption | None = None
    part_of: str | None = None
    baseline_of: str | None = None
    account_of: str | None = None
    belongs_to: str | None = None
    describes: str | None = None
    spoiled_by: str | None = None
    needs: str | None = None
    note: str = ""

    def encode(self, value: object) -> float:
        """The number a table carries for `value`, written as in a record, in the item's own unit.

        number, whole: itself; yes_no: 1 or 0; choice: its place in `values`; set: the sum of 2**place.
        Raises ValueError with what is expected, without repeating the value.
        """
        text = str(value).strip()
        if self.kind in ("number", "whole"):
            return self._encode_number(text)
        word = text.lower()
        if self.kind == "yes_no":
            if word not in _YES_NO:
                raise ValueError(f"{self.name} is yes or no")
            return _YES_NO[word]
        if self.kind == "choice":
            return float(self._place(word))
        if word == "none":
            return 0.0
        members = {self._place(part.strip()) for part in word.split(";") if part.strip()}
        if not members:
            raise ValueError(f"{self.name} is a list; an empty one is written none")
        return float(sum(2**place for place in members))

    def _encode_number(self, text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            raise ValueError(f"{self.name} is a number") from None
        if number != number or abs(number) == float("inf"):
            raise ValueError(f"{self.name} is a finite number")
        if self.kind == "whole" and number != int(number):
            raise ValueError(f"{self.name} is a whole number")
        return number

    def _place(self, word: str) -> int:
        try:
            return self.values.index(word)
        except ValueError:
            allowed = ", ".join(self.values)
            raise ValueError(
                f"{self.name} is {'one of' if self.kind == 'choice' else 'a list of'}: {allowed}"
            ) from None

    def decode(self, number: float) -> str:
        """The words for a number of a table: the reverse of `encode`."""
        if self.kind == "yes_no":
            return "yes" if number else "no"
        if self.kind == "choice":
            return self.values[int(number)]
        if self.kind == "set":
            mask = int(number)
            return ";".join(v for i, v in enumerate(self.values) if mask >> i & 1) or "none"
        return f"{number:g}"

    def say(self, number: float) -> str:
        """The same as a clinician would say it: `decode` with `words`, and without underscores."""
        if self.kind == "choice":
            return self._said(self.values[int(number)])
        if self.kind == "set" and number:
            return " and ".join(self._said(v) for i, v in enumerate(self.values) if int(number) >> i & 1)
        return _short(number) if self.kind == "number" else self.decode(number)

    def _said(self, value: str) -> str:
        return self.words.get(value, value.replace("_", " "))

    def cell(self, number: float) -> float | bool | int | str:
        """The same number as a typed table of states carries it: a word of a choice, a Boolean, a bit mask."""
        if self.kind == "choice":
            return self.values[int(number)]
        return bool(number) if self.kind == "yes_no" else int(number) if self.kind == "set" else number

    def is_possible(self, number: float) -> bool:
        """False where the value lies outside the hard limits."""
        return _inside(number, self.limits)

    def is_plausible(self, number: float) -> bool:
        """False where the value lies outside what is to be expected."""
        return _inside(number, self.plausible)


@dataclass(frozen=True)
class Drug:
    """A drug a record may name: its classes, and the other names it goes by (lower case)."""

    name: str
    label: str
    classes: tuple[str, ...]
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Product:
    """A CAR-T product and the other names it goes by (lower case)."""

    name: str
    label: str
    synonyms: tuple[str, ...] = ()


def _short(number: float) -> str:
    """A measured number as it is read out: four digits, no exponent."""
    return f"{number:.0f}" if abs(number) >= 1000 else f"{number:.4g}"


def _inside(number: float, ends: tuple[float | None, float | None]) -> bool:
    low, high = ends
    return (low is None or number >= low) and (high is None or number <= high)


def nearest(word: str, known: Sequence[str] | Mapping[str, object], alike: float = 0.6) -> str:
    """The words ` Is it 'x'?` where a known name is close to `word`, else nothing. For error messages.

    alike  how alike, from 0 to 1; higher where a wrong hint would do harm
    """
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=alike)
    return f" Is it '{close[0]}'?" if close else ""


def _load(name: str) -> list[dict[str, Any]]:
    text = files("icans.record").joinpath(name).read_text(encoding="utf-8")
    return load(text)


def _ends(entry: Mapping[str, Any], key: str) -> tuple[float | None, float | None]:
    low, high = entry.get(key) or (None, None)
    return (low, high)


def _item(entry: dict[str, Any]) -> Item:
    assumed = entry.get("assumed")
    return Item(
        name=entry["name"],
        label=entry["label"],
        kind=entry["kind"],
        unit=entry.get("unit"),
        values=tuple(entry.get("values") or ()),
        words=entry.get("words") or {},
        limits=_ends(entry, "limits"),
        plausible=_ends(entry, "plausible"),
        worse=entry.get("worse"),
        valid_hours=entry.get("valid_hours"),
        column=entry.get("column") or entry["name"],
        codes={k: tuple(str(c) for c in v) for k, v in (entry.get("codes") or {}).items()},
        group=entry.get("group", ""),
        flag=entry.get("flag"),
        assumed=Assumption(str(assumed["value"]), assumed["convention"]) if assumed else None,
        part_of=entry.get("part_of"),
        baseline_of=entry.get("baseline_of"),
        account_of=entry.get("account_of"),
        belongs_to=entry.get("belongs_to"),
        describes=entry.get("describes"),
        spoiled_by=entry.get("spoiled_by"),
        needs=entry.get("needs"),
        note=entry.get("note", ""),
    )


def _mistakes(items: Sequence[Item]) -> list[str]:
    names = [item.name for item in items]
    found = [f"items: '{n}' is listed twice" for n in sorted({n for n in names if names.count(n) > 1})]
    for item in items:
        if item.kind not in KINDS:
            found.append(f"items: {item.name}: kind is one of {', '.join(KINDS)}")
        if item.kind in ("choice", "set") and not item.values:
            found.append(f"items: {item.name}: a {item.kind} needs its values")
        if item.flag and item.flag not in names:
            found.append(f"items: {item.name}: flag names no item.{nearest(item.flag, names)}")
    return found


@cache
def catalogue() -> Mapping[str, Item]:
    """Every item that can be recorded, by name. Raises RuleError listing all mistakes of the files."""
    folder = files("icans.record").joinpath("items")
    listed = sorted(f.name for f in folder.iterdir() if f.name.endswith(".yaml"))
    items = [_item(entry) for name in listed for entry in _load(f"items/{name}")]
    if mistakes := _mistakes(items):
        raise RuleError(*mistakes)
    return {item.name: item for item in items}


@cache
def drugs() -> Mapping[str, Drug]:
    """Every drug with a meaning here, by name."""
    return {
        d["name"]: Drug(d["name"], d["label"], tuple(d["classes"]), tuple(d.get("synonyms") or ()))
        for d in _load("drugs.yaml")
    }


@cache
def products() -> Mapping[str, Product]:
    """Every CAR-T product known by name, by its short name."""
    return {p["name"]: Product(p["name"], p["label"], tuple(p.get("synonyms") or ())) for p in _load("products.yaml")}
