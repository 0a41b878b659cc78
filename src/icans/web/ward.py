"""The ward: every patient's row with what waits, sorted by need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from markupsafe import Markup
from sqlalchemy import RowMapping

from icans.report.words import shown_in
from icans.store import answers, patients
from icans.store.sign_ins import SignedIn
from icans.web.advised import Action, holding, waiting
from icans.web.platform import Platform
from icans.web.rendering import rendered
from icans.web.ward_row import WardRow, need
from icans.web.worked import Worked


@dataclass(frozen=True)
class OnWard:
    """A patient on the ward. worked None: still being worked out, `before` is what was known; waiting: MUST actions."""

    patient: RowMapping
    worked: Worked | None
    waiting: tuple[Action, ...]
    before: WardRow | None = None


@dataclass(frozen=True)
class Ward:
    """Everybody, and when."""

    now: datetime
    beds: tuple[OnWard, ...]

    @property
    def unfinished(self) -> bool:
        """Whether a row is still being worked out."""
        return any(bed.worked is None for bed in self.beds)


def ward(app: Platform, who: SignedIn, care_unit: str | None = None) -> Ward:
    """The patients an account may see, of one unit if asked for; the reading goes to the audit log."""
    now = app.clock()
    allowed = who.account.care_unit if who.account.care_unit is not None else care_unit
    _, site = app.reviews.site()
    since = now - timedelta(hours=site.answer_hours)
    with app.store.read() as db:
        here = patients.listed(db, allowed)
        given = answers.given(db, None if allowed is None else [p["id"] for p in here], since)
    worked = app.reviews.at_hand(here)
    by_patient: dict[str, list[Mapping[Any, Any]]] = {}
    for one in given:
        by_patient.setdefault(one["patient"], []).append(one)
    beds = [
        _bed(app, p, worked[p["id"]], holding(by_patient.get(p["id"], ()), now, site.answer_hours)) for p in here
    ]  # fmt: skip
    # Who lay there follows from the admissions and discharges of the log; a screen asks too often for a list.
    app.note(who.account.login, "ward.read", unit=allowed, patients=len(here))
    return Ward(now, tuple(sorted(beds, key=lambda bed: _order(bed, now))))


def shown_rows(app: Platform, found: Ward) -> list[Markup]:
    """The rows as HTML. One that says the same within the same minute is not drawn anew."""
    now = found.now.replace(second=0, microsecond=0)
    site_version, site = app.reviews.site()
    rows = []
    with shown_in(site.zone):
        for bed in found.beds:
            as_of = (bed.worked.as_of, bed.worked.version) if bed.worked else None
            key = (now, site_version, as_of, bed.patient["care_unit"], tuple(a.advice for a in bed.waiting))
            kept = app.rows.get(bed.patient["id"])
            if kept is None or kept[0] != key:
                # What the template escaped is not escaped again.
                kept = (key, Markup(rendered("ward_row.html", bed=bed, now=now)))
                app.rows[bed.patient["id"]] = kept
            rows.append(kept[1])
    return rows


def _bed(app: Platform, patient: RowMapping, worked: Worked | None, held: Mapping[str, Any]) -> OnWard:
    if worked is not None:
        return OnWard(patient, worked, tuple(waiting(worked.actions, held)))
    before = app.reviews.before(patient["id"])
    return OnWard(patient, None, (), before.row if before else None)


def _order(bed: OnWard, now: datetime) -> tuple[Any, ...]:
    row = bed.worked.row if bed.worked else bed.before
    if row is None:
        return (0.0, -1.0, bed.patient["identifier"])  # not known yet: near the top, where it is seen
    return (*need(row, len(bed.waiting), now), bed.patient["identifier"])
