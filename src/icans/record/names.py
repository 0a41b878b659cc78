"""Drugs and products by the words people write: generic names, brand names, other spellings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from icans.record.catalogue import Drug, Product, drugs, products

# Shorter names ('ne', 'lev') count only when they stand alone: within a sentence they may be anything.
_SHORTEST_WITHIN = 5


def find_drug(words: str | None) -> str | None:
    """The catalogue's name for a drug as written ('Tocilizumab 8 mg/kg' -> tocilizumab), None if unknown."""
    return _find(words or "", _drug_names())


def find_product(words: str | None) -> str | None:
    """The short name of a CAR-T product as written ('YESCARTA' -> axi-cel), None if unknown."""
    return _find(words or "", _product_names())


@cache
def _drug_names() -> Mapping[str, str]:
    return _by_word(drugs())


@cache
def _product_names() -> Mapping[str, str]:
    return _by_word(products())


def _by_word(known: Mapping[str, Drug] | Mapping[str, Product]) -> Mapping[str, str]:
    """Every word for an entry, longest first, so that 'vasopressin' does not hide in another name."""
    words: dict[str, str] = {}
    for entry in known.values():
        for word in (entry.name, entry.name.replace("_", " "), *entry.synonyms):
            words[word] = entry.name
    return dict(sorted(words.items(), key=lambda pair: -len(pair[0])))


def _find(words: str, known: Mapping[str, str]) -> str | None:
    text = " ".join(words.lower().split())
    if text in known:
        return known[text]
    long = (word for word in known if len(word) >= _SHORTEST_WITHIN)
    return next((known[word] for word in long if _within(word, text)), None)


def _within(word: str, text: str) -> bool:
    return word in text and re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text) is not None
