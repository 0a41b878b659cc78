"""Whatever JSON is sent, and whatever is asked for, the answer is a resource or an OperationOutcome, never a crash."""

from __future__ import annotations

import asyncio
import copy
from typing import Any

import orjson
import pytest
from fhir_ward import Ward, administration, ice, observation, patient, ward
from httpx import ASGITransport, AsyncClient, Response
from hypothesis import given, settings
from hypothesis import strategies as st

from icans.store.verify import verify

LEAVES = st.sampled_from(
    [None, True, 0, -1, 1e308, 3.5, "", "x", "\0", "9999-12-31T23:59:59-14:00", "0001", [], {}, {"reference": 1},
     "Patient/", "urn:uuid:1", "a" * 500, 2**62]
)  # fmt: skip
ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=12,
)
PARAMETER = st.sampled_from(
    ["patient", "subject", "code", "category", "date", "_id", "_lastUpdated", "_count", "_sort", "_after", "_summary",
     "identifier", "authored", "questionnaire", "effective-time", "x"]
)  # fmt: skip
VALUE = st.text(max_size=20) | st.sampled_from(
    ["2026", "ge2026-03-09T10:00:00Z", "9999-12-31", "0001-01-01", "urn:icans:grades|icans", "|", "a|b|c", "-date", "0"]
)


class Sender:
    """Sends many requests to one ward, one after the other, in one loop."""

    def __init__(self, there: Ward) -> None:
        self.there = there
        self.loop = asyncio.new_event_loop()
        transport = ASGITransport(there.app, raise_app_exceptions=True)
        self.client = AsyncClient(transport=transport, base_url="http://ward.test")
        self.headers = {"Authorization": f"Bearer {there.tokens['ada']}", "Content-Type": "application/fhir+json"}
        self.who = there.admit()["id"]

    def __call__(self, method: str, path: str, sent: Any = None, **more: Any) -> Response:
        headers = self.headers | more.pop("headers", {})
        content = None if sent is None else orjson.dumps(sent)
        return self.loop.run_until_complete(
            self.client.request(method, f"/fhir{path}", content=content, headers=headers, **more)
        )


@pytest.fixture(scope="module")
def send(tmp_path_factory: pytest.TempPathFactory) -> Any:
    sender = Sender(ward(tmp_path_factory.mktemp("ward")))
    yield sender
    sender.loop.run_until_complete(sender.client.aclose())
    sender.loop.close()
    with sender.there.store.read() as db:
        assert verify(db).faults == ()


def places(node: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) in a JSON value."""
    keys = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    return [place for key in keys for place in ((node, key), *places(node[key]))]


def spoilt(data: st.DataObject, made: Any) -> Any:
    spoiled = copy.deepcopy(made)
    for _ in range(data.draw(st.integers(1, 3))):
        container, key = data.draw(st.sampled_from(places(spoiled)))
        container[key] = copy.deepcopy(data.draw(LEAVES))
    return spoiled


def answered(done: Response) -> None:
    assert done.status_code < 500
    if done.status_code >= 400:
        assert done.json()["resourceType"] == "OperationOutcome"
        assert done.json()["issue"]


@settings(max_examples=120)
@given(data=st.data())
def test_no_spoilt_resource_is_a_crash(send: Sender, data: st.DataObject):
    kinds = [patient, observation, administration, ice]
    made = data.draw(st.sampled_from(kinds))(send.who)
    sent = spoilt(data, made | {"meta": {"profile": ["x"]}, "extension": [{"url": "urn:icans:facts", "extension": [
        {"url": "weight", "valueDecimal": 70}]}], "contained": [{"resourceType": "Device", "id": "d"}]})  # fmt: skip
    done = send("POST", f"/{made['resourceType']}", sent)
    answered(done)
    if done.status_code == 201:
        got = done.json()
        address = f"/{got['resourceType']}/{got['id']}"
        assert send("GET", address).json() == got
        answered(send("PUT", address, sent | {"id": got["id"]}, headers={"If-Match": done.headers["etag"]}))
        answered(send("GET", f"/{got['resourceType']}?_id={got['id']}"))


@settings(max_examples=60)
@given(data=st.data())
def test_no_spoilt_transaction_is_a_crash(send: Sender, data: st.DataObject):
    entries = [
        {"fullUrl": f"urn:uuid:{n}", "resource": made,
         "request": {"method": "POST", "url": made["resourceType"], "ifMatch": 'W/"1"', "ifNoneExist": "identifier=x"}}
        for n, made in enumerate([patient("MRN t"), observation(send.who), administration(send.who), ice(send.who)])
    ]  # fmt: skip
    kind = data.draw(st.sampled_from(["transaction", "batch"]))
    answered(send("POST", "", spoilt(data, {"resourceType": "Bundle", "type": kind, "entry": entries})))


@settings(max_examples=100)
@given(sent=ANY, path=st.sampled_from(["", "/Patient", "/Observation", "/QuestionnaireResponse"]))
def test_any_json_at_all_is_answered(send: Sender, sent: Any, path: str):
    if isinstance(sent, dict):
        sent = {"resourceType": path[1:] or "Bundle", "type": "transaction"} | sent
    answered(send("POST", path, sent))


@settings(max_examples=150)
@given(
    kind=st.sampled_from(["Patient", "Observation", "MedicationAdministration", "QuestionnaireResponse", "AuditEvent"]),
    pairs=st.lists(st.tuples(PARAMETER, VALUE), max_size=4),
    known=st.booleans(),
)
def test_any_search_is_answered(send: Sender, kind: str, pairs: list[tuple[str, str]], known: bool):
    params = [*pairs, *([("patient", send.who)] if known and kind != "Patient" else [])]
    answered(send("GET", f"/{kind}", params=params))


@settings(max_examples=60)
@given(name=st.text(min_size=1, max_size=70), version=st.text(min_size=1, max_size=12), tag=st.text(max_size=12))
def test_any_id_is_answered(send: Sender, name: str, version: str, tag: str):
    from urllib.parse import quote

    for kind in ("Patient", "Observation", "QuestionnaireResponse", "AuditEvent"):
        answered(send("GET", f"/{kind}/{quote(name, safe='')}"))
    answered(send("GET", f"/Observation/{quote(name, safe='')}/_history/{quote(version, safe='')}"))
    answered(send("DELETE", f"/Observation/{quote(name, safe='')}", headers={"If-Match": tag.encode("utf-8")}))


def test_a_document_nested_without_end_is_refused(send: Sender):
    for levels in (70, 500, 1020, 100_000):
        deep = b"[" * levels + b'"\\u0000"' + b"]" * levels
        sent = b'{"resourceType": "Patient", "contact": ' + deep + b"}"
        done = send.loop.run_until_complete(send.client.post("/fhir/Patient", content=sent, headers=send.headers))
        answered(done)
        assert done.status_code == 400
