"""What a sign-in is made of: settings, the cookie of one under way, what servers publish, the number of a patient."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from icans.errors import DataError
from icans.web.cds.fetch import NotHad
from icans.web.openid.begun import begun, cookie_name, opened, sealed
from icans.web.openid.named import called, staff_name
from icans.web.openid.outside import Documents, Outside
from icans.web.openid.provider import client_of, openid_provider, smart_provider
from icans.web.openid.refusal import Refusal
from icans.web.site import OpenId, site_of

NOW = datetime(2026, 3, 9, 6, 0, tzinfo=UTC)
ISSUER, SERVER = "https://login.example.org", "https://ehr.example.org/fhir"
PUBLISHED = {
    "issuer": ISSUER, "authorization_endpoint": f"{ISSUER}/authorize", "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/jwks",
}  # fmt: skip


def outside(**documents: dict[str, Any]) -> Outside:
    """The world, with the documents of an issuer and a SMART server in it."""
    found = {
        f"{ISSUER}/.well-known/openid-configuration": documents.get("issuer", PUBLISHED),
        f"{SERVER}/.well-known/smart-configuration": documents.get("server", PUBLISHED),
    }
    made = Outside(b"a secret of the tests")
    made.__dict__["documents"] = Documents(lambda url: found[url], lambda: 0.0)
    return made


@pytest.mark.parametrize(
    ("openid", "words"),
    [
        ({"issuer": "http://login.example.org", "client_id": "x"}, "https is needed"),
        ({"issuer": "https://me@login.example.org", "client_id": "x"}, "without user name"),
        ({"issuer": ISSUER}, "client_id is needed"),
        ({"smart_servers": [SERVER]}, "client_id is needed"),
        ({"smart_servers": ["file:///etc/passwd"], "client_id": "x"}, "https"),
        ({"smart_servers": ["http://10.0.0.1/fhir"], "client_id": "x"}, "https is needed"),
        ({"role": "administrator"}, "one of viewer, nurse, clinician"),
        ({"role": "king"}, "one of viewer, nurse, clinician"),
    ],
)
def test_a_setting_that_would_be_unsafe_is_refused_in_words(openid: dict[str, Any], words: str):
    with pytest.raises(DataError, match=words):
        site_of({"openid": openid})


@pytest.mark.parametrize(
    ("units", "openid", "words"),
    [
        (["East"], {"role": "nurse"}, "openid: care_unit is needed beside role"),
        (["East"], {"role": "nurse", "care_unit": "West"}, "openid: care_unit is one of care_units"),
        ([], {"role": "nurse", "care_unit": "West"}, "openid: care_unit is one of care_units"),
    ],
)
def test_who_is_new_is_bound_to_a_unit_where_the_site_has_units(units: list[str], openid: dict[str, Any], words: str):
    with pytest.raises(DataError, match=words):
        site_of({"care_units": units, "openid": openid})
    assert site_of({"care_units": ["East"], "openid": {"role": "nurse", "care_unit": "East"}})
    assert site_of({"care_units": ["East"], "openid": {"role": ""}}), "nobody new gets an account"


def test_a_slash_at_the_end_belongs_to_an_issuer_but_not_to_a_server():
    openid = site_of({"openid": {"issuer": f"{ISSUER}/", "client_id": "x", "smart_servers": [f"{SERVER}/"]}}).openid
    assert openid.issuer == f"{ISSUER}/"
    assert openid.smart_servers == [SERVER]


def test_secrets_are_never_shown_and_stay_where_none_are_given():
    openid = OpenId(client_id="x", client_secret="one", smart_client_id="y", smart_client_secret="two")
    assert "one" not in openid.hidden().model_dump_json()
    assert "two" not in openid.hidden().model_dump_json()
    assert openid.hidden().filled(openid) == openid


def test_the_record_systems_have_a_registration_of_their_own_where_one_is_given():
    both = OpenId(client_id="x", client_secret="one", smart_client_id="y", smart_client_secret="two")
    assert (client_of(both).id, client_of(both, launch=True).id) == ("x", "y")
    public = OpenId(client_id="x", client_secret="one", smart_client_id="y")
    assert client_of(public, launch=True).secret == "", "the secret of the one is never sent to the other"
    assert client_of(OpenId(client_id="x", client_secret="one"), launch=True).secret == "one"


def test_what_was_begun_comes_back_only_whole_in_time_and_for_its_own_way():
    one = begun("openid", ISSUER, "x", NOW, onward="/ward")
    text, later = sealed(one, b"ours"), NOW + timedelta(minutes=9)
    assert opened(text, b"ours", "openid", one.state, later) == one
    assert opened(text, b"ours", "openid", one.state, NOW + timedelta(minutes=10)) is None
    assert opened(text, b"ours", "launch", one.state, later) is None
    assert opened(text, b"ours", "openid", one.state + "x", later) is None
    assert opened(text, b"another", "openid", one.state, later) is None
    assert opened(text[:-1], b"ours", "openid", one.state, later) is None
    assert opened("", b"ours", "openid", one.state, later) is None


def test_the_name_of_the_cookie_is_fit_for_a_header_whatever_the_state_is():
    assert cookie_name("a\r\né; b=c,x=y") == "icans_begun_abcx"


@pytest.mark.parametrize("lacking", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
def test_a_provider_that_does_not_say_where_to_go_is_not_used(lacking: str):
    with pytest.raises(NotHad, match=lacking):
        openid_provider(outside(issuer={k: v for k, v in PUBLISHED.items() if k != lacking}), ISSUER)


@pytest.mark.parametrize(
    "address", ["http://login.example.org/token", "http://127.0.0.1:8080/token", "file:///token", "https://a@b/token"]
)
def test_a_provider_that_leads_to_an_unsafe_address_is_not_used(address: str):
    """http on this machine is for trying out; a provider out there that leads here would make the app ask itself."""
    with pytest.raises(NotHad):
        openid_provider(outside(issuer=PUBLISHED | {"token_endpoint": address}), ISSUER)


def test_the_keys_of_a_launch_are_those_of_the_issuer_not_those_the_record_system_names():
    found = smart_provider(outside(server=PUBLISHED | {"jwks_uri": f"{SERVER}/keys-of-its-own"}), SERVER)
    assert found.jwks == f"{ISSUER}/jwks"


def test_a_record_system_that_does_not_sign_people_in_is_told_so():
    without = {k: v for k, v in PUBLISHED.items() if k != "issuer"}
    with pytest.raises(NotHad, match="sso-openid-connect"):
        smart_provider(outside(server=without), SERVER)


def test_a_document_is_asked_for_once_in_five_minutes_and_after_a_failure_soon_again():
    now, asked = [0.0], []

    def fetch(url: str) -> dict[str, Any]:
        asked.append(url)
        if now[0] == 400:
            raise NotHad("the server could not be reached")
        return {"at": now[0]}

    documents = Documents(fetch, lambda: now[0])
    assert [documents.at("u"), documents.at("u")] == [{"at": 0.0}] * 2
    now[0] = 300.0
    assert documents.at("u") == {"at": 0.0}
    now[0] = 400.0
    for _ in range(3):
        with pytest.raises(NotHad, match="could not be reached"):
            documents.at("u")
    assert len(asked) == 2
    now[0] = 406.0
    assert documents.at("u") == {"at": 406.0}


def identifier(value: Any, kind: str = "", **more: Any) -> dict[str, Any]:
    return {"value": value} | ({"type": {"coding": [{"code": kind}]}} if kind else {}) | more


@pytest.mark.parametrize(
    ("identifiers", "name"),
    [
        ([identifier("1"), identifier("2", "MR")], "2"),
        ([identifier("1", "SS"), identifier("2")], "2"),
        ([identifier("1", "MR"), identifier("2", system="urn:icans:patient")], "2"),
        ([identifier("1", "MR", use="old"), identifier("2", "MR")], "2"),
        ([identifier("1", "MR", use="temp"), identifier("2", "MR")], "2"),
        ([identifier("  a   b ")], "a b"),
        ([identifier(7), identifier(""), "x", identifier("2")], "2"),
    ],
)
def test_a_patient_is_called_by_the_number_of_the_hospital(identifiers: list[Any], name: str):
    assert called(json.loads(json.dumps({"identifier": identifiers}))) == name


@pytest.mark.parametrize(
    "identifiers", [[], None, "x", [identifier("999-00-0000", "SS")], [identifier("1", use="old")]]
)
def test_a_patient_without_such_a_number_is_not_named_by_another(identifiers: Any):
    with pytest.raises(Refusal):
        called({"identifier": identifiers})


@pytest.mark.parametrize(
    ("names", "name"),
    [
        ([{"given": ["Omar", "B."], "family": "Reyes"}], "Omar B. Reyes"),
        ([{"text": "Dr. Reyes", "family": "Reyes"}], "Dr. Reyes"),
        ([{"use": "old", "text": "Before"}, {"text": "Now"}], "Now"),
        ([{"given": "x", "family": 7}, "y"], ""),
        (None, ""),
    ],
)
def test_the_name_of_somebody_who_works_there(names: Any, name: str):
    assert staff_name({"name": names}) == name
