"""Every text of every model of the JSON API and of FHIR, and every address, filled with what is meant to break out."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from guarded_ward import Guarded, guarded_ward
from payloads import HTML, ONE_LINE, PAYLOADS, TEXTS, broke_out, named
from plausible import ROUTES, SENT, address, body, kept, names_for

from icans.store.verify import verify

PLAIN = {
    "time": "2026-03-09T05:00:00Z", "start": "2026-03-09T04:00:00Z", "end": "2026-03-09T05:00:00Z", "item": "crp",
    "value": "12", "unit": "mg/L", "drug": "tocilizumab", "role": "viewer", "kind": "ice", "time_zone": "UTC",
    "guideline": "asco-2021", "language": "en", "id": "0123456789abcdef-icx",
}  # fmt: skip
"""What a text of this name must be for the rest of the body to be looked at."""
MODELS = [r for r in ROUTES if "json" in SENT.get(r, {}) and " /api" in r]
FHIR = [r for r in ROUTES if "json" in SENT.get(r, {}) and " /fhir" in r]
NAMED = [r for r in ROUTES if "{" in r and not r.startswith(("ANY", "OPTIONS"))]
Place = tuple[Any, ...]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    made = guarded_ward(tmp_path_factory.mktemp("injection"))
    yield made
    made.ward.store.close()


def texts(value: Any, at: Place = ()) -> Iterator[Place]:
    """Where the texts of a body are."""
    if isinstance(value, str):
        yield at
    for key, part in value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ()):
        yield from texts(part, (*at, key))


def put(value: Any, place: Place, text: Any) -> Any:
    """A body with another text at a place."""
    new = copy.deepcopy(value)
    inner = new
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = text
    return new


def whole(schema: dict[str, Any], models: dict[str, Any], name: str = "") -> Any:
    """A body with everything that a model may hold."""
    if "$ref" in schema:
        return whole(models[schema["$ref"].rpartition("/")[2]], models, name)
    if "anyOf" in schema:
        return whole(next(s for s in schema["anyOf"] if s.get("type") != "null"), models, name)
    if "enum" in schema or "const" in schema:
        return schema.get("const") or schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        more = schema.get("additionalProperties")
        extra = {"x": whole(more, models)} if isinstance(more, dict) else {}
        return {k: whole(s, models, k) for k, s in schema.get("properties", {}).items()} | extra
    if kind == "array":
        return [whole(schema.get("items", {}), models, name)] * max(1, schema.get("minItems", 1))
    return {"boolean": False, "integer": 1, "number": 1.0}.get(str(kind), PLAIN.get(name, "text"))


def test_every_text_of_every_model_of_the_api(guarded: Guarded) -> None:
    spec = guarded.client().get("/openapi.json").json()
    count = 0
    for route in MODELS:
        names = names_for(guarded, route)
        method, path = route.split()
        asked = spec["paths"][path.replace(":path}", "}")][method.lower()]["requestBody"]["content"]["application/json"]
        full = whole(asked["schema"], spec["components"]["schemas"])
        for base in (full, body(guarded, route, names)["json"]):
            for place in texts(base):
                count += 1
                for payload in (ONE_LINE[:60], ONE_LINE, HTML, "a\x00b", "A" * 20_000):
                    send(guarded, route, names, put(base, place, payload))
    assert count > 60


@pytest.mark.parametrize("payload", PAYLOADS, ids=named)
def test_every_text_of_what_is_plausible_in_fhir(guarded: Guarded, payload: str) -> None:
    for route in FHIR:
        names = names_for(guarded, route)
        base = body(guarded, route, names)["json"]
        for place in texts(base):
            send(guarded, route, names, put(base, place, payload))


def send(guarded: Guarded, route: str, names: dict[str, Any], json: Any) -> None:
    """Send JSON; the answer is JSON, and nothing broke out."""
    headers = {"if-match": f'W/"{names["version"]}"'}
    answer = guarded.administrator.request(route.split()[0], address(route, names), json=json, headers=headers)
    assert not broke_out(answer), f"{route}: {broke_out(answer)}"
    assert "json" in answer.headers.get("content-type", "json"), "never a page, which a browser would show"


@pytest.mark.parametrize("payload", TEXTS, ids=named)
def test_every_name_in_an_address(guarded: Guarded, payload: str) -> None:
    """In the path, where / and .. are said as %2F and %2E%2E; nothing is found, nothing breaks."""
    before = kept(guarded)
    for route in NAMED:
        method, path = route.split()
        for name in ("patient_id", "entry_id", "act_id", "sheet", "login", "id", "vid", "service_id"):
            if "{" + name in path:
                names = guarded.names(writes=False) | {name: quote(payload[:200], safe="").replace(".", "%2E")}
                answer = guarded.administrator.request(method, address(route, names))
                assert not broke_out(answer), f"{route}: {broke_out(answer)}"
                assert answer.status_code in (400, 401, 403, 404, 405, 409, 412, 415, 422), (route, answer.status_code)
    assert kept(guarded) == before


@pytest.mark.parametrize("payload", TEXTS, ids=named)
def test_every_question_in_an_address(guarded: Guarded, payload: str) -> None:
    here = guarded.patient
    for there, name in (
        ("/sign-in", "next"), ("/sign-up", "code"), ("/ward", "unit"), ("/ward/rows", "unit"), ("/audit", "before"),
        ("/audit", "check"), (f"/patients/{here}/ice", "language"), (f"/patients/{here}/record", "before"),
        (f"/patients/{here}/news", "version"), ("/api/ward", "unit"), ("/api/audit", "patient"),
        ("/api/patients", "discharged"), ("/fhir/Patient", "identifier"), ("/fhir/Patient", "_id"),
        ("/fhir/Observation", "patient"), ("/fhir/Observation", "code"), ("/fhir/Observation", "date"),
        ("/fhir/AuditEvent", "_count"), ("/fhir/AuditEvent", "patient"), ("/fhir/metadata", "_format"),
        ("/launch", "iss"), ("/sign-in/openid/callback", "state"), ("/ward", payload[:100]),
    ):  # fmt: skip
        answer = guarded.administrator.get(there, params={name: payload})
        assert not broke_out(answer), f"{there}?{name}: {broke_out(answer)}"


HEADERS = (
    "authorization", "cookie", "x-csrf-token", "accept", "accept-language", "if-match", "if-none-exist", "prefer",
    "hx-request", "hx-current-url", "origin", "sec-fetch-site", "host", "content-type", "user-agent",
    "x-forwarded-host",
)  # fmt: skip
NO_FILES = (
    "../app.py", "..%2fapp.py", "%2e%2e/%2e%2e/serve.py", "/etc/passwd", "....//app.py", "..\\app.py", "%5c..%5capp.py",
    ".", "", "%00", "app.css%00.js", "~root",
)  # fmt: skip


@pytest.mark.parametrize("name", HEADERS)
def test_every_header_that_is_read(guarded: Guarded, name: str) -> None:
    nobody = guarded.client()
    for payload in ("http://[", "//[::1", "' OR '1'='1", "../../x", "{{1337*1331}}", "9" * 4000, HTML):
        told = {"hx-request": "true", name: payload}
        for there in ("/ward", "/api/patients", f"/fhir/Patient/{guarded.patient}", "/cds-services", "/sign-in"):
            for method, client in (("GET", guarded.administrator), ("GET", nobody), ("POST", nobody)):
                answer = client.request(method, there, headers=told)
                assert not broke_out(answer), f"{there} {name}: {broke_out(answer)}"


@pytest.mark.parametrize("path", NO_FILES)
def test_nothing_but_the_files_of_the_app_is_served(guarded: Guarded, path: str) -> None:
    answer = guarded.client().get(f"/static/{path}")
    assert answer.status_code in (400, 404)
    assert "import" not in answer.text


STROKES = [
    '"width": NaN, "height": 1, "strokes": [[[1, 2]]]', '"width": 1, "height": 1, "strokes": [[[NaN, 2]]]',
    '"width": 1, "height": 1, "strokes": [[[1e400, 2]]]', '"width": 1, "height": 1, "strokes": [[["1\\"/><icx>", 2]]]',
    '"width": 1e-320, "height": 1, "strokes": [[[1e8, -1e5, 1e8]]]', '"width": 1, "height": 1, "strokes": [[]]',
    '"width": 100000, "height": 100000, "strokes": [[[1e8, 1e8], [-1e5, -1e5]], [[0.1, 0.2]]]',
    '"width": "1\\" onload=\\"icx()", "height": 1, "strokes": [[[1, 2]]]', '"width": -1, "height": 0, "strokes": []',
    '"width": true, "height": 1, "strokes": [[[null, 2]]]', '"width": 1, "height": 1, "strokes": [[[1]]]',
]  # fmt: skip


@pytest.mark.parametrize("drawing", STROKES)
def test_a_drawing_of_no_numbers_is_refused_and_one_of_huge_numbers_is_a_picture(
    guarded: Guarded, drawing: str
) -> None:
    here = guarded.names(writes=True)["patient_id"]
    said = f'"id": "0123456789-{here}", "kind": "ice", "time": "2026-03-09T05:30:00Z", "answers": {{"ice_writing": 1}}'
    test = f'{{{said}, "handwriting": {{{drawing}}}}}'
    kind = {"content-type": "application/json"}
    answer = guarded.administrator.post(f"/api/patients/{here}/tests", content=test, headers=kind)
    assert not broke_out(answer)
    assert answer.status_code in (201, 422)
    picture = guarded.administrator.get(f"/patients/{here}/handwriting/0123456789{here}.svg")
    assert picture.status_code in ((404,) if answer.status_code == 422 else (200, 404))
    if picture.status_code == 200:
        drawn = [e for e in ElementTree.fromstring(picture.text).iter() if e.tag.endswith("path")]
        assert all(re.fullmatch(r"[MLHVZ\d., -]*", e.attrib["d"]) for e in drawn)
        assert "icx" not in picture.text
    assert guarded.administrator.get(f"/patients/{here}/record").status_code == 200


def test_after_all_that_the_audit_log_holds_together(guarded: Guarded) -> None:
    with guarded.ward.store.read() as db:
        assert verify(db).faults == ()
