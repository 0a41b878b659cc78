"""CDS Hooks 2.0 over HTTP: the list of services, calls of a service, and what became of its cards.

`router` takes everything it works with, so that it can stand in any app. Nothing of a patient is logged here.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Security
from fastapi.security import HTTPBearer

from icans.web.cds.answer import answer
from icans.web.cds.cards import Card, Cards, Discovery, Listed, Refusal, Taken
from icans.web.cds.events import Audit, Feedback, Shown, TakeFeedback
from icans.web.cds.fetch import Limits, Web
from icans.web.cds.gate import PATH, Gate, Refused, around
from icans.web.cds.keys import Keys
from icans.web.cds.memory import Pictures, TooDeep
from icans.web.cds.prefetch import NotKnown
from icans.web.cds.replays import InProcess, Replays
from icans.web.cds.requests import CardFeedback, FeedbackRequest, HookRequest
from icans.web.cds.services import Service, services
from icans.web.cds.settings import CdsSettings

ServiceId = Annotated[str, Path(description="The id of a service", max_length=100, examples=["icans-patient-view"])]
_TOKEN = HTTPBearer(auto_error=False, bearerFormat="JWT", description="JSON Web Token of the record system")
_REFUSED: dict[int | str, dict[str, Any]] = {
    400: {"model": Refusal, "description": "No request of CDS Hooks, or not what the hook demands"},
    401: {"model": Refusal, "description": "The token of the caller is not accepted"},
    404: {"model": Refusal, "description": "There is no such service"},
    413: {"model": Refusal, "description": "The body is too large"},
    429: {"model": Refusal, "description": "Too many calls of somebody not known"},
    "4XX": {"model": Refusal, "description": "Refused for another reason"},
}
_NOT_KNOWN: dict[int | str, dict[str, Any]] = {
    412: {"model": Refusal, "description": "What is needed was not sent and cannot be had"}
}


def _utc_now() -> datetime:
    return datetime.now(UTC)


def router(
    settings: CdsSettings | Callable[[], CdsSettings],
    *,
    feedback: TakeFeedback,
    audit: Audit,
    clock: Callable[[], datetime] = _utc_now,
    replays: Replays | None = None,
    web: Web | None = None,
) -> APIRouter:
    """The routes under /cds-services.

    settings   the settings, or what gives those in force now
    feedback   keeps what became of some cards, all or none; audit: takes note of every call, before its answer goes out
    clock      now, with its zone
    replays    remembers used tokens; in this process by default, from now on
    web        asks other servers; one of its own by default, which is closed with the app
    """
    current = settings if callable(settings) else lambda: settings
    asking = web or Web()
    keys = Keys(lambda url: asking.keys(url, _limits(current())), time.monotonic)
    gate = Gate(current, keys, replays or InProcess(since=clock().timestamp()), audit, clock)

    @asynccontextmanager
    async def closing(_: object) -> AsyncIterator[None]:
        yield
        if web is None:
            asking.close()

    found = APIRouter(
        prefix=PATH, tags=["CDS Hooks"], route_class=gate.route_class(), dependencies=[Security(_TOKEN)],
        lifespan=closing,
    )  # fmt: skip
    _add_routes(found, _Routes(current, feedback, clock, asking))
    return found


def _add_routes(found: APIRouter, routes: _Routes) -> None:
    few = {code: _REFUSED[code] for code in (401, "4XX")}
    found.add_api_route("", routes.discovery, methods=["GET"], response_model_exclude_none=True, responses=few)
    found.add_api_route(
        "/{service_id}", routes.call, methods=["POST"], response_model_exclude_none=True,
        responses={**_REFUSED, **_NOT_KNOWN},
    )  # fmt: skip
    found.add_api_route("/{service_id}/feedback", routes.take_feedback, methods=["POST"], responses=_REFUSED)
    for path in ("", "/{service_id}", "/{service_id}/feedback"):
        found.add_api_route(path, _preflight, methods=["OPTIONS"], include_in_schema=False)


@dataclass(frozen=True)
class _Routes:
    """What the routes do, with what they work with."""

    settings: Callable[[], CdsSettings]
    feedback: TakeFeedback
    clock: Callable[[], datetime]
    web: Web
    pictures: Pictures = field(default_factory=Pictures)

    def discovery(self) -> Discovery:
        """The services, with the hook that calls each and what should be sent along."""
        return Discovery(services=tuple(_listed(service) for service in services().values()))

    def call(self, service_id: ServiceId, body: HookRequest, request: Request) -> Cards:
        """The cards of a service; none where there is nothing to say."""
        service, who = _service(service_id), around(request)
        who.about |= {"hook": body.hook, "instance": body.hook_instance}
        _check(service, body)
        who.about |= {"patient": body.context["patientId"], "user": _text(body.context.get("userId"))}
        now = self.clock().astimezone(UTC)
        try:
            cards = answer(service, body, who.client, self.settings(), now=now, web=self.web, pictures=self.pictures)
        except NotKnown as error:
            raise Refused(412, f"What is needed cannot be had: {error}") from None
        except TooDeep:
            raise Refused(400, "The prefetch is nested too deeply") from None
        who.about["cards"] = tuple(_shown(card) for card in cards)
        return Cards(cards=cards)

    def take_feedback(self, service_id: ServiceId, body: FeedbackRequest, request: Request) -> Taken:
        """What became of cards: taken up, or put aside with a reason."""
        service, who = _service(service_id), around(request)
        issuer = who.client.issuer if who.client is not None else ""
        lines = [_feedback(one, self.clock().astimezone(UTC), issuer, service) for one in body.feedback]
        self.feedback(lines)
        return Taken(received=len(lines))


def _preflight() -> None:
    """The question of a browser whether a web page may call; the gate answers it."""


def _limits(settings: CdsSettings) -> Limits:
    return Limits(settings.largest_answer, settings.answer_within, settings.pages)


def _service(service_id: str) -> Service:
    found = services().get(service_id)
    if found is None:
        raise Refused(404, f"There is no such service. There are: {', '.join(services())}")
    return found


def _check(service: Service, body: HookRequest) -> None:
    if body.hook != service.hook:
        raise Refused(400, f"The service {service.id} is for the hook {service.hook}, not for the one that was sent")
    if complaints := list(service.complaints(body.context)):
        raise Refused(400, "; ".join(complaints))


def _text(value: object) -> str:
    return value[:300] if isinstance(value, str) else ""


def _listed(service: Service) -> Listed:
    return Listed(
        hook=service.hook, title=service.title, description=service.description, id=service.id,
        prefetch={query.key: query.template for query in service.prefetch}, usage_requirements=service.usage,
    )  # fmt: skip


def _shown(card: Card) -> Shown:
    return Shown(card.uuid, card.source.topic.code, card.indicator)


def _feedback(line: CardFeedback, received: datetime, issuer: str, service: Service) -> Feedback:
    why = line.override_reason
    try:
        at = line.outcome_timestamp.astimezone(UTC)
    except OverflowError:
        raise Refused(400, "outcomeTimestamp is no time of this age") from None
    return Feedback(
        received, issuer, service.id, line.card, line.outcome, at, tuple(one.id for one in line.accepted_suggestions),
        why.reason.code if why and why.reason else "", why.reason.system if why and why.reason else "",
        (why.user_comment or "") if why else "",
    )  # fmt: skip
