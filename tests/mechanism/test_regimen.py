"""Dose texts: what they mean, and what a wrong one is told. The wrong ones stand in tests/bad_data/regimens.yaml."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from icans.errors import DataError
from icans.mechanism.definition.compose import antimony_text
from icans.mechanism.treatment.drugs import drugs
from icans.mechanism.treatment.regimen import Dose, doses, orders

BAD = yaml.safe_load((Path(__file__).parents[1] / "bad_data" / "regimens.yaml").read_text("utf-8"))
KG = 80.0


def when(text: str) -> list[float]:
    return [dose.time for dose in doses(text, KG)]


def test_a_dose_by_body_weight():
    assert doses("tocilizumab 8 mg/kg day 3", KG) == (Dose(3.0, "toc1", 640.0),)  # 8 x 80


def test_a_dose_by_body_weight_stops_at_the_most_of_the_drug():
    assert doses("tocilizumab 8 mg/kg day 3", 120.0)[0].amount == 800.0  # not 8 x 120 = 960
    assert doses("tocilizumab 960 mg day 3", 120.0)[0].amount == 960.0  # a dose in mg is what was asked for


def test_a_course_ends_before_the_day_it_goes_to():
    # Table 5.5 of the literature review calls dexamethasone on days 5 to 9 sixteen doses: 4 days x 4.
    given = when("dexamethasone 10 mg every 6 h day 5 to 9")
    assert len(given) == 16
    assert (given[0], given[-1]) == (5.0, 8.75)


@pytest.mark.parametrize(
    "text",
    [
        "dexamethasone 10 mg every 6 h day 5 through 8",
        "dexamethasone 10 mg q6h days 5-9",
        "dexamethasone 10 mg iv q 6 h, day 5, x16",
        "Dexamethasone 10MG every 6 hours from day 5 until day 9",
        "dexamethasone 10 mg four times daily day 5 for 4 days",
        "dexa 10 mg qid d5 for 96 h",
        "decadron 0.01 g every 360 min day 5 00:00 to 9 00:00",
        "  dexamethasone   10000 ug   every   6 h day 5 to 9 ",
    ],
)
def test_the_same_course_in_other_words(text):
    assert doses(text, KG) == doses("dexamethasone 10 mg every 6 h day 5 to 9", KG)


def test_a_daily_dose_to_a_day_is_not_given_on_that_day():
    assert when("methylprednisolone 1 g daily day 5 to 7") == [5.0, 6.0]
    assert when("methylprednisolone 1 g daily day 5 through 7") == [5.0, 6.0, 7.0]
    assert when("methylprednisolone 1 g daily x3 day 5") == [5.0, 6.0, 7.0]


def test_a_week_is_seven_days():
    assert when("methylprednisolone 1 g daily day 5 for 1 week")[-1] == 11.0


def test_the_clock_counts_from_the_hour_of_the_infusion():
    assert when("tocilizumab 8 mg/kg day 6 06:00") == when("tocilizumab 8 mg/kg day 6.25") == [6.25]


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("anakinra 100 mg day 5", "anad"), ("anakinra 100 mg sc day 5", "anad"), ("anakinra s.c. 100 mg day 5", "anad"),
        ("anakinra 100 mg iv day 5", "anap"), ("kineret 100 mg intravenously day 5", "anap"),
        ("levetiracetam 750 mg by mouth once day 0", "lev"), ("siltuximab 11 mg/kg day 3", "sil1"),
        ("lenzilumab 1800 mg day 0", "len1"), ("solu-medrol 1 g day 5", "mp"),
    ],
)  # fmt: skip
def test_the_route_decides_where_a_dose_goes(text, target):
    assert [dose.target for dose in doses(text, KG)] == [target]


def test_an_infusion_opens_an_input_and_closes_it():
    # 640 mg in one hour is 640 x 24 mg a day for a day's 24th part.
    start, end = doses("tocilizumab 640 mg over 1 h day 3", KG)
    assert start == Dose(3.0, "in_toc1", 15360.0)
    assert end == Dose(3.0 + 1 / 24, "in_toc1", -15360.0)


def test_a_rate_runs_until_its_end():
    # 1 mg/kg/h x 80 kg x 24 h
    assert doses("anakinra 1 mg/kg/h iv day 5 to 7", KG) == (
        Dose(5.0, "in_anap", 1920.0),
        Dose(7.0, "in_anap", -1920.0),
    )


@pytest.mark.parametrize(
    "text", ["norepinephrine 0.1 ug/kg/min", "noradrenaline 8 mcg/min", "norepinephrine 0.48 mg/h"]
)
def test_norepinephrine_is_per_kg_and_minute(text):
    # 8 ug/min / 80 kg = 0.1; 0.48 mg/h = 480 / 60 = 8 ug/min
    start, end = doses(f"{text} day 4 for 12 h", KG)
    assert (start.time, start.target, end.time) == (4.0, "NE", 4.5)
    assert start.amount == pytest.approx(0.1, rel=1e-12)
    assert end.amount == -start.amount


def test_fluid_goes_into_the_plasma():
    assert doses("fluid 500 mL day 4", KG) == (Dose(4.0, "Vp", 0.5),)
    assert doses("crystalloid 20 mL/kg day 4", KG)[0].amount == pytest.approx(1.6)  # 0.02 x 80
    assert doses("saline 0.5 L over 1 h day 4", KG)[0] == Dose(4.0, "in_Vp", 12.0)  # 0.5 x 24


@pytest.mark.parametrize("text", ["dexamethasone 0 mg every 6 h day 5 to 9", "norepinephrine 0 ug/kg/min day 4 to 5"])
def test_a_dose_of_zero_does_nothing(text):
    assert doses(text, KG) == ()


def test_several_texts_in_the_order_of_time():
    found = doses("dexamethasone 10 mg q12h x2 day 3; tocilizumab 8 mg/kg day 3.25", KG)
    assert [(dose.time, dose.target) for dose in found] == [(3.0, "dex"), (3.25, "toc1"), (3.5, "dex")]


def test_what_was_understood_is_said():
    (order,) = orders("dexa 10 mg q6h day 5 to 9")
    assert order.in_words() == "Dexamethasone 10 mg intravenous, 16 doses, day 5 to day 8.75"
    (order,) = orders("noradrenaline 0.1 mcg/kg/min day 4 to 5")
    assert order.in_words() == "Norepinephrine 0.1 ug/kg/min intravenous, day 4 to day 5"


@pytest.mark.parametrize("case", BAD, ids=lambda case: case["text"] or "empty")
def test_a_wrong_text_is_told_what_was_expected(case):
    with pytest.raises(DataError) as caught:
        doses(case["text"], KG)
    message = str(caught.value)
    for words in [*case["words"], case["text"], "For example: "]:
        assert words in message


@pytest.mark.parametrize("case", BAD, ids=lambda case: case["text"] or "empty")
def test_the_example_of_an_error_is_right(case):
    with pytest.raises(DataError) as caught:
        doses(case["text"], KG)
    assert doses(str(caught.value).split("For example: ")[1], KG)


def test_all_wrong_texts_are_told_together():
    with pytest.raises(DataError) as caught:
        doses("dexamethasone 10 mg; tocilizumab 8 mg/kg day 3; anakinra 5 day 2", KG)
    assert [problem.split("'")[1] for problem in caught.value.problems] == ["dexamethasone 10 mg", "anakinra 5 day 2"]


@pytest.mark.parametrize("weight", [0.0, -80.0, float("nan"), float("inf")])
def test_a_weight_that_cannot_be(weight):
    with pytest.raises(DataError, match=r"the body weight is .* expected a number above 0"):
        doses("tocilizumab 8 mg/kg day 3", weight)


@pytest.mark.parametrize("drug", drugs().values(), ids=lambda drug: drug.name)
def test_a_drug_goes_into_a_state_or_input_that_the_model_has(drug):
    model = antimony_text()
    for route in drug.routes:
        assert re.search(rf"^\s*(var )?{route.input} = 0\b", model, re.MULTILINE)
        assert route.state is None or re.search(rf"^\s*{route.state}' = ", model, re.MULTILINE)
    for shown in (drug.plasma, drug.cns):
        assert shown is None or re.search(rf"^\s*{shown.name}(' | :)= ", model, re.MULTILINE)
    assert drug.evidence in ("verified", "memory", "assumed")


@pytest.mark.parametrize("drug", drugs().values(), ids=lambda drug: drug.name)
def test_the_usual_dose_of_a_drug_is_a_dose_text(drug):
    assert {order.drug.name for order in orders(drug.usual)} == {drug.name}
