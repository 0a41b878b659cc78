"""Steroid regimens in mg of dexamethasone a day: 0.75 mg of it have the effect of 4 mg of methylprednisolone."""

from __future__ import annotations

import pytest

from icans.errors import DataError, RuleError
from icans.guidance.actions import actions
from icans.guidance.doses import dex_equivalent
from icans.guidance.doses.library import drugs
from icans.guidance.doses.strength import read_strengths, regimens
from icans.record.catalogue import catalogue


@pytest.mark.parametrize(
    ("regimen", "least", "most"),
    [
        ("none", 0, 0),
        ("dex10_once", 10, 10),
        ("dex10_x2", 20, 20),
        ("dex10_q24h", 10, 10),
        ("dex10_q12h", 20, 20),
        ("dex10_q6h", 40, 40),
        ("dex10_q6_12h", 20, 40),
        ("dex20_q6h", 80, 80),
        ("mp500_q12h", 187.5, 187.5),  # 1000 x 0.1875
        ("mp1000_daily", 187.5, 187.5),
        ("mp1000_1_2x_day", 187.5, 375),
        ("mp1000_bid", 375, 375),
        ("mp1000_tid", 562.5, 562.5),
    ],
)
def test_regimens_in_mg_of_dexamethasone_a_day(regimen: str, least: float, most: float):
    assert dex_equivalent(regimen) == (least, most)


def test_a_regimen_per_kg_needs_the_weight():
    assert dex_equivalent("mp1_mg_kg_q12h", weight=80) == (30, 30)  # 2 x 80 x 0.1875
    assert dex_equivalent("mp2_mg_kg_day", weight=80) == (30, 30)
    assert dex_equivalent("mp1_mg_kg_q12h") is None


def test_another_regimen_may_be_anything():
    assert dex_equivalent("other") is None


def test_an_unknown_regimen_is_refused_with_the_nearest_one():
    with pytest.raises(DataError, match=r"'dex10_q6' is no steroid regimen\. Is it 'dex10_q6h'\?"):
        dex_equivalent("dex10_q6")


def test_every_regimen_a_record_can_name_has_a_strength():
    named = set(catalogue()["current_steroid"].values)
    assert named - set(regimens()) == {"none", "other"}


def test_no_two_steroids_share_the_name_of_a_regimen():
    names = [s.name for d in drugs().values() for s in d.schemes.values() if s.per_day is not None]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("code", [code for code in actions() if code.lower() in regimens()])
def test_what_an_action_says_of_its_strength_is_the_same(code: str):
    ends = dex_equivalent(code.lower(), weight=80)
    assert ends is not None
    assert actions()[code].dex_mg_per_day == ends[1]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("reference_kg: 80\nsame_effect:\n  - {drug: dexamethason, mg: 1}", "needs 'drug', one whose doses are held"),
        ("reference_kg: 0\nsame_effect: []", "needs 'reference_kg', a number above 0"),
        ("reference_kg: 80\nsame_effects: []", "'same_effects' means nothing here"),
    ],
)
def test_a_broken_file_says_what_is_wrong(text: str, words: str):
    with pytest.raises(RuleError) as error:
        read_strengths(text, "strength.yaml")
    assert any(problem.startswith("strength.yaml") and words in problem for problem in error.value.problems)
