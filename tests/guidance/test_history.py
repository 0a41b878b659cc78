"""What was given so far and what came of it, off therapies and the course of the grades."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from icans.guidance.history import treatment
from icans.guidance.response import Grades, response
from icans.record.record import OBSERVATIONS, PATIENTS, THERAPIES, Records

INFUSION = datetime(2026, 3, 2, 10, tzinfo=UTC)
NOW = INFUSION + timedelta(days=6)


def hours_ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


def records(therapies=(), temperatures=(), product: str | None = "axi-cel") -> Records:
    given = [{"patient": "p", "start": hours_ago(h), "drug": d, "dose": m, "unit": "mg"} for h, d, m in therapies]
    seen = [
        {"patient": "p", "time": hours_ago(h), "item": "temperature", "value": t, "implausible": False}
        for h, t in temperatures
    ]
    return Records(
        pl.DataFrame([{"patient": "p", "product": product, "infusion": INFUSION}], schema=PATIENTS),
        pl.DataFrame(seen, schema=OBSERVATIONS),
        pl.DataFrame(given, schema=THERAPIES),
    )


def course(**outcomes: list[tuple[float, int, int]]) -> pl.DataFrame:
    rows = [
        {"time": hours_ago(h), "outcome": outcome, "min": low, "max": high}
        for outcome, found in outcomes.items()
        for h, low, high in found
    ]
    kinds = {"time": pl.Datetime("us", "UTC"), "outcome": pl.String, "min": pl.Int8, "max": pl.Int8}
    return pl.DataFrame(rows, schema=kinds)


def told(therapies=(), temperatures=(), complete=True, **outcomes):
    return treatment(records(therapies, temperatures), course(**outcomes), NOW, complete=complete)


def test_doses_of_tocilizumab_are_counted_in_all_and_in_the_last_24_h():
    found = told([(30, "tocilizumab", 600), (20, "tocilizumab", 600), (9, "tocilizumab", 600)])
    assert found["toci_doses_total"] == 3
    assert found["toci_doses_24h"] == 2
    assert found["hours_since_last_toci"] == 9
    assert found["hours_since_first_toci"] == 30


def test_a_dose_just_24_h_old_has_left_the_last_24_h():
    assert told([(24, "tocilizumab", 600)])["toci_doses_24h"] == 0


def test_without_any_therapy_nothing_is_known_of_what_was_given():
    assert "toci_doses_total" not in told()
    assert "current_steroid" not in told()


def test_therapies_that_may_be_incomplete_count_nothing():
    assert "toci_doses_total" not in told([(9, "tocilizumab", 600)], complete=False)


def test_a_record_with_therapies_but_no_tocilizumab_had_none():
    found = told([(9, "acetaminophen", 1000)])
    assert found["toci_doses_total"] == 0
    assert found["current_steroid"] == "none"
    assert "hours_since_last_toci" not in found


@pytest.mark.parametrize(
    ("doses", "regimen"),
    [
        ([(4, "dexamethasone", 10)], "dex10_once"),
        ([(10, "dexamethasone", 10), (4, "dexamethasone", 10)], "dex10_q6h"),
        ([(14, "dexamethasone", 10), (2, "dexamethasone", 10)], "dex10_q12h"),
        ([(26, "dexamethasone", 10), (2, "dexamethasone", 10)], "dex10_q24h"),
        ([(10, "dexamethasone", 20), (4, "dexamethasone", 20)], "dex20_q6h"),
        ([(14, "methylprednisolone", 500), (2, "methylprednisolone", 500)], "mp500_q12h"),
        ([(4, "methylprednisolone", 1000)], "mp1000_daily"),
        ([(14, "methylprednisolone", 1000), (2, "methylprednisolone", 1000)], "mp1000_bid"),
        ([(4, "hydrocortisone", 50)], "other"),
        ([(40, "dexamethasone", 10)], "none"),
    ],
)
def test_the_steroid_regimen_is_read_off_dose_and_interval(doses, regimen):
    assert told(doses)["current_steroid"] == regimen


# What came of it: below where it began is better; at it or above after the time to judge, or higher since, is not; gone
# and back is a new bout.
@pytest.mark.parametrize(
    ("before_and_since", "hours", "answer"),
    [
        ([(12, 2, 2), (2, 1, 1)], 9, "improved"),
        ([(12, 2, 2), (5, 3, 3), (2, 2, 2)], 9, "no_improvement"),
        ([(12, 2, 2), (5, 3, 3), (2, 1, 1)], 9, "improved"),
        ([(12, 2, 2), (2, 2, 2)], 9, "no_improvement"),
        ([(12, 2, 2), (2, 2, 2)], 5, None),
        ([(12, 2, 2), (2, 3, 3)], 5, "no_improvement"),
        ([(12, 2, 2), (2, 1, 2)], 9, None),
        ([(12, 1, 2), (2, 2, 2)], 9, "no_improvement"),
        ([(12, 2, 2), (4, 0, 0), (1, 2, 2)], 9, "relapsed"),
        ([(12, 0, 0), (2, 0, 0)], 9, None),
        ([], 9, None),
    ],
)
def test_an_answer_to_tocilizumab_is_called_only_where_the_grades_settle_it(before_and_since, hours, answer):
    since = [(h if h > hours else min(h, hours - 1.5), low, high) for h, low, high in before_and_since]
    assert told([(hours, "tocilizumab", 600)], crs=since)["response_since_last_toci"] == answer


def test_what_was_charted_within_an_hour_of_a_dose_is_where_it_began():
    """The dose was given for that pressure: it is no worsening since."""
    late = told([(10, "tocilizumab", 600)], crs=[(12, 1, 1), (9.5, 2, 2), (2, 2, 2)])
    assert late["response_since_last_toci"] == "no_improvement"
    assert told([(2, "tocilizumab", 600)], crs=[(12, 1, 1), (1.5, 2, 2)])["response_since_last_toci"] is None


def test_crs_and_icans_each_have_their_own_answer():
    found = told([(12, "tocilizumab", 600)], crs=[(13, 2, 2), (1, 1, 1)], icans=[(13, 2, 2), (1, 3, 3)])
    assert found["response_since_last_toci"] == "improved"
    assert found["icans_since_last_toci"] == "no_improvement"
    doses = [(h, "methylprednisolone", 1000) for h in (60, 36, 12)]
    found = told(doses, crs=[(61, 3, 3), (1, 1, 1)], icans=[(61, 4, 4), (1, 4, 4)])
    assert (found["crs_on_steroid"], found["icans_on_steroid"]) == ("improved", "no_improvement")


def test_the_first_dose_is_that_of_the_present_bout():
    found = told([(130, "tocilizumab", 600), (9, "tocilizumab", 600)], crs=[(131, 2, 2), (100, 0, 0), (10, 2, 2)])
    assert found["hours_since_first_toci"] == 9
    assert found["toci_doses_total"] == 2
    early = told([(700, "tocilizumab", 600), (9, "tocilizumab", 600)], crs=[(10, 2, 2)])
    assert early["hours_since_first_toci"] == 9  # 700 h ago is before the cells


def test_parts_of_a_dose_within_two_hours_are_one_dose():
    assert told([(9, "tocilizumab", 400), (8.5, "tocilizumab", 208)])["toci_doses_total"] == 1
    assert told([(9, "tocilizumab", 400), (6.5, "tocilizumab", 208)])["toci_doses_total"] == 2


def test_the_strength_of_a_steroid_is_summed_over_24_h():
    """4 mg of methylprednisolone count as 0.75 mg of dexamethasone: 2 x 80 mg x 0.1875 = 30 mg."""
    two = [(14, "methylprednisolone", 80), (2, "methylprednisolone", 80)]
    assert told(two)["steroid_dex_mg_per_day"] == 30
    assert told([(14, "hydrocortisone", 50)])["steroid_dex_mg_per_day"] is None


@pytest.mark.parametrize(("unit", "amount"), [("g", 1.0), ("mg", 1000.0), ("mg/kg", 12.5)])
def test_a_dose_is_read_in_any_unit(unit, amount):
    given = records([(4, "methylprednisolone", amount)])
    table = given.therapies.with_columns(unit=pl.lit(unit))
    who = given.patients.with_columns(weight=pl.lit(80.0))
    found = treatment(Records(who, given.observations, table), course(), NOW, complete=True)
    assert found["current_steroid"] == "mp1000_daily"


def test_what_is_not_sure_is_no_answer():
    times = (hours_ago(30), hours_ago(1))
    assert response(Grades(times, (1, 1), (3, 2)), hours_ago(25), NOW, 24) is None


@pytest.mark.parametrize(
    ("temperatures", "hours"),
    [
        ([(30, 38.5), (20, 39.0), (1, 38.2)], 30),
        ([(50, 38.5), (30, 38.5), (20, 37.0), (1, 38.2)], 1),
        ([(40, 38.5), (26, 37.0), (20, 38.5), (1, 38.2)], 40),
        ([(30, 38.5), (1, 37.2)], 0),
        ([(30, 38.5), (20, 38.5), (1, 37.2)], 30),
        ([(30, 38.5)], None),
        ([], None),
    ],
)
def test_a_fever_goes_on_over_pauses_of_up_to_24_h(temperatures, hours):
    assert told(temperatures=temperatures)["fever_hours"] == hours


@pytest.mark.parametrize(
    ("crs", "early"),
    [
        ([(120, 2, 2)], True),
        ([(120, 1, 1), (60, 3, 3)], False),
        ([(120, 1, 2)], None),
    ],
)
def test_crs_of_grade_2_within_72_h_of_the_infusion(crs, early):
    assert told(crs=crs)["crs2_within_72h"] is early


def test_the_product_goes_by_its_short_name_and_a_strange_one_is_unknown():
    for written, name in (("Yescarta", "axi-cel"), ("other", "other"), ("axi-cell", None)):
        assert treatment(records(product=written), course(), NOW, complete=True)["car_t_product"] == name
    assert "car_t_product" not in treatment(records(product=None), course(), NOW, complete=True)
