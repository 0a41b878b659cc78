"""Values and grades in words, as a clinician would say them."""

from __future__ import annotations

from typing import Any

from icans.record.catalogue import Item, catalogue

_UNITS = {
    "Cel": "°C", "mm[Hg]": "mmHg", "10*9/L": "×10⁹/L", "ug/L": "µg/L", "ug/min": "µg/min", "ug/kg/min": "µg/kg/min",
    "10*-3.mm2/s": "×10⁻³ mm²/s", "1": "", "/min": "per min", "a": "years", "d": "", "{score}": "",
    "mm[H2O]": "mmH₂O", "cm[H2O]": "cmH₂O",
}  # fmt: skip


def unit_words(unit: str | None) -> str:
    """A UCUM unit as it is written at the bedside: `Cel` is °C."""
    return _UNITS.get(unit or "", unit or "")


def value_words(name: str, value: Any) -> str:
    """The value of an item, as a typed table carries it, in words with its unit."""
    item = catalogue()[name]
    return encoded_words(item, float(item.values.index(value) if item.kind == "choice" else value))


def encoded_words(item: Item, number: float) -> str:
    """The same for the number a record carries (`Item.encode`)."""
    return f"{item.say(number)} {unit_words(item.unit)}".strip()


def grade_words(low: float, high: float) -> str:
    """An interval in words: `2`, or `2 to 3`."""
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"
