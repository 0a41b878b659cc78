"""The dose of one patient: numbers from the sources, by arithmetic shown; what is unknown stays a formula."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from icans.errors import DataError
from icans.guidance.doses import dose, dose_in
from icans.guidance.doses.library import drugs

ADULT: dict[str, Any] = {"weight": 70.0, "age": 61.0}
CHILD: dict[str, Any] = {"weight": 12.0, "age": 4.0}


@pytest.mark.parametrize(
    ("weight", "mg"),
    [
        (20, 240),  # 12 mg/kg below 30 kg: 12 x 20
        (29.9, 359),  # 12 x 29.9 = 358.8
        (30, 240),  # 8 mg/kg from 30 kg: 8 x 30
        (70, 560),
        (100, 800),
        (110, 800),  # 8 x 110 = 880, above the ceiling of 800
        (300, 800),
    ],
)
def test_tocilizumab_by_weight(weight: float, mg: float):
    assert dose("tocilizumab", weight=weight).mg == mg


@pytest.mark.parametrize(
    ("weight", "words"),
    [
        (70, "8 mg/kg × 70 kg = 560 mg"),
        (110, "8 mg/kg × 110 kg = 880 mg, at most 800 mg"),
        (29.9, "12 mg/kg × 29.9 kg = 358.8 mg, rounded to 359 mg (convention)"),
    ],
)
def test_the_arithmetic_is_shown(weight: float, words: str):
    assert dose("tocilizumab", weight=weight).arithmetic == words


def test_half_a_milligram_goes_up():
    # 12 x 29.875 = 358.5 and 8 x 30.0625 = 240.5: both to the higher one, whether it is odd or even
    assert dose("tocilizumab", weight=29.875).mg == 359
    assert dose("tocilizumab", weight=30.0625).mg == 241


def test_tocilizumab_says_how_often_and_how_much_at_most():
    given = dose("tocilizumab", weight=70)
    assert (given.hours_between, given.doses_24h, given.doses_total) == (8, 3, 4)
    assert given.route == "IV over 1 h"
    assert given.words == "560 mg IV over 1 h"
    # CARTOX lets the dose be repeated after 6 h
    assert dose("tocilizumab", scheme="cartox", **ADULT).hours_between == 6


def test_without_a_weight_there_is_a_formula_for_each_kind_of_patient_and_no_number():
    given = dose("tocilizumab")
    assert (given.mg, given.low, given.high, given.arithmetic) == (None, None, None, "")
    assert given.words == "8 mg/kg, at most 800 mg (from 30 kg); 12 mg/kg, at most 800 mg (below 30 kg); IV over 1 h"
    assert given.missing == ("weight",)
    assert len({cited.source for cited in given.cited}) == 2  # that of each kind of patient


@pytest.mark.parametrize(
    ("weight", "age", "low", "high", "missing"),
    [
        (70, 61, 10, 10, ()),  # adults: 10 mg
        (12, 4, 6, 6, ()),  # 0.5 mg/kg x 12 kg
        (40, 17.9, 10, 10, ()),  # 0.5 x 40 = 20, at most 10
        (12, 18, 10, 10, ()),  # 18 years is an adult
        (None, 61, 10, 10, ()),  # an adult's does not depend on the weight
        (None, 4, None, None, ("weight",)),
        (70, None, 10, 10, ()),  # 10 in an adult, min(10, 35) in a child: the same
        (12, None, 6, 10, ()),  # 6 in a child, 10 in an adult: both are shown
        (None, None, None, None, ("weight", "age")),
    ],
)
def test_dexamethasone_for_adults_and_children(
    weight: float | None, age: float | None, low: float | None, high: float | None, missing: tuple[str, ...]
):
    given = dose("dexamethasone", weight=weight, age=age, scheme="dex10_q6h")
    assert (given.low, given.high, given.missing) == (low, high, missing)


def test_a_child_gets_no_dose_that_was_written_for_adults():
    given = dose("methylprednisolone", scheme="mp1000_daily", **CHILD)
    assert (given.mg, given.words, given.steps) == (None, "no dose is held here for such a patient", ())


def test_without_an_age_a_dose_for_adults_says_that_others_have_none():
    given = dose("methylprednisolone", scheme="mp1000_daily", weight=70)
    assert given.mg is None
    assert given.words == "1000 mg (adults); for others no dose is held here; IV"
    assert given.missing == ("age",)


def test_step_downs_of_methylprednisolone():
    assert dose("methylprednisolone", scheme="mp500_q12h", **ADULT).steps == (
        "500 mg every 12 h for 3 days",
        "250 mg every 12 h for 2 days",
        "125 mg every 12 h for 2 days",
        "60 mg every 12 h until CRS is grade 1",
    )
    assert dose("methylprednisolone", scheme="mp1000_daily", **ADULT).steps == (
        "1000 mg every 24 h for 3 days",
        "250 mg every 12 h for 2 days",
        "125 mg every 12 h for 2 days",
        "60 mg every 12 h for 2 days",
    )


@pytest.mark.parametrize(
    ("drug", "scheme", "low", "high", "unit"),
    [
        ("siltuximab", "standard", 770, 770, "mg"),  # 11 x 70
        ("anakinra", "nccn", 100, 100, "mg"),
        ("methylprednisolone", "mp1_mg_kg_q12h", 70, 70, "mg"),
        ("dexamethasone", "dex20_q6h", 20, 20, "mg"),
        ("dexamethasone", "dex10_20_q6h", 10, 20, "mg"),
        ("levetiracetam", "prevention", 750, 750, "mg"),
        ("levetiracetam", "status", 4200, 4200, "mg"),  # 60 x 70
        ("levetiracetam", "cartox_status", 500, 500, "mg"),
        ("levetiracetam", "cartox_maintenance", 1000, 1000, "mg"),
        ("lorazepam", "status", 4, 4, "mg"),  # 0.1 x 70 = 7, at most 4
        ("lorazepam", "cartox_status", 0.5, 0.5, "mg"),
        ("lorazepam", "agitation", 0.25, 0.5, "mg"),
        ("midazolam", "status", 10, 10, "mg"),
        ("diazepam", "status", 10, 10, "mg"),  # 0.15 to 0.2 x 70 = 10.5 to 14, at most 10
        ("fosphenytoin", "status", 1400, 1400, "mg PE"),  # 20 x 70
        ("valproate", "status", 2800, 2800, "mg"),  # 40 x 70
        ("phenobarbital", "cartox_status", 60, 60, "mg"),
        ("phenobarbital", "cartox_convulsive", 1050, 1050, "mg"),  # 15 x 70
        ("acetazolamide", "first", 1000, 1000, "mg"),
        ("mannitol", "first", 35, 70, "g"),  # 0.5 to 1 g/kg
        ("mannitol", "further", 17.5, 70, "g"),  # 0.25 to 1 g/kg
        ("hypertonic_saline", "first", 250, 250, "mL of 3 %"),
        ("hypertonic_saline", "herniation", 30, 30, "mL of 23.4 %"),
        ("thiamine", "before_glucose", 100, 100, "mg"),
        ("glucose", "hypoglycaemia", 50, 50, "mL of 50 %"),
        ("hydrocortisone", "intrathecal", 50, 50, "mg"),
        ("methotrexate", "intrathecal", 12, 12, "mg"),
    ],
)
def test_doses_of_an_adult_of_70_kg(drug: str, scheme: str, low: float, high: float, unit: str):
    given = dose(drug, scheme=scheme, **ADULT)
    assert (given.low, given.high, given.unit) == (low, high, unit)


@pytest.mark.parametrize(("weight", "mg"), [(40.1, 10), (40, 5), (13, 5), (12.9, None)])
def test_midazolam_into_a_muscle_has_two_steps_and_none_below_13_kg(weight: float, mg: float | None):
    assert dose("midazolam", weight=weight).mg == mg


@pytest.mark.parametrize(
    ("drug", "scheme", "weight", "ceiling"),
    [("levetiracetam", "status", 75, 4500), ("valproate", "status", 75, 3000), ("fosphenytoin", "status", 75, 1500)],
)
def test_the_loads_of_status_epilepticus_are_capped(drug: str, scheme: str, weight: float, ceiling: float):
    # 60 x 75 = 4500, 40 x 75 = 3000, 20 x 75 = 1500: the ceiling is reached at 75 kg and not passed at 120
    assert dose(drug, scheme=scheme, weight=weight).high == ceiling
    assert dose(drug, scheme=scheme, weight=weight - 1).high != ceiling
    assert dose(drug, scheme=scheme, weight=120).high == ceiling


def test_only_the_unit_mg_gives_mg():
    assert dose("fosphenytoin", **ADULT).mg is None
    assert dose("mannitol", **ADULT).mg is None


def test_a_dose_by_body_surface_is_said_and_not_calculated():
    given = dose("cyclophosphamide", **ADULT)
    assert given.low is None
    assert "1.5 g for each m² of body surface" in given.words


@pytest.mark.parametrize("gfr", [None, 35.0])
def test_levetiracetam_asks_for_a_reduction_that_is_not_held(gfr: float | None):
    given = dose("levetiracetam", age=61, gfr=gfr)
    assert given.words == "750 mg by mouth, before any reduction for the kidneys"
    note = given.cautions[0]
    assert note.says.startswith("Kidney function is not known." if gfr is None else "GFR 35 mL/min.")
    assert note.cited.mark == "from memory"


def test_brand_names_and_synonyms_are_understood():
    assert dose("Actemra", weight=70).drug == "tocilizumab"
    assert dose(" solu-medrol ", weight=70).drug == "methylprednisolone"
    assert dose("D50").drug == "glucose"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"drug": "tocilizumad"}, ["no doses of 'tocilizumad' are held. Is it 'tocilizumab'? Held are: acetazolamide"]),
        ({"drug": "aspirin"}, ["no doses of 'aspirin' are held. Held are:"]),
        (
            {"drug": "dexamethasone", "scheme": "dex10_q6"},
            ["dexamethasone has no scheme 'dex10_q6'. Is it 'dex10_q6h'? It has:"],
        ),
        ({"weight": 0}, ["weight: more than 0 and at most 300 kg is expected; give the body weight in kg"]),
        ({"weight": -70}, ["weight: more than 0 and at most 300 kg is expected"]),
        ({"weight": 300.5}, ["weight: more than 0 and at most 300 kg is expected"]),
        ({"weight": float("nan")}, ["weight: more than 0 and at most 300 kg is expected"]),
        ({"age": -1}, ["age: 0 to 130 years is expected"]),
        ({"age": float("nan")}, ["age: 0 to 130 years is expected"]),
        ({"gfr": -5}, ["gfr: 0 or more is expected"]),
        ({"weight": 7000, "age": 700}, ["weight: more than 0", "age: 0 to 130"]),
    ],
)
def test_what_cannot_be_is_refused_in_words(asked: dict[str, Any], words: list[str]):
    with pytest.raises(DataError) as error:
        dose(**{"drug": "tocilizumab", **asked})
    assert [problem[: len(w)] for problem, w in zip(error.value.problems, words, strict=True)] == words


@pytest.mark.parametrize("weight", [7000.0, -13.0])
def test_an_error_does_not_repeat_the_weight(weight: float):
    with pytest.raises(DataError) as error:
        dose("tocilizumab", weight=weight)
    assert f"{weight:g}" not in str(error.value)


def test_the_patient_of_a_state():
    state = pl.DataFrame({"weight": [12.0], "age": [4.0], "gfr": [35.0]})
    assert dose_in(state, "dexamethasone").mg == 6
    assert dose_in(state, "tocilizumab") == dose("tocilizumab", weight=12, age=4, gfr=35)
    assert dose_in(pl.DataFrame({"temperature": [38.0]}), "tocilizumab") == dose("tocilizumab")


def test_a_weight_of_a_record_that_cannot_be_counts_as_not_known():
    state = pl.DataFrame({"weight": [760.0], "age": [61.0]})
    assert dose_in(state, "tocilizumab") == dose("tocilizumab", age=61)


@pytest.mark.parametrize("drug", sorted(drugs()))
@pytest.mark.parametrize("patient", [{}, {"weight": 70.0}, {"age": 61.0}, ADULT, CHILD], ids=str)
def test_every_dose_has_words_and_sources_for_every_patient(drug: str, patient: dict[str, Any]):
    for scheme in drugs()[drug].schemes:
        given = dose(drug, scheme=scheme, **patient)
        assert given.words
        assert given.cited
        assert all(cited.source and cited.mark for cited in given.cited)
        assert (given.low is None) == (given.high is None)
