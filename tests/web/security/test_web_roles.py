"""Every route of the app against the table of who may do what: `matrix.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from guarded_ward import Guarded, guarded_ward, routes_of
from plausible import PROGRAMS, ROUTES, TABLE, call, is_about_a_patient, kept, names_for

WORDS = {
    "ok": {"ok", "empty"}, "empty": {"empty"}, "forbidden": {"forbidden"}, "absent": {"absent"},
    "sign-in": {"sign-in"}, "own": {"sign-in"}, "wrong": {"sign-in", "forbidden", "absent", "invalid"},
}  # fmt: skip
"""What the table says -> what may be seen."""


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    made = guarded_ward(tmp_path_factory.mktemp("roles"))
    yield made
    made.ward.store.close()


def test_every_route_of_the_app_is_in_the_table_and_no_other(guarded: Guarded) -> None:
    served = {f"{method} {path}" for method, path in routes_of(guarded.ward.app)}
    assert served - set(ROUTES) == set(), "say in matrix.yaml who may use these"
    assert set(ROUTES) - served == set(), "these are gone"


@pytest.mark.parametrize("route", ROUTES)
def test_everybody_gets_what_the_table_says(guarded: Guarded, route: str) -> None:
    for who, word in zip(TABLE["who"], ROUTES[route], strict=True):
        answer = call(guarded, route, who)
        assert word_of(route, answer) in WORDS[word], f"{who}: {answer.status_code} {answer.text[:200]}"


@pytest.mark.parametrize("route", [r for r in ROUTES if is_about_a_patient(r)])
def test_to_an_administrator_of_another_unit_a_patient_is_as_one_who_does_not_exist(
    guarded: Guarded, route: str
) -> None:
    """Rights do not help: nothing of the patient is told, not even that there is one, and nothing is written."""
    names = names_for(guarded, route)
    before = kept(guarded)
    there = call(guarded, route, "elsewhere_administrator", names)
    nowhere = call(guarded, route, "elsewhere_administrator", names | dict.fromkeys(("patient_id", "id"), "0" * 32))
    assert (there.status_code, nowhere.status_code) == (404, 404)
    assert "no such patient" in there.text
    if "/fhir/" not in route:  # the id of a resource that is not there is answered in other words
        assert (without_tokens(there.text), there.headers) == (without_tokens(nowhere.text), nowhere.headers)
    assert kept(guarded) == before


def test_what_nobody_can_open_without_a_sign_in_is_short() -> None:
    """Each of these was looked at: nothing of a patient, an account or the settings is in them."""
    assert {r for r, words in ROUTES.items() if words[0] == "ok"} == {
        "GET /", "GET /sign-in", "GET /sign-up", "POST /sign-up", "GET /healthz", "GET /openapi.json",
        "GET /static/report.css", "MOUNT /static", "GET /fhir/metadata", "OPTIONS /cds-services",
        "OPTIONS /cds-services/{service_id}", "OPTIONS /cds-services/{service_id}/feedback",
    }  # fmt: skip


def word_of(route: str, answer: Any) -> str:
    """An answer in the words of the table."""
    path, onward = route.split()[1], answer.headers.get("location", "")
    if answer.status_code in (200, 201, 204):
        return "empty" if path.startswith("/fhir/") and '"total":0' in answer.text else "ok"
    if answer.status_code == 303:
        return "sign-in" if onward.startswith("/sign-in?next=") and not path.startswith(PROGRAMS) else "ok"
    if answer.status_code == 401:
        return "sign-in" if path.startswith(PROGRAMS) or path == "/sign-in" else "401 for a person"
    return {403: "forbidden", 404: "absent", 422: "invalid"}.get(answer.status_code, str(answer.status_code))


def without_tokens(page: str) -> str:
    """A page without what is new in every session."""
    return re.sub(r'(name="csrf(-token)?" (content|value)=")[^"]+', r"\1", page)
