"""Products and typical patients: the sets of section 2.11 of the review."""

from __future__ import annotations

from typing import Any

import pytest

from icans.errors import DataError, RuleError
from icans.mechanism.definition import products as module
from icans.mechanism.definition.products import endotype, endotypes, product, products

FOUR_1BB = {
    "k_a": 0.226, "rho": 1.515, "k_out": 0.479, "k_kill": 0.997, "d_E": 0.17, "r_M": 0.03, "p_IFN": 79.6,
    "p_GM": 1.44, "a_C": 0.0273, "wET": 0.213, "D_cell": 1e8,
}  # fmt: skip


def test_the_cd28_product_is_the_table():
    assert product("cd28") == {}


def test_the_4_1bb_product_differs_as_the_review_says():
    assert product("4-1bb") == FOUR_1BB


def test_a_product_brings_no_tumour():
    assert not any("burden" in product(name) for name in products())


@pytest.mark.parametrize(
    ("said", "name"),
    [("axi-cel", "cd28"), ("Yescarta", "cd28"), ("Kymriah", "4-1bb"), ("liso-cel", "4-1bb"), ("Carvykti", "bcma")],
)
def test_a_marketed_product_stands_for_its_kind(said: str, name: str):
    assert product(said) == product(name)


def test_typical_patients_of_the_review():
    assert endotype("crs-driven") == {"burden": 200.0}
    assert endotype("low-burden") == {"burden": 25.0}
    assert endotype("4-1bb-typical") == {**FOUR_1BB, "burden": 120.0}
    motor = {"rhoT": 1.0, "rm": 0.01, "vm": 0.06, "dmG": 0.2, "burden": 300.0}
    assert endotype("bcma-motor") == {**FOUR_1BB, **motor}


def test_factors_act_on_the_value_of_the_product():
    # 3.77 x 1.8 = 6.786; 0.765 x 1.4 = 1.071; 40.1 x 1.5 = 60.15
    severe = {"burden": 500.0, "p_GM": 6.786, "k_m": 1.071, "p6": 60.15}
    assert endotype("severe") == pytest.approx(severe)
    # 209 x 0.7 = 146.3; k_m 0.765 x 0.06 = 0.0459
    vessels = {"burden": 60, "e_ins": 0.1, "fplt": 0.65, "r_E": 1.5, "m_ET": 18, "k_m": 0.765 * 0.06, "p_IFN": 146.3}
    assert endotype("endotheliopathy") == pytest.approx(vessels)


def test_every_set_says_where_it_is_from():
    for chosen in (products() | endotypes()).values():
        assert chosen.source, chosen.name
        assert chosen.evidence == "assumed", chosen.name


@pytest.mark.parametrize(("find", "said", "near"), [(product, "4-1b", "4-1bb"), (endotype, "sever", "severe")])
def test_an_unknown_name_is_told_with_the_nearest(find: Any, said: str, near: str):
    with pytest.raises(DataError, match=f"no (product|endotype) '{said}'; did you mean {near}"):
        find(said)


def test_a_set_with_an_unknown_parameter_or_no_source_is_refused(monkeypatch: pytest.MonkeyPatch):
    raw = [{"name": "new", "label": "New", "values": {"k_kil": 1.0}, "evidence": "sure"}]
    monkeypatch.setattr("icans.mechanism.definition.products.yaml.load", lambda text, loader: raw)
    with pytest.raises(RuleError) as problem:
        module._read("products.yaml", words="for", base="same_as")
    unknown, *others = problem.value.problems
    assert unknown.startswith("products.yaml, new: the model has no parameter k_kil; did you mean k_kill")
    assert others == [
        "products.yaml, new: it has no source",
        "products.yaml, new: evidence must be one of verified, memory, assumed, covariate",
    ]
