"""Who may be let in by the settings, and which web pages may call (CORS)."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from cds_keys import EC, public
from cds_made import BASE, Ward
from pydantic import ValidationError

from icans.web.cds import CdsSettings, TrustedClient

Json = dict[str, Any]
KEYS = public(EC)
ORIGIN = "https://ehr.example.org"


def known_pages() -> Ward:
    client = TrustedClient(issuer="https://ehr.example.org", jwks=KEYS, origins=(ORIGIN,))
    return Ward(CdsSettings(base_url=BASE, trusted_clients=(client,)))


@pytest.mark.parametrize("path", ["/cds-services", "/cds-services/icans-patient-view", "/cds-services/x/feedback"])
def test_a_browser_may_ask_whether_a_page_of_a_trusted_client_may_call(path: str):
    headers = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST",
               "Access-Control-Request-Headers": "authorization,content-type"}  # fmt: skip
    answer = known_pages().ask("OPTIONS", path, headers=headers)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert "authorization" in answer.headers["access-control-allow-headers"].lower()
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("origin", ["https://ehr.example.org.evil.example", "http://ehr.example.org", "null"])
def test_no_other_page_may_call(origin: str):
    for method in ("OPTIONS", "GET"):
        answer = known_pages().ask(method, "/cds-services", headers={"Origin": origin})
        assert "access-control-allow-origin" not in answer.headers
        assert answer.headers["vary"] == "Origin"


def test_a_page_may_read_why_its_call_was_refused():
    answer = known_pages().ask("GET", "/cds-services", headers={"Origin": ORIGIN})
    assert answer.status_code == 401
    assert answer.headers["access-control-allow-origin"] == ORIGIN


def test_in_a_sandbox_every_page_may_call():
    answer = Ward().ask("GET", "/cds-services", headers={"Origin": "https://sandbox.example.org"})
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"jwks": None}, "jwks or jwks_url is needed"),
        ({"jwks": {"keys": []}}, "a JWK Set is expected"),
        ({"jwks": {"keys": [{"kty": "oct", "kid": "k", "k": "c2VjcmV0"}]}}, "both sides share"),
        ({"jwks": {"keys": [KEYS["keys"][0] | {"d": "x"}]}}, "a private key stands among the keys"),
        ({"jwks": {"keys": [{**KEYS["keys"][0], "kid": None}]}}, "every key needs its kid"),
        ({"jwks": {"keys": [{**KEYS["keys"][0], "x": "AAAA"}]}}, "cannot be read as a JWK"),
        ({"jwks_url": "http://ehr.example.org/keys"}, "https is needed"),
        ({"fhir_servers": ("http://10.0.0.1/fhir",)}, "https is needed"),
        ({"fhir_servers": ("https://user:word@ehr.example.org/fhir",)}, "user name"),
        ({"fhir_servers": ("ftp://ehr.example.org",)}, "a URL such as"),
        ({"fhir_servers": ("https://ehr.example.org/a/../b",)}, "'..'"),
        ({"origins": ("https://ehr.example.org/app",)}, "without a path"),
    ],
)
def test_settings_that_would_open_a_door_are_refused_in_words(change: Json, words: str):
    with pytest.raises(ValidationError, match=words.replace("(", "\\(").replace("'..'", "'\\.\\.'")):
        TrustedClient.model_validate({"issuer": "https://ehr.example.org", "jwks": copy.deepcopy(KEYS)} | change)


@pytest.mark.parametrize(
    ("change", "words"),
    [({"guideline": "asco-1999"}, "there is no guideline"), ({"guideline": "asco-2021@99"}, "there is no guideline"),
     ({"conventions": {"Z9": True}}, "Z9"), ({"time_zone": "Mars/Base"}, "a time zone such as"),
     ({"algorithms": ["HS256"]}, "with a public key"),
     ({"algorithms": ["none"]}, "with a public key"), ({"base_url": "icans"}, "a URL such as")],
)  # fmt: skip
def test_settings_of_the_services_are_checked(change: Json, words: str):
    with pytest.raises(ValidationError, match=words):
        CdsSettings.model_validate({"base_url": BASE} | change)


def test_the_address_of_this_platform_may_be_any_of_the_house():
    assert (
        CdsSettings(base_url="http://ward-7.example.org:8000/icans/").base_url == "http://ward-7.example.org:8000/icans"
    )


def test_a_server_on_this_machine_needs_no_https():
    client = TrustedClient(issuer="me", jwks=KEYS, fhir_servers=("http://127.0.0.1:8080/fhir/", "http://[::1]/fhir"))
    assert client.fhir_servers == ("http://127.0.0.1:8080/fhir", "http://[::1]/fhir")
