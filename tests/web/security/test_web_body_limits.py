"""No body larger than is taken, no form with too many boxes, no list without an end, nothing nested without a floor."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from guarded_ward import Guarded, guarded_ward
from plausible import kept
from wire import Raw, raw

LARGEST = 1_000_000
FORM = (b"content-type", b"application/x-www-form-urlencoded")
PARTS = (b"content-type", b"multipart/form-data; boundary=b")
JSON = (b"content-type", b"application/json")
FHIR = (b"content-type", b"application/fhir+json")
WRITES = [("/patients", FORM), ("/patients", PARTS), ("/api/patients", JSON), ("/fhir", FHIR), ("/fhir/Patient", JSON)]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    made = guarded_ward(tmp_path_factory.mktemp("limits"), largest_body=LARGEST)
    yield made
    made.ward.store.close()


def sent(guarded: Guarded, path: str, *headers: tuple[bytes, bytes], chunks: list[bytes]) -> Raw:
    token = guarded.signed_in("administrator", "token").encode()
    return raw(guarded.ward.app, "POST", path, [(b"authorization", b"Bearer " + token), *headers], chunks)


@pytest.mark.parametrize(("path", "kind"), WRITES)
def test_a_body_that_says_it_is_too_large_is_not_read(guarded: Guarded, path: str, kind: tuple[bytes, bytes]) -> None:
    before = kept(guarded)
    for length in (b"1000001", b"99999999999999999999", b"9" * 5000, b"-1", b"1e3", "²".encode("latin-1"), b""):
        assert sent(guarded, path, kind, (b"content-length", length), chunks=[b""]).status == 413, length
    assert kept(guarded) == before


@pytest.mark.parametrize(("path", "kind"), WRITES)
def test_a_body_in_chunks_is_cut_off_where_it_is_too_large(
    guarded: Guarded, path: str, kind: tuple[bytes, bytes]
) -> None:
    """No length is given; the form that comes in parts is a file, of which there is no other end."""
    start = b'--b\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\n' if kind == PARTS else b""
    before, taken = kept(guarded), [start, *[b"&a=" + b"a" * 9997] * 200]
    assert sent(guarded, path, kind, chunks=taken).status == (413)
    assert kept(guarded) == before


def test_a_body_of_just_that_size_is_taken(guarded: Guarded) -> None:
    body = b'{"identifier": "JUST-FITS"}'.ljust(LARGEST)
    assert sent(guarded, "/api/patients", JSON, (b"content-length", b"1000000"), chunks=[body]).status == 201


@pytest.mark.parametrize("path", ["/patients", "/sign-in", "/account"])
def test_a_form_of_more_boxes_than_any_page_has_is_refused(guarded: Guarded, path: str) -> None:
    boxes = b"&".join(b"box%d=1" % n for n in range(501))
    parts = (
        b"".join(b'--b\r\nContent-Disposition: form-data; name="box"\r\n\r\n1\r\n' for _ in range(501)) + b"--b--\r\n"
    )
    assert sent(guarded, path, FORM, chunks=[boxes]).status == 400
    assert sent(guarded, path, PARTS, chunks=[parts]).status == 400


@pytest.mark.parametrize(
    "kind", ["text/plain", "multipart/form-data", "multipart/form-data; boundary=", "application/xml"]
)
def test_a_form_that_is_none_is_refused_in_words(guarded: Guarded, kind: str) -> None:
    assert sent(guarded, "/patients", (b"content-type", kind.encode()), chunks=[b"<x>&=%"]).status in (400, 422)


@pytest.mark.parametrize(
    "charset", [b"idna", b"unicode_escape", b"utf-7", b"zlib", b"hex", b"rot13", b"undefined", b"x"]
)
def test_the_encoding_that_a_form_names_cannot_break_anything(guarded: Guarded, charset: bytes) -> None:
    kind = (b"content-type", b"multipart/form-data; boundary=b; charset=" + charset)
    part = b'--b\r\nContent-Disposition: form-data; name="identifier"\r\n\r\n\\ud800xn--0+2AA-\xff\r\n--b--\r\n'
    assert sent(guarded, "/patients", kind, chunks=[part]).status in (303, 400, 409, 422)
    assert guarded.administrator.get("/ward").status_code == 200


@pytest.mark.parametrize("deep", [b"[" * 100_000, b'{"a":' * 100_000, b"[" * 900 + b"]" * 900])
@pytest.mark.parametrize(
    "path", ["/api/patients", "/api/settings", "/fhir", "/fhir/Observation", "/cds-services/patient-view"]
)
def test_json_nested_without_a_floor_is_refused(guarded: Guarded, path: str, deep: bytes) -> None:
    for body in (
        deep,
        b'{"identifier": ' + deep + b"}",
        b'{"resourceType": "Bundle", "type": "batch", "entry": ' + deep + b"}",
    ):
        assert 400 <= sent(guarded, path, JSON, chunks=[body]).status < 500


def test_settings_cannot_be_nested_so_deeply_that_nobody_can_read_them_any_more(guarded: Guarded) -> None:
    now = guarded.administrator.get("/api/settings").json()
    deep = b'{"a":' * 400 + b"1" + b"}" * 400
    client = b'[{"issuer": "https://x.example", "jwks": {"keys": [%s]}}]' % deep
    body = b'{"version": %d, "settings": {"cds_clients": %s}}' % (now["version"], client)
    answer = guarded.administrator.put("/api/settings", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert guarded.administrator.get("/api/settings").json() == now


def test_one_act_holds_five_hundred_observations_and_no_more(guarded: Guarded) -> None:
    one = {"time": "2026-03-09T05:00:00Z", "item": "crp", "value": 1, "unit": "mg/L"}
    answer = guarded.administrator.post(f"/api/patients/{guarded.patient}/entries", json={"observations": [one] * 501})
    assert answer.status_code == 422


@pytest.mark.parametrize("number", ["-1", str(2**63), str(10**30), "1e5", "NaN", "\u0663", "0x10", "1 OR 1=1"])
@pytest.mark.parametrize("path", ["/audit?before=", "/patients/{}/record?before=", "/patients/{}/news?version="])
def test_a_number_in_an_address_that_no_database_holds_is_refused(guarded: Guarded, path: str, number: str) -> None:
    there = path.format(guarded.patient) + number
    assert guarded.administrator.get(there).status_code in (200, 422)
    there = there.replace("/audit", "/api/audit").replace("/patients", "/api/patients").replace("/record", "/entries")
    assert guarded.administrator.get(there).status_code in (200, 404, 422)
