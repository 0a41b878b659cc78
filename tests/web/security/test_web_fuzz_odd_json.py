"""What is plausible for FHIR, CDS Hooks and the JSON API, with each part in turn taken out or put for something odd.

The description of these bodies says little, so what is drawn from it does not get far; this does.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from guarded_ward import Guarded, guarded_ward
from plausible import ROUTES, SENT, address, body, names_for

from icans.store.verify import verify

ODD = (
    None, True, [], {}, "", 0, -1, 10**30, 1e308, "x", [[[]]], {"value": {}}, ["x"], "2026-02-30T25:61:00Z",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-03-09",
)  # fmt: skip
BODIES = [r for r in ROUTES if "json" in SENT.get(r, {}) and r != "POST /fhir/"]
GONE = object()
Place = tuple[Any, ...]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    made = guarded_ward(tmp_path_factory.mktemp("odd"))
    made.allow_every_caller()
    yield made
    made.ward.store.close()


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    """Every place in a body."""
    yield at
    for key, part in value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ()):
        yield from places(part, (*at, key))


def put(value: Any, place: Place, new: Any) -> Any:
    """A body with something else at a place, or without it."""
    if not place:
        return None if new is GONE else new
    changed = copy.deepcopy(value)
    inner = changed
    for key in place[:-1]:
        inner = inner[key]
    if new is GONE:
        del inner[place[-1]]
    else:
        inner[place[-1]] = new
    return changed


def tried(guarded: Guarded, method: str, there: str, json: Any, version: Any = 1) -> None:
    answer = guarded.administrator.request(method, there, json=json, headers={"if-match": f'W/"{version}"'})
    assert answer.status_code < 500, f"{method} {there}: {json}"
    assert "json" in answer.headers.get("content-type", "json")


@pytest.mark.parametrize("route", BODIES)
def test_no_part_of_a_body_put_for_something_odd_is_a_fault(guarded: Guarded, route: str) -> None:
    names = names_for(guarded, route)
    base = body(guarded, route, names)["json"]
    for place in places(base):
        for odd in (*ODD, GONE):
            tried(guarded, route.split()[0], address(route, names), put(base, place, odd), names["version"])


@pytest.mark.parametrize(("service", "part"), [("icans-order-select", "prefetch"), ("icans-order-select", "context")])
def test_no_part_of_what_a_record_system_sends_along_is_a_fault(guarded: Guarded, service: str, part: str) -> None:
    """A hook with a resource of each kind out of the record of the patient, and an order; every part in turn."""
    base, there = hook(guarded, service), f"/cds-services/{service}"
    assert guarded.client().post(there, json=base).status_code == 200
    for place in places(base[part]):
        for odd in (None, [], "x", GONE):
            tried(guarded, "POST", there, base | {part: put(base[part], place, odd)})


def test_a_hook_may_send_more_than_it_needs_and_that_may_be_anything(guarded: Guarded) -> None:
    base = hook(guarded, "icans-patient-view")
    for odd in ODD:
        for name in base["context"]:
            tried(
                guarded, "POST", "/cds-services/icans-patient-view", base | {"context": base["context"] | {name: odd}}
            )


def hook(guarded: Guarded, service: str) -> dict[str, Any]:
    """A call of a service about the patient, with everything that belongs to it."""
    everything = guarded.administrator.get(f"/fhir/Patient/{guarded.patient}/$everything").json()
    kinds = {e["resource"]["resourceType"]: e["resource"] for e in everything["entry"]}
    order = {
        "resourceType": "MedicationRequest", "id": "order-1", "status": "draft", "intent": "order",
        "subject": {"reference": f"Patient/{guarded.patient}"}, "medicationCodeableConcept": {"text": "tocilizumab"},
        "dosageInstruction": [{"doseAndRate": [{"doseQuantity": {"value": 560, "unit": "mg", "code": "mg"}}]}],
    }  # fmt: skip
    context = {
        "userId": "Practitioner/1", "patientId": guarded.patient, "selections": ["MedicationRequest/order-1"],
        "draftOrders": bundle(order),
    }  # fmt: skip
    sent = {
        "patient": kinds["Patient"], "observations": bundle(kinds["Observation"]), "procedures": None,
        "medications": bundle(kinds["MedicationAdministration"]), "conditions": None, "questionnaires": None,
    }  # fmt: skip
    instance = "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"
    return {"hook": service.removeprefix("icans-"), "hookInstance": instance, "context": context, "prefetch": sent}


def bundle(*resources: Any) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": r} for r in resources]}


def test_after_all_that_the_ward_stands(guarded: Guarded) -> None:
    for there in ("/ward", "/settings", f"/patients/{guarded.patient}", f"/fhir/Patient/{guarded.patient}/$everything"):
        assert guarded.administrator.get(there).status_code == 200, there
    with guarded.ward.store.read() as db:
        assert verify(db).faults == ()
