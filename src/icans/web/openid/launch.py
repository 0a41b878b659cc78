"""Launch out of a record system: SMART App Launch, from the chart of a patient to the same patient on the ward."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from icans.store.accounts import Account
from icans.store.audit import append
from icans.web.access import App
from icans.web.cds.fetch import NotHad
from icans.web.openid import bed, people
from icans.web.openid.begun import Begun, begun
from icans.web.openid.chart import ID, Asking, Chart, chart, person
from icans.web.openid.flow import Back, Way, answered, came_back, done, identified, sent
from icans.web.openid.identity import Identity
from icans.web.openid.likeness import check_same
from icans.web.openid.named import called, staff_name
from icans.web.openid.provider import client_of, smart_provider
from icans.web.openid.refusal import Refusal
from icans.web.openid.said import Said, said
from icans.web.openid.sign_in import account_of
from icans.web.openid.taking import Taken, chart_key, take
from icans.web.pages.page import page
from icans.web.pages.sign_in import signed_in_as
from icans.web.platform import Platform
from icans.web.roles import may
from icans.web.site import OpenId

router = APIRouter(include_in_schema=False)
WAY = Way("launch", "/launch", "The record system")
_LONGEST = 2000


@router.get(WAY.path)
def begin(app: App, request: Request, iss: str = "", launch: str = "") -> Response:
    """Send somebody on to the record system that opens the app. Only those of the settings are ever asked."""
    site = _site(app)

    def send() -> Response:
        server = _allowed(site, iss)
        if not 0 < len(launch) <= _LONGEST:
            raise Refusal(400, "Open the app out of the chart of a patient.", why="no launch")
        client, provider = client_of(site, launch=True), smart_provider(app.outside, server)
        one = begun(WAY.name, provider.issuer, client.id, app.clock(), server=server)
        return sent(app, WAY, provider, client, one, aud=iss, launch=launch)

    return answered(app, request, WAY, send)


@router.get(f"{WAY.path}/callback")
def callback(app: App, request: Request) -> Response:
    """Sign in whoever comes back, take over what the chart says, and show the patient."""
    site = _site(app)

    def take_over() -> Response:
        one = came_back(app, request, WAY)
        provider = smart_provider(app.outside, _allowed(site, one.server))
        back = identified(app, request, WAY, provider, client_of(site, launch=True), one)
        patient_id = _patient_of(back)
        asking = Asking(app.outside.web, one.server, back.tokens["access_token"])
        mine = account_of(app, _with_name(app, asking, back.identity), site, WAY.name)
        shown, told = _opened(app, mine, one, asking, patient_id)
        return done(_shown(app, mine, shown, told), WAY, one)

    return answered(app, request, WAY, take_over)


def _with_name(app: Platform, asking: Asking, who: Identity) -> Identity:
    """Somebody new with the name that the record system has for them: a launch gives none in the ID token."""
    with app.store.read() as db:
        if people.known(db, who) is not None or who.name or not who.fhir_user:
            return who
    try:
        return replace(who, name=staff_name(asking.json(who.fhir_user)))
    except NotHad:
        return who


def _opened(app: Platform, mine: Account, one: Begun, asking: Asking, patient_id: str) -> tuple[str, list[str]]:
    """(id of the patient on the ward, what is to be told of the chart). Raises Refusal, NotHad."""
    who = person(asking, patient_id)
    key, name = chart_key(one.server, patient_id), called(who)
    with app.store.read() as db:
        there, again = bed.find(db, key, name, mine)
    if there is None:
        bed.check_may_admit(mine)
    enters = may(mine.role, "enter")
    if there is not None and again and not enters:
        return there, []
    found = chart(asking, who)
    says = said(found, app.clock())
    with app.store.write() as db:
        now = app.clock()
        there, again = bed.find(db, key, name, mine)
        if there is not None and not again:
            check_same(db, there, says.facts)
        if there is not None and not enters:
            return there, []
        there = there or bed.admit(db, name, mine, now)
        taken = take(db, key, there, says, mine, now, first=not again)
        append(db, actor=mine.login, action="smart.launch", at=now, patient=there, detail=_noted(one, found, taken))
    return there, _told(found, says, taken)


def _noted(one: Begun, found: Chart, taken: Taken) -> dict[str, object]:
    """What the audit log keeps: counts, no values."""
    counts = {"entered": taken.entered, "corrected": taken.corrected, "taken_back": taken.taken_back}
    return {
        "server": one.server,
        **counts,
        "differs": len(taken.differs),
        "lacking": sorted((*found.lacking, *found.unknown)),
    }


def _told(found: Chart, says: Said, taken: Taken) -> list[str]:
    """What somebody must know before they trust the record; nothing where all went well."""
    told = [f"{kind} could not be had: {why}." for kind, why in found.lacking.items()]
    told += [f"{kind}: there are more than are taken at once; only the newest were." for kind in found.cut]
    if found.strange:
        told.append(f"{sum(found.strange.values())} resources do not name this patient; they were left out.")
    if taken.kept:
        told.append(f"Left as taken earlier, until what it rests on can be had again: {_counted(taken.kept)}.")
    if taken.differs:
        told.append(f"The ward says something else than the chart, and its word stands: {_counted(taken.differs)}.")
    if taken.gone and found.is_whole:
        told.append(f"Taken earlier, but not in the chart now: {_counted(taken.gone)}. Take it back if it was wrong.")
    if says.unfit:
        told.append(f"{says.unfit} entries lie in the future or hold a text that cannot be kept; they were left out.")
    return told


def _counted(items: Sequence[str]) -> str:
    return ", ".join(f"{item} ({n} times)" if n > 1 else item for item, n in Counter(items).items())


def _shown(app: Platform, mine: Account, patient_id: str, told: Sequence[str]) -> Response:
    """The patient; first what must be known of the chart, where there is something."""
    onward = f"/patients/{patient_id}"
    answer = signed_in_as(app, mine, onward)
    if not told:
        return answer
    words = page(app, None, "launch_told.html", words=told, onward=onward)
    words.raw_headers += [header for header in answer.raw_headers if header[0] == b"set-cookie"]
    return words


def _patient_of(back: Back) -> str:
    """The patient of the launch. Raises Refusal where the record system does not say it."""
    found = back.tokens.get("patient")
    if not isinstance(found, str) or not ID.fullmatch(found):
        words = (
            "The record system did not say which patient it is about.",
            "Open the app out of the chart of a patient.",
        )
        raise Refusal(502, *words, why="no patient in the token response")
    return found


def _allowed(site: OpenId, iss: str) -> str:
    """The FHIR server, as the settings have it. Raises Refusal (403) for another, which is not asked for anything."""
    server = iss.rstrip("/")
    if server not in site.smart_servers:
        words = "This record system may not open the ward app.", "An administrator can add it: openid.smart_servers."
        raise Refusal(403, *words, why="iss is not in the settings")
    return server


def _site(app: Platform) -> OpenId:
    _, site = app.reviews.site()
    if not site.openid.smart_servers:
        raise HTTPException(404)
    return site.openid
