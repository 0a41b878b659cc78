"""What was given so far and what came of it, off therapies and the course of the grades."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from icans.guidance.history import Grades, response, treatment
from icans.record.record import OBSERVATIONS, PATIENTS, THERAPIES, Records

INFUSION = datetime(2026, 3, 2, 10, tzinfo=UTC)
NOW = INFUSION + timedelta(days=6)


def hours_ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


def records(therapies=(), temperatures=(), product="axi-cel") -> Records:
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


# What came of it: below the worst since is better; at the worst after the time to judge, or above the start, is not.
@pytest.mark.parametrize(
    ("before_and_since", "hours", "answer"),
    [
        ([(12, 2, 2), (2, 1, 1)], 9, "improved"),
        ([(12, 2, 2), (5, 3, 3), (2, 2, 2)], 9, "improved"),
        ([(12, 2, 2), (2, 2, 2)], 9, "no_improvement"),
        ([(12, 2, 2), (2, 2, 2)], 5, None),
        ([(12, 2, 2), (2, 3, 3)], 5, "no_improvement"),
        ([(12, 2, 2), (2, 1, 2)], 9, None),
        ([(12, 1, 2), (2, 2, 2)], 9, "no_improvement"),
        ([(12, 0, 0), (2, 0, 0)], 9, None),
        ([], 9, None),
    ],
)
def test_an_answer_to_tocilizumab_is_called_only_where_the_grades_settle_it(before_and_since, hours, answer):
    since = [(h if h > hours else min(h, hours - 0.5), low, high) for h, low, high in before_and_since]
    assert told([(hours, "tocilizumab", 600)], crs=since)["response_since_last_toci"] == answer


def test_one_outcome_that_rose_outweighs_another_that_fell():
    times = (hours_ago(30), hours_ago(1))
    fell, rose = Grades(times, (3, 1), (3, 1)), Grades(times, (1, 2), (1, 2))
    assert response([fell, rose], hours_ago(25), NOW, 24) == "no_improvement"
    assert response([fell], hours_ago(25), NOW, 24) == "improved"


@pytest.mark.parametrize(
    ("temperatures", "hours"),
    [
        ([(30, 38.5), (20, 39.0), (1, 38.2)], 30),
        ([(50, 38.5), (30, 38.5), (20, 37.0), (1, 38.2)], 1),
        ([(40, 38.5), (26, 37.0), (20, 38.5), (1, 38.2)], 40),
        ([(30, 38.5), (1, 37.2)], 0),
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


def test_the_product_goes_by_its_short_name_and_a_strange_one_is_other():
    for written, name in (("Yescarta", "axi-cel"), ("trial cells", "other")):
        assert treatment(records(product=written), course(), NOW, complete=True)["car_t_product"] == name
    assert "car_t_product" not in treatment(records(product=None), course(), NOW, complete=True)
