"""A made-up ward for tests: a store, accounts of every role with tokens, the app at a fixed time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from icans.store import accounts, patients, sign_ins, words
from icans.store.accounts import Account
from icans.store.database import Store, open_store
from icans.store.schema import ROLES
from icans.web.app import create_app
from icans.web.platform import Platform, Started, platform_of

NOW = datetime(2026, 3, 9, 6, 0, tzinfo=UTC)
INFUSION = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = "a long enough pass phrase"


@dataclass
class Clock:
    """A clock that a test moves."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class MadeWard:
    """The app of a test with an account and a token for each role."""

    store: Store
    platform: Platform
    app: FastAPI
    clock: Clock
    people: Mapping[str, Account]
    tokens: Mapping[str, str]

    def client(self, role: str | None = None) -> TestClient:
        """A program that acts for a role; nobody without one."""
        headers = {"authorization": f"Bearer {self.tokens[role]}"} if role else {}
        return TestClient(self.app, headers=headers, follow_redirects=False, raise_server_exceptions=False)

    def admit(
        self, identifier: str = "P-1", facts: Mapping[str, str] | None = None, rows: Any = (), therapies: Any = (),
        care_unit: str = "",
    ) -> str:  # fmt: skip
        """A patient, infused with axi-cel a week ago unless told; rows: (hours before now, item, value, unit)."""
        now = self.clock()
        usual = {"product": "axi-cel", "infusion": INFUSION.isoformat(), "age": "60", "weight": "70"}
        seen = [
            {"time": now - timedelta(hours=h), "item": i, "value": v, "unit": u} for h, i, v, u in rows
        ]  # fmt: skip
        entries = [
            *words.fact_entries(usual if facts is None else facts, now), *words.observation_entries(seen, now),
            *words.therapy_entries(list(therapies), now),
        ]  # fmt: skip
        nurse = self.people["nurse"]
        with self.store.write() as db:
            made, _ = patients.admit(
                db, identifier, entries, author=nurse.id, login=nurse.login, at=now, care_unit=care_unit
            )
        return made


def made_ward(place: Path | str, **started: Any) -> MadeWard:
    """A ward in a fresh store: `place` is a folder (SQLite in it) or the URL of a database."""
    store = open_store(str(place / "ward.sqlite3") if isinstance(place, Path) else place)
    clock = Clock()
    people, tokens = {}, {}
    with store.write() as db:
        for role in ROLES:
            who = accounts.make(
                db, role, f"{role.capitalize()} One", role, by="test", at=clock(), password=PASSWORD
            )  # fmt: skip
            people[role] = who
            tokens[role] = sign_ins.begin(db, who, now=clock(), kind="token", label="test")
    platform = platform_of(store, clock, Started(**started))
    return MadeWard(store, platform, create_app(platform), clock, people, tokens)
