"""What the CapabilityStatement promises is what is routed, and nothing else."""

from __future__ import annotations

import pytest
from fastapi.routing import APIRoute
from fhir_ward import BASE, Ward, administration, ice, observation, ward

from icans.web.fhir import routes
from icans.web.fhir.kinds import KINDS

ROUTED = {
    "read": ("GET", "/fhir/{kind}/{{id}}"),
    "vread": ("GET", "/fhir/{kind}/{{id}}/_history/{{vid}}"),
    "search-type": ("GET", "/fhir/{kind}"),
    "create": ("POST", "/fhir/{kind}"),
    "update": ("PUT", "/fhir/{kind}/{{id}}"),
    "delete": ("DELETE", "/fhir/{kind}/{{id}}"),
}


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Ward:
    return ward(tmp_path_factory.mktemp("ward"))


def routed() -> set[tuple[str, str]]:
    described = [r for r in routes.router.routes if isinstance(r, APIRoute) and r.include_in_schema]
    return {(method, r.path) for r in described for method in r.methods or ()}


def test_every_interaction_that_is_listed_is_routed_and_every_route_is_listed(there: Ward):
    statement = there.get("/metadata", who=None).json()
    rest = statement["rest"][0]
    listed = {
        (method, path.format(kind=r["type"]))
        for r in rest["resource"]
        for method, path in (ROUTED[i["code"]] for i in r["interaction"])
    }
    by_form = {("POST", f"/fhir/{k}/_search") for k in KINDS if k != "AuditEvent"}
    others = {("GET", "/fhir/metadata"), ("POST", "/fhir"), ("GET", "/fhir/Patient/{id}/$everything")}
    assert routed() == listed | by_form | others
    assert [i["code"] for i in rest["interaction"]] == ["transaction", "batch"]
    assert [o["name"] for r in rest["resource"] for o in r.get("operation", ())] == ["everything"]


def test_it_is_r4_in_json_at_the_address_that_users_reach(there: Ward):
    statement = there.get("/metadata", who=None).json()
    assert (statement["fhirVersion"], statement["format"]) == ("4.0.1", ["application/fhir+json"])
    assert statement["implementation"]["url"] == BASE


def test_every_search_parameter_that_is_listed_is_taken_and_no_other(there: Ward):
    """Each with a value that nothing has, so that one that is ignored would find what is there."""
    here = there.admit()["id"]
    for made in (observation(here), administration(here), ice(here)):
        assert there.post(f"/{made['resourceType']}", made).status_code == 201
    values = {"token": "x", "date": "1999", "reference": "Patient/x", "uri": "urn:x"}
    for resource in there.get("/metadata", who=None).json()["rest"][0]["resource"]:
        who, kind = ("ada" if resource["type"] == "AuditEvent" else "cleo"), resource["type"]
        about = "" if kind in ("AuditEvent", "Patient") else f"patient={here}&"
        assert there.get(f"/{kind}?{about}", who).json()["total"] > 0
        for parameter in resource["searchParam"]:
            found = there.get(f"/{kind}?{about}{parameter['name']}={values[parameter['type']]}", who)
            assert (found.status_code, found.json()["total"]) == (200, 0), (kind, parameter)
        refused = there.get(f"/{kind}?value-quantity=7", who)
        assert refused.status_code == 400
        assert f"{kind} is not searched by it" in refused.text


def test_a_patient_is_never_deleted_and_the_log_never_written(there: Ward):
    refused = there.ask("DELETE", "/Patient/x", "ada")
    assert refused.status_code == 405
    assert refused.headers["allow"] == "GET, PUT"
    assert there.post("/AuditEvent", {"resourceType": "AuditEvent"}, "ada").status_code == 405
