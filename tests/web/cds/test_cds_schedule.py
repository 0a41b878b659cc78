"""How often, how much and from when an order is to be given, as FHIR R4 writes it and as some record systems do."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from cds_made import order

from icans.web.cds.orders import Orders, orders_of
from icans.web.cds.schedule import Schedule, joined, schedule

Json = dict[str, Any]
START = datetime(2025, 3, 8, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("timing", "expected"),
    [
        ({}, Schedule()),
        ({"repeat": {"frequency": 3, "period": 1, "periodUnit": "d"}}, Schedule(8)),
        ({"repeat": {"period": 30, "periodUnit": "min"}}, Schedule(0.5)),
        ({"repeat": {"frequency": 1, "frequencyMax": 2, "period": 1, "periodUnit": "d"}}, Schedule(12)),
        ({"repeat": {"period": 8, "periodUnit": "h", "count": 3}}, Schedule(8, 3)),
        ({"repeat": {"period": 8, "periodUnit": "h", "count": 1, "countMax": 4}}, Schedule(8, 4)),
        # Two days at every 12 h are four doses.
        ({"repeat": {"period": 12, "periodUnit": "h", "boundsDuration": {"value": 2, "code": "d"}}}, Schedule(12, 4)),
        ({"repeat": {"period": 1, "periodUnit": "d", "boundsPeriod": {"start": "2025-03-08T10:00:00Z",
          "end": "2025-03-11T10:00:00Z"}}}, Schedule(24, 3, START)),
        ({"code": {"text": "bid"}}, Schedule(12)),
        ({"code": {"coding": [{"code": "Q8H"}]}}, Schedule(8)),
        ({"code": {"text": "Q0H"}}, Schedule()),
        ({"event": ["2025-03-08T18:00:00Z", "2025-03-08T11:00:00+01:00"]}, Schedule(8, 2, START)),
        ({"event": ["tomorrow"]}, Schedule()),
        ({"repeat": {"period": -8, "periodUnit": "h"}}, Schedule()),
        ({"repeat": {"period": 8, "periodUnit": "fortnight"}}, Schedule()),
        ({"repeat": {"count": 1_000_000}}, Schedule(None, 1000)),
        ("every 8 hours", Schedule()),
    ],
)  # fmt: skip
def test_a_timing_is_read_as_far_as_it_is_said_in_numbers(timing: object, expected: Schedule):
    assert schedule(timing) == expected


def test_parts_of_one_order_count_together():
    later = datetime(2025, 3, 9, 10, tzinfo=UTC)
    parts = [Schedule(12, 2, later), Schedule(8, 1, START), Schedule()]
    assert joined(parts) == Schedule(8, 4, START)
    assert joined([]) == Schedule()


def read(*orders: Json, **context: Any) -> Orders:
    return orders_of({"draftOrders": {"resourceType": "Bundle", "entry": [{"resource": o} for o in orders]}, **context},
                     None, "patient")  # fmt: skip


def amount(**dose: Any) -> tuple[float | None, float | None]:
    (one,) = read(order("Tocilizumab", dosageInstruction=[{"doseAndRate": dose.pop("given", [dose])}])).known
    return one.mg, one.mg_per_kg


def test_amounts_are_read_in_their_unit_and_of_a_range_the_upper_end():
    assert amount(doseQuantity={"value": 0.6, "unit": "g"}) == (600, None)
    assert amount(doseQuantity={"value": 8, "unit": "mg/kg"}) == (None, 8)
    assert amount(doseRange={"low": {"value": 400, "unit": "mg"}, "high": {"value": 900, "unit": "mg"}}) == (900, None)
    assert amount(doseQuantity={"value": 5, "unit": "mL"}) == (None, None)
    assert amount(doseQuantity={"value": True, "unit": "mg"}) == (None, None)


def test_a_dose_that_stands_alone_in_place_of_a_list_is_read_too():
    assert amount(given={"doseQuantity": {"value": 608, "unit": "mg", "code": "mg"}}) == (608, None)


def test_drugs_that_mean_nothing_here_or_act_in_one_place_are_left_out():
    assert read(order("Omeprazole 20 mg"), order("Dexamethasone eye drops")) == Orders()


def test_an_order_without_an_id_cannot_be_taken_back_and_is_read_all_the_same():
    (one,) = read({k: v for k, v in order("Tocilizumab").items() if k != "id"}).known
    assert (one.reference, one.drug, one.label) == (None, "tocilizumab", "Tocilizumab")


def test_of_selections_only_those_are_asked_about():
    first, second = order("Tocilizumab"), order("Leukine", id="order-2")
    found = read(first, second, selections=["MedicationRequest/order-2"]).known
    assert [(o.drug, o.asked) for o in found] == [("tocilizumab", False), ("sargramostim", True)]
    assert read(first, second, selections=[]).is_nothing
