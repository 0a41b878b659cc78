"""A call of a service answered: the cards of its checks, for a patient after CAR-T cells."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from icans.report.words import shown_in
from icans.web.cds.cards import URGENCY, Card
from icans.web.cds.discharge_card import discharge_card
from icans.web.cds.fetch import Web
from icans.web.cds.grade_card import grade_card
from icans.web.cds.memory import Pictures
from icans.web.cds.order_card import order_cards
from icans.web.cds.orders import Orders, orders_of
from icans.web.cds.overdue_card import overdue_card
from icans.web.cds.picture import Picture
from icans.web.cds.prefetch import told
from icans.web.cds.requests import HookRequest
from icans.web.cds.services import Service
from icans.web.cds.settings import CdsSettings, TrustedClient


def answer(
    service: Service,
    request: HookRequest,
    client: TrustedClient | None,
    settings: CdsSettings,
    *,
    now: datetime,
    web: Web,
    pictures: Pictures,
) -> tuple[Card, ...]:
    """The cards for a call whose context has what the hook demands, the most urgent first.

    Raises NotKnown where what is needed cannot be had, TooDeep where it cannot be read.
    """  # fmt: skip
    patient_id = request.context["patientId"]
    known = told(service, request, client, settings, web)
    orders = orders_of(request.context, next(known.every("order"), None), patient_id, known.server)
    if service.checks == ("orders",) and orders.is_nothing:
        return ()
    picture = pictures.of(known, patient_id, now, settings)
    if not picture.is_followed:
        return ()
    with shown_in(ZoneInfo(settings.time_zone)):
        cards = list(_cards(service, picture, orders, settings))
    return tuple(sorted(cards, key=lambda card: -URGENCY[card.indicator]))


def _cards(service: Service, picture: Picture, orders: Orders, settings: CdsSettings) -> Iterator[Card]:
    for check in service.checks:
        if check == "orders":
            yield from order_cards(orders, picture, settings)
        elif check == "discharge":
            yield discharge_card(picture, settings)
        else:
            card = grade_card(picture, settings) if check == "grades" else overdue_card(picture, settings)
            if card is not None:
                yield card
