"""Fill an empty store with the made-up ward."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from icans.errors import DataError
from icans.store import accounts, patients, settings, words
from icans.store.database import Store
from icans.web.demo import demo_patients
from icans.web.demo_accounts import DEMO_ACCOUNTS
from icans.web.site import Site


def fill(store: Store, now: datetime) -> None:
    """Accounts, settings and twelve patients. Raises DataError where the store is not empty."""
    ward = demo_patients(now)
    with store.write() as db:
        if not accounts.none_yet(db) or patients.listed(db, discharged=True):
            raise DataError("--demo needs an empty store; leave --database out, or name a file that is not there yet")
        made = {
            login: accounts.make(db, login, name, role, by="demo", at=now, password=_nobody_knows())
            for login, (name, role) in DEMO_ACCOUNTS.items()
        }
        units = list(dict.fromkeys(p.care_unit for p in ward))
        site = Site(name="Demo ward (made up)", hospital="Made-up Hospital", city="Anytown", care_units=units)
        settings.keep(db, site.model_dump(mode="json"), author=None, login="demo", at=now, expected=None)
        nurse = made["demo-nurse"]
        for one in ward:
            entries = [
                *words.fact_entries({**one.facts, "bed": one.bed, "drug_chart": "complete"}, now),
                *words.observation_entries(one.observations, now),
                *words.therapy_entries([_iso(t) for t in one.therapies], now),
            ]
            patients.admit(
                db, one.identifier, entries, author=nurse.id, login=nurse.login, at=now, care_unit=one.care_unit,
                origin="demo",
            )  # fmt: skip


def _nobody_knows() -> str:
    return secrets.token_urlsafe(24)


def _iso(row: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v.astimezone(UTC).isoformat() if isinstance(v, datetime) else v for k, v in row.items()}
