"""CRS or sepsis as a clinician would say it: what each finding says, what it cannot say, and what nothing changes."""

from __future__ import annotations

from typing import Any

import pytest

from icans.guidance.sepsis.answer import CRS, DIRECTIONS, INFECTION, NEITHER, UNKNOWN, UNUSABLE, Line, Sepsis
from icans.guidance.sepsis.sepsis import sepsis
from icans.guidance.sepsis.table import table
from made import record
from made_evidence import situation


def line(found: Sepsis, name: str) -> Line:
    return next(x for x in found.lines if x.id == name)


def points(name: str, **known: Any) -> str:
    return line(sepsis(situation(**known)), name).direction


# What is shown first, whatever comes after it


@pytest.mark.parametrize(
    "known",
    [
        {},
        {"cytokine_infection_model": "negative", "procalcitonin": 0.1, "blood_culture": "no_growth_48h"},
        {"toci_doses_total": 1, "fever_down_after_toci": "yes", "neutrophils": 2, "blood_culture": "no_growth_48h"},
    ],
)
def test_the_rules_on_antibiotics_come_first_whatever_the_evidence(known):
    found = sepsis(situation(**known))
    assert [(s.id, s.actions) for s in found.standing[:2]] == [
        ("SEP-S1", ("FN_PROTOCOL",)),
        ("SEP-S2", ("WITHHOLD_ABX",)),
    ]
    assert found.standing[1].strength == "MUST_NOT"
    assert found.standing[1].holds is True
    assert found.standing[2].id == "SEP-S3"
    assert found.standing[2].holds is True


@pytest.mark.parametrize(
    ("known", "holds"),
    [
        ({"temperature": 38.0, "neutrophils": 0.49}, True),
        ({"temperature": 38.0, "neutrophils": 0.5, "neutrophils_expected_below_500": "yes"}, True),
        ({"temperature": 38.0, "neutrophils": 0.9, "neutrophils_expected_below_500": "no"}, False),
        ({"temperature": 38.0, "neutrophils": 1.2, "neutrophils_expected_below_500": "yes"}, False),
        ({"temperature": 37.9, "neutrophils": 0.1, "fever_masking_therapy": "none"}, False),
        ({"temperature": 38.5}, None),
        ({"neutrophils": 0.1}, None),
        ({"neutrophils": 3.0}, False),
        ({"temperature": 38.0, "neutrophils": 0.9}, None),
    ],
)
def test_febrile_neutropenia_fires_by_fever_and_neutrophils_alone(known, holds):
    rule = sepsis(situation(**known)).standing[0]
    assert rule.holds is holds
    assert bool(rule.missing) is (holds is None)


def test_the_fever_of_the_protocol_is_the_convention_of_every_guideline():
    there = situation(temperature=38.1, neutrophils=0.1)
    assert sepsis(there).standing[0].holds is True
    off = sepsis(situation(temperature=38.1, neutrophils=0.1, fever_masking_therapy="none"), conventions={"G5": False})
    assert off.standing[0].holds is False
    assert sepsis(there).standing[0].cited.convention == "G5"


HIDDEN = {"temperature": 36.8, "neutrophils": 0.2, "fever_last_48h": "yes"}


@pytest.mark.parametrize("drug", ["tocilizumab", "dexamethasone", "methylprednisolone", "acetaminophen"])
def test_antibiotics_go_on_where_a_drug_hides_the_fever_of_a_neutropenic_patient(drug):
    rule = sepsis(situation(**HIDDEN, fever_masking_therapy=drug)).standing[0]
    assert (rule.id, rule.strength, rule.holds, rule.actions) == ("SEP-S4", "MUST", True, ("FN_PROTOCOL",))
    assert "not stopped because the fever is gone" in " ".join(rule.says.split())
    assert rule.cited.mark == "convention"


@pytest.mark.parametrize(
    ("changed", "rule", "holds"),
    [
        ({"temperature": 38.4}, "SEP-S1", True),  # fever now: the protocol itself
        ({"temperature": None}, "SEP-S4", True),
        ({"neutrophils": 0.7, "neutrophils_expected_below_500": "yes"}, "SEP-S4", True),
        ({"neutrophils": 2.0}, "SEP-S1", False),
        ({"neutrophils": None}, "SEP-S4", None),
        ({"fever_last_48h": "no"}, "SEP-S1", False),
        ({"fever_last_48h": "no", "crs_fever_earlier": "yes"}, "SEP-S1", False),
        ({"fever_last_48h": None, "crs_fever_earlier": "yes"}, "SEP-S4", True),
        ({"fever_last_48h": None}, "SEP-S4", None),
        ({"fever_masking_therapy": "none"}, "SEP-S1", False),
        ({"fever_masking_therapy": None}, "SEP-S4", None),
    ],
)
def test_which_rule_on_antibiotics_is_shown(changed, rule, holds):
    found = sepsis(situation(**{**HIDDEN, "fever_masking_therapy": "tocilizumab", **changed}))
    assert (found.standing[0].id, found.standing[0].holds) == (rule, holds)
    assert [s.id for s in found.standing[1:]] == ["SEP-S2", "SEP-S3"]


def test_a_record_tells_the_hidden_fever_by_its_temperatures():
    known = {"temperature": 36.9, "neutrophils": 0.2, "fever_masking_therapy": "tocilizumab"}
    fever = record((78, "temperature", 39.0), (120, "temperature", 36.9))
    assert sepsis(situation(fever, hours=120, **known)).standing[0].id == "SEP-S4"
    none = record(*[(hours, "temperature", 36.9) for hours in range(72, 121, 6)])
    assert sepsis(situation(none, hours=120, **known)).standing[0].id == "SEP-S1"


def test_a_negative_model_leaves_febrile_neutropenia_as_it_is():
    found = sepsis(situation(temperature=38.6, neutrophils=0.2, cytokine_infection_model="negative"))
    assert found.standing[0].holds is True


def test_no_word_of_the_page_tells_to_hold_antibiotics_back():
    known = table()
    said = [s.says for s in known.standing] + [r.says for x in known.lines for r in x.readings] + list(known.cautions)
    assert [w for w in said if "hold back" in w] == [known.standing[1].says]
    assert known.standing[1].says.startswith("Nothing on this page is a reason to hold back")
    assert not [w for w in said if "withhold" in w.lower() or "no antibiotics" in w.lower()]
    assert not any(s.actions == ("WITHHOLD_ABX",) and s.strength != "MUST_NOT" for s in known.standing)


# Lines


@pytest.mark.parametrize(
    ("name", "known", "direction"),
    [
        ("SEP-1", {"blood_culture": "positive"}, INFECTION),
        ("SEP-1", {"blood_culture": "pending"}, NEITHER),
        ("SEP-1", {"blood_culture": "no_growth_48h"}, NEITHER),
        ("SEP-1", {}, UNKNOWN),
        ("SEP-2", {"hours": 264, "neutrophils": 0.3}, INFECTION),  # day 11
        ("SEP-2", {"hours": 240, "neutrophils": 0.3}, NEITHER),  # day 10
        ("SEP-2", {"hours": 264, "neutrophils": 0.5}, NEITHER),
        ("SEP-2", {"hours": 264}, UNKNOWN),
        ("SEP-3", {"fever_second_rise": "yes"}, INFECTION),
        ("SEP-3", {"fever_second_rise": "no"}, NEITHER),
        ("SEP-4", {"toci_doses_total": 0}, NEITHER),
        (
            "SEP-4",
            {
                "toci_doses_total": 1,
                "fever_down_after_toci": "yes",
                "neutrophils": 0.6,
                "blood_culture": "no_growth_48h",
            },
            CRS,
        ),
        (
            "SEP-4",
            {
                "toci_doses_total": 1,
                "fever_down_after_toci": "yes",
                "neutrophils": 0.5,
                "blood_culture": "no_growth_48h",
            },
            UNUSABLE,
        ),
        (
            "SEP-4",
            {"toci_doses_total": 1, "fever_down_after_toci": "yes", "neutrophils": 2, "blood_culture": "pending"},
            UNUSABLE,
        ),
        ("SEP-4", {"toci_doses_total": 1, "fever_down_after_toci": "yes", "neutrophils": 2}, UNKNOWN),
        ("SEP-4", {"toci_doses_total": 1, "fever_down_after_toci": "no"}, NEITHER),
        ("SEP-5", {"il6_double_peak": "yes", "toci_doses_total": 0}, INFECTION),
        ("SEP-5", {"il6_double_peak": "yes", "toci_doses_total": 1}, UNUSABLE),
        ("SEP-5", {"il6_double_peak": "yes"}, UNKNOWN),
        ("SEP-5", {"il6_double_peak": "no"}, NEITHER),
        ("SEP-6", {"cytokine_infection_model": "positive"}, INFECTION),
        ("SEP-6", {"cytokine_infection_model": "negative"}, CRS),
        ("SEP-7", {"procalcitonin": 0.41, "fever_hours": 48}, INFECTION),
        ("SEP-7", {"procalcitonin": 0.41, "fever_hours": 49}, NEITHER),
        ("SEP-7", {"procalcitonin": 0.40, "fever_hours": 10}, NEITHER),
        ("SEP-7", {"procalcitonin": 0.41}, UNKNOWN),
        ("SEP-7", {"procalcitonin": 0.41, "fever_hours": 0}, NEITHER),
        ("SEP-7", {"procalcitonin": 0.5, "fever_hours": 100}, INFECTION),
        ("SEP-7", {"procalcitonin": 0.5}, INFECTION),  # whatever the hours of fever
        ("SEP-8", {"crp": 200, "toci_doses_total": 1, "hours_since_last_toci": 336}, UNUSABLE),
        ("SEP-8", {"crp": 200, "toci_doses_total": 1, "hours_since_last_toci": 337}, NEITHER),
        ("SEP-8", {"crp": 200, "toci_doses_total": 0}, NEITHER),
        ("SEP-8", {"crp": 200}, UNKNOWN),
        ("SEP-9", {"ang2": 7696}, UNUSABLE),
        ("SEP-9", {}, UNKNOWN),
        ("SEP-10", {"st2": 210}, NEITHER),
    ],
)
def test_where_a_finding_points(name, known, direction):
    assert points(name, **known) == direction


def test_low_pressure_with_a_positive_culture_is_scored_as_sepsis_and_no_grade_is_touched():
    found = line(sepsis(situation(blood_culture="positive", hypotension="yes")), "SEP-1")
    assert "scored as sepsis" in found.says
    assert "hypotension_other_cause" in found.says
    pressor = line(sepsis(situation(blood_culture="positive", vasoactive_drugs="norepinephrine")), "SEP-1")
    assert "scored as sepsis" in pressor.says
    assert "scored" not in line(sepsis(situation(blood_culture="positive", hypotension="no")), "SEP-1").says


def test_a_line_that_is_not_settled_says_what_is_needed():
    found = line(sepsis(situation(procalcitonin=0.45)), "SEP-7")
    assert found.status == UNKNOWN
    assert found.missing == ("fever_hours",)
    assert "How long the fever has lasted" in found.says


def test_what_was_seen_too_long_ago_is_told_with_its_time_and_not_used():
    seen = record((10, "procalcitonin", 3))
    found = line(sepsis(situation(seen, hours=120)), "SEP-7")
    assert (found.direction, found.status) == (UNKNOWN, "too old")
    old = next(r for r in found.recorded if r.item == "procalcitonin")
    assert (old.status, old.words) == ("too old", "3 µg/L")
    assert old.time is not None


# Numbers


def test_the_posterior_after_a_positive_model():
    # Prior 11 of 109; odds 11/98 times 1/0.172 = 0.6526; 0.6526 / 1.6526 = 0.3949
    found = sepsis(situation(cytokine_infection_model="positive")).posterior
    assert found is not None
    assert found.value == pytest.approx(0.3949, abs=1e-4)
    assert (found.prior.count, found.prior.of) == (11, 109)
    # The interval of the prior, 5.73 to 17.17 %, through the same ratio
    assert (found.low, found.high) == pytest.approx((0.2611, 0.5466), abs=1e-3)
    assert "the prior alone" in found.limits


def test_the_posterior_after_a_negative_model_stays_above_zero():
    # odds 11/98 times the floor of 0.05 = 0.005612
    found = sepsis(situation(cytokine_infection_model="negative")).posterior
    assert found is not None
    assert found.value == pytest.approx(0.00558, abs=1e-5)


def test_without_a_result_of_the_model_there_is_no_number_whatever_else_is_known():
    everything = {
        "blood_culture": "positive", "procalcitonin": 50, "fever_second_rise": "yes", "il6_double_peak": "yes",
        "toci_doses_total": 0, "il8": 5000, "il1b": 100, "ifn_gamma": 10, "hours": 300, "neutrophils": 0.1,
    }  # fmt: skip
    found = sepsis(situation(**everything))
    assert found.posterior is None
    assert found.no_posterior is not None
    assert "No probability" in found.no_posterior
    assert all(x.ratio is None for x in found.lines)
    assert line(found, "SEP-6").direction == UNKNOWN  # never computed from the three levels


def test_only_published_sensitivity_and_specificity_make_a_ratio():
    with_ratio = {x.id for x in table().lines for s in x.studies if s.ratios is not None}
    assert with_ratio == {"SEP-6"}
    for x in table().lines:
        for study in x.studies:
            assert study.ratios is not None or study.why_none


def test_the_rates_are_those_published_with_their_intervals():
    shares = {r.id: (r.share.count, r.share.of) for r in table().rates}
    assert shares == {"SEP-R1": (19, 109), "SEP-R2": (11, 109), "SEP-R3": (38, 104)}
    assert all(r.share.low is not None for r in table().rates)


def test_models_whose_direction_is_not_known_are_left_out_and_named():
    left_out = " ".join(table().unsure)
    assert all(word in left_out for word in ("CXCL1", "CCL19", "Diorio", "Ferritin", "Thrombomodulin", "DRACARYS"))
    asked = {item for x in table().lines for item in x.asks}
    assert not asked & {"cxcl10", "ifn_gamma", "il1b", "il8", "ferritin", "il6"}


# Gaps


KNOWN = {
    "blood_culture": ["positive", "pending", "no_growth_48h"], "neutrophils": [0.2, 2], "toci_doses_total": [0, 1],
    "hours_since_last_toci": [20, 500], "fever_down_after_toci": ["yes", "no"], "il6_double_peak": ["yes", "no"],
    "procalcitonin": [0.1, 0.45, 2], "fever_hours": [0, 20, 100], "fever_second_rise": ["yes", "no"], "crp": [5, 200],
    "cytokine_infection_model": ["positive", "negative"],
}  # fmt: skip


@pytest.mark.parametrize("item", KNOWN)
def test_a_line_points_only_where_no_value_of_what_is_missing_could_turn_it(item):
    full = {name: values[0] for name, values in KNOWN.items()} | {"hours": 264}
    gap = {name: value for name, value in full.items() if name != item}
    before = {x.id: x.direction for x in sepsis(situation(**gap)).lines}
    ways = [{x.id: x.direction for x in sepsis(situation(**gap, **{item: v})).lines} for v in KNOWN[item]]
    for name, direction in before.items():
        assert direction in DIRECTIONS
        if direction != UNKNOWN:
            assert {way[name] for way in ways} == {direction}
