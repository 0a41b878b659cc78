"""What each route is plausibly sent: `requests.yaml` with the names filled in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from fastapi.testclient import TestClient
from guarded_ward import Guarded

HERE = Path(__file__).parent
TABLE = yaml.safe_load((HERE / "matrix.yaml").read_text("utf-8"))
ROUTES: dict[str, list[str]] = TABLE["routes"]
SENT = yaml.safe_load((HERE / "requests.yaml").read_text("utf-8"))
PROGRAMS = ("/api", "/fhir", "/cds-services")
KEPT = ("patient", "act", "entry", "answer", "resource", "setting", "account", "feedback")
"""What is kept of patients and of the site; sessions and the audit log come and go with every request."""
_SENT_AS = {"MOUNT": "GET", "ANY": "GET"}


def kept(guarded: Guarded) -> dict[str, int]:
    """How much of it the store holds."""
    return {name: n for name, n in guarded.rows().items() if name in KEPT}


def is_about_a_patient(route: str) -> bool:
    """Whether there is one patient of whom the route tells or to whom it writes."""
    words = ROUTES[route]
    return "{patient_id}" in route or (words[-2], words[-1]) == ("ok", "absent")


def names_for(guarded: Guarded, route: str) -> dict[str, Any]:
    """What the address and the body of a route ask for, of a patient of its own where it writes."""
    method, path = route.split()
    writes = method not in ("GET", "MOUNT", "ANY")
    names = guarded.names(writes=writes, with_action=SENT.get(route, {}).get("action", False))
    kind = path.split("/")[2] if path.startswith("/fhir/") else ""
    if kind == "Patient":
        names["id"] = names["patient_id"]
    return names | (_resource(guarded, kind, names) if f"POST /fhir/{kind}" in SENT and "{id}" in path else {})


def _resource(guarded: Guarded, kind: str, names: dict[str, Any]) -> dict[str, Any]:
    """Id and version of a resource in the record of a patient; it is made for that."""
    if kind == "Patient":
        return {}
    made = guarded.administrator.post(f"/fhir/{kind}", json=filled(SENT[f"POST /fhir/{kind}"]["json"], names))
    *_, name, _, version = made.headers["location"].split("/")
    return {"id": name, "vid": version, "version": version}


def address(route: str, names: dict[str, Any]) -> str:
    """Where a route is, with names in the place of its parameters."""
    method, path = route.split()
    there = f"{path}/app.css" if method == "MOUNT" else path.replace(":path}", "}").format_map(names)
    query = SENT.get(route, {}).get("query", "").format_map(names)
    return f"{there}?{query}" if query else there


def body(guarded: Guarded, route: str, names: dict[str, Any]) -> dict[str, Any]:
    """The form or the JSON that a route is sent."""
    sent = SENT.get(route, {})
    if sent.get("newest"):
        return {"json": guarded.administrator.get("/api/settings").json()}
    return {kind: filled(sent[kind], names) for kind in ("form", "json") if kind in sent}


def sent(guarded: Guarded, client: TestClient, route: str, names: dict[str, Any], **headers: str) -> Any:
    """The answer to what is plausible on a route; `x_csrf_token="..."` is the header x-csrf-token."""
    given, method = body(guarded, route, names), route.split()[0]
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    if SENT.get(route, {}).get("version"):
        more["if-match"] = f'W/"{names["version"]}"'
    return client.request(
        _SENT_AS.get(method, method), address(route, names), data=given.get("form"), json=given.get("json"),
        headers=more,
    )  # fmt: skip


def call(guarded: Guarded, route: str, who: str, names: dict[str, Any] | None = None) -> Any:
    """What somebody gets who sends what is plausible on a route."""
    return sent(guarded, guarded.client(who), route, names or names_for(guarded, route))


def filled(value: Any, names: dict[str, Any]) -> Any:
    """Words of `requests.yaml` with the names filled in."""
    if isinstance(value, dict):
        return {k: filled(v, names) for k, v in value.items()}
    if isinstance(value, list):
        return [filled(v, names) for v in value]
    return value.format_map(names) if isinstance(value, str) else value
