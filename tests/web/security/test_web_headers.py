"""Headers on every kind of answer; pages that need nothing but what the app serves itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest
from guarded_ward import Guarded, guarded_ward
from pages_read import Element, Page, pages
from wire import raw

from icans.web.reviews import Reviews

LOADS = ("src", "srcset", "poster", "data", "action", "formaction", "background", "ping", "manifest", "xlink:href")
FORBIDDEN_TAGS = {"style", "base", "iframe", "object", "embed", "frame", "applet"}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    made = guarded_ward(tmp_path_factory.mktemp("headers"), largest_body=100_000)
    yield made
    made.ward.store.close()


def answers(guarded: Guarded) -> dict[str, Any]:
    """An answer of every kind."""
    nobody, admin, viewer, here = guarded.client(), guarded.administrator, guarded.client("viewer"), guarded.patient
    version = admin.get(f"/api/patients/{here}").json()["version"]
    static = {name: nobody.get(f"/static/{name}") for name in ("app.css", "report.css", "nothing")}
    return {
        "page": admin.get(f"/patients/{here}"), "sign-in": nobody.get("/sign-in"), "home": nobody.get("/"),
        "sent to sign in": nobody.get("/ward"), "by htmx": nobody.get("/ward", headers={"hx-request": "true"}),
        "json": admin.get("/api/patients"), "json 401": nobody.get("/api/patients"),
        "json 403": viewer.get("/api/settings"), "json 404": admin.get("/api/patients/x"),
        "json 422": admin.post("/api/patients", json={}), "page 403": viewer.get("/settings"),
        "json 409": admin.post("/api/patients", json={"identifier": "MRN-4711"}), "page 404": admin.get("/patients/x"),
        "no such page": admin.get("/nothing"), "405": admin.delete("/ward"), "page 422": admin.post("/patients"),
        "nothing new": admin.get(f"/patients/{here}/news?version={version}"), "400": admin.get("/patients/%00"),
        "413": admin.post("/patients", content=b"x" * 200_000), "pdf": admin.get(f"/patients/{here}/print.pdf"),
        "refused": nobody.post("/sign-in", headers={"origin": "null"}), "openapi": nobody.get("/openapi.json"),
        "svg": admin.get(f"/patients/{here}/handwriting/{guarded.test}.svg"), "health": nobody.get("/healthz"),
        "fhir": admin.get(f"/fhir/Patient/{here}"), "fhir 404": admin.get("/fhir/X"),
        "cds 401": nobody.get("/cds-services"), "cds options": nobody.options("/cds-services"),
        "static": static["app.css"], "static 404": static["nothing"], "static report": static["report.css"],
        "fault": fault(guarded, "application/json"), "fault as a page": fault(guarded, "text/html"),
    }  # fmt: skip


def fault(guarded: Guarded, accept: str) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Reviews, "site", lambda self: 1 / 0)
        return guarded.administrator.get("/ward", headers={"accept": accept})


def test_every_answer_carries_the_headers_that_protect(guarded: Guarded) -> None:
    for kind, answer in answers(guarded).items():
        told = answer.headers
        policy = dict(part.strip().partition(" ")[::2] for part in told["content-security-policy"].split(";"))
        assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'", kind
        assert policy["script-src"] == policy["style-src"] == policy["form-action"] == policy["connect-src"] == "'self'"
        assert "unsafe" not in told["content-security-policy"]
        assert told["x-content-type-options"] == "nosniff", kind
        assert told["x-frame-options"] == "DENY", kind
        assert told["referrer-policy"] in ("same-origin", "no-referrer"), kind
        assert told["cross-origin-opener-policy"] == told["cross-origin-resource-policy"] == "same-origin"
        assert len(told.get_list("content-security-policy")) == 1, kind
        assert "server" not in told
        assert "x-powered-by" not in told


def test_what_may_be_of_a_patient_is_kept_by_no_cache(guarded: Guarded) -> None:
    for kind, answer in answers(guarded).items():
        kept = answer.headers["cache-control"]
        assert ("max-age" in kept) if "static" in kind else (kept == "no-store"), kind


def test_the_kinds_of_answers_are_what_they_are_taken_for(guarded: Guarded) -> None:
    found = {kind: a.status_code for kind, a in answers(guarded).items()}
    for kind, status in found.items():
        if number := re.search(r"\d{3}", kind):
            assert status == int(number[0]), kind
    assert (found["fault"], found["fault as a page"], found["refused"], found["nothing new"]) == (500, 500, 403, 204)


def test_a_fault_tells_a_program_and_a_person_nothing_of_its_inside(guarded: Guarded) -> None:
    for accept, kind in (("application/json", "application/json"), ("text/html", "text/html; charset=utf-8")):
        answer = fault(guarded, accept)
        assert answer.headers["content-type"] == kind
        assert "a fault of the app" in answer.text
        assert not re.search(r"Traceback|ZeroDivision|\.py", answer.text)


def test_no_page_holds_a_script_a_style_or_a_handler_of_its_own(guarded: Guarded) -> None:
    count = 0
    for there, answer in pages(guarded):
        if "html" not in answer.headers.get("content-type", ""):
            continue
        count += 1
        for element in Page(answer.text).elements:
            assert wrong_with(element) is None, f"{there}: {wrong_with(element)}"
    assert count > 25


def wrong_with(element: Element) -> str | None:
    """What the Content-Security-Policy would stop, or what would reach out of the app."""
    if element.tag in FORBIDDEN_TAGS:
        return f"<{element.tag}>"
    if element.tag == "script" and (
        not element.attributes.get("src", "").startswith("/static/") or element.text.strip()
    ):
        return "a script in the page"
    for name, value in element.attributes.items():
        if name == "style" or name.startswith(("on", "hx-on")) or "javascript:" in value.lower():
            return f"{name}={value[:40]}"
        if (name in LOADS or name.startswith("hx-get") or (name == "href" and element.tag != "a")) and is_outside(
            value
        ):
            return f"{name}={value[:40]} leads outside"
    return None


def is_outside(value: str) -> bool:
    """Whether an address is not of this app; `data:` is, for pictures."""
    return bool(re.match(r"\s*(//|[a-z][a-z0-9+.-]*:)", value, re.IGNORECASE)) and not value.startswith("data:image/")


def test_the_judgement_of_elements_finds_what_it_should() -> None:
    bad = [
        Element("script", {}, "alert(1)"), Element("p", {"onclick": "x"}), Element("p", {"style": "x"}),
        Element("style", {}), Element("img", {"src": "//evil.example/x"}), Element("a", {"href": "JavaScript:x"}),
        Element("base", {"href": "/"}),
        Element("link", {"href": "https://evil.example"}), Element("script", {"src": "https://evil.example/x.js"}),
        Element("form", {"action": "https://evil.example"}), Element("div", {"hx-get": "http://evil.example"}),
    ]  # fmt: skip
    assert all(wrong_with(one) for one in bad)
    assert wrong_with(Element("a", {"href": "https://doi.org/10.1016/j.bbmt.2018.12.758"})) is None


def test_styles_and_scripts_load_nothing_from_outside(guarded: Guarded) -> None:
    page = Page(guarded.administrator.get(f"/patients/{guarded.patient}").text)
    named = {e.attributes.get(a, "") for e in page.elements for a in ("src", "href")}
    files = {there for there in named if there.startswith("/static/")}
    assert len(files) >= 5
    for there in files:
        text = guarded.client().get(there).text
        assert not re.search(r"url\(\s*['\"]?(https?:)?//|@import|importScripts", text), there
        assert not re.search(r"""(from|import|fetch\()\s*['"`](https?:)?//""", text), there
        if "htmx" not in there:  # has an eval that its configuration in every page shuts off
            assert not re.search(r"\beval\(|new Function\(", text), there
    assert (
        '"allowEval":false'
        in next(e for e in page.elements if e.attributes.get("name") == "htmx-config").attributes["content"]
    )


def test_the_handwriting_is_a_picture_without_anything_active(guarded: Guarded) -> None:
    answer = guarded.administrator.get(f"/patients/{guarded.patient}/handwriting/{guarded.test}.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    tags = {e.tag.rpartition("}")[2] for e in ElementTree.fromstring(answer.text).iter()}
    assert tags <= {"svg", "title", "desc", "rect", "g", "path"}


def test_plain_http_makes_no_promise_of_tls(guarded: Guarded) -> None:
    assert "strict-transport-security" not in guarded.client().get("/sign-in").headers


def test_a_strange_host_or_path_leads_to_no_other_site(guarded: Guarded) -> None:
    for path in ("/ward/", "//evil.example/ward", "/ward", "/\\evil.example", "/sign-in/"):
        for host in (b"evil.example", b"[", b"evil.example\r\nx: y"):
            answer = raw(guarded.ward.app, "GET", path, [(b"host", host)])
            onward = dict(answer.headers).get(b"location", b"/")
            assert answer.status < 500
            assert onward.startswith(b"/")
            assert not onward.startswith((b"//", b"/\\"))
