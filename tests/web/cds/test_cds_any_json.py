"""Whatever is sent, the services answer with cards or say what is wrong; they never break."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from cds_made import CRS_2, ISOLATED_ICANS, NOW, Ward, adult, body, bundle, order, prefetch, toci
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Json = dict[str, Any]
WARD = Ward()
ANSWERED = {200, 400, 404, 412}
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12)
    | st.sampled_from(["9999-12-31T23:59:59+14:00", "0001-01-01T00:00:00-14:00", "2025-02-30", "mg", "1e400", "\x00"])
)  # fmt: skip
ANYTHING = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner)
)
PATHS = [
    "/cds-services/icans-patient-view",
    "/cds-services/icans-order-sign",
    "/cds-services/icans-order-sign/feedback",
]
DRAFTS = bundle(
    order("Tocilizumab", 608, timing={"repeat": {"frequency": 1, "period": 8, "periodUnit": "h", "count": 3,
                                                "boundsPeriod": {"start": "2025-03-08", "end": "2025-03-09"}},
                                     "event": ["2025-03-08T12:00:00Z"], "code": {"text": "Q8H"}}),
    order("Lorazepam", 2, medicationReference={"reference": "#m"}, medicationCodeableConcept=None,
          contained=[{"resourceType": "Medication", "id": "m", "code": {"text": "Lorazepam"}}]),
)  # fmt: skip
SMALL = prefetch(
    adult(given=[toci(NOW - 5)], **CRS_2, **ISOLATED_ICANS), encounters=bundle({"resourceType": "Encounter"})
)
WHOLE: dict[str, Json] = {
    "icans-patient-view": body("patient-view", SMALL),
    "icans-order-sign": body("order-sign", SMALL, draftOrders=DRAFTS),
    "icans-order-select": body("order-select", SMALL, draftOrders=DRAFTS, selections=["MedicationRequest/order-1"]),
    "icans-order-dispatch": body(
        "order-dispatch",
        SMALL | {"order": order("Tocilizumab", 900)},
        order="MedicationRequest/order-1",
        performer="x/y",
    ),
    "icans-encounter-discharge": body("encounter-discharge", SMALL, encounterId="e"),
}


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value."""
    found = [path] if path else []
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        found += places(part, (*path, key))
    return found


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """The value with something else at a place."""
    changed = copy.deepcopy(value)
    at = changed
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = new
    return changed


def post(path: str, value: Any) -> int:
    content = json.dumps(value).encode("utf-8", "surrogatepass")
    return WARD.ask("POST", path, content=content, headers={"Content-Type": "application/json"}).status_code


@pytest.mark.parametrize("path", PATHS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(value=ANYTHING)
def test_any_json_is_answered_or_refused(path: str, value: Any):
    assert post(path, value) in ANSWERED


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(prefetched=st.dictionaries(st.sampled_from([*SMALL, "x"]), ANYTHING), context=ANYTHING)
def test_any_prefetch_and_context_are_answered_or_refused(prefetched: Any, context: Any):
    request = body("patient-view", SMALL | prefetched)
    assert post("/cds-services/icans-patient-view", request) in ANSWERED
    assert post("/cds-services/icans-patient-view", request | {"context": context}) in ANSWERED


@pytest.mark.parametrize("service", WHOLE)
@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_good_request_with_anything_at_one_place_is_answered_or_refused(service: str, data: st.DataObject):
    whole = WHOLE[service]
    near = [path for path in places(whole) if path[0] != "prefetch" or len(path) > 2]
    path = data.draw(st.sampled_from(near))
    assert post(f"/cds-services/{service}", put(whole, path, data.draw(ANYTHING))) in ANSWERED


def test_a_questionnaire_nested_as_deeply_as_is_taken_is_read():
    item: Json = {"linkId": "ice"}
    for _ in range(110):
        item = {"linkId": "x", "item": [item]}
    answers = bundle({"resourceType": "QuestionnaireResponse", "id": "q", "status": "completed", "item": [item]})
    assert post("/cds-services/icans-patient-view", body("patient-view", SMALL | {"questionnaires": answers})) == 200


@pytest.mark.parametrize("service", WHOLE)
def test_the_requests_that_the_others_are_made_of_are_answered(service: str):
    assert post(f"/cds-services/{service}", WHOLE[service]) == 200
