"""No value of a patient reaches a log or the terminal, whatever is asked for and whatever goes wrong."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from guarded_ward import LABEL, NOTE, REASON, Guarded, guarded_ward
from sqlalchemy import text
from wire import raw

from icans.store import entries, patients
from icans.web import worked
from icans.web.pages import entering, patient

MINE = "MRN-4711-NEW"
TYPED = "typed-in-by-somebody"
SECRETS = (
    LABEL,
    NOTE,
    REASON,
    MINE,
    TYPED,
    "MRN-4711",
    "Zebulon",
    "5120",
    "39.2",
    "tocilizumab",
    "a long enough pass phrase",
)


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Guarded]:
    made = guarded_ward(tmp_path)
    yield made
    made.ward.store.close()


def requests(guarded: Guarded) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(method, address, what is sent): good ones, wrong ones, and some that no client sends."""
    here = f"/patients/{guarded.patient}"
    yield from (("GET", here + part, {}) for part in ("", "/record", "/plan", "/print.pdf", "/ice", f"/{TYPED}"))
    yield from (
        ("GET", path, {}) for path in (f"/api{here}/review", "/ward", "/audit", f"/patients/{TYPED}", "/api/ward")
    )
    yield "POST", "/api/patients", {"json": {"identifier": MINE, "facts": {"label": LABEL, "age": TYPED}}}
    yield "POST", "/api/patients", {"json": {"identifier": MINE, "facts": {"label": LABEL, "bed": TYPED}}}
    yield (
        "POST",
        "/api/patients",
        {"content": b'{"identifier": "' + TYPED.encode(), "headers": {"content-type": "application/json"}},
    )
    yield "POST", f"/api{here}/entries", {"json": {"note": TYPED, "observations": [{"item": TYPED, "value": TYPED}]}}
    yield "POST", f"/api{here}/entries", {"json": {"observations": [seen("crp", TYPED)]}}
    yield "POST", f"{here}/enter/vitals", {"data": {"time": "2026-03-09T05:00", "temperature": TYPED, "note": TYPED}}
    yield "POST", f"{here}/enter/vitals", {"data": {"time": "2026-03-09T05:00", "temperature": "38.1", "note": TYPED}}
    yield "POST", f"{here}/therapy", {"data": {"start": TYPED, "drug": TYPED}}
    yield "POST", "/sign-in", {"data": {"login": TYPED, "password": TYPED}}
    yield (
        "POST",
        "/patients",
        {"content": b"--b\r\nX: " + TYPED.encode(), "headers": {"content-type": "multipart/form-data; boundary=b"}},
    )
    yield (
        "POST",
        "/fhir/Observation",
        {"json": {"resourceType": "Observation", "status": TYPED, "code": {"text": TYPED}}},
    )
    yield "GET", f"/fhir/Observation?patient={guarded.patient}&code={TYPED}", {}
    yield "POST", "/cds-services/patient-view", {"json": {"hook": TYPED, "context": {"patientId": MINE}}}


def seen(item: str, value: str) -> dict[str, str]:
    return {"time": "2026-03-09T05:00:00Z", "item": item, "value": value, "unit": "mg/L"}


def test_requests_good_and_bad_leave_no_value_in_a_log(guarded: Guarded, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    caplog.set_level(logging.DEBUG, "icans")
    for method, path, sent in requests(guarded):
        guarded.administrator.request(method, path, **sent)
    assert_silent(caplog.text)


@pytest.mark.parametrize(
    ("module", "name"),
    [(patient, "patient_context"), (entering, "record_table"), (worked, "reviewed"), (patients, "find"),
     (entries, "record")],
)  # fmt: skip
def test_a_fault_of_ours_is_logged_with_its_kind_and_place_but_without_what_it_says(
    guarded: Guarded, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, module: Any, name: str
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        try:
            raise KeyError(LABEL)
        except KeyError as error:
            raise ValueError(f"{LABEL} {NOTE} {TYPED} 39.2") from error

    monkeypatch.setattr(module, name, broken)
    guarded.ward.clock.now = guarded.ward.clock.now.replace(hour=23)
    here, api = f"/patients/{guarded.patient}", guarded.administrator
    answers = [api.get(here), api.get(f"{here}/record"), api.post(f"/api{here}/entries", json={"note": TYPED})]
    assert 500 in [a.status_code for a in answers] or "could not be worked out" in answers[0].text
    assert not any(LABEL in a.text for a in answers if a.status_code == 500)
    assert "ValueError at test_web_log_silence.py line" in caplog.text
    assert_silent(caplog.text)


def test_a_fault_after_the_answer_began_says_nothing_either(guarded: Guarded, caplog: pytest.LogCaptureFixture) -> None:
    """The server would write the traceback of whatever comes out of the app."""

    async def half(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ValueError(LABEL)

    guarded.ward.app.mount("/half", half)
    with pytest.raises(Exception, match=r"^$") as came_out:
        raw(guarded.ward.app, "GET", "/half/way")
    chain = [came_out.value, came_out.value.__cause__]
    assert not any(LABEL in str(e) for e in chain)
    assert came_out.value.__suppress_context__, "the first error is not printed with it"
    assert_silent(caplog.text)


def assert_silent(logged: str) -> None:
    assert [secret for secret in SECRETS if secret in logged] == []


def test_the_terminal_of_a_server_stays_silent(guarded: Guarded, tmp_path: Path) -> None:
    """With an entry in the store that breaks a page: the error would say what the entry holds."""
    broken = guarded.names(writes=True)["patient_id"]
    with guarded.ward.store.write() as db:
        wrong = "update entry set item = 'infusion', text = :text where patient = :patient and kind = 'fact'"
        db.execute(text(wrong), {"text": f"{LABEL} at {TYPED}", "patient": broken})
    token = {"authorization": f"Bearer {guarded.signed_in('administrator', 'token')}"}
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "icans",
        "serve",
        "--database",
        str(guarded.ward.store.url.database),
        "--port",
        str(port),
    ]
    with (tmp_path / "terminal").open("wb") as terminal:
        server = subprocess.Popen(command, stdout=terminal, stderr=subprocess.STDOUT, cwd=tmp_path)
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=token, timeout=60) as client:
                wait_for(client, server)
                codes = [client.get(f"/patients/{broken}/record").status_code]
                codes += [client.request(method, path, **sent).status_code for method, path, sent in requests(guarded)]
            for junk in (
                f"GET /{TYPED} HTTP/1.1\r\n{TYPED}\r\n\r\n",
                f"{TYPED}\r\n\r\n",
                f"GET /\u00fc{TYPED} HTTP/9\r\n\r\n",
            ):
                with socket.create_connection(("127.0.0.1", port)) as line:
                    line.sendall(junk.encode("latin-1"))
                    line.recv(1000)
        finally:
            server.terminate()
            server.wait(30)
    said = (tmp_path / "terminal").read_text("utf-8")
    assert codes[0] == 500
    assert "a request failed: ValueError at" in said
    assert_silent(said)
    assert "Traceback" not in said


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_for(client: httpx.Client, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert server.poll() is None, "the server did not start"
        try:
            client.get("/healthz")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server did not answer within a minute")
