"""From FHIR codes and words to items, findings, drugs and products.

What is known stands in `codes.yaml`, `items/`, `drugs.yaml` and `products.yaml`; this module indexes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import yaml

from icans.record.catalogue import Item, catalogue, drugs, products
from icans.record.fhir.models import CodeableConcept
from icans.record.names import find_drug, find_product

_QUALIFIER = re.compile(r"\s*\([^()]*(?:disorder|finding|procedure|situation|object|regime/therapy)\)$")
_ROUTE = re.compile(r"-(?:iv|po|pr|im|sc|iv push)\b", re.IGNORECASE)
Code = tuple[str, str]


@dataclass(frozen=True)
class Finding:
    """What a diagnosis or procedure says: a value of an item, or None where it leaves the item unknown."""

    item: str
    value: str | None
    also: Mapping[str, str] = field(default_factory=dict)
    notice: str | None = None


@cache
def code_data() -> Mapping[str, Any]:
    """The content of codes.yaml."""
    text = files("icans.record.fhir").joinpath("codes.yaml").read_text(encoding="utf-8")
    return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def codes_of(concept: CodeableConcept) -> Iterator[Code]:
    """Its codes as (short name of the code system, code); those of unknown systems are left out."""
    systems = code_data()["systems"]
    for coding in concept.coding:
        system = systems.get(coding.system)
        if system and coding.code:
            yield system, coding.code


def words_of(concept: CodeableConcept | None) -> Iterator[str]:
    """Its words as written: the text, then the displays."""
    if concept is not None:
        yield from (w for w in (concept.text, *(c.display for c in concept.coding)) if w)


def phrase(words: str) -> str:
    """Words as they are compared: lower case, single spaces, no closing "(finding)" and the like."""
    return " ".join(_QUALIFIER.sub("", words.lower()).replace("_", " ").split())


def name_of(concept: CodeableConcept) -> str:
    """How a concept is called in the log: its code, or its words where it has none. At most 60 characters."""
    for coding in concept.coding:
        if coding.code:
            return coding.code[:60]
    return next(words_of(concept), "no code")[:60]


@cache
def _items_by_code() -> Mapping[Code, str]:
    own: dict[Code, str] = {("items", name): name for name in catalogue()}
    listed = _indexed((name, item.codes) for name, item in catalogue().items())
    return own | listed | _indexed(code_data()["items"].items())


def _indexed(entries: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[Code, str]:
    """(code system, code) -> name, for entries that list codes by code system."""
    return {code: name for name, entry in entries for code in _all_codes(entry)}


def _all_codes(entry: Mapping[str, Any]) -> Iterator[Code]:
    for system in ("loinc", "snomed", "atc", "rxnorm", "icd10", "yes_no"):
        for code in entry.get(system, ()):
            yield system, str(code)


def item_of(concept: CodeableConcept) -> Item | None:
    """The item that a code means: the first of its codes that is known."""
    index = _items_by_code()
    name = next((index[code] for code in codes_of(concept) if code in index), None)
    return catalogue()[name] if name else None


@cache
def _answers(kind: str) -> Mapping[Code, str]:
    """(system, code) or ('words', phrase) -> value, for the values of an item or of yes_no."""
    answers = code_data()["answers"].get(kind, {})
    words = {("words", w): value for value, entry in answers.items() for w in entry.get("words", ())}
    return words | _indexed(answers.items())


def answer_of(item: Item, concept: CodeableConcept) -> str | None:
    """The value of a yes_no or choice item that a coded or worded answer means; None if it is not known.

    A code "CRS" or "ICANS" apart, any cause of death that is said is another cause.
    """
    index = _answers("yes_no" if item.kind == "yes_no" else item.name)
    codes = list(codes_of(concept))
    phrases = [phrase(words) for words in words_of(concept)]
    for code in (*codes, *(("words", p) for p in phrases)):
        if code in index:
            return index[code]
        if code[0] in ("values", "words") and code[1].replace(" ", "_") in item.values:
            return code[1].replace(" ", "_")
    if item.name == "death_cause" and (concept.coding or phrases):
        return "other"
    return None


@cache
def _findings(kind: str) -> tuple[Mapping[Code, Finding], Mapping[str, Finding]]:
    """(code or phrase -> finding, beginning of an ICD-10 code -> finding) of `conditions` or `procedures`."""
    exact: dict[Code, Finding] = {}
    beginnings: dict[str, Finding] = {}
    for entry in code_data()[kind]:
        found = Finding(entry["item"], entry["value"], entry.get("also", {}), entry.get("notice"))
        exact.update({("snomed", str(code)): found for code in entry.get("snomed", ())})
        exact.update({("words", words): found for words in entry.get("words", ())})
        beginnings.update(dict.fromkeys(entry.get("icd10", ()), found))
    return exact, beginnings


def finding_of(kind: str, concept: CodeableConcept) -> Finding | None:
    """What a diagnosis (`conditions`) or procedure (`procedures`) says of an item; None if nothing known."""
    exact, beginnings = _findings(kind)
    for system, code in codes_of(concept):
        if (system, code) in exact:
            return exact[system, code]
        if system == "icd10":
            plain = code.replace(".", "").upper()
            for length in range(len(plain), 2, -1):
                if plain[:length] in beginnings:
                    return beginnings[plain[:length]]
    return next((exact["words", p] for p in map(phrase, words_of(concept)) if ("words", p) in exact), None)


@lru_cache(maxsize=4096)
def _in_text(kind: str, text: str) -> str | None:
    """The drug or product that a text names; a route behind a hyphen (Acetaminophen-IV) is no part of it."""
    find = find_drug if kind == "drugs" else find_product
    return find(_ROUTE.sub("", text))


@cache
def _by_code(kind: str) -> Mapping[Code, str]:
    own: dict[Code, str] = {(kind, name): name for name in (drugs() if kind == "drugs" else products())}
    return own | _indexed(code_data()[kind].items())


def named_in(kind: str, concept: CodeableConcept) -> str | None:
    """The drug (`drugs`) or CAR-T product (`products`) that a concept names by code or words.

    A code of urn:icans:drugs is the name itself, also of a drug that the catalogue does not have.
    """
    index = _by_code(kind)
    for system, code in codes_of(concept):
        if (system, code) in index:
            return index[system, code]
        if system == kind == "drugs":
            return code
    return next((n for n in (_in_text(kind, words) for words in words_of(concept)) if n), None)


@cache
def _word_list(key: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, code_data()[key]))})(?![\w])")


def mentions(key: str, concept: CodeableConcept | None) -> bool:
    """True where the words hold one of the list `key` of codes.yaml, such as `not_systemic`."""
    return any(_word_list(key).search(words.lower()) for words in words_of(concept))
