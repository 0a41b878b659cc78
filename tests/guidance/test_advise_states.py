"""Advice for a table: each row its own answer in its own place, nothing told twice, nothing after a death."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from answers import QUIET, State, answer, answers, fired_rows, graded, table

from guidance_states import typed
from icans.errors import DataError
from icans.guidance.library import guideline
from icans.guidance.table import COLUMNS, advise_states

GRADES = ("crs_grade", "icans_grade")
LOW = {"hypotension": True}  # with the fever of QUIET this is CRS of grade 2
NO_BETTER = {
    "toci_doses_total": 1, "toci_doses_24h": 1, "hours_since_last_toci": 9, "hours_since_first_toci": 9,
    "response_since_last_toci": "no_improvement",
}  # fmt: skip


def between(state: State, **upper: float) -> dict[str, Any]:
    """The answer of ASCO where a grade is anything from that of the state up to another."""
    ends = [pl.lit(end).alias(f"{name}__hi") for name, end in upper.items()]
    return advise_states(table([state]).with_columns(ends), "asco-2021").row(0, named=True)


def cells(row: dict[str, Any], column: str) -> set[str]:
    return set(filter(None, row[column].split(";")))


# Rows keep their place, whatever guideline answers them.


def test_rows_of_mixed_products_each_have_the_label_of_their_product_in_their_own_place():
    """Grade 2 has 8 mg/kg by the labels of axi-cel and liso-cel, so that the weight tells which row is answered."""
    rows = [
        ("axi-cel", 50), ("other", 51), ("liso-cel", 52), (None, 53), ("axi-cel", 54), ("other", 55), ("liso-cel", 56),
        (None, 57), ("axi-cel", 58),
    ]  # fmt: skip
    found = advise_states(table((2, 0, {"car_t_product": p, "weight": w}) for p, w in rows), "label")
    assert found["toci_mg"].to_list() == [8.0 * w if p in ("axi-cel", "liso-cel") else None for p, w in rows]
    for (product, _), row in zip(rows, found.iter_rows(named=True), strict=True):
        if product in ("axi-cel", "liso-cel"):
            own = "YESCARTA" if product == "axi-cel" else "BREYANZI"
            assert f"{own}-TOCI-2" in cells(row, "rule_ids")
        else:
            assert set(row.values()) == {None}


def test_without_a_column_of_products_no_row_has_a_label():
    found = advise_states(table([(2, 0, {}), (3, 0, {})]).drop("car_t_product"), "label")
    assert found.shape == (2, len(COLUMNS))
    assert all(found[column].null_count() == 2 for column in COLUMNS)


def test_rows_that_differ_in_one_value_or_in_what_is_unknown_are_told_apart():
    """Sodium below 125 mmol/L is corrected; one that is unknown may be."""
    sodium = [138, None, 120, 138, None, 120]
    found = answers("asco-2021", [(0, 0, {"sodium": value}) for value in sodium])
    where = [[c for c in ("must_do", "possible") if "CORRECT_NA_SLOW" in row[c]] for row in found]
    assert where == [[], ["possible"], ["must_do"], [], ["possible"], ["must_do"]]


@pytest.mark.parametrize("name", ["asco-2021", "label"])
def test_a_table_without_rows_gives_one_without_rows_that_has_every_column(name):
    found = advise_states(table([(0, 0, {})]).clear(), name)
    assert found.height == 0
    assert tuple(found.columns) == COLUMNS
    assert {column for column, kind in found.schema.items() if kind == pl.Float64} == {"toci_mg"}


@pytest.mark.parametrize("height", [0, 1])
def test_a_guideline_that_does_not_exist_is_told_however_many_rows_there_are(height):
    with pytest.raises(DataError, match="there is no guideline 'asco-2012'"):
        advise_states(table([(0, 0, {})]).head(height), "asco-2012")


# Nothing after a death, nothing due to the cells before them.


@pytest.mark.parametrize("name", ["asco-2021", "label"])
def test_after_a_death_a_row_has_its_grades_and_nothing_else(name):
    causes = ["none", "icans", "crs", "other", "none"]
    rows = [{**QUIET, **LOW, "car_t_product": "axi-cel", "death_cause": cause, "ice_total": 10} for cause in causes]
    found = advise_states(typed(rows), name)
    assert found["crs_grade"].to_list() == ["2", "2", "5", "2", "2"]
    assert found["icans_grade"].null_count() == 0
    assert found["icans_grade"][1] == "5"
    for column in COLUMNS:
        if column not in GRADES:
            assert found[column].is_null().to_list() == [False, True, True, True, False], column


def test_before_the_infusion_both_grades_are_0():
    """Fever, low pressure and an ICE of 1: grades 2 and 3 from the infusion on, and where the day is not known."""
    days = (-3, -2, 0, 4, None, -1)
    rows = [{**QUIET, **LOW, "ice_total": 1, "motor_deficit": "none", "day": day} for day in days]
    found = advise_states(typed(rows), "asco-2021")
    assert found["crs_grade"].to_list() == ["0", "0", "2", "2", "2", "0"]
    assert found["icans_grade"].to_list() == ["0", "0", "3", "3", "3", "0"]
    assert found["toci"].to_list() == ["DO_NOT_GIVE"] * 2 + ["GIVE"] * 3 + ["DO_NOT_GIVE"]
    assert found["steroid_level"].to_list() == ["NONE"] * 2 + ["CONSIDER"] * 3 + ["NONE"]


# The milligrams of tocilizumab: where it is given or may be, and the weight is known.


@pytest.mark.parametrize(
    ("crs", "special", "toci", "mg"),
    [
        (2, {"weight": 76}, {"GIVE"}, 608),  # 8 mg/kg x 76 kg
        (2, {"weight": 25}, {"GIVE"}, 300),  # below 30 kg 12 mg/kg x 25 kg
        (2, {"weight": 120}, {"GIVE"}, 800),  # 960 mg, and at most 800 mg
        (2, {"weight": None}, {"GIVE"}, None),
        (1, {"weight": 76, "fever_hours": 96}, {"CONSIDER"}, 608),
        (1, {"weight": 76, "fever_hours": None}, {"CONSIDER", "DO_NOT_GIVE"}, 608),
        (0, {"weight": 76}, {"DO_NOT_GIVE"}, None),
        (1, {"weight": 76}, {"DO_NOT_GIVE"}, None),
        (2, {"weight": 76, **NO_BETTER, "hours_since_last_toci": 7}, {"DO_NOT_GIVE"}, None),
        (2, {"weight": 76, **NO_BETTER, "toci_doses_total": 4}, {"DO_NOT_GIVE"}, None),
    ],
)
def test_milligrams_stand_only_where_tocilizumab_is_given_or_may_be(crs, special, toci, mg):
    found = answer("asco-2021", crs, 0, **special)
    assert (set(found["toci"].split(" or ")), found["toci_mg"]) == (toci, mg)


def test_without_a_column_of_weights_there_are_no_milligrams():
    found = advise_states(graded(2, 0).drop("weight"), "asco-2021")
    assert (found["toci"][0], found["toci_mg"][0]) == ("GIVE", None)


# The words of the answers.


@pytest.mark.parametrize(
    ("crs", "icans", "special", "icu", "code"),
    [
        (0, 0, {}, "NO", None),
        (2, 1, {}, "NO", None),
        (1, 2, {}, "NO", None),
        (2, 2, {}, "CONSIDER", "ICU_TRANSFER"),
        (3, 0, {}, "YES", "ICU_ADMIT"),
        (0, 3, {}, "YES", "ICU_ADMIT"),
        (0, 0, {"vasoactive_drugs": "norepinephrine"}, "YES", "ICU_ADMIT"),
        (2, 2, {"intracranial_hemorrhage": None}, "YES CONSIDER", None),
    ],
)
def test_intensive_care_is_told_considered_or_neither(crs, icans, special, icu, code):
    found = answer("asco-2021", crs, icans, **special)
    assert set(found["icu"].split(" or ")) == set(icu.split())
    certain = {"ICU_ADMIT": found["must_do"], "ICU_TRANSFER": found["should_consider"]}
    assert [name for name, column in certain.items() if name in column] == ([code] if code else [])


def test_grades_that_are_open_are_told_with_both_ends():
    found = between((1, 0, {}), crs=3.0)
    assert (found["crs_grade"], found["icans_grade"]) == ("1 to 3", "0")
    assert set(found["icu"].split(" or ")) == {"YES", "NO"}
    assert "ICU_ADMIT" in cells(found, "possible")


# Each action once, at the strength it surely has.


def test_what_must_be_done_is_not_offered_again_as_something_to_consider():
    """From CRS grade 3 on one rule of ASCO offers the echocardiogram and another asks for it."""
    both = {"ASCO-CRS-0e": "CONSIDER", "ASCO-CRS-3b": "MUST"}
    found = answer("asco-2021", 3, 0)
    assert set(both) <= found["rule_ids"]
    assert "ECHO_HEMODYNAMIC" in found["must_do"]
    assert "ECHO_HEMODYNAMIC" not in found["should_consider"]


def test_no_code_stands_in_two_columns_of_what_may_be_done():
    states = [(crs, icans, {"car_t_product": "axi-cel", **NO_BETTER, "fluid_boluses": 2, "hypotension": low,
                            "neutrophils": cells_})
              for crs in range(5) for icans in range(5) for low in (True, None) for cells_ in (0.2, 2.0)]  # fmt: skip
    for row in answers("asco-2021", states):
        assert row["must_do"].isdisjoint(row["should_consider"])
        assert row["possible"].isdisjoint(row["must_do"] | row["should_consider"])


def test_an_action_is_no_more_than_considered_where_that_alone_is_sure():
    """CRS 1 or 2 with ICANS after a dose that failed: the next one must be given at 2 and is considered at 1."""
    found = between((1, 1, NO_BETTER), crs=2.0)
    assert set(found["toci"].split(" or ")) == {"GIVE", "CONSIDER"}
    assert "TOCI" in cells(found, "should_consider")
    assert "TOCI" not in cells(found, "must_do") | cells(found, "possible")


# Of two steroids the stronger alone is told, and its rule alone is named.


@pytest.mark.parametrize(
    ("crs", "icans", "special", "told", "joined_away"),
    [
        # MUST against MUST: 1000 mg of methylprednisolone twice a day is more than 500 mg twice a day
        (4, 4, {}, "ASCO-IC-4", {"ASCO-CRS-4c"}),
        # MUST against CONSIDER
        (3, 3, {}, "ASCO-CRS-3c", {"ASCO-IC-3-crs"}),
        (1, 4, {"car_t_product": "axi-cel"}, "ASCO-IC-4", {"ASCO-CRS-0j"}),
        # alike, 40 mg a day of dexamethasone: that for CRS
        (3, 2, NO_BETTER, "ASCO-CRS-3c", {"ASCO-IC-2-refractory"}),
        # what runs is stronger than what is asked for
        (3, 0, {"current_steroid": "mp1000_bid"}, "PR-running-mp1000_bid", {"ASCO-CRS-3c"}),
    ],
)
def test_a_steroid_that_was_joined_away_is_not_named(crs, icans, special, told, joined_away):
    state = (crs, icans, special)
    held = {rule for rule, truth in fired_rows("asco-2021", [state])[0].items() if truth}
    assert {told} | joined_away <= held  # each list by itself tells its own
    found = answers("asco-2021", [state])[0]
    assert told in found["rule_ids"]
    assert not joined_away & found["rule_ids"]
    rule = next(rule for rule in guideline("asco-2021").every_rule() if rule.id == told)
    assert found["steroid_regimen"] == rule.told[0].code


def test_a_rule_that_tells_nothing_is_not_named():
    """The last entry of a steroid list says that there is nothing to do."""
    found = answer("asco-2021", 0, 0)
    assert found["steroid_regimen"] == "NONE"
    assert not {"ASCO-CRS-no-steroid", "ASCO-IC-no-steroid", "ASCO-ICU-no"} & found["rule_ids"]
