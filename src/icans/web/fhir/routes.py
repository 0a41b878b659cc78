"""The FHIR R4 service: CapabilityStatement at `/fhir/metadata`. One route for each interaction in `kinds.KINDS`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.routing import APIRoute

from icans.web.access import Admit, App, Configure, Enter, See
from icans.web.fhir import answers
from icans.web.fhir.asked import asked
from icans.web.fhir.audit_events import events, one_event
from icans.web.fhir.http import FhirRoute, answer, resource_sent
from icans.web.fhir.kinds import KINDS
from icans.web.fhir.openapi import described
from icans.web.fhir.problems import Issue, Refused, outcome
from icans.web.fhir.responses import PREFIX, base_of, check, created, form, pairs_of, served, writer, written
from icans.web.fhir.statement import statement
from icans.web.fhir.transaction import batch, transact
from icans.web.fhir.wanted import wanted
from icans.web.fhir.writer import refusals

Json = dict[str, Any]
Id = Annotated[str, Path(alias="id")]
Sent = Annotated[Json, Depends(resource_sent)]

router = APIRouter(prefix=PREFIX, tags=["FHIR"], route_class=FhirRoute)


@router.get("/metadata", **described("capabilities"))
def metadata(app: App) -> Response:
    """What the service can do. Anybody may ask."""
    return answer(statement(base_of(app)))


@router.post("", **described("transaction"))
def bundle(app: App, who: Enter, sent: Sent) -> Response:
    """A transaction, all or nothing, or a batch."""
    if sent["resourceType"] != "Bundle" or sent.get("type") not in ("transaction", "batch"):
        raise Refused(400, Issue("a Bundle of type transaction or batch is expected", "Bundle.type"))
    if sent["type"] == "batch":
        return answer(batch(app.store, writer(app, who), sent))
    mine = writer(app, who)
    entries = wanted(mine, sent)
    with app.store.write() as db, refusals():
        done = transact(db, mine.holding(), entries)
    return answer(done)


router.add_api_route("/", bundle, methods=["POST"], include_in_schema=False)


def _add_reads(kind: str) -> None:
    def read(request: Request, app: App, who: See, name: Id) -> Response:
        return served(request, answers.one(app, who, kind, name))

    def vread(request: Request, app: App, who: See, name: Id, version: Annotated[str, Path(alias="vid")]) -> Response:
        return served(request, answers.one_version(app, who, kind, name, version))

    def search(request: Request, app: App, who: See) -> Response:
        return answer(answers.found(app, who, kind, pairs_of(request), base_of(app)))

    def search_by_form(app: App, who: See, pairs: Annotated[list[tuple[str, str]], Depends(form)]) -> Response:
        return answer(answers.found(app, who, kind, pairs, base_of(app)))

    router.add_api_route(f"/{kind}/{{id}}", read, methods=["GET"], **described("read", kind))
    router.add_api_route(f"/{kind}/{{id}}/_history/{{vid}}", vread, methods=["GET"], **described("vread", kind))
    router.add_api_route(f"/{kind}", search, methods=["GET"], **described("search-type", kind))
    router.add_api_route(f"/{kind}/_search", search_by_form, methods=["POST"], **described("search-form", kind))


def _add_writes(kind: str) -> None:
    def update(request: Request, app: App, who: Enter, name: Id, sent: Sent) -> Response:
        check(sent, kind, name)
        return written(request, app, who, "PUT", kind, name, sent)

    def delete(request: Request, app: App, who: Enter, name: Id) -> Response:
        return written(request, app, who, "DELETE", kind, name, {"resourceType": kind})

    router.add_api_route(f"/{kind}/{{id}}", update, methods=["PUT"], **described("update", kind))
    if "delete" in KINDS[kind].does:
        router.add_api_route(f"/{kind}/{{id}}", delete, methods=["DELETE"], **described("delete", kind))


def _add_create(kind: str) -> None:
    def create(request: Request, app: App, who: Enter, sent: Sent) -> Response:
        return created(request, app, who, kind, sent)

    def admit(request: Request, app: App, who: Admit, sent: Sent) -> Response:
        return created(request, app, who, kind, sent)

    made = admit if kind == "Patient" else create
    router.add_api_route(f"/{kind}", made, methods=["POST"], **described("create", kind))


@router.get("/Patient/{id}/$everything", **described("everything", "Patient"))
def everything(request: Request, app: App, who: See, name: Id) -> Response:
    """A patient with all that counts, as `icans review` reads it."""
    if extra := sorted(set(request.query_params) - {"_format"}):
        raise Refused(400, f"{extra[0][:60]}: no parameter is taken here; everything is given")
    return answer(answers.whole_record(app, who, name, base_of(app)))


for _kind in KINDS.values():
    if _kind.name != "AuditEvent":
        _add_reads(_kind.name)
    if "update" in _kind.does:
        _add_create(_kind.name)
        _add_writes(_kind.name)


@router.get("/AuditEvent", **described("search-type", "AuditEvent"))
def audit_events(request: Request, app: App, who: Configure) -> Response:
    """The audit log, the newest row first."""
    search = asked(KINDS["AuditEvent"], pairs_of(request), base_of(app))
    with app.store.read() as db:
        found = events(db, search, base_of(app))
    app.note(who.account.login, "audit.read")
    return answer(found)


@router.get("/AuditEvent/{id}", **described("read", "AuditEvent"))
def audit_event(app: App, who: Configure, name: Id) -> Response:
    """One row of the audit log."""
    with app.store.read() as db:
        found = one_event(db, name)
    app.note(who.account.login, "audit.read")
    return answer(found)


_ANY = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]


@router.api_route("/{rest:path}", methods=_ANY, include_in_schema=False)
def nothing(request: Request, rest: str) -> Response:
    """What is not served, said as FHIR says it."""
    there = [r for r in router.routes if isinstance(r, APIRoute) and r.endpoint is not nothing and _is_at(r, request)]
    named = [route for route in there if "{" not in route.path]
    methods = sorted(method for route in named or there for method in route.methods or ())
    if methods:
        words = f"{request.method} is not served here; there is {', '.join(methods)}"
        return answer(outcome([Issue(words)], 405), 405, {"Allow": ", ".join(methods)})
    kind = rest.split("/")[0]
    if kind in KINDS or not kind:
        raise Refused(404, "no such address")
    raise Refused(404, f"{kind[:40]} is not served; /metadata says what is")


def _is_at(route: APIRoute, request: Request) -> bool:
    return route.path_regex.match(request.url.path) is not None
