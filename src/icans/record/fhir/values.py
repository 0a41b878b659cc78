"""Values of FHIR elements as the numbers that a record carries."""

from __future__ import annotations

from functools import lru_cache

from icans.record.catalogue import Item
from icans.record.fhir.codes import answer_of, code_data
from icans.record.fhir.log import LeftOut, Log, Wrong
from icans.record.fhir.models import CodeableConcept, Extension, Quantity, Valued
from icans.record.observed import CAR_T_WORDS, limits_in_words
from icans.record.units import UnitError, convert
from icans.record.units import ucum as ucum_name

ATTRIBUTION = "urn:icans:attribution"
OTHER_CAUSE = "urn:icans:other-cause"
_NOT_READ = {
    "value_range",
    "value_ratio",
    "value_sampled_data",
    "value_time",
    "value_date",
    "value_date_time",
    "value_period",
}


def encoded(answer: Valued, item: Item, log: Log) -> float:
    """The number for an answer, in the unit of the catalogue.

    Raises LeftOut where there is no value, or one of a unit or kind not known here, and Wrong where the
    value cannot be.
    """
    if answer.value_quantity is not None and answer.value_quantity.value is not None:
        number = in_items_unit(answer.value_quantity, item)
        if answer.value_quantity.comparator:
            log.notice(f"{item.name}: a value known only as below or above a bound is taken as the bound")
    else:
        number = _encode(_word(answer, item), item)
    if not item.is_possible(number):
        raise Wrong(f"{limits_in_words(item)}; is the unit right?")
    return number


def in_items_unit(quantity: Quantity, item: Item) -> float:
    """A quantity in the item's unit, by its UCUM code or else by its unit in words. Raises LeftOut."""
    value = quantity.value
    if value is None:
        raise LeftOut(f"{item.name} without a value")
    if item.kind not in ("number", "whole"):
        return _encode(f"{value:g}", item)
    units = [u for u in (quantity.code, quantity.unit) if u] or [""]
    for unit in units:
        try:
            return _encode(repr(convert(value, unit, item)), item)
        except UnitError:
            continue
    if units == [""]:
        raise LeftOut(f"{item.name} without a unit")
    raise LeftOut(f"{item.name} in a unit not known here: {units[0][:30]}")


def _word(answer: Valued, item: Item) -> str:
    """What is said, as the catalogue writes it; numbers as text."""
    concept = answer.value_codeable_concept
    if concept is None and answer.value_coding is not None:
        concept = CodeableConcept(coding=(answer.value_coding,))
    if answer.value_boolean is not None:
        return "yes" if answer.value_boolean else "no"
    number = answer.value_integer if answer.value_integer is not None else answer.value_decimal
    if number is not None:
        return _unitless(repr(number), item)
    if answer.value_string is not None and item.kind in ("number", "whole", "set"):
        return _unitless(answer.value_string, item)
    if concept is None and answer.value_string is not None:
        concept = CodeableConcept(text=answer.value_string)
    if concept is None:
        kinds = answer.model_fields_set & _NOT_READ
        raise LeftOut(f"{item.name} {'with a value of a kind not read here' if kinds else 'without a value'}")
    word = answer_of(item, concept) if item.kind in ("yes_no", "choice") else None
    if word is None:
        raise LeftOut(f"{item.name} with an answer not known here")
    return word


def _unitless(text: str, item: Item) -> str:
    """A number without a unit, which is understood only for an item that has none (or a set's words)."""
    if item.kind == "number" and item.unit not in (None, "1"):
        raise LeftOut(f"{item.name} without a unit")
    return {"1": "yes", "0": "no"}.get(text, text) if item.kind == "yes_no" else text


def _encode(text: str, item: Item) -> float:
    try:
        return item.encode(text)
    except ValueError as error:
        if item.kind == "set":
            raise LeftOut(f"{item.name} with an answer not known here") from None
        raise Wrong(str(error)) from None


@lru_cache(maxsize=1024)
def _ucum(words: str) -> str:
    joined = "/".join(_ucum_part(part.strip()) for part in words.split("/"))
    if "{" in joined:
        return joined
    return ucum_name(words) or ucum_name(joined) or joined


def _ucum_part(part: str) -> str:
    """A unit between slashes; {dose} and the like stand for a count and are kept as they are."""
    known = code_data()["units"].get(part) or (part if part.startswith("{") else ucum_name(part))
    return known or part


def ucum(quantity: Quantity | None) -> str | None:
    """The unit of a dose or rate in UCUM, as far as its words are known; the words themselves otherwise."""
    words = quantity and (quantity.code or quantity.unit)
    return _ucum(words) if words else None


def cause_of(extensions: tuple[Extension, ...]) -> tuple[bool | None, str | None]:
    """(another cause, attribution in words) from the extensions of an observation; None where nobody said.

    An attribution alone names another cause, unless it names the CAR-T cells, CRS or ICANS.
    """
    words = next((e.value_string for e in extensions if e.url == ATTRIBUTION and e.value_string), None)
    other = next((e.value_boolean for e in extensions if e.url == OTHER_CAUSE), None)
    if other is None and words:
        other = words.strip().lower() not in CAR_T_WORDS
    return other, words
