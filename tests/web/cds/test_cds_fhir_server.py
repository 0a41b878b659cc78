"""What was not sent is asked of the FHIR server of the caller: of one that is known, and with limits."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from cds_keys import EC, public, token
from cds_made import BASE, ISOLATED_ICANS, PATIENT_ID, Ward, adult, body, bundle, prefetch, topic

from icans.web.cds import CdsSettings, TrustedClient
from icans.web.cds.fetch import NotHad, Web, below
from icans.web.cds.prefetch import NotKnown, Told, told
from icans.web.cds.requests import HookRequest
from icans.web.cds.services import services

Json = dict[str, Any]
SERVER = "https://ehr.example.org/fhir"
CLIENT = TrustedClient(issuer="ehr", jwks=public(EC), fhir_servers=(SERVER,))
SETTINGS = CdsSettings(base_url=BASE, trusted_clients=(CLIENT,), pages=3, largest_answer=200_000, answer_within=0.5)
KINDS = {"Observation": "observations", "MedicationAdministration": "medications", "Procedure": "procedures",
         "Condition": "conditions", "QuestionnaireResponse": "questionnaires", "Encounter": "encounters"}  # fmt: skip
Answer = Callable[[httpx.Request], httpx.Response]


def hospital(records: Any = None, **pages: list[Json]) -> Answer:
    """The FHIR server of a hospital that has a record; `pages` of a search in its stead."""
    held = prefetch(records if records is not None else adult(**ISOLATED_ICANS))

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"] == "Bearer secret"
        kind = request.url.path.removeprefix("/fhir/").partition("/")[0]
        if kind == "Patient":
            return httpx.Response(200, json=held["patient"])
        key = KINDS[kind]
        if key in pages:
            return httpx.Response(200, json=pages[key][int(request.url.params.get("page", 0))])
        return httpx.Response(200, json=held.get(key) or bundle())

    return answer


def page(number: int, *resources: Json, following: str | None = "") -> Json:
    """One page of a search, which names the next."""
    url = f"{SERVER}/Procedure?page={number + 1}" if following == "" else following
    return bundle(*resources, **({"link": [{"relation": "next", "url": url}]} if url else {}))


def ask(answer: Answer, *, server: str = SERVER, client: TrustedClient | None = CLIENT, **sent: Any) -> Told:
    """What the services know of a patient of whom nothing was sent but `sent`."""
    request = body("patient-view", sent) | {"fhirServer": server, "fhirAuthorization": {"access_token": "secret"}}
    web = Web(httpx.Client(transport=httpx.MockTransport(answer), follow_redirects=False))
    return told(services()["icans-patient-view"], HookRequest.model_validate(request), client, SETTINGS, web)


def never(_: httpx.Request) -> httpx.Response:
    raise AssertionError("this server must not be asked")


def refusal(answer: Answer, **more: Any) -> str:
    with pytest.raises(NotKnown) as error:
        ask(answer, **more)
    assert "secret" not in str(error.value)
    assert PATIENT_ID not in str(error.value).replace("patient:", "").replace("patient,", "")
    return str(error.value)


def test_what_was_not_sent_is_asked_of_the_server():
    found = ask(hospital())
    assert len(list(found.every("observations"))) == len(prefetch(adult(**ISOLATED_ICANS))["observations"]["entry"])


def test_what_was_sent_is_not_asked_again():
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return hospital()(request)

    sent = prefetch(adult(**ISOLATED_ICANS))
    del sent["conditions"]
    ask(answer, **sent, encounters=None)
    assert asked == ["/fhir/Condition"]


def test_what_is_not_needed_is_not_worth_a_question_of_its_own():
    assert "encounters" not in ask(never, **prefetch(adult())).resources


def test_the_questions_are_the_templates_with_the_patient_in_them():
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return hospital()(request)

    ask(answer)
    assert f"{SERVER}/Patient/{PATIENT_ID}" in asked
    assert f"{SERVER}/Observation?patient={PATIENT_ID}&_sort=-date&_count=1000" in asked


@pytest.mark.parametrize(
    "server",
    ["https://another.example.org/fhir", "https://ehr.example.org", "http://ehr.example.org/fhir",
     "https://ehr.example.org/fhir2", "http://169.254.169.254/latest", "https://ehr.example.org:8443/fhir", "file:///x",
     "https://ehr.example.org/fhir?x=1"],
)  # fmt: skip
def test_no_server_is_asked_but_those_of_the_caller(server: str):
    assert "no FHIR server that may be asked" in refusal(never, server=server)


def test_a_slash_at_the_end_makes_no_other_server():
    assert ask(hospital(), server=f"{SERVER}/").resources["patient"]


def test_nobody_who_is_not_known_has_a_server_asked():
    assert "no FHIR server that may be asked" in refusal(never, client=None)


def test_in_a_sandbox_no_server_is_asked():
    web = Web(httpx.Client(transport=httpx.MockTransport(never)))
    ward = Ward(CdsSettings(base_url=BASE, trusted_clients=(CLIENT,), open=True), web=web)
    request = body("patient-view", None) | {"fhirServer": SERVER, "fhirAuthorization": {"access_token": "secret"}}
    assert ward.call("icans-patient-view", request).status_code == 412


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (httpx.Response(401), "the server answered 401"),
        (httpx.Response(500), "the server answered 500"),
        (httpx.Response(302, headers={"Location": "https://evil.example.org"}), "the server answered 302"),
        (httpx.Response(200, text="<html>"), "no JSON"),
        (httpx.Response(200, json=[]), "no JSON object"),
        (httpx.Response(200, json={"resourceType": "OperationOutcome"}), "something else"),
        (httpx.Response(200, content=b" " * 200_001), "too large"),
    ],
)
def test_an_answer_that_is_none_is_412_and_says_why(answer: httpx.Response, words: str):
    assert words in refusal(lambda _: answer)


def test_a_server_that_cannot_be_reached_is_412():
    def gone(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route")

    assert "could not be reached" in refusal(gone)


def test_a_server_that_takes_too_long_is_not_waited_for():
    def slow(request: httpx.Request) -> httpx.Response:
        def drip():
            for _ in range(40):
                time.sleep(0.05)
                yield b" "

        return httpx.Response(200, content=drip())

    start = time.monotonic()
    assert "took too long" in refusal(slow)
    assert time.monotonic() - start < 1.5


def test_what_is_not_needed_may_fail():
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(500) if "Encounter" in request.url.path else hospital()(request)

    assert "encounters" not in ask(answer).resources


def procedure(name: str) -> Json:
    return {"resourceType": "Procedure", "id": name}


def test_all_pages_of_a_search_are_read():
    pages = [page(0, procedure("a")), page(1, procedure("b")), page(2, procedure("c"), following=None)]
    assert [p["id"] for p in ask(hospital(procedures=pages)).every("procedures")] == ["a", "b", "c"]


def test_pages_are_read_up_to_their_limit_and_then_it_is_412():
    drugs = f"{SERVER}/MedicationAdministration?page="
    pages = [page(number, procedure(str(number)), following=f"{drugs}{number + 1}") for number in range(5)]
    assert "too many pages" in refusal(hospital(medications=pages))


def test_what_can_be_done_without_and_cannot_be_had_is_named():
    pages = [page(number, procedure(str(number))) for number in range(5)]
    found = ask(hospital(procedures=pages))
    assert "procedures" not in found.resources
    assert found.lacking == ("procedures",)


def test_a_next_page_that_is_relative_is_taken_from_the_server():
    pages = [page(0, procedure("a"), following="Procedure?page=1"), page(1, procedure("b"), following=None)]
    assert len(list(ask(hospital(procedures=pages)).every("procedures"))) == 2


@pytest.mark.parametrize(
    "link",
    ["https://evil.example.org/fhir?page=2", "https://ehr.example.org.evil.example/fhir", "http://ehr.example.org/fhir",
     "https://ehr.example.org/admin", "https://ehr.example.org/fhir/../admin", "https://ehr.example.org@evil.example/fhir",
     "//evil.example.org/fhir/x", "https://ehr.example.org:9/fhir/x", "https://ehr.example.org:x/fhir/x", "file:///etc"],
)  # fmt: skip
def test_a_next_page_somewhere_else_is_never_followed(link: str):
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        assert request.url.path.startswith("/fhir/")
        return hospital(medications=[page(0, procedure("a"), following=link)])(request)

    assert "somewhere else" in refusal(answer)
    assert set(asked) == {"ehr.example.org"}
    with pytest.raises(NotHad):
        below(SERVER, link)


def test_no_more_is_kept_than_was_asked_for():
    many = [procedure(str(number)) for number in range(250)]
    found = ask(hospital(procedures=[page(0, *many)]))
    assert (len(list(found.every("procedures"))), found.cut) == (200, ("procedures",))


def test_the_patient_of_the_server_is_the_one_of_the_context():
    def swapped(request: httpx.Request) -> httpx.Response:
        found = hospital()(request)
        return httpx.Response(200, json=found.json() | {"id": "other"}) if "Patient/" in str(request.url) else found

    request = body("patient-view", None) | {"fhirServer": SERVER, "fhirAuthorization": {"access_token": "secret"}}
    ward = Asked(swapped)
    answer = ward.call("icans-patient-view", request)
    assert answer.status_code == 412
    assert "not the one of context.patientId" in answer.json()["detail"]


class Asked(Ward):
    """A ward that is called by a record system with a FHIR server."""

    def __init__(self, answer: Answer) -> None:
        web = Web(httpx.Client(transport=httpx.MockTransport(answer), follow_redirects=False))
        super().__init__(SETTINGS, web=web)

    def call(self, service: str, request: Json, **headers: str) -> httpx.Response:
        signed = token(self, iss=CLIENT.issuer, aud=f"{BASE}/cds-services/{service}")
        return super().call(service, request, Authorization=f"Bearer {signed}", **headers)


def test_the_cards_are_the_same_whether_sent_or_asked_for():
    request = body("patient-view", None) | {"fhirServer": SERVER, "fhirAuthorization": {"access_token": "secret"}}
    asked = Asked(hospital()).cards("icans-patient-view", request)
    sent = Ward().chart(adult(**ISOLATED_ICANS))
    assert [(topic(c), c["summary"], c["detail"]) for c in asked] == [
        (topic(c), c["summary"], c["detail"]) for c in sent
    ]


def test_the_connections_that_the_services_opened_are_closed_with_the_app(monkeypatch: pytest.MonkeyPatch):
    closed: list[bool] = []
    monkeypatch.setattr(Web, "close", lambda _: closed.append(True))

    async def live(app: Any) -> None:
        async with app.router.lifespan_context(app):
            assert not closed

    asyncio.run(live(Ward().app))
    assert closed == [True]
