"""What every page is made with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from sqlalchemy import RowMapping

from icans.errors import DataError
from icans.guidance import library
from icans.record.catalogue import products
from icans.record.time import NO_YEAR, YEARS
from icans.report.words import shown_in
from icans.store.database import Store
from icans.store.entries import current
from icans.store.records import facts as facts_of
from icans.store.sign_ins import SignedIn
from icans.web.bedside.prompts import prompts
from icans.web.platform import Platform, utc_now
from icans.web.rendering import rendered
from icans.web.roles import may
from icans.web.sent import readable, sent_form
from icans.web.site import Site, guideline_in_force


class Boxes(dict[str, Any]):
    """The boxes of a form; one that was not filled in is empty."""

    def __missing__(self, name: str) -> str:
        """An empty box."""
        return ""


def page(app: Platform, who: SignedIn | None, template: str, /, *, status: int = 200, **context: Any) -> HTMLResponse:
    """A page for somebody, times in the zone of the site."""
    _, site = app.reviews.site()
    context["given"] = Boxes(context.get("given", {}))

    def allowed(right: str) -> bool:
        return who is not None and may(who.account.role, right)

    with shown_in(site.zone):
        text = rendered(
            template,
            who=who,
            site=site,
            may=allowed,
            demo=app.started.demo,
            guideline=guideline_in_force(site),
            advised_by=_advised_by(site),
            **context,
        )
    return HTMLResponse(text, status)


def _advised_by(site: Site) -> str:
    """Whose advice is shown, in words and with the revision."""
    if site.guideline in library.families():
        return "the label of each product"
    return f"{library.guideline(site.guideline).title} ({guideline_in_force(site)})"


def patient_context(app: Platform, patient: RowMapping) -> dict[str, Any]:
    """What the head of every page of a patient shows."""
    known = known_facts(app.store, patient["id"])
    product = products().get(known.get("product") or "")
    infusion = known.get("infusion")
    return {
        "patient": patient,
        "facts": {k: known.get(k) for k in ("age", "sex", "weight", "height", "bed", "infusion", "product", "label")},
        "name": known.get("label") or patient["identifier"],
        "product_label": product.label if product else known.get("product") or "",
        "day": (app.clock() - infusion).total_seconds() / 86_400 if infusion else None,
        "test": "capd" if needs_capd(known) else "ice",
        "delay": known.get("developmental_delay"),
    }


def known_facts(store: Store, patient_id: str) -> Mapping[str, Any]:
    """The facts of a patient as they are now."""
    with store.read() as db:
        rows = db.execute(current(patient_id).where(_is_fact())).mappings().all()
    return facts_of(rows)


def _is_fact() -> Any:
    from icans.store.schema import entry

    return entry.c.kind == "fact"


def needs_capd(known: Mapping[str, Any]) -> bool:
    """Whether CAPD is the test: a child, or a developmental delay, as `bedside/ice.yaml` has it."""
    return prompts("ice").caution(known.get("age"), known.get("developmental_delay")) is not None


def local(time: datetime, site: Site) -> str:
    """A time as a form holds it, in the zone of the site."""
    return time.astimezone(site.zone).strftime("%Y-%m-%dT%H:%M")


def entered(text: str, site: Site, what: str = "time") -> datetime:
    """A time from a form, in the zone of the site. Raises DataError."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise DataError(f"{what}: a date and a time, such as 2026-03-02T10:00") from None
    if not YEARS[0] <= time.year <= YEARS[1]:
        raise DataError(f"{what}: {NO_YEAR}")
    return time if time.tzinfo else _in_zone(time, site, what)


def _in_zone(time: datetime, site: Site, what: str) -> datetime:
    """A time of the clock on the wall. Of an hour that came twice the later one, unless it is still to come."""
    first, second = (time.replace(tzinfo=site.zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first
    if first.astimezone(UTC).astimezone(site.zone).replace(tzinfo=None) != time:
        raise DataError(f"{what}: there was no such time, the clocks went forward")
    return second if second <= utc_now() else first


async def form_of(request: Request) -> dict[str, Any]:
    """The boxes of a form; one that comes several times holds a list. Files are left out."""
    form = await sent_form(request)
    found: dict[str, Any] = {}
    for name, sent in form.multi_items():
        if not isinstance(sent, str):
            continue
        value = readable(sent)
        found[name] = value if name not in found else [*_list(found[name]), value]
    return found


def _list(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else [value]
