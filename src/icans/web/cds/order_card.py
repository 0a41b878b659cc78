"""The card of an order: what speaks against it, with the dose for the patient, and how to take it back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from icans.report.content import NOT_A_DEVICE
from icans.report.words import capital, moment
from icans.web.cds import sources
from icans.web.cds.amounts import amounts, dose_of
from icans.web.cds.cards import URGENCY, Action, Card, Indicator, Suggestion, most_urgent, new_uuid, plain, summary
from icans.web.cds.decision import FORBIDDEN
from icans.web.cds.findings import CAUTION, GUIDELINE, Finding, findings
from icans.web.cds.orders import Order, Orders
from icans.web.cds.picture import Picture
from icans.web.cds.planned import COUNTED
from icans.web.cds.settings import CdsSettings
from icans.web.cds.wording import wording


def order_cards(orders: Orders, picture: Picture, settings: CdsSettings) -> Iterator[Card]:
    """A card for each order of which something is to be said, and one where an order could not be looked at."""
    for place, order in enumerate(orders.known):
        if not order.asked:
            continue
        found = [*findings(order, picture, orders.known[:place]), *amounts(order, picture)]
        if any(_speaks(one) for one in found):
            yield _card(order, found, picture, settings)
    if orders.unreadable or orders.of_others:
        yield _not_looked_at(orders, settings)


def _urgency(finding: Finding) -> Indicator:
    """How urgent; what is said of every order of a drug is no more than information, unless it forbids it."""
    if finding.always and finding.strength != FORBIDDEN:
        return "info"
    if not finding.certain:
        return wording().possible[finding.strength]
    if finding.kind == CAUTION:
        return wording().cautions[finding.strength]
    soft = finding.kind == GUIDELINE and finding.cited.mark == "convention" and not finding.id.endswith(wording().firm)
    return (wording().conventions if soft else wording().limits)[finding.strength]


def _speaks(finding: Finding) -> bool:
    """Whether it alone is worth a card: what is sure, and what may forbid the order."""
    return finding.certain or finding.strength == FORBIDDEN


def _card(order: Order, found: Sequence[Finding], picture: Picture, settings: CdsSettings) -> Card:
    ordered = sorted(found, key=lambda one: (not _speaks(one), not one.certain, -URGENCY[_urgency(one)]))
    worst = ordered[0]
    indicator = most_urgent([_urgency(one) for one in found if _speaks(one)])
    cited = [one.cited for one in ordered]
    source = (
        sources.of_guideline(picture.guideline, "orders", settings.base_url)
        if worst.kind == GUIDELINE
        else sources.of_line(worst.cited, "orders", settings.base_url)
    )
    remove = _remove(order, indicator) if indicator != "info" else None
    return Card(
        uuid=new_uuid(), summary=summary(_summary(order, worst)), indicator=indicator, source=source,
        detail="\n\n".join([*_detail(order, ordered, picture), *sources.listed(cited)]),
        suggestions=remove, selection_behavior="at-most-one" if remove else None,
        override_reasons=wording().reasons(), links=sources.links(cited, source.url) or None,
    )  # fmt: skip


def _summary(order: Order, worst: Finding) -> str:
    possible = "" if worst.certain else "may not be right, something is not known: "
    return f"{order.label}: {possible}{worst.says}"


def _detail(order: Order, found: Sequence[Finding], picture: Picture) -> Iterator[str]:
    yield "\n".join(f"- {_line(one)}" for one in found)
    held = dose_of(order, picture)
    if held is not None:
        limits = "; ".join(words for words in (held.interval, held.maximum) if words)
        arithmetic = f" ({plain(held.arithmetic)})" if held.arithmetic else ""
        yield f"Dose, where it is told: {plain(held.words)}{arithmetic}{f'; {plain(limits)}' if limits else ''}."
    counted = ("Doses are counted from what was given.",) if order.drug == COUNTED else ()
    yield " ".join((f"As of {moment(picture.as_of)}.", *counted, *picture.seen.gaps()))
    yield NOT_A_DEVICE


def _line(finding: Finding) -> str:
    """`Tocilizumab: no tocilizumab without CRS (CRS grade 0); ASCO-PR-6 [verified]`."""
    judged = "; ".join(f"{label} {words}" for label, words in finding.inputs.items())
    by = f" ({judged})" if judged else ""
    unsure = (
        "" if finding.certain else f" Possible: {', '.join(finding.missing) or 'the grade'} not known or not settled."
    )
    says = plain(f"{capital(finding.says).rstrip('.')}{by}.{unsure}")
    return f"**{finding.strength.replace('_', ' ').capitalize()}** {says} {finding.id} [{finding.cited.mark}]"


def _remove(order: Order, indicator: Indicator) -> tuple[Suggestion, ...] | None:
    if order.reference is None:
        return None
    words = f"Remove the order: {order.label}"
    action = Action(description=words, resource_id=order.reference)
    return (Suggestion(label=words, uuid=new_uuid(), is_recommended=indicator == "critical", actions=(action,)),)


def _not_looked_at(orders: Orders, settings: CdsSettings) -> Card:
    parts = []
    if orders.unreadable:
        parts.append(f"{orders.unreadable} could not be read")
    if orders.of_others:
        parts.append(f"{orders.of_others} {'is' if orders.of_others == 1 else 'are'} not known to be of this patient")
    return Card(
        uuid=new_uuid(), summary=summary(f"Orders that were not looked at: {', '.join(parts)}"), indicator="info",
        source=sources.of_platform("Order checks of icans", "orders", settings.base_url), detail=NOT_A_DEVICE,
    )  # fmt: skip
