"""Amounts over a table: the same numbers as for one patient, null where they are not settled."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icans.guidance.doses import amount, dose
from icans.guidance.doses.amount import asks_for, scheme_ends
from icans.guidance.doses.library import drugs
from icans.guidance.doses.reading import read_doses
from icans.guidance.vocabulary import vocabulary
from icans.rules.document import documents

SCHEMES = [(name, scheme) for name, drug in sorted(drugs().items()) for scheme in drug.schemes]
WEIGHTS = st.none() | st.floats(0.5, 300, allow_nan=False)
AGES = st.none() | st.floats(0, 100, allow_nan=False)


def over(rows: list[dict[str, float | None]], drug: str, scheme: str | None = None) -> list[float | None]:
    frame = pl.DataFrame(rows, schema={"weight": pl.Float64, "age": pl.Float64})
    return frame.select(amount(drug, scheme).alias("amount"))["amount"].to_list()


def test_tocilizumab_over_a_column_of_weights():
    frame = pl.DataFrame({"weight": [20.0, 29.9, 30.0, 70.0, 100.0, 110.0, None]})
    mg = frame.select(amount("tocilizumab").alias("mg"))["mg"].to_list()
    assert mg == [240, 359, 240, 560, 800, 800, None]


@pytest.mark.parametrize("weight", [0.0, -70.0, 300.5, float("nan"), float("inf")])
def test_an_impossible_weight_gives_no_amount(weight: float):
    assert over([{"weight": weight, "age": 61.0}], "tocilizumab") == [None]


def test_weights_may_be_whole_numbers():
    assert pl.DataFrame({"weight": [70, None]}).select(amount("tocilizumab").alias("mg"))["mg"].to_list() == [560, None]


def test_a_range_of_the_source_is_no_single_amount():
    assert over([{"weight": 70.0, "age": 61.0}], "dexamethasone", "dex10_20_q6h") == [None]


def test_what_has_to_be_known():
    assert asks_for("tocilizumab") == ("weight",)
    assert asks_for("dexamethasone", "dex10_q6h") == ("weight", "age")
    assert asks_for("dexamethasone", "dex20_q6h") == ("age",)


@given(weight=WEIGHTS, age=AGES, place=st.integers(0, len(SCHEMES) - 1))
def test_a_table_and_a_patient_get_the_same_amount(weight: float | None, age: float | None, place: int):
    drug, scheme = SCHEMES[place]
    alone = dose(drug, weight=weight, age=age, scheme=scheme)
    expected = alone.low if alone.low == alone.high else None
    assert over([{"weight": weight, "age": age}], drug, scheme) == [expected]


@given(weight=st.floats(0.5, 300, allow_nan=False))
def test_tocilizumab_follows_its_formula_and_never_passes_800_mg(weight: float):
    mg = dose("tocilizumab", weight=weight).mg
    assert mg is not None
    assert mg <= 800
    assert abs(mg - min(800, weight * (12 if weight < 30 else 8))) <= 0.500001


@given(weight=st.floats(0.5, 300, allow_nan=False), age=st.floats(0, 100, allow_nan=False))
def test_what_is_settled_without_an_age_is_so_at_every_age(weight: float, age: float):
    without = dose("dexamethasone", weight=weight)
    at = dose("dexamethasone", weight=weight, age=age)
    assert without.low is not None
    assert without.high is not None
    assert at.low is not None
    assert without.low <= at.low <= without.high


def test_where_two_doses_are_possible_the_ends_are_those_of_both():
    text = """\
drug: any
label: Any
sources: {S: a source}
schemes:
  - scheme: one
    use: a test
    unit: mg
    source: {key: S, where: x}
    mark: convention
    doses:
      - {when: age < 18, who: a child, fixed: [2, 5], source: {key: S, where: x}, mark: convention}
      - {who: an adult, fixed: [4, 9], source: {key: S, where: x}, mark: convention}
"""
    (drug,) = read_doses(documents(text, "any.yaml"), "any.yaml", {"age": vocabulary()["age"]}, {})
    ends = scheme_ends(drug.schemes["one"])
    ages = pl.DataFrame({"age": [4.0, 61.0, None]})
    found = ages.select(ends.low.alias("low"), ends.high.alias("high")).rows()
    assert found == [(2, 5), (4, 9), (2, 9)]
