"""Who may call: the JSON Web Token of a record system, and every way to get it wrong.

Demands from CDS Hooks 2.0, "Trusting CDS Clients".
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from cds_keys import EC, ISSUER, RSA, SERVICE, now, public, token
from cds_made import BASE, Ward, adult, body, prefetch
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA384
from joserfc.jwk import ECKey, OctKey

from icans.web.cds import CdsSettings, TrustedClient
from icans.web.cds.fetch import Web
from icans.web.cds.keys import Keys, NoKeys
from icans.web.cds.replays import InProcess

Json = dict[str, Any]
JKU = "https://ehr.example.org/keys.json"
STRANGER = ECKey.generate_key("P-384", {"kid": "ec"})


def client(**more: Any) -> TrustedClient:
    return TrustedClient(**({"issuer": ISSUER, "jwks": public(EC, RSA)} | more))


def ward(*clients: TrustedClient, web: Web | None = None, **settings: Any) -> Ward:
    return Ward(CdsSettings(base_url=BASE, trusted_clients=clients or (client(),), **settings), web=web)


def status(place: Ward, authorization: str | None, path: str = "/cds-services/icans-patient-view") -> int:
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = place.ask("POST", path, json=body("patient-view", prefetch(adult())), headers=headers)
    if answer.status_code == 401:
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert "eyJ" not in answer.text
    return answer.status_code


@pytest.mark.parametrize(("key", "alg"), [(EC, "ES384"), (RSA, "RS384")])
def test_a_token_of_a_trusted_client_lets_it_in_and_the_audit_knows_it(key: Any, alg: str):
    place = ward()
    assert status(place, f"Bearer {token(place, key, alg)}") == 200
    assert place.calls[0].client == ISSUER


def test_aud_may_be_a_list_that_names_the_service():
    place = ward()
    assert status(place, f"Bearer {token(place, aud=['https://other.example.org', SERVICE])}") == 200


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer ", "Basic dTpw", "Bearer abc", "Bearer a.b.c"])
def test_without_a_token_nobody_is_let_in(authorization: str | None):
    assert status(ward(), authorization) == 401


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://another.example.org"}, {"iss": None}, {"iss": ["https://ehr.example.org"]},
        {"aud": f"{BASE}/cds-services/icans-order-sign"}, {"aud": f"{BASE}/cds-services"}, {"aud": None}, {"aud": []},
        {"aud": "https://another.example.org/cds-services/icans-patient-view"},
        {"exp": None}, {"exp": "soon"}, {"iat": None}, {"jti": None}, {"jti": ""}, {"jti": 7}, {"exp": True},
    ],
)  # fmt: skip
def test_a_token_that_says_something_else_is_refused(claims: Json):
    place = ward()
    assert status(place, f"Bearer {token(place, **claims)}") == 401


@pytest.mark.parametrize(
    ("issued", "expires", "answer"),
    [(0, 300, 200), (-300, -31, 401), (-300, -29, 200), (31, 300, 401), (29, 300, 200), (0, 301, 401),
     (0, -1, 401)],
)  # fmt: skip
def test_a_token_is_good_within_its_time_give_or_take_30_seconds(issued: int, expires: int, answer: int):
    place = ward()
    place.hours += 1
    claims: Json = {"iat": now(place) + issued, "exp": now(place) + expires}
    assert status(place, f"Bearer {token(place, **claims)}") == answer


def test_a_token_that_is_not_good_yet_is_refused():
    place = ward()
    assert status(place, f"Bearer {token(place, nbf=now(place) + 60)}") == 401


def test_a_token_is_good_once():
    place = ward()
    used = token(place)
    assert [status(place, f"Bearer {used}") for _ in range(3)] == [200, 401, 401]
    assert status(place, f"Bearer {token(place, jti='two')}") == 200


def test_a_token_that_was_refused_is_not_used_up():
    place = ward()
    assert status(place, f"Bearer {token(place, aud='elsewhere')}") == 401
    assert status(place, f"Bearer {token(place)}") == 200


def test_a_key_of_somebody_else_is_refused():
    place = ward()
    assert status(place, f"Bearer {token(place, STRANGER)}") == 401


def test_a_token_that_was_changed_on_the_way_is_refused():
    place = ward()
    head, _, signature = token(place).split(".")
    told = {"iss": ISSUER, "aud": SERVICE, "iat": now(place), "exp": now(place) + 300, "jti": "two"}
    changed = base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=").decode()
    assert status(place, f"Bearer {head}.{changed}.{signature}") == 401


def test_a_token_without_a_signature_is_refused():
    place = ward()
    _, claims, _ = token(place).split(".")
    for alg in ("none", "None", "NONE", ""):
        head = base64.urlsafe_b64encode(json.dumps({"alg": alg, "kid": "ec", "typ": "JWT"}).encode()).rstrip(b"=")
        assert status(place, f"Bearer {head.decode()}.{claims}.") == 401


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize("secret", [RSA.as_pem(private=False), json.dumps(RSA.as_dict(private=False)).encode()])
def test_the_public_key_taken_for_a_shared_secret_is_refused(secret: bytes):
    place = ward()
    forged = OctKey.import_key(base64.urlsafe_b64encode(secret).decode(), {"kid": "rsa"})
    for alg in ("HS256", "HS384"):
        assert status(place, f"Bearer {token(place, forged, alg, header={'kid': 'rsa'})}") == 401


@pytest.mark.parametrize(("key", "alg"), [(RSA, "RS256"), (RSA, "PS384")])
def test_an_algorithm_that_is_not_asked_for_is_refused(key: Any, alg: str):
    place = ward()
    assert status(place, f"Bearer {token(place, key, alg)}") == 401
    place = ward(algorithms=frozenset({alg}))
    assert status(place, f"Bearer {token(place, key, alg)}") == 200


@pytest.mark.parametrize(
    "header",
    [{"kid": None}, {"kid": "unknown"}, {"typ": "at+jwt"}, {"jku": JKU}, {"jku": "https://evil.example.org/keys"}],
)  # fmt: skip
def test_a_header_that_names_something_else_is_refused(header: Json):
    place = ward()
    assert status(place, f"Bearer {token(place, header=header)}") == 401


def signed_by_hand(header: Json, claims: Json) -> str:
    """A token with a good signature whatever its header says."""
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, claims)]
    r, s = decode_dss_signature(EC.raw_value.sign(b".".join(parts), ECDSA(SHA384())))  # type: ignore[union-attr]
    signature = base64.urlsafe_b64encode(r.to_bytes(48, "big") + s.to_bytes(48, "big")).rstrip(b"=")
    return b".".join([*parts, signature]).decode()


@pytest.mark.parametrize(("header", "answer"), [({}, 200), ({"x": 1}, 200), ({"x": 1, "crit": ["x"]}, 401)])
def test_a_header_that_must_be_understood_and_is_not_is_refused(header: Json, answer: int):
    place = ward()
    claims = {"iss": ISSUER, "aud": SERVICE, "iat": now(place), "exp": now(place) + 300, "jti": "one"}
    made = signed_by_hand({"alg": "ES384", "kid": "ec", "typ": "JWT"} | header, claims)
    assert status(place, f"Bearer {made}") == answer


def test_a_key_of_one_client_does_not_speak_for_another():
    other = ECKey.generate_key("P-384", {"kid": "ec"})
    place = ward(client(), client(issuer="https://second.example.org", jwks=public(other)))
    assert status(place, f"Bearer {token(place, other)}") == 401
    assert status(place, f"Bearer {token(place, other, iss='https://second.example.org')}") == 200


def test_the_list_of_services_needs_a_token_for_it():
    place = ward()
    assert place.ask("GET", "/cds-services").status_code == 401
    headers = {"Authorization": f"Bearer {token(place, aud=f'{BASE}/cds-services')}"}
    assert place.ask("GET", "/cds-services", headers=headers).status_code == 200


@pytest.mark.parametrize("aud", [f"{SERVICE}/feedback", SERVICE])
def test_feedback_needs_a_token_for_the_service_or_its_feedback(aud: str):
    place = ward()
    line = {"card": "c", "outcome": "overridden", "outcomeTimestamp": "2025-03-08T10:00:00Z"}
    path = "/cds-services/icans-patient-view/feedback"
    assert place.ask("POST", path, json={"feedback": [line]}).status_code == 401
    headers = {"Authorization": f"Bearer {token(place, aud=aud)}"}
    assert place.ask("POST", path, json={"feedback": [line]}, headers=headers).status_code == 200
    assert place.feedback[0].client == ISSUER


def test_a_body_is_not_looked_at_before_the_caller_is_known():
    answer = ward().ask("POST", "/cds-services/icans-nothing", content=b"{")
    assert answer.status_code == 401


def served(answer: Callable[[httpx.Request], httpx.Response]) -> Web:
    return Web(httpx.Client(transport=httpx.MockTransport(answer), follow_redirects=False))


def test_keys_are_fetched_from_their_address_once():
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, json=public(EC))

    place = ward(client(jwks=None, jwks_url=JKU), web=served(answer))
    assert status(place, f"Bearer {token(place, header={'jku': JKU})}") == 200
    assert status(place, f"Bearer {token(place, jti='two')}") == 200
    assert asked == [JKU]


def test_keys_are_fetched_again_for_a_new_name_after_half_a_minute_and_in_any_case_after_five():
    clock, held, asked = [0.0], [EC], []

    def fetch(url: str) -> Json:
        asked.append(url)
        return public(*held)

    keys = Keys(fetch, lambda: clock[0])
    assert keys.at(JKU, "ec") is not None
    held.append(RSA)  # type: ignore[arg-type]
    assert keys.at(JKU, "rsa") is None
    clock[0] = 31.0
    assert keys.at(JKU, "rsa") is not None
    assert len(asked) == 2
    held.clear()
    held.append(RSA)  # type: ignore[arg-type]
    clock[0] = 331.0
    assert keys.at(JKU, "ec") is not None
    clock[0] = 332.0
    assert keys.at(JKU, "ec") is None


def test_keys_that_were_good_stand_while_their_address_fails():
    clock, good = [0.0], [True]

    def fetch(_: str) -> Json:
        if not good[0]:
            raise NoKeys("the server answered 500")
        return public(EC)

    keys = Keys(fetch, lambda: clock[0])
    assert keys.at(JKU, "ec") is not None
    good[0], clock[0] = False, 400.0
    assert keys.at(JKU, "ec") is not None
    with pytest.raises(NoKeys, match="500"):
        keys.at(JKU, "rsa")


def test_keys_of_another_address_than_the_known_one_are_never_fetched():
    def answer(_: httpx.Request) -> httpx.Response:
        raise AssertionError("no address but that of the settings may be asked")

    place = ward(client(), web=served(answer))
    assert status(place, f"Bearer {token(place, STRANGER, header={'jku': 'https://evil.example.org/keys'})}") == 401


@pytest.mark.parametrize(
    "answer",
    [httpx.Response(500), httpx.Response(200, text="<html>"), httpx.Response(200, json={"keys": "none"}),
     httpx.Response(302, headers={"Location": "https://evil.example.org"}), httpx.Response(200, json=[1])],
)  # fmt: skip
def test_keys_that_cannot_be_had_let_nobody_in_and_are_not_asked_for_again_at_once(answer: httpx.Response):
    asked: list[str] = []

    def failing(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return answer

    place = ward(client(jwks=None, jwks_url=JKU), web=served(failing))
    assert [status(place, f"Bearer {token(place)}") for _ in range(3)] == [401] * 3
    assert len(asked) == 1


def test_short_and_shared_keys_behind_an_address_are_passed_over():
    weak = {"keys": [{"kty": "oct", "kid": "ec", "k": "c2VjcmV0"}, EC.as_dict(private=True), *public(EC)["keys"]]}
    place = ward(client(jwks=None, jwks_url=JKU), web=served(lambda _: httpx.Response(200, json=weak)))
    assert status(place, f"Bearer {token(place)}") == 200


def test_used_tokens_are_forgotten_when_they_are_no_longer_good():
    used = InProcess(most=2)
    assert used.first_use("i", "a", until=10, now=0)
    assert used.first_use("i", "b", until=20, now=0)
    assert not used.first_use("i", "a", until=10, now=5)
    assert not used.first_use("i", "c", until=30, now=5), "no room: it fails closed"
    assert used.first_use("i", "c", until=30, now=11)
    assert used.first_use("j", "b", until=20, now=25), "another issuer's token of that name"
