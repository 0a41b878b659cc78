"""Every card and the list of services as CDS Hooks 2.0 has them, and the requests of a conformance kit answered."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from cds_made import CRS_2, ISOLATED_ICANS, Ward, adult, body, order, prefetch

from icans.web.cds import CdsSettings
from icans.web.cds.cards import LONGEST_SUMMARY, plain, summary
from icans.web.cds.services import services
from icans.web.cds.wording import wording
from made import record
from record.real_data import DATA, needs

Json = dict[str, Any]
KIT = DATA / "cds_hooks" / "inferno_crd_fixtures"
REQUESTS = sorted(path.name for path in KIT.glob("*_hook_request.json"))


def check_card(card: Json) -> None:
    """The demands of CDS Hooks 2.0 on one card."""
    assert str(UUID(card["uuid"])) == card["uuid"]
    assert 0 < len(card["summary"]) < 140
    assert "\n" not in card["summary"]
    assert card["detail"]
    assert card["indicator"] in ("info", "warning", "critical")
    assert card["source"]["label"]
    assert urlsplit(card["source"]["url"]).scheme in ("http", "https")
    assert {"code", "system", "display"} == set(card["source"]["topic"])
    assert ("suggestions" in card) == ("selectionBehavior" in card)
    for suggestion in card.get("suggestions", ()):
        assert suggestion["label"]
        assert suggestion["uuid"]
        assert all({"type", "description", "resourceId"} == set(action) for action in suggestion["actions"])
    for reason in card.get("overrideReasons", ()):
        assert reason["code"]
        assert reason["system"]
        assert reason["display"]
    for link in card.get("links", ()):
        assert set(link) == {"label", "url", "type"}
        assert link["type"] in ("absolute", "smart")
    empty = [name for name, value in card.items() if value in (None, "", [], {})]
    assert not empty, "CDS Hooks forbids elements without a value"


def test_every_card_has_the_shape_of_cds_hooks():
    open_ = CdsSettings(base_url="https://icans.example.org", open=True, launch_url="https://icans.example.org/launch")
    ward, ill = Ward(open_), adult(**CRS_2, **ISOLATED_ICANS)
    drugs = ("Tocilizumab", "Leukine", "Lorazepam", "Dexamethasone", "Cefepime", "Levetiracetam")
    cards = [
        *ward.chart(ill),
        *ward.sign(adult(**ISOLATED_ICANS), *(order(drug, 900, id=f"o{n}") for n, drug in enumerate(drugs))),
        *ward.cards("icans-encounter-discharge", body("encounter-discharge", prefetch(ill), encounterId="e")),
    ]
    assert {card["source"]["topic"]["code"] for card in cards} == set(wording().topics)
    for card in cards:
        check_card(card)
    assert len({card["uuid"] for card in cards}) == len(cards)
    assert any(link["type"] == "smart" for card in cards for link in card.get("links", ()))


def test_every_guideline_gives_cards_of_that_shape():
    for name in ("asco-2021", "cartox-2018", "ebmt-2022", "nccn", "sitc-2020", "label"):
        ward = Ward(CdsSettings(base_url="https://icans.example.org", open=True, guideline=name))
        for card in (*ward.chart(adult(**ISOLATED_ICANS)), *ward.sign(adult(**ISOLATED_ICANS), order("Tocilizumab"))):
            check_card(card)


def test_a_label_for_a_product_that_is_not_known_gives_way_to_the_reference():
    ward = Ward(CdsSettings(base_url="https://icans.example.org", open=True, guideline="label"))
    cards = ward.chart(record((120, "temperature", 38.5), age=58.0))
    card = next(card for card in cards if card["source"]["label"] == "ASCO 2021")
    assert "There is no label for this product, so it is ASCO 2021 that is shown." in card["detail"]


def test_a_long_summary_is_cut_between_words():
    words = "tocilizumab " * 20
    assert len(summary(words)) <= LONGEST_SUMMARY
    assert summary(words).endswith("tocilizumab…")
    assert summary("short\n  words") == "short words"


def test_words_from_outside_are_no_markdown():
    assert plain("[a](http://x) <b>*c*") == "\\[a\\](http://x) \\<b\\>\\*c\\*"


def test_the_list_of_services_has_the_fields_of_cds_hooks():
    listed = Ward().ask("GET", "/cds-services").json()["services"]
    assert {one["hook"] for one in listed} >= {"patient-view", "order-select", "order-sign"}
    for one in listed:
        assert {"hook", "title", "description", "id", "prefetch", "usageRequirements"} == set(one)
        assert all(one[name] for name in one)
        assert one["prefetch"]["patient"] == "Patient/{{context.patientId}}"


def test_prefetch_templates_use_only_what_cds_hooks_recommends():
    # Reads, searches by the patient, tokens, _count and _sort; tokens are first-level fields of the context.
    for service in services().values():
        for query in service.prefetch:
            asked = query.template.partition("?")[2]
            allowed = {"patient", "status", "_count", "_sort"}
            assert {part.partition("=")[0] for part in asked.split("&") if part} <= allowed
            fields = {part.partition("}}")[0] for part in query.template.split("{{context.")[1:]}
            assert fields <= set(service.fields)


def fixture(name: str) -> Json:
    return json.loads((KIT / name).read_text("utf-8"))


def service_for(request: Json) -> str:
    return next((one.id for one in services().values() if one.hook == request["hook"]), "icans-patient-view")


@needs(KIT)
@pytest.mark.parametrize("name", [name for name in REQUESTS if not name.startswith("fancy")])
def test_the_requests_of_the_kit_are_answered_when_the_data_are_sent(name: str):
    request = fixture(name)
    nothing = dict.fromkeys(("observations", "medications", "procedures", "conditions", "questionnaires"))
    request["prefetch"] = {"patient": fixture("crd_patient_example.json"), **nothing}
    if request["hook"] == "order-dispatch":
        request["prefetch"]["order"] = fixture("crd_service_request_example.json")
    assert Ward().cards(service_for(request), request) == []


@needs(KIT)
@pytest.mark.parametrize("name", [name for name in REQUESTS if not name.startswith("fancy")])
def test_the_requests_of_the_kit_are_412_while_nothing_can_be_had(name: str):
    answer = Ward().call(service_for(fixture(name)), fixture(name))
    assert answer.status_code == 412
    assert "patient, observations" in answer.json()["detail"]


@needs(KIT)
def test_a_hook_that_no_service_is_for_is_refused_in_words():
    answer = Ward().call("icans-patient-view", fixture("fancy_structure_hook_request.json"))
    assert answer.status_code == 400
    assert "is for the hook patient-view" in answer.json()["detail"]


@needs(KIT)
def test_orders_of_the_kit_for_a_patient_after_car_t_cells_are_looked_at():
    request = fixture("order_select_hook_request.json")
    ours = order("Tocilizumab", 608, id="ours", subject={"reference": "Patient/example"})
    request["context"]["draftOrders"]["entry"].append({"resource": ours})
    request["context"]["selections"].append("MedicationRequest/ours")
    request["prefetch"] = prefetch(adult(**ISOLATED_ICANS))
    request["prefetch"]["patient"]["id"] = "example"
    for key in ("observations", "medications"):
        for entry in request["prefetch"][key]["entry"]:
            entry["resource"]["subject"] = {"reference": "https://example/r4/Patient/example"}
    card, rest = Ward().cards("icans-order-select", request)
    check_card(card)
    check_card(rest)
    assert card["indicator"] == "critical"
    # The order of amoxicillin and clavulanate in the kit names another patient than its context.
    assert rest["summary"] == "Orders that were not looked at: 1 is not known to be of this patient"
    assert card["summary"].startswith("Tocilizumab: no tocilizumab without CRS")


@needs(KIT)
def test_the_check_of_shape_accepts_the_cards_of_the_kit_that_are_complete():
    # The kit's own cards lack what is optional; what they have must pass the same demands on source and summary.
    for card in json.loads((KIT / "valid_cards.json").read_text("utf-8")):
        assert 0 < len(card["summary"]) < 140
        assert card["indicator"] in ("info", "warning", "critical")


def test_the_answer_is_described_in_the_open_api():
    api = Ward().app.openapi()
    call = api["paths"]["/cds-services/{service_id}"]["post"]
    assert {"200", "400", "401", "404", "412", "413"} <= set(call["responses"])
    assert "422" not in call["responses"]
    assert api["components"]["schemas"]["Card"]["properties"]["summary"]["maxLength"] == LONGEST_SUMMARY
    assert "overrideReasons" in api["components"]["schemas"]["Card"]["properties"]
