"""Where the guidelines agree and where they differ, question by question.

The expected answers are those of the published tables side by side; each is stated here and never taken from the rules.
A product's label is asked under its own name; `DO_NOT_GIVE` also stands where a guideline does not ask for the drug.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from answers import answer, answers, failed, no_better_on

from guidance_states import typed
from icans.guidance.table import advise_states

GENERAL = ("asco-2021", "nccn", "ebmt-2022", "cartox-2018", "sitc-2020")
LABELS = {
    "yescarta-label": "axi-cel", "tecartus-label": "brexu-cel", "kymriah-label": "tisa-cel",
    "breyanzi-label": "liso-cel", "abecma-label": "ide-cel", "carvykti-label": "cilta-cel",
}  # fmt: skip
EVERY = (*GENERAL, *LABELS)
FOUR_1BB = ("breyanzi-label", "abecma-label", "carvykti-label")


def asked(name: str, crs: float, icans: float, **special: object) -> dict[str, Any]:
    return answer(name, crs, icans, **{"car_t_product": LABELS.get(name, "other"), **special})


def steroid(name: str, crs: float, icans: float, **special: object) -> tuple[object, object]:
    found = asked(name, crs, icans, **special)
    return found["steroid_level"], found["steroid_regimen"]


@pytest.mark.parametrize("name", EVERY)
def test_nobody_gives_tocilizumab_without_crs(name: str):
    ways = ({}, failed(), {"fever_refractory": True, "fever_hours": 96, "day": 1})
    states = [
        (0.0, icans, {"car_t_product": LABELS.get(name, "other"), **way}) for icans, way in product(range(5), ways)
    ]
    assert {found["toci"] for found in answers(name, states)} == {"DO_NOT_GIVE"}


# Fever of 12 h on day 5; of 96 h, refractory, on day 6; of 26 h on day 5; fever that began on day 1.
@pytest.mark.parametrize(
    ("name", "young", "long", "day_old", "early"),
    [
        ("asco-2021", "DO_NOT_GIVE", "CONSIDER", "DO_NOT_GIVE", "DO_NOT_GIVE"),
        ("nccn", "CONSIDER", "CONSIDER", "CONSIDER", "CONSIDER"),
        ("ebmt-2022", "DO_NOT_GIVE", "CONSIDER", "DO_NOT_GIVE", "DO_NOT_GIVE"),
        ("cartox-2018", "DO_NOT_GIVE", "CONSIDER", "DO_NOT_GIVE", "DO_NOT_GIVE"),
        ("yescarta-label", "DO_NOT_GIVE", "GIVE", "GIVE", "DO_NOT_GIVE"),
        ("tecartus-label", "DO_NOT_GIVE", "GIVE", "GIVE", "DO_NOT_GIVE"),
        ("breyanzi-label", "DO_NOT_GIVE", "DO_NOT_GIVE", "DO_NOT_GIVE", "CONSIDER"),
        ("abecma-label", "DO_NOT_GIVE", "DO_NOT_GIVE", "DO_NOT_GIVE", "CONSIDER"),
        ("carvykti-label", "DO_NOT_GIVE", "CONSIDER", "DO_NOT_GIVE", "CONSIDER"),
    ],
)
def test_tocilizumab_at_crs_grade_1(name: str, young: str, long: str, day_old: str, early: str):
    assert asked(name, 1, 0)["toci"] == young
    # On day 6 with 96 h of fever it began at 48 h: early for Carvykti, which asks for the onset.
    assert asked(name, 1, 0, day=6, fever_hours=96, fever_refractory=True)["toci"] == long
    assert asked(name, 1, 0, fever_hours=26)["toci"] == day_old
    assert asked(name, 1, 0, day=1, fever_hours=4)["toci"] == early


@pytest.mark.parametrize(
    ("name", "day_5", "day_1", "after_3_days"),
    [
        ("asco-2021", "NONE", "NONE", "NONE"),
        ("nccn", "NONE", "CONSIDER", "CONSIDER"),  # onset within 72 h: 80 h of fever on day 6 began at 64 h
        ("ebmt-2022", "NONE", "NONE", "NONE"),
        ("cartox-2018", "NONE", "NONE", "NONE"),
        ("yescarta-label", "NONE", "NONE", "GIVE"),
        ("tecartus-label", "NONE", "NONE", "NONE"),
        ("breyanzi-label", "NONE", "CONSIDER", "NONE"),
        ("abecma-label", "NONE", "CONSIDER", "NONE"),
        ("carvykti-label", "NONE", "NONE", "NONE"),
    ],
)
def test_steroid_at_crs_grade_1(name: str, day_5: str, day_1: str, after_3_days: str):
    assert steroid(name, 1, 0)[0] == day_5
    assert steroid(name, 1, 0, day=1, fever_hours=4)[0] == day_1
    assert steroid(name, 1, 0, day=6, fever_hours=80)[0] == after_3_days


def test_with_axi_cel_asco_has_an_early_steroid_as_an_option():
    assert steroid("asco-2021", 1, 0, car_t_product="axi-cel") == ("CONSIDER", "EARLY_STEROID")


@pytest.mark.parametrize(
    ("name", "up_front", "once_tocilizumab_failed"),
    [
        ("asco-2021", ("NONE", "NONE"), ("CONSIDER", "DEX10_Q12H_X1_2")),
        ("nccn", ("GIVE", "DEX10_Q12_24H"), ("GIVE", "DEX10_Q12_24H")),
        ("ebmt-2022", ("NONE", "NONE"), ("GIVE", "DEX10_Q6H")),
        ("cartox-2018", ("NONE", "NONE"), ("CONSIDER", "DEX10_Q6H")),
        ("sitc-2020", ("NONE", "NONE"), ("CONSIDER", "DEX10_Q12H_X1_2")),
        ("yescarta-label", ("GIVE", "DEX10_Q24H"), ("GIVE", "DEX10_Q24H")),
        ("tecartus-label", ("NONE", "NONE"), ("NONE", "NONE")),  # it waits 24 h after the first dose
        ("breyanzi-label", ("CONSIDER", "DEX10_Q12_24H"), ("CONSIDER", "DEX10_Q12_24H")),
        ("abecma-label", ("CONSIDER", "DEX10_Q12_24H"), ("CONSIDER", "DEX10_Q12_24H")),
        ("carvykti-label", ("CONSIDER", "DEX10_Q12_24H"), ("CONSIDER", "DEX10_Q12_24H")),
    ],
)
def test_steroid_at_crs_grade_2(name: str, up_front: tuple[str, str], once_tocilizumab_failed: tuple[str, str]):
    low = {"hypotension": True, "fluid_boluses": 2, "age": 50}
    assert steroid(name, 2, 0, **low) == up_front
    assert steroid(name, 2, 0, **low, **failed(9)) == once_tocilizumab_failed


def test_breyanzi_gives_what_it_only_considers_later_within_72_h():
    assert steroid("breyanzi-label", 2, 0, day=2) == ("GIVE", "DEX10_Q12_24H")
    assert steroid("abecma-label", 2, 0, day=2) == ("CONSIDER", "DEX10_Q12_24H")


@pytest.mark.parametrize(
    ("name", "grade_3", "grade_4"),
    [
        ("asco-2021", "DEX10_Q6H", "MP500_Q12H"),
        ("nccn", "DEX10_Q6H", "MP1000_DAILY"),
        ("ebmt-2022", "DEX10_Q6H", "MP1000_DAILY_TAPER"),
        ("cartox-2018", "DEX10_Q6H", "MP1000_DAILY"),
        ("yescarta-label", "DEX10_TID", "MP1000_DAILY"),
        ("tecartus-label", "DEX10_Q6H_OR_MP1", "MP1000_DAILY"),
        ("breyanzi-label", "DEX10_Q12H", "DEX20_Q6H"),
        ("abecma-label", "DEX10_Q12H", "DEX20_Q6H"),
        ("carvykti-label", "DEX10_Q12H", "DEX20_Q6H"),
    ],
)
def test_steroid_at_crs_grades_3_and_4(name: str, grade_3: str, grade_4: str):
    assert steroid(name, 3, 0) == ("GIVE", grade_3)
    assert steroid(name, 4, 0) == ("GIVE", grade_4)


@pytest.mark.parametrize(
    ("name", "grade_2", "grade_3", "grade_4"),
    [
        ("asco-2021", ("CONSIDER", "DEX10_X2"), ("GIVE", "DEX10_Q6_12H"), ("GIVE", "MP1000_1_2X_DAY")),
        ("nccn", ("GIVE", "DEX10_X1"), ("GIVE", "DEX10_Q6H_OR_MP1"), ("GIVE", "MP1000_1_2X_DAY")),
        ("ebmt-2022", ("GIVE", "DEX10_Q6H"), ("GIVE", "DEX10_20_Q6H"), ("GIVE", "MP1000_DAILY_TAPER")),
        ("cartox-2018", ("GIVE", "DEX10_Q6H_OR_MP1"), ("GIVE", "DEX10_Q6H_OR_MP1"), ("GIVE", "MP1000_DAILY_TAPER")),
        ("yescarta-label", ("GIVE", "DEX10_Q6H"), ("GIVE", "MP1000_DAILY"), ("GIVE", "MP1000_BID")),
        ("tecartus-label", ("GIVE", "DEX10_Q6H"), ("GIVE", "DEX10_Q6H"), ("GIVE", "MP1000_DAILY")),
        ("breyanzi-label", ("GIVE", "DEX10_Q12H"), ("GIVE", "DEX10_20_Q8_12H"), ("GIVE", "DEX20_Q6H")),
        ("abecma-label", ("GIVE", "DEX10_Q12H"), ("GIVE", "DEX10_20_INTERVAL_OPEN"), ("GIVE", "DEX20_Q6H")),
        ("carvykti-label", ("GIVE", "DEX10_Q12H"), ("GIVE", "DEX10_20_Q6H"), ("GIVE", "DEX20_Q6H")),
    ],
)
def test_steroid_for_icans_without_crs(name: str, grade_2: object, grade_3: object, grade_4: object):
    # At 70 years the patient is of high risk, which is what makes ASCO consider a steroid at grade 2.
    assert steroid(name, 0, 2, age=70) == grade_2
    assert steroid(name, 0, 3) == grade_3
    assert steroid(name, 0, 4) == grade_4


def test_after_cd28_products_nccn_may_prefer_a_gram_a_day_at_icans_grade_3():
    axi = answer("nccn", 0, 3, car_t_product="axi-cel")
    assert "MP1000_DAILY" in axi["should_consider"]
    assert "MP1000_DAILY" not in answer("nccn", 0, 3, car_t_product="liso-cel")["should_consider"]


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("asco-2021", "CONSIDER"), ("cartox-2018", "CONSIDER"), ("nccn", "GIVE"), ("ebmt-2022", "GIVE"),
        ("sitc-2020", "GIVE"), ("yescarta-label", "GIVE"), ("tecartus-label", "GIVE"), ("breyanzi-label", "GIVE"),
        ("abecma-label", "GIVE"), ("carvykti-label", "GIVE"),
    ],
)  # fmt: skip
def test_icans_grade_3_with_crs_before_any_tocilizumab(name: str, level: str):
    assert steroid(name, 1, 3)[0] == level


def test_tecartus_alone_waits_for_tocilizumab_at_grade_2_with_crs():
    assert steroid("tecartus-label", 2, 2)[0] == "NONE"
    assert steroid("tecartus-label", 2, 2, **failed(24)) == ("GIVE", "DEX10_Q6H_OR_MP1")
    assert {steroid(name, 1, 2)[0] for name in ("yescarta-label", *FOUR_1BB)} == {"GIVE"}


@pytest.mark.parametrize("name", EVERY)
def test_tocilizumab_waits_8_h_between_doses_and_only_cartox_6(name: str):
    def toci(hours: float) -> object:
        ill = {"vasoactive_drugs": "norepinephrine;epinephrine", "hypotension": True, "fluid_boluses": 2}
        return asked(name, 3, 0, **ill, **{**failed(), "hours_since_last_toci": hours})["toci"]

    assert toci(5.9) == "DO_NOT_GIVE"
    assert (toci(6) != "DO_NOT_GIVE") == (name == "cartox-2018")
    assert (toci(7.9) != "DO_NOT_GIVE") == (name == "cartox-2018")
    assert toci(8) != "DO_NOT_GIVE"


def test_only_cartox_has_siltuximab_as_a_first_choice():
    assert "SILTUXIMAB" in answer("cartox-2018", 2, 0)["should_consider"]
    for name in set(EVERY) - {"cartox-2018"}:
        assert "SILTUXIMAB" not in asked(name, 2, 0)["should_consider"]


@pytest.mark.parametrize("name", EVERY)
def test_everybody_has_tocilizumab_and_a_steroid_at_crs_grade_3_but_for_kymriah(name: str):
    # Kymriah goes by severity in words: two vasopressors, and no steroid before 12 h.
    ill = {"vasoactive_drugs": "norepinephrine;epinephrine", "hypotension": True, "fluid_boluses": 2}
    found = asked(name, 3, 0, **ill)
    assert (found["toci"], found["icu"]) == ("GIVE", "YES")
    assert found["steroid_level"] == ("NONE" if name == "kymriah-label" else "GIVE")


def test_refractory_crs_grade_3_goes_up_in_each_in_its_own_way():
    worse = {**failed(30), **no_better_on("dex10_q6h")}
    assert steroid("asco-2021", 3, 0, **worse) == ("GIVE", "MP500_Q12H")
    assert steroid("nccn", 3, 0, **worse) == ("GIVE", "MP1000_DAILY")
    assert steroid("ebmt-2022", 3, 0, **worse) == ("GIVE", "DEX20_Q6H")
    assert steroid("cartox-2018", 3, 0, **worse) == ("GIVE", "DEX20_Q6H")
    assert steroid("abecma-label", 3, 0, **worse) == ("GIVE", "DEX20_Q6_12H")
    assert steroid("carvykti-label", 3, 0, **worse) == ("GIVE", "DEX20_Q6_12H")


def test_a_single_low_dose_vasopressor_is_grade_2_by_cartox_and_grade_3_by_astct():
    state = typed(
        [
            {
                "age": 60, "weight": 80, "temperature": 38.6, "hypotension": True, "vasoactive_drugs": "norepinephrine",
                "norepinephrine_dose": 5, "vasopressor_dose_hours": 4, "high_dose_vasopressor": False,
                "oxygen_device": "room_air", "transaminase_grade": 0, "organ_toxicity_grade": 0, "creatinine": 0.9,
                "creatinine_uln": 1.2, "bilirubin": 0.5, "bilirubin_uln": 1.2,
            }
        ]
    )  # fmt: skip
    grades = {name: advise_states(state, name)["crs_grade"][0] for name in ("asco-2021", "cartox-2018")}
    assert grades == {"asco-2021": "3", "cartox-2018": "2"}
