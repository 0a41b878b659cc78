"""CDS Hooks in the ward app: the settings of the site in force, calls in the audit log, feedback in the store."""

from __future__ import annotations

from dataclasses import asdict
from uuid import uuid4

from fastapi import APIRouter

from icans.report.as_json import plain
from icans.store.audit import append
from icans.store.schema import feedback
from icans.web.cds.events import Call, Feedback
from icans.web.cds.routes import router
from icans.web.cds.settings import CdsSettings
from icans.web.platform import Platform

_NOBODY = "cds hooks"


def cds_service(app: Platform) -> APIRouter:
    """The routes under /cds-services for a platform."""
    kept: dict[int, CdsSettings] = {}

    def settings() -> CdsSettings:
        version, site = app.reviews.site()
        if version not in kept:
            kept.clear()
            kept[version] = CdsSettings(
                base_url=app.started.base_url, trusted_clients=tuple(site.cds_clients), open=site.cds_open,
                guideline=site.guideline, conventions=site.conventions, largest_body=app.started.largest_body,
            )  # fmt: skip
        return kept[version]

    def note(call: Call) -> None:
        said = plain(asdict(call))
        del said["at"]
        app.note(call.client or _NOBODY, "cds.feedback" if call.feedback else "cds.call", **said)

    def keep(one: Feedback) -> None:
        with app.store.write() as db:
            made = uuid4().hex
            content = plain(asdict(one))
            db.execute(feedback.insert().values(id=made, service=one.service[:60], at=one.received, content=content))
            detail = {"id": made, "card": one.card, "outcome": one.outcome}
            append(db, actor=one.client or _NOBODY, action="cds.feedback", at=one.received, detail=detail)

    return router(settings, feedback=keep, audit=note, clock=app.clock)
