"""ASCO 2021 over a whole grid of states: what must hold in each of them, and the plain function row by row."""

from __future__ import annotations

from dataclasses import fields

import polars as pl
import pytest
from grid_states import advised, rows, states

from icans.guidance.actions import STEROID, actions
from icans.guidance.table import advise_states
from plain_asco import Plain, advise

PLAIN = [field.name for field in fields(Plain)]
STEROIDS = [action.code for action in actions().values() if action.kind == STEROID]
# What replaces a regimen that failed is offered beside it, as an option.
ESCALATIONS = ("MP1000_BID", "MP1000_2_3X_DAY", "HIGH_DOSE_STEROID_OPTION")


def where(*conditions: pl.Expr) -> pl.DataFrame:
    """The rows of the grid in which all conditions hold; there must be some, or a test of them says nothing."""
    found = advised().hstack(facts()).filter(*conditions)
    assert found.height > 0
    return found


def facts() -> pl.DataFrame:
    """What the states of the grid have, beside the answers."""
    names = ("hypotension", "vasoactive_drugs", "temperature", "neutrophils", "toci_doses_24h", "toci_doses_total")
    return states().select(*names, "hours_since_last_toci", "weight", "car_t_product")


def told(code: str) -> pl.Expr:
    """Advised in any strength, or possible."""
    return pl.any_horizontal(pl.col(n).list.contains(code) for n in ("must_do", "should_consider", "possible"))


def must(code: str) -> pl.Expr:
    return pl.col("must_do").list.contains(code)


def test_the_grid_has_every_pair_of_grades_and_the_grades_it_was_made_for():
    found = advised()
    assert found.filter(pl.col("crs_grade") != pl.col("made_crs")).height == 0
    assert found.filter(pl.col("icans_grade") != pl.col("made_icans")).height == 0
    assert found.select("crs_grade", "icans_grade").n_unique() == 25


def test_every_answer_is_settled_because_nothing_is_unknown():
    found = advised()
    assert set(found["toci"]) == {"GIVE", "CONSIDER", "DO_NOT_GIVE"}
    assert set(found["steroid_level"]) == {"GIVE", "CONSIDER", "OPTIONAL", "NONE"}
    assert set(found["icu"]) == {"YES", "CONSIDER", "NO"}
    assert found.filter(pl.col("possible").list.len() > 0).height == 0


def test_no_tocilizumab_in_isolated_icans():
    isolated = where(pl.col("crs_grade") == 0, pl.col("icans_grade") >= 1)
    assert set(isolated["toci"]) == {"DO_NOT_GIVE"}
    assert isolated.filter(told("TOCI")).height == 0
    assert isolated.filter(pl.col("must_not").list.contains("TOCI")).height == isolated.height


def test_no_tocilizumab_above_a_cap():
    capped = where((pl.col("toci_doses_total") >= 4) | (pl.col("toci_doses_24h") >= 3))
    assert set(capped["toci"]) == {"DO_NOT_GIVE"}
    assert capped.filter(told("TOCI")).height == 0


def test_no_tocilizumab_before_8_hours_and_again_at_8():
    given = pl.col("toci_doses_total") > 0
    early = where(given, pl.col("hours_since_last_toci") < 8)
    assert set(early["toci"]) == {"DO_NOT_GIVE"}
    assert early.filter(told("TOCI")).height == 0
    again = where(given, pl.col("hours_since_last_toci") == 8, pl.col("crs_grade") >= 2)
    assert set(again["toci"]) == {"GIVE"}


def test_a_dose_stands_exactly_where_tocilizumab_is_told():
    # 80 kg x 8 mg/kg = 640 mg; 28 kg x 12 mg/kg = 336 mg.
    dosed = where(pl.col("toci") != "DO_NOT_GIVE")
    assert {(w, mg) for w, mg in dosed.select("weight", "toci_mg").rows()} == {(80.0, 640), (28.0, 336)}
    assert set(where(pl.col("toci") == "DO_NOT_GIVE")["toci_mg"]) == {None}


def test_never_two_steroid_regimens():
    due = pl.col("must_do").list.set_intersection(STEROIDS).list.len()
    options = pl.col("should_consider").list.set_intersection([c for c in STEROIDS if c not in ESCALATIONS])
    assert advised().filter(due > 1).height == 0
    assert advised().filter(due + options.list.len() > 1).height == 0


def test_the_regimen_of_the_answer_is_the_one_that_is_told():
    given = where(pl.col("steroid_level") == "GIVE")
    assert given.filter(~pl.col("must_do").list.contains(pl.col("steroid_regimen"))).height == 0
    none = where(pl.col("steroid_level") == "NONE")
    assert set(none["steroid_regimen"]) == {"NONE"}
    assert none.filter(pl.col("must_do").list.set_intersection(STEROIDS).list.len() > 0).height == 0


@pytest.mark.parametrize("grade", ["crs_grade", "icans_grade"])
def test_intensive_care_from_grade_3(grade: str):
    severe = where(pl.col(grade) >= 3)
    assert set(severe["icu"]) == {"YES"}
    assert severe.filter(~must("ICU_ADMIT")).height == 0


def test_antibiotics_whenever_febrile_and_neutropenic():
    febrile = where(pl.col("temperature") >= 38.0, pl.col("neutrophils") < 0.5)
    assert febrile.filter(~must("FN_PROTOCOL")).height == 0
    assert febrile.filter(~pl.col("must_not").list.contains("WITHHOLD_ABX")).height == 0


def test_life_support_comes_first_whenever_in_shock_whatever_its_cause():
    shock = where(pl.col("hypotension") | (pl.col("vasoactive_drugs") > 0))
    assert set(shock["must_do"].list.first()) == {"ABC_FIRST"}
    assert shock.filter(~must("FLUID_BOLUS")).height == 0
    pressors = where(pl.col("vasoactive_drugs") > 0)
    assert pressors.filter(~must("VASOPRESSOR_SUPPORT")).height == 0


def test_life_support_stands_before_tocilizumab_and_steroids():
    codes = where(must("ABC_FIRST"), must("TOCI"))["must_do"]
    place = codes.list.eval(pl.element().index_of("TOCI")).list.first()
    before = codes.list.eval(pl.element().index_of("FLUID_BOLUS")).list.first()
    assert (before < place).fill_null(True).all()


def test_nothing_is_due_and_forbidden_at_once():
    found = advised()
    advice = pl.col("must_do").list.concat("should_consider")
    assert found.filter(advice.list.set_intersection("must_not").list.len() > 0).height == 0
    assert found.filter(pl.col("must_do").list.set_intersection("should_consider").list.len() > 0).height == 0
    bans = ("TOCI_OVER_CAP", "TOCI_BEFORE_8H", "TOCI_ROUTINE_AT_GRADE_1")
    banned = pl.col("must_not").list.set_intersection(list(bans)).list.len() > 0
    assert found.filter(banned, told("TOCI")).height == 0


def test_no_action_is_told_twice():
    for name in ("must_do", "should_consider", "must_not"):
        assert advised().filter(pl.col(name).list.n_unique() != pl.col(name).list.len()).height == 0


def test_the_two_grades_are_independent():
    pairs = advised().group_by("made_crs", "made_icans").agg(pl.col("crs_grade", "icans_grade").n_unique())
    assert set(pairs["crs_grade"]) == {1}
    assert set(pairs["icans_grade"]) == {1}


def test_the_plain_function_gives_the_same_in_every_state():
    found = advise_states(states(), "asco-2021").select(PLAIN).to_dicts()
    differs = [
        ({n: (wanted[n], quick[n]) for n in PLAIN if wanted[n] != quick[n]}, row)
        for row, quick in zip(rows(), found, strict=True)
        if (wanted := vars(advise(row))) != quick
    ]
    assert differs[:1] == []


def test_a_state_about_which_nothing_is_known_gets_no_certain_drug():
    unknown = advise_states(pl.DataFrame({"temperature": [None]}, schema={"temperature": pl.Float64}), "asco-2021")
    codes = (unknown["must_do"][0] or "").split(";")
    assert not set(codes) & {"TOCI", *STEROIDS}
    assert "DO_NOT_GIVE" in unknown["toci"][0]
    assert "GIVE" in unknown["toci"][0].replace("DO_NOT_GIVE", "")
