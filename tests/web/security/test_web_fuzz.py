"""Everything that `/openapi.json` describes, asked with whatever fits its description and with what does not.

Every run draws the same. What is drawn as an id is nearly never one, so half of the requests name the patient, the
entry and so on that are there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from guarded_ward import Guarded, guarded_ward
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from plausible import ROUTES, names_for
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from icans.store.verify import verify

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
    response_headers_conformance,
]  # fmt: skip
SERVICES = ("/api/", "/fhir", "/cds-services")
HIDDEN = ("POST /fhir/", "ANY ", "OPTIONS ")
"""The same under another address; what is not served; what a browser asks before it asks."""
DESCRIBED = [r for r in ROUTES if r.split()[1].startswith(SERVICES) and not r.startswith(HIDDEN[1:]) and r != HIDDEN[0]]
BOUNDED = settings(
    max_examples=10, derandomize=True, database=None, deadline=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)  # fmt: skip


CAN_BE_WRONG = [
    r
    for r in DESCRIBED
    if r.startswith(("POST", "PUT", "PATCH")) or r.endswith(("/api/ward", "/api/patients", "/entries"))
]
"""The others ask for nothing but texts of any kind, and so do not know a wrong one."""


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    made = guarded_ward(tmp_path_factory.mktemp("fuzz"))
    made.allow_every_caller()
    yield made
    made.ward.store.close()


@pytest.fixture(scope="module")
def described(guarded: Guarded) -> Any:
    return schemathesis.openapi.from_asgi("/openapi.json", guarded.ward.app)


def test_the_description_holds_every_service(described: Any) -> None:
    told = {f"{op.ok().method.upper()} {op.ok().path}" for op in described.get_all_operations()}
    assert told == {r.replace(":path}", "}") for r in DESCRIBED}


@pytest.mark.parametrize("route", DESCRIBED)
def test_what_fits_the_description_is_answered_as_described(guarded: Guarded, described: Any, route: str) -> None:
    ask(guarded, described, route, GenerationMode.POSITIVE)


@pytest.mark.parametrize("route", CAN_BE_WRONG)
def test_what_does_not_fit_is_answered_as_described_too(guarded: Guarded, described: Any, route: str) -> None:
    ask(guarded, described, route, GenerationMode.NEGATIVE)


def ask(guarded: Guarded, described: Any, route: str, mode: GenerationMode) -> None:
    """Draw requests to a route and hold each answer against the description."""
    method, path = route.replace(":path}", "}").split()
    operation, names = described[path][method], names_for(guarded, route)
    token = {"authorization": f"Bearer {guarded.signed_in('administrator', 'token')}"}

    @given(case=operation.as_strategy(generation_mode=mode), there=st.booleans())
    @BOUNDED
    def one(case: Any, there: bool) -> None:
        drawn = case.path_parameters or {}
        case.path_parameters = {name: names.get(name, value) for name, value in drawn.items()} if there else drawn
        case.call_and_validate(headers=token, checks=CHECKS)

    one()


def test_after_all_that_the_ward_stands(guarded: Guarded) -> None:
    for there in ("/ward", "/api/ward", "/settings", "/accounts", f"/patients/{guarded.patient}", "/api/settings"):
        assert guarded.administrator.get(there).status_code == 200, there
    with guarded.ward.store.read() as db:
        assert verify(db).faults == ()
