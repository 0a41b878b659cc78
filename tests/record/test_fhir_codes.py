"""codes.yaml names only what exists, and each code once."""

from __future__ import annotations

from collections import Counter

import pytest

from icans.record.catalogue import catalogue, drugs, products
from icans.record.fhir.codes import code_data, phrase


def listed(entries: list) -> list[tuple[str, str]]:
    """(code system, code) of every entry."""
    systems = ("loinc", "snomed", "atc", "rxnorm", "icd10")
    return [(s, str(c)) for entry in entries for s in systems for c in entry.get(s, ())]


def test_drugs_and_products_exist():
    assert set(code_data()["drugs"]) <= set(drugs())
    assert set(code_data()["products"]) <= set(products())


@pytest.mark.parametrize("kind", ["conditions", "procedures"])
def test_findings_are_values_of_items(kind: str):
    for entry in code_data()[kind]:
        item = catalogue()[entry["item"]]
        if entry["value"] is not None:
            item.encode(entry["value"])
        for name, value in entry.get("also", {}).items():
            catalogue()[name].encode(value)


def test_answers_are_values_of_items():
    for name, answers in code_data()["answers"].items():
        values = ("yes", "no") if name == "yes_no" else catalogue()[name].values
        assert set(answers) <= set(values)


@pytest.mark.parametrize("kind", ["drugs", "products", "items"])
def test_no_code_means_two_things(kind: str):
    assert max(Counter(listed(list(code_data()[kind].values()))).values()) == 1


def test_no_code_means_two_items():
    both = [item.codes for item in catalogue().values()] + list(code_data()["items"].values())
    counts = Counter(code for code in listed(both) if code[0] in ("loinc", "snomed"))
    assert [code for code, n in counts.items() if n > 1] == []


@pytest.mark.parametrize("kind", ["conditions", "procedures"])
def test_words_are_written_as_they_are_compared_and_once(kind: str):
    words = [word for entry in code_data()[kind] for word in entry.get("words", ())]
    assert [phrase(word) for word in words] == words
    assert max(Counter(words).values()) == 1
    assert max(Counter(listed(code_data()[kind])).values()) == 1
