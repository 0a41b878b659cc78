"""CDS Hooks in the ward app: the settings of the site in force, calls in the audit log, feedback in the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from hashlib import sha256 as digest

from fastapi import APIRouter
from sqlalchemy import Connection, select

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
            launched = bool(site.openid.smart_servers)
            kept[version] = CdsSettings(
                base_url=app.started.base_url, trusted_clients=tuple(site.cds_clients), open=site.cds_open,
                guideline=site.guideline, conventions=site.conventions, largest_body=app.started.largest_body,
                time_zone=site.time_zone, launch_url=f"{app.started.base_url.rstrip('/')}/launch" if launched else None,
            )  # fmt: skip
        return kept[version]

    def note(call: Call) -> None:
        if call.feedback and call.status == 200:
            return  # noted with what was kept
        said = plain(asdict(call))
        del said["at"]
        # It is an id of the caller's server, not of a patient here.
        said["their_patient"] = said.pop("patient")
        app.note(call.client or _NOBODY, "cds.feedback" if call.feedback else "cds.call", **said)

    def keep(lines: Sequence[Feedback]) -> None:
        with app.store.write() as db:
            detail = [{"id": _kept(db, one), "card": one.card, "outcome": one.outcome} for one in lines]
            first = lines[0]
            append(
                db, actor=first.client or _NOBODY, action="cds.feedback", at=first.received,
                detail={"service": first.service, "feedback": detail},
            )  # fmt: skip

    return router(settings, feedback=keep, audit=note, clock=app.clock)


def _kept(db: Connection, one: Feedback) -> str:
    """The id under which a line is kept: the same for the same issuer, card and time, so that a repeat adds nothing."""
    made = digest(repr((one.client, one.card, one.at.isoformat())).encode()).hexdigest()[:32]
    if db.execute(select(feedback.c.id).where(feedback.c.id == made)).first() is None:
        row = {"id": made, "service": one.service[:60], "at": one.received, "content": plain(asdict(one))}
        db.execute(feedback.insert().values(row))
    return made
