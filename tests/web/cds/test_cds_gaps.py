"""What was not sent, cannot be named or is somebody else's leaves things unknown; it is never taken for normal."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from cds_made import CRS_2, ISOLATED_ICANS, NOW, PATIENT_ID, Ward, adult, body, bundle, order, prefetch, toci, topic
from test_cds_fhir_server import SERVER, Asked, hospital

from made import at

Json = dict[str, Any]
REPEAT: Json = {"repeat": {"frequency": 1, "period": 8, "periodUnit": "h", "count": 5}}


def dose(hours: float, **drug: Any) -> Json:
    """A drug that was given; what it was is said in `drug`."""
    return {
        "resourceType": "MedicationAdministration", "id": f"g{hours:g}", "status": "completed",
        "subject": {"reference": f"Patient/{PATIENT_ID}"}, "effectiveDateTime": at(hours).isoformat(),
        **(drug or {"medicationReference": {"reference": "Medication/9"}}),
    }  # fmt: skip


def nameless(*hours: float) -> list[Json]:
    return [dose(one) for one in hours]


def signed(sent: Json, *more: Json, ward: Ward | None = None, **request: Any) -> list[Json]:
    asked = body("order-sign", sent, draftOrders=bundle(order("Tocilizumab", 608), *more)) | request
    return (ward or Ward()).cards("icans-order-sign", asked)


def with_drugs(*doses: Json, **found: Any) -> Json:
    sent = prefetch(adult(**(found or CRS_2)))
    sent["medications"]["entry"] += [{"resource": one} for one in doses]
    return sent


@pytest.mark.parametrize("key", ["procedures", "conditions", "questionnaires"])
def test_what_can_be_done_without_is_named_on_the_card(key: str):
    sent = prefetch(adult(**ISOLATED_ICANS))
    del sent[key]
    cards = Ward().cards("icans-patient-view", body("patient-view", sent))
    (detail,) = [card["detail"] for card in cards if topic(card) == "grades"]
    assert f"Not sent, so that what it would say is not known: {key}." in detail


def test_a_fifth_dose_after_four_that_nobody_named_may_be_wrong_and_says_so():
    (card,) = signed(with_drugs(*nameless(60, 70, 80, 90)))
    assert card["indicator"] == "warning"
    assert "something is not known" in card["summary"]
    assert "ASCO-PR-7-cap" in card["detail"]
    assert "It is not known what else was given" in card["detail"]


def test_a_fifth_dose_after_four_that_are_known_is_forbidden_whatever_else_was_given():
    ill = adult(given=[toci(NOW - 30 - 10 * place) for place in range(4)], **CRS_2)
    sent = prefetch(ill)
    sent["medications"]["entry"] += [{"resource": one} for one in nameless(50)]
    assert [card["indicator"] for card in signed(sent)] == ["critical"]


@pytest.mark.parametrize(
    "drug",
    [
        {"medicationReference": {"reference": "#m"}}, {"medicationCodeableConcept": {}},
        {"medicationCodeableConcept": {"coding": [{"system": "urn:local", "code": "17"}]}},
        {"medicationCodeableConcept": {"text": "Tocilizumab"}, "effectiveDateTime": "2025-03"},
        {"medicationCodeableConcept": {"text": "Tocilizumab"}, "effectiveDateTime": "soon"},
        {"medicationCodeableConcept": "Tocilizumab"},
        {"medicationCodeableConcept": {"text": "Tocilizumab"}, "subject": {"identifier": {"value": "7"}}},
        {"medicationCodeableConcept": {"text": "Tocilizumab"},
         "subject": {"reference": f"https://other.example.org/fhir/Patient/{PATIENT_ID}"}},
    ],
)  # fmt: skip
def test_a_dose_that_may_be_one_of_tocilizumab_leaves_their_number_unknown(drug: Json):
    assert [card["indicator"] for card in signed(with_drugs(dose(60, **drug)))] == ["warning"]


@pytest.mark.parametrize(
    "drug",
    [{"medicationCodeableConcept": {"text": "Paracetamol"}},
     {"medicationReference": {"reference": "Medication/9", "display": "Paracetamol"}},
     {"medicationReference": {"reference": "Medication/9"}, "status": "not-done"},
     {"medicationReference": {"reference": "Medication/9"}, "subject": {"reference": "Patient/another"}}],
)  # fmt: skip
def test_a_drug_that_is_named_or_was_not_given_to_the_patient_leaves_nothing_open(drug: Json):
    assert signed(with_drugs(dose(60, **drug))) == []


def test_with_a_list_of_drugs_that_was_cut_a_vasopressor_may_run():
    ill = adult(**CRS_2, vasoactive_drugs=None)
    sent = prefetch(ill)
    sent["medications"] |= {"total": 900}
    (card,) = [c for c in Ward().cards("icans-patient-view", body("patient-view", sent)) if topic(c) == "grades"]
    # Fever and low pressure: grade 2 without a vasopressor, 3 or 4 with one or several (ASTCT 2019).
    assert card["summary"].startswith("CRS 2")
    assert not card["summary"].startswith("CRS 2,")
    assert Ward().chart(ill)[0]["summary"].startswith("CRS 2,")


def test_a_drug_that_the_server_can_name_is_asked_for():
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        if "Medication/" in request.url.path:
            named = {"resourceType": "Medication", "id": "9", "code": {"text": "Tocilizumab"}}
            return httpx.Response(200, json=named)
        return hospital()(request)

    sent = with_drugs(*nameless(60, 70, 80, 90))
    asking: Json = {"fhirServer": SERVER, "fhirAuthorization": {"access_token": "secret"}}
    (card,) = signed(sent, ward=Asked(answer), **asking)
    assert card["indicator"] == "critical"
    assert asked == ["/fhir/Medication/9"]


def test_a_draft_that_was_not_selected_counts_and_has_no_card_of_its_own():
    ill = adult(given=[toci(NOW - 30 - 10 * place) for place in range(3)], **CRS_2)
    drafts = bundle(order("Tocilizumab", 608, id="new"), order("Tocilizumab", 608, id="in-the-cart"))
    asked = body("order-select", prefetch(ill), draftOrders=drafts, selections=["MedicationRequest/new"])
    (card,) = Ward().cards("icans-order-select", asked)
    assert "4 in total" in card["summary"]
    assert card["suggestions"][0]["actions"][0]["resourceId"] == "MedicationRequest/new"


def test_a_dose_for_later_is_not_held_to_none_before_where_their_number_is_not_known():
    later = order("Tocilizumab", 608, id="later", timing={"event": [at(NOW + 9).isoformat()]})
    asked = body("order-sign", with_drugs(*nameless(60)), draftOrders=bundle(later))
    (card,) = Ward().cards("icans-order-sign", asked)
    assert card["indicator"] == "warning"
    assert "ASCO-PR-7-cap" in card["detail"]


def test_a_fifth_dose_of_one_order_is_forbidden_whatever_was_given_before():
    asked = body("order-sign", with_drugs(*nameless(60)), draftOrders=bundle(order("Tocilizumab", 608, timing=REPEAT)))
    (card,) = Ward().cards("icans-order-sign", asked)
    assert card["indicator"] == "critical"
    assert "dose 5 of 5" in card["summary"]


@pytest.mark.parametrize(
    ("subject", "taken"),
    [({"reference": f"{SERVER}/Patient/{PATIENT_ID}"}, True), ({"reference": f"Patient/{PATIENT_ID}/_history/2"}, True),
     (None, True), ({"reference": f"https://other.example.org/fhir/Patient/{PATIENT_ID}"}, False),
     ({"identifier": {"value": "7"}}, False), ({"reference": f"x/Patient/{PATIENT_ID}"}, False)],
)  # fmt: skip
def test_only_what_is_about_the_patient_of_this_server_is_taken(subject: Json | None, taken: bool):
    sent = prefetch(adult(**ISOLATED_ICANS))
    for entry in sent["observations"]["entry"]:
        entry["resource"]["subject"] = subject
    request = body("patient-view", sent) | {"fhirServer": SERVER}
    (card,) = [card for card in Ward().cards("icans-patient-view", request) if topic(card) == "grades"]
    assert card["summary"].startswith("CRS 0, ICANS 3") is taken
    assert ("about somebody else left out" in card["detail"]) is not taken


def test_a_stay_of_somebody_else_makes_no_outpatient():
    visit = {"resourceType": "Encounter", "id": "v", "status": "in-progress", "class": {"code": "AMB"}}
    told = [
        next(card for card in Ward().chart(adult(**ISOLATED_ICANS), encounters=sent) if topic(card) == "overdue")
        for sent in (bundle(visit), bundle(visit | {"subject": {"reference": "Patient/another"}}))
    ]
    assert ["for an outpatient" in card["detail"] for card in told] == [True, False]


def test_an_order_for_an_identifier_alone_is_not_looked_at_and_that_is_said():
    elsewhere = order("Tocilizumab", 608, id="x", subject={"identifier": {"value": "7"}})
    (card,) = Ward().sign(adult(**CRS_2), elsewhere)
    assert "1 is not known to be of this patient" in card["summary"]
