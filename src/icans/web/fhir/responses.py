"""What the routes share: who writes, what a request asks for, and the answer to a read or a write."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from fastapi import Request, Response

from icans.store.sign_ins import SignedIn
from icans.web.fhir.derived import derive
from icans.web.fhir.filing import Done
from icans.web.fhir.grades import is_grade
from icans.web.fhir.http import answer, preferred, tags
from icans.web.fhir.problems import Issue, Refused, outcome
from icans.web.fhir.single import do, ready, version_of
from icans.web.fhir.view import Served
from icans.web.fhir.writer import Writer, refusals
from icans.web.platform import Platform
from icans.web.roles import may

Json = dict[str, Any]

PREFIX = "/fhir"


def base_of(app: Platform) -> str:
    """The address of the service."""
    return app.started.base_url.rstrip("/") + PREFIX


def writer(app: Platform, who: SignedIn) -> Writer:
    """The account of a request as one that writes."""
    account = who.account
    return Writer(
        account.id, account.login, account.care_unit, app.clock(), lambda right: may(account.role, right), base_of(app),
        app.clock,
    )  # fmt: skip


def created(request: Request, app: Platform, who: SignedIn, kind: str, sent: Json) -> Response:
    """Create what was sent; the answer to it. Raises Refused."""
    check(sent, kind)
    mine = writer(app, who)
    one = ready(mine, "POST", kind, "", sent)
    with app.store.write() as db, refusals():
        mine = mine.holding()
        done = do(db, mine, one, unless=request.headers.get("if-none-exist"))
        if done.new:
            derive(db, mine.act(done.served.patient))
    return _done(request, app, done, 201 if done.new else 200)


def written(request: Request, app: Platform, who: SignedIn, method: str, kind: str, name: str, sent: Json) -> Response:
    """Update with what was sent, or delete; the answer to it. Raises Refused."""
    seen, mine = version_of(request.headers.get("if-match")), writer(app, who)
    one = ready(mine, method, kind, name, sent)
    with app.store.write() as db, refusals():
        mine = mine.holding()
        done = do(db, mine, one, seen)
        derive(db, mine.act(done.served.patient))
    return Response(status_code=204) if method == "DELETE" else _done(request, app, done, 200)


def _done(request: Request, app: Platform, done: Done, status: int) -> Response:
    served, wanted = done.served, preferred(request)
    where = f"{base_of(app)}/{served.kind}/{served.id}/_history/{served.version}"
    headers = tags(served) | {"Location": where}
    if wanted == "OperationOutcome":
        said = [Issue(words, severity="information") for words in done.notices or ("all of it was used",)]
        return answer(outcome(said), status, headers)
    return answer(None if wanted == "minimal" else served.whole(), status, headers)


def served(request: Request, one: Served) -> Response:
    """A resource, or only that it is still the version that the client has.

    A grade changes with time alone, so no version names it: it has no ETag and is always given whole.
    """
    if one.kind == "Observation" and is_grade(one.id):
        return answer(one.whole())
    headers = tags(one)
    if request.headers.get("if-none-match", "") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return answer(one.whole(), headers=headers)


def check(sent: Json, kind: str, name: str | None = None) -> None:
    """Raises Refused (400) where a resource is not of the type and id that its address says."""
    if sent["resourceType"] != kind:
        raise Refused(400, Issue(f"a {kind} is expected here", "resourceType"))
    if name is not None and sent.get("id") != name:
        raise Refused(400, Issue("the id in the resource is that of the address", f"{kind}.id"))


def pairs_of(request: Request) -> list[tuple[str, str]]:
    """The parameters in the address, in their order."""
    return list(request.query_params.multi_items())


async def form(request: Request) -> list[tuple[str, str]]:
    """The parameters of a search in the body and in the address. Raises Refused (415)."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    body = await request.body()
    if body and kind != "application/x-www-form-urlencoded":
        raise Refused(415, "parameters are sent as application/x-www-form-urlencoded")
    try:
        sent = parse_qsl(body.decode(), keep_blank_values=True)
    except ValueError:
        raise Refused(400, "the parameters cannot be read") from None
    return [*pairs_of(request), *((name, value) for name, value in sent if name != "csrf")]
