"""The guidelines beside ASCO 2021 grade by grade, and at the limits of hours, days, doses and oxygen."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml
from answers import answers, failed, fired_rows
from named_states import NAMED

from icans.guidance.library import common_rules, guideline, names

LADDERS: Mapping[str, Any] = yaml.safe_load(Path(__file__).with_name("other_ladders.yaml").read_text("utf-8"))
BY = {"crs": lambda k: (k, 0), "icans": lambda k: (0, k), "icans with CRS 1": lambda k: (1, k)}


def by_grade(name: str, by: str, state: str) -> list[dict[str, bool | None]]:
    """Which rules hold at grades 0 to 4."""
    return fired_rows(name, [(*BY[by](k), dict(NAMED[state])) for k in range(5)])


@pytest.mark.parametrize("name", LADDERS)
def test_the_entry_of_each_list_that_decides(name: str):
    for one in LADDERS[name]["lists"]:
        entries = guideline(name).lists[one["list"]]
        rows = by_grade(name, one["by"], one["state"])
        assert [[e.id for e in entries if row[e.id]] for row in rows] == [[id] for id in one["entries"]], one


@pytest.mark.parametrize("name", LADDERS)
def test_the_grades_at_which_a_line_holds(name: str):
    for one in LADDERS[name].get("rules", ()):
        rows = by_grade(name, one["by"], one["state"])
        assert [grade for grade, row in enumerate(rows) if row[one["line"]]] == one["grades"], one


@pytest.mark.parametrize("name", LADDERS)
def test_every_line_that_stands_alone_is_among_them(name: str):
    shared = {rule.id for rule in common_rules().rules}
    assert {one["line"] for one in LADDERS[name].get("rules", ())} == {
        rule.id for rule in guideline(name).rules if rule.id not in shared
    }


@pytest.mark.parametrize("name", names())
def test_intensive_care_by_grade_is_the_same_everywhere(name: str):
    """Yes from grade 3 of either kind, considered where both are 2, otherwise no."""
    pairs = list(product(range(5), range(5)))
    found = [row["icu"] for row in answers(name, [(crs, icans, {}) for crs, icans in pairs])]
    assert found == ["YES" if max(p) >= 3 else "CONSIDER" if min(p) >= 2 else "NO" for p in pairs]


@pytest.mark.parametrize("name", LADDERS)
def test_more_than_6_l_of_oxygen_or_a_mask_asks_for_intensive_care(name: str):
    flows = [(2, 0, {"oxygen_device": "nasal_cannula", "oxygen_flow": flow}) for flow in (6, 6.5, 10)]
    masks = [(2, 0, {"oxygen_device": mask}) for mask in ("face_mask", "nonrebreather", "venturi_mask")]
    assert [row["icu"] for row in answers(name, [*flows, *masks])] == ["NO", *(["YES"] * 5)]


@pytest.mark.parametrize("name", names())
def test_the_cap_is_three_doses_in_24_h_and_four_in_total(name: str):
    doses = {(2, 2): False, (3, 1): False, (3, 2): False, (3, 3): True, (4, 0): True, (4, 3): True}
    ill = {"vasoactive_drugs": "norepinephrine;epinephrine", **failed(40)}
    states = [(3, 0, {**ill, "toci_doses_total": total, "toci_doses_24h": day}) for total, day in doses]
    assert ["TOCI_OVER_CAP" in row["must_not"] for row in answers(name, states)] == list(doses.values())


def levels(name: str, column: str, *states: Mapping[str, object]) -> list[str]:
    """What is answered at CRS grade 1 in some states."""
    return [row[column] for row in answers(name, [(1, 0, dict(state)) for state in states])]


@pytest.mark.parametrize(("name", "column"), [("nccn", "steroid_level"), ("carvykti-label", "toci")])
def test_onset_is_early_before_72_h(name: str, column: str):
    # Day 4 begins at 96 h: fever for 25 h began at 71 h, fever for 24 h at 72 h.
    found = levels(name, column, {"day": 4, "fever_hours": 25}, {"day": 4, "fever_hours": 24})
    assert (found[0], found[1] == found[0]) == ("CONSIDER", False)
    # Day 3 begins at 72 h, so a fever of no length began at 72 h; before day 3 the length need not be known.
    assert levels(name, column, {"day": 3, "fever_hours": 0})[0] != "CONSIDER"
    assert levels(name, column, {"day": 2, "fever_hours": None}, {"day": 2, "fever_hours": 0}) == ["CONSIDER"] * 2


@pytest.mark.parametrize("name", ["breyanzi-label", "abecma-label"])
def test_less_than_72_h_after_the_infusion_is_before_day_3(name: str):
    assert levels(name, "toci", {"day": 2}, {"day": 3}) == ["CONSIDER", "DO_NOT_GIVE"]


@pytest.mark.parametrize("name", ["yescarta-label", "tecartus-label"])
def test_fever_counts_as_no_better_after_24_h(name: str):
    assert levels(name, "toci", {"fever_hours": 23}, {"fever_hours": 24}) == ["DO_NOT_GIVE", "GIVE"]


def test_yescarta_gives_a_dose_of_dexamethasone_after_3_days_of_grade_1():
    assert levels("yescarta-label", "steroid_level", {"fever_hours": 71}, {"fever_hours": 72}) == ["NONE", "GIVE"]


def test_cartox_wants_more_than_3_days_and_a_fever_that_does_not_yield():
    long = [{"fever_hours": hours, "fever_refractory": True} for hours in (72, 73)]
    assert levels("cartox-2018", "toci", *long) == ["DO_NOT_GIVE", "CONSIDER"]


def steroids(name: str, crs: float, *states: Mapping[str, object]) -> list[str]:
    return [row["steroid_level"] for row in answers(name, [(crs, 0, dict(state)) for state in states])]


def test_kymriah_waits_12_to_18_h_after_the_first_dose():
    ill = {"vasoactive_drugs": "norepinephrine;epinephrine"}
    found = steroids("kymriah-label", 4, *({**ill, **failed(hours)} for hours in (11, 12, 17, 18)))
    assert found == ["NONE", "CONSIDER", "CONSIDER", "GIVE"]


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("nccn", "DEX10_Q12_24H", "DEX10_Q6H"),
        ("tecartus-label", "NONE", "DEX10_Q6H_OR_MP1"),
        ("breyanzi-label", "DEX10_Q12_24H", "DEX10_20_Q6_12H"),
    ],
)
def test_no_better_means_24_h_after_the_first_dose(name: str, before: str, after: str):
    found = answers(name, [(2, 0, failed(hours)) for hours in (23, 24)])
    assert [row["steroid_regimen"] for row in found] == [before, after]


def test_cartox_has_acetazolamide_for_stages_1_and_2_below_20_mmhg():
    eyes = {(1, 19): True, (2, 19): True, (2, 20): False, (0, 19): False, (3, 19): False}
    states = [(0, 2, {"papilledema_stage": stage, "csf_opening_pressure": mm}) for stage, mm in eyes]
    assert ["ACETAZOLAMIDE" in row["must_do"] for row in answers("cartox-2018", states)] == list(eyes.values())


def test_cartox_treats_raised_pressure_from_stage_3_or_20_mmhg_on():
    eyes = {(2, 19): False, (3, 19): True, (2, 20): True}
    states = [(0, 4, {"papilledema_stage": stage, "csf_opening_pressure": mm}) for stage, mm in eyes]
    assert ["ICP_BUNDLE" in row["must_do"] for row in answers("cartox-2018", states)] == list(eyes.values())


@pytest.mark.parametrize("name", ["abecma-label", "carvykti-label"])
def test_another_drug_is_thought_of_after_two_doses(name: str):
    found = answers(name, [(2, 0, failed(20, doses=doses)) for doses in (1, 2)])
    assert ["ALT_AGENT" in row["should_consider"] for row in found] == [False, True]


@pytest.mark.parametrize("name", ["ebmt-2022", "sitc-2020"])
def test_one_dose_for_crs_1_with_icans_2(name: str):
    found = answers(name, [(1, 2, {}), (1, 2, failed()), (1, 1, {})])
    assert [row["toci"] for row in found] == ["CONSIDER", "DO_NOT_GIVE", "DO_NOT_GIVE"]


@pytest.mark.parametrize("name", ["ebmt-2022", "nccn", "sitc-2020"])
def test_a_child_that_is_given_a_steroid_has_the_dose_for_children(name: str):
    pairs = list(product(range(5), range(5)))
    for age, treated in product((17, 18), ({}, failed())):
        for row in answers(name, [(crs, icans, {"age": age, **treated}) for crs, icans in pairs]):
            told = "PEDS_STEROID_DOSE" in row["must_do"]
            assert told == (age == 17 and row["steroid_level"] == "GIVE"), (age, treated, row)


def test_nccn_keeps_the_vasopressor_until_two_boluses_failed():
    low = {"hypotension": True, **failed()}
    found = answers("nccn", [(2, 0, {**low, "fluid_boluses": boluses}) for boluses in (1, 2)])
    assert ["VASOPRESSOR_SUPPORT" in row["must_do"] for row in found] == [False, True]
    assert [row["icu"] for row in found] == ["NO", "CONSIDER"]


def test_nccn_thinks_of_antifungals_from_icans_grade_2_on():
    found = answers("nccn", [(0, 1, {}), (0, 2, {})])
    assert ["ANTIFUNGAL_PPX" in row["should_consider"] for row in found] == [False, True]


def test_cartox_has_siltuximab_for_crs_1_once_there_is_cres():
    found = answers("cartox-2018", [(1, 0, {}), (1, 1, {}), (0, 1, {})])
    assert ["SILTUXIMAB" in row["should_consider"] for row in found] == [False, True, False]


def test_sitc_may_add_a_steroid_after_one_dose_and_adds_it_after_two():
    found = answers("sitc-2020", [(2, 0, failed(doses=doses)) for doses in (1, 2)])
    assert [row["steroid_level"] for row in found] == ["CONSIDER", "GIVE"]
