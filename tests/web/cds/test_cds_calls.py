"""Calls over HTTP: what is refused and with which status, what the audit is told, feedback."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cds_made import BASE, INSTANCE, ISOLATED_ICANS, PATIENT_ID, Ward, adult, body, prefetch

from icans.web.cds import CdsSettings
from made import at

Json = dict[str, Any]


def view(**more: Any) -> Json:
    return body("patient-view", prefetch(adult(**ISOLATED_ICANS))) | more


def refused(ward: Ward, request: Json, service: str = "icans-patient-view") -> tuple[int, str]:
    answer = ward.call(service, request)
    return answer.status_code, answer.json()["detail"]


def test_a_service_that_is_not_there_is_404_and_says_which_there_are():
    status, words = refused(Ward(), view(), "icans-nothing")
    assert status == 404
    assert "icans-patient-view" in words


@pytest.mark.parametrize("missing", ["hook", "hookInstance", "context"])
def test_a_request_without_what_cds_hooks_demands_is_400(missing: str):
    request = view()
    del request[missing]
    status, words = refused(Ward(), request)
    assert status == 400
    assert missing in words


@pytest.mark.parametrize("field", ["userId", "patientId"])
def test_a_context_without_what_the_hook_demands_is_400(field: str):
    request = view()
    del request["context"][field]
    assert refused(Ward(), request) == (400, f"context.{field} is needed by the hook patient-view, as text")


def test_a_patient_id_that_is_no_fhir_id_is_400_and_not_repeated():
    request = view()
    request["context"]["patientId"] = "../Patient?x=1"
    status, words = refused(Ward(), request)
    assert status == 400
    assert "../" not in words


def test_order_select_needs_its_selections_and_drafts():
    status, words = refused(Ward(), body("order-select", prefetch(adult())), "icans-order-select")
    assert status == 400
    assert "context.selections" in words
    assert "context.draftOrders" in words


def test_a_token_for_a_server_that_is_not_named_is_400():
    status, words = refused(Ward(), view(fhirAuthorization={"access_token": "x"}))
    assert status == 400
    assert "fhirServer" in words


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"hook": "\\ud800"}', b"[" * 100_000])
def test_a_body_that_is_no_json_object_is_400(content: bytes):
    answer = Ward().ask(
        "POST", "/cds-services/icans-patient-view", content=content, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 400


def test_a_body_of_another_type_is_400():
    answer = Ward().ask(
        "POST", "/cds-services/icans-patient-view", content=json.dumps(view()), headers={"Content-Type": "text/plain"}
    )
    assert answer.status_code == 400
    assert "application/json" in answer.json()["detail"]


def test_a_body_is_taken_up_to_its_limit_and_not_beyond():
    size = len(json.dumps(view(), separators=(",", ":")).encode())
    small = [CdsSettings(base_url=BASE, open=True, largest_body=most) for most in (size + 2000, size - 1)]
    assert [Ward(one).call("icans-patient-view", view()).status_code for one in small] == [200, 413]


def test_a_body_without_a_length_is_cut_off_at_the_limit():
    async def parts():
        for _ in range(50):
            yield b" " * 1000

    ward = Ward(CdsSettings(base_url=BASE, open=True, largest_body=20_000))
    headers = {"Content-Type": "application/json"}
    answer = ward.ask("POST", "/cds-services/icans-patient-view", content=parts(), headers=headers)
    assert answer.status_code == 413


def test_a_prefetch_nested_too_deeply_is_400():
    deep: Any = 1
    for _ in range(400):
        deep = [deep]
    sent = prefetch(adult())
    sent["observations"]["entry"].append({"resource": {"resourceType": "Observation", "component": deep}})
    assert refused(Ward(), body("patient-view", sent)) == (400, "The prefetch is nested too deeply")


@pytest.mark.parametrize("key", ["patient", "observations", "medications"])
def test_what_is_needed_and_was_not_sent_is_412_and_named(key: str):
    request = view()
    del request["prefetch"][key]
    status, words = refused(Ward(), request)
    assert status == 412
    assert words.endswith(key)


def test_a_key_that_is_null_says_that_there_is_nothing_but_a_patient_there_must_be():
    request = view()
    request["prefetch"] |= {"medications": None}
    assert Ward().call("icans-patient-view", request).status_code == 200
    request["prefetch"] |= {"patient": None}
    assert refused(Ward(), request) == (
        412, "What is needed cannot be had: not sent, and no FHIR server that may be asked: patient",
    )  # fmt: skip


@pytest.mark.parametrize(
    "sent",
    [{"resourceType": "OperationOutcome"}, {"resourceType": "Practitioner", "id": PATIENT_ID}, "Patient", 5, [], {}],
)
def test_something_else_in_place_of_the_patient_is_412(sent: Any):
    request = view()
    request["prefetch"]["patient"] = sent
    assert refused(Ward(), request)[0] == 412


def test_another_patient_than_that_of_the_context_is_412():
    request = view()
    request["context"]["patientId"] = "somebody"
    assert refused(Ward(), request) == (
        412, "What is needed cannot be had: the patient that was sent is not the one of context.patientId",
    )  # fmt: skip


def test_one_page_of_several_is_not_taken_for_the_whole():
    request = view()
    request["prefetch"]["medications"]["link"] = [{"relation": "next", "url": "https://ehr.example.org/fhir?page=2"}]
    assert refused(Ward(), request)[0] == 412


def test_a_page_that_has_all_that_was_asked_for_is_the_whole():
    request = view()
    entry = {"resource": {"resourceType": "Condition", "subject": {"reference": f"Patient/{PATIENT_ID}"}}}
    next_ = [{"relation": "next", "url": "https://ehr.example.org/fhir?page=2"}]
    request["prefetch"]["conditions"] = {"resourceType": "Bundle", "entry": [entry] * 200, "link": next_}
    answer = Ward().call("icans-patient-view", request)
    assert answer.status_code == 200
    assert "Only the newest were sent of: conditions" in answer.text


def test_the_audit_is_told_who_was_looked_at_and_which_cards_were_shown():
    ward = Ward()
    cards = ward.cards("icans-patient-view", view())
    (call,) = ward.calls
    assert (call.patient, call.user, call.instance) == (PATIENT_ID, "Practitioner/1", INSTANCE)
    assert (call.service, call.hook, call.status, call.at) == (
        "icans-patient-view",
        "patient-view",
        200,
        at(ward.hours),
    )
    assert [shown.uuid for shown in call.cards] == [card["uuid"] for card in cards]
    assert "ICANS" not in repr(call).upper().replace("ICANS-PATIENT-VIEW", "").replace("GRADES", "")


def test_the_audit_is_told_of_what_was_refused_as_well():
    ward = Ward()
    ward.call("icans-nothing", view())
    ward.call("icans-patient-view", {})
    ward.ask("GET", "/cds-services")
    assert [(call.service, call.status, call.patient) for call in ward.calls] == [
        ("icans-nothing", 404, ""), ("icans-patient-view", 400, ""), ("", 200, ""),
    ]  # fmt: skip


def test_no_answer_goes_out_that_the_audit_did_not_take():
    ward = Ward(calls=Refusing())
    with pytest.raises(OSError, match="disk full"):
        ward.call("icans-patient-view", view())


def test_a_call_that_ends_in_a_fault_is_noted_as_well(monkeypatch: pytest.MonkeyPatch):
    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("a fault")

    monkeypatch.setattr("icans.web.cds.routes.answer", broken)
    ward = Ward()
    with pytest.raises(RuntimeError, match="a fault"):
        ward.call("icans-patient-view", view())
    assert [(call.status, call.patient) for call in ward.calls] == [(500, PATIENT_ID)]


class Refusing(list):
    def append(self, _: object) -> None:
        raise OSError("disk full")


ACCEPTED: Json = {
    "card": "4e0a3a1e", "outcome": "accepted", "acceptedSuggestions": [{"id": "e56e1945"}],
    "outcomeTimestamp": "2025-03-08T11:00:00+01:00",
}  # fmt: skip
OVERRIDDEN: Json = {
    "card": "9368d37b", "outcome": "overridden", "outcomeTimestamp": "2025-03-08T10:30:00Z",
    "overrideReason": {"reason": {"code": "trial-protocol", "system": "urn:icans:override-reasons"},
                       "userComment": "As <b>agreed</b>"},
}  # fmt: skip


def test_feedback_is_handed_on_line_by_line():
    ward = Ward()
    answer = ward.call("icans-order-sign/feedback", {"feedback": [ACCEPTED, OVERRIDDEN]})
    assert (answer.status_code, answer.json()) == (200, {"received": 2})
    taken, put_aside = ward.feedback
    assert (taken.card, taken.outcome, taken.suggestions) == ("4e0a3a1e", "accepted", ("e56e1945",))
    assert taken.at == datetime(2025, 3, 8, 10, tzinfo=UTC)
    assert (put_aside.reason, put_aside.reason_system) == ("trial-protocol", "urn:icans:override-reasons")
    assert (put_aside.comment, put_aside.service) == ("As <b>agreed</b>", "icans-order-sign")


def test_a_card_may_be_put_aside_without_a_reason():
    line = {name: value for name, value in OVERRIDDEN.items() if name != "overrideReason"}
    ward = Ward()
    assert ward.call("icans-patient-view/feedback", {"feedback": [line]}).status_code == 200
    assert ward.feedback[0].reason == ""


@pytest.mark.parametrize(
    "change",
    [{"outcome": "ignored"}, {"acceptedSuggestions": []}, {"outcomeTimestamp": "yesterday"}, {"card": ""},
     {"outcomeTimestamp": "2025-03-08T10:30:00"}, {"outcomeTimestamp": "0001-01-01T00:00:00+14:00"}],
)  # fmt: skip
def test_feedback_that_is_not_as_cds_hooks_has_it_is_400_and_nothing_is_kept(change: Json):
    ward = Ward()
    assert ward.call("icans-patient-view/feedback", {"feedback": [OVERRIDDEN, ACCEPTED | change]}).status_code == 400
    assert ward.feedback == []


def test_feedback_on_a_service_that_is_not_there_is_404():
    assert Ward().call("icans-nothing/feedback", {"feedback": [OVERRIDDEN]}).status_code == 404


def test_nothing_is_kept_in_a_cache_on_the_way():
    assert Ward().call("icans-patient-view", view()).headers["cache-control"] == "no-store"
