"""Where an action stands that may have to be done: an emergency near the top, the rest further down."""

from __future__ import annotations

from dataclasses import replace

import pytest
from made_up_guidance import ADVICE, advised

from icans.guidance.advice import Deciding
from icans.report.guidance_to_do import to_do

NEUTROPHILS = Deciding("neutrophils", "Neutrophils, absolute", "below 0.5 ×10⁹/L", "0.5 ×10⁹/L or more")
HAEMORRHAGE = Deciding("intracranial_hemorrhage", "Intracranial haemorrhage", "yes", "no")
FIRST, MUST, CONSIDER = "Life support and emergencies first", "Must", "Consider"


def possible(tier, *decided_by, strength="MUST"):
    """An action that what is not known decides on."""
    return advised(
        "CULTURES", "Cultures, then antibiotics", strength, tier, "T-8", certain=False, decided_by=decided_by
    )


def titles(action):
    """The headings of the part, with one more action."""
    return [group.title for group in to_do(replace(ADVICE, actions=(*ADVICE.actions, action))).groups]


@pytest.mark.parametrize("tier", ["life support", "emergency", "infection"])
def test_a_possible_emergency_stands_directly_below_life_support(tier):
    found = titles(possible(tier, NEUTROPHILS))
    assert found[:4] == [FIRST, "Possible: if neutrophils, absolute, not recorded, is below 0.5 ×10⁹/L", MUST, CONSIDER]


@pytest.mark.parametrize("decided_by", [(), (NEUTROPHILS, HAEMORRHAGE)], ids=["by none alone", "by either"])
def test_so_it_does_where_no_single_value_decides(decided_by):
    assert titles(possible("emergency", *decided_by))[:3] == [FIRST, "Possible, settle these first", MUST]


@pytest.mark.parametrize(
    "action",
    [
        possible("emergency", HAEMORRHAGE),
        possible("work-up", NEUTROPHILS),
        possible("infection", NEUTROPHILS, strength="CONSIDER"),
    ],
    ids=["only an unlooked-for haemorrhage", "no emergency", "no must"],
)
def test_other_possible_actions_stay_below_what_is_certain(action):
    found = titles(action)
    assert found[:3] == [FIRST, MUST, CONSIDER]
    assert found[3].startswith("Possible")


def test_an_emergency_is_told_once():
    lines = [
        line for g in to_do(replace(ADVICE, actions=(possible("infection", NEUTROPHILS),))).groups for line in g.lines
    ]
    assert [line.says for line in lines].count("Cultures, then antibiotics") == 1
