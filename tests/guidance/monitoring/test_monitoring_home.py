"""Care at home and discharge: every line has to hold, and what a record cannot show has to be asked."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest
from monitoring_made import situation

from icans.errors import DataError
from icans.guidance.monitoring.eligibility import eligibility
from icans.guidance.situation import Situation


def holds(who: Situation, name: str) -> dict[str, bool | None]:
    return {c.id: c.holds for c in eligibility(who, name).criteria}


def with_temperatures(*readings: tuple[float, float]) -> Situation:
    """A patient on day 9 with (hours ago, °C)."""
    who = situation(9)
    seen = [
        {
            "patient": "p", "time": who.now - timedelta(hours=ago), "item": "temperature", "value": value,
            "implausible": False,
        }
        for ago, value in readings
    ]  # fmt: skip
    who.records.observations.extend(pl.DataFrame(seen, schema=who.records.observations.schema))
    return who


@pytest.mark.parametrize(("product", "expected"), [("liso-cel", True), ("axi-cel", False), (None, None)])
def test_home_is_for_4_1bb_products(product, expected):
    assert holds(situation(1, product=product), "outpatient")["OUT-product"] is expected


@pytest.mark.parametrize(("burden", "expected"), [("no", True), ("yes", False)])
def test_home_is_for_a_low_tumour_burden(burden, expected):
    assert holds(situation(1, values={"high_tumor_burden": burden}), "outpatient")["OUT-burden"] is expected


def test_an_unknown_burden_stays_unknown():
    assert holds(situation(1), "outpatient")["OUT-burden"] is None


@pytest.mark.parametrize(("icans", "expected"), [(0, True), ((0, 1), None), (1, False)])
def test_home_is_for_patients_without_icans(icans, expected):
    assert holds(situation(1, icans=icans), "outpatient")["OUT-icans"] is expected


def test_one_line_that_does_not_hold_is_a_no_and_one_to_be_asked_is_open():
    assert eligibility(situation(1, product="axi-cel"), "outpatient").holds is False
    fit = situation(1, product="liso-cel", values={"high_tumor_burden": "no"})
    assert eligibility(fit, "outpatient").holds is None


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        (((40, 37.2), (2, 36.8)), True),
        (((40, 38.0), (2, 36.8)), False),
        (((50, 39.0), (40, 37.9), (2, 36.8)), True),
        (((2, 36.8),), None),
        ((), None),
    ],
)
def test_discharge_asks_for_48_hours_without_fever_that_were_measured(readings, expected):
    assert holds(with_temperatures(*readings), "discharge")["DIS-fever"] is expected


def test_a_list_that_does_not_exist_is_refused():
    with pytest.raises(DataError, match=r"there is no list 'holiday'. Known are: outpatient, discharge"):
        eligibility(situation(1), "holiday")
