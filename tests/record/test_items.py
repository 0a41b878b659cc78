"""What must hold of the catalogue of items, drugs and products."""

import re

import pytest

from icans.record.catalogue import catalogue, drugs, products
from icans.record.names import find_drug, find_product
from icans.record.units import accepted, ucum

ITEMS = list(catalogue().values())


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.name)
def test_an_item_is_complete(item):
    assert item.label
    assert item.group
    assert re.fullmatch(r"[a-z][a-z0-9_]*", item.name)
    assert item.worse in ("high", "low", None)
    assert item.valid_hours is None or item.valid_hours > 0
    assert len(item.values) == len(set(item.values))
    assert item.kind != "set" or len(item.values) <= 32  # they are kept as 32 bits


@pytest.mark.parametrize("item", [i for i in ITEMS if i.unit], ids=lambda item: item.name)
def test_the_unit_of_an_item_is_a_ucum_name_the_table_knows(item):
    assert ucum(item.unit) == item.unit
    assert accepted(item)[0] == item.unit


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.name)
def test_what_is_plausible_lies_within_the_limits(item):
    (low, high), (near, far) = item.limits, item.plausible
    assert low is None or near is None or low <= near
    assert high is None or far is None or far <= high
    assert near is None or far is None or near < far


@pytest.mark.parametrize("item", [i for i in ITEMS if i.values], ids=lambda item: item.name)
def test_a_word_becomes_a_number_and_comes_back(item):
    for value in item.values:
        assert item.decode(item.encode(value)) == value


@pytest.mark.parametrize("item", [i for i in ITEMS if i.assumed], ids=lambda item: item.name)
def test_what_is_assumed_can_be_recorded(item):
    assert item.assumed is not None
    item.encode(item.assumed.value)


def test_another_cause_is_assumed_absent_where_nobody_spoke_of_one():
    causes = [item for item in ITEMS if item.name.endswith("_other_cause")]
    assert {item.flag for item in ITEMS if item.flag} <= {item.name for item in causes}
    assert {item.kind for item in causes} == {"yes_no"}
    assert all(item.assumed and (item.assumed.value, item.assumed.convention) == ("no", "P2") for item in causes)
    assert {item.worse for item in causes} == {"low"}  # of two answers at one time the finding counts


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("systolic_pressure", 24),
        ("diastolic_pressure", 8),
        ("mean_arterial_pressure", 15),
        ("norepinephrine_dose", 250),
        ("phenylephrine_dose", 1200),
        ("heart_rate", 12),
        ("temperature", 26),
    ],
)
def test_the_values_of_the_sickest_are_plausible(name, value):
    assert catalogue()[name].is_plausible(value)


def test_no_two_items_share_a_column():
    columns = [item.column for item in ITEMS]
    assert len(columns) == len(set(columns))


def test_no_two_items_share_a_code():
    codes = [(system, code) for item in ITEMS for system, listed in item.codes.items() for code in listed]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize(("item", "code"), [(i, c) for i in ITEMS for c in i.codes.get("loinc", ())])
def test_a_loinc_code_has_the_right_check_digit(item, code):
    digits, check = code.split("-")
    # Mod 10 of LOINC: double every second digit from the right, sum up, distance to the next ten.
    doubled = [int(d) * (2 if i % 2 == 0 else 1) for i, d in enumerate(reversed(digits))]
    total = sum(d // 10 + d % 10 for d in doubled)
    assert int(check) == -total % 10


def test_every_drug_that_masks_fever_is_a_value_of_its_item_and_no_other():
    masking = {d.name for d in drugs().values() if {"antipyretic", "anticytokine", "steroid"} & set(d.classes)}
    assert masking == set(catalogue()["fever_masking_therapy"].values)


def test_every_vasoactive_drug_is_a_value_of_its_item_and_no_other():
    vasoactive = {d.name for d in drugs().values() if {"vasopressor", "inotrope"} & set(d.classes)}
    assert vasoactive == set(catalogue()["vasoactive_drugs"].values)


@pytest.mark.parametrize("known", [drugs(), products()], ids=["drugs", "products"])
def test_a_word_names_one_drug_or_product_only(known):
    words = [word for entry in known.values() for word in (entry.name, *entry.synonyms)]
    assert len(words) == len(set(words))
    assert all(word == word.lower() for word in words)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Tocilizumab", "tocilizumab"),
        ("ACTEMRA 400 mg/20 mL", "tocilizumab"),
        ("noradrenaline", "norepinephrine"),
        ("Epinephrine 1 mg", "epinephrine"),
        ("norepinephrine bitartrate 4 mg", "norepinephrine"),
        ("Angiotensin II", "angiotensin_ii"),
        ("methylprednisolone sodium succinate", "methylprednisolone"),
        ("NE", "norepinephrine"),
        ("ne pas donner", None),
        ("desvasopressin", None),
        ("", None),
    ],
)
def test_a_drug_is_found_by_the_words_people_write(words, name):
    assert find_drug(words) == name


@pytest.mark.parametrize(
    ("words", "name"),
    [("YESCARTA", "axi-cel"), ("tisagenlecleucel", "tisa-cel"), ("liso-cel", "liso-cel"), ("x", None)],
)
def test_a_product_is_found_by_its_names(words, name):
    assert find_product(words) == name
