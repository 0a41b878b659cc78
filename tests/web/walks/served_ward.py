"""A ward served on loopback as `icans serve` does, for walks with a browser. Its clock is the real one."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import uvicorn
from sqlalchemy import select

from icans.store import accounts, entries, patients, sign_ins, words
from icans.store.accounts import Account
from icans.store.database import Store, open_store
from icans.store.schema import ROLES, act
from icans.web.app import create_app
from icans.web.platform import Started, platform_of, utc_now
from made_ward import PASSWORD

Row = tuple[float, str, Any, str | None]
"""(hours before now, item, value, unit)"""
_PATIENCE = 30.0

WELL: tuple[tuple[str, Any, str | None], ...] = (
    ("temperature", 36.8, "Cel"), ("systolic_pressure", 124, "mm[Hg]"), ("mean_arterial_pressure", 88, "mm[Hg]"),
    ("oxygen_saturation", 98, "%"), ("oxygen_device", "room_air", None), ("vasoactive_drugs", "none", None),
    ("consciousness", "awake", None), ("seizure_type", "none", None), ("motor_deficit", "none", None),
    ("raised_icp_signs", "none", None), ("edema_on_imaging", "none", None), ("intracranial_hemorrhage", "no", None),
    ("ice_orientation", 4, None), ("ice_naming", 3, None), ("ice_commands", 1, None), ("ice_writing", 1, None),
    ("ice_attention", 1, None),
)  # fmt: skip
"""Everything that a grade asks for, and nothing wrong."""


def well(hours: float = 2.0) -> list[Row]:
    """A patient without toxicity, seen some hours ago."""
    return [(hours, *seen) for seen in WELL]


@dataclass(frozen=True)
class ServedWard:
    """The store behind a running server, its address, and an account of each role with the password of `made_ward`."""

    store: Store
    base: str
    people: Mapping[str, Account]

    def admit(self, identifier: str, rows: Sequence[Row] = (), care_unit: str = "", **facts: str) -> str:
        """A patient on day 4 after axi-cel, unless told otherwise."""
        now = utc_now()
        usual = {"product": "axi-cel", "infusion": (now - timedelta(days=4)).isoformat(), "age": "60", "weight": "70"}
        nurse = self.people["nurse"]
        with self.store.write() as db:
            made, _ = patients.admit(
                db, identifier, words.fact_entries(usual | facts, now), author=nurse.id, login=nurse.login, at=now,
                care_unit=care_unit,
            )  # fmt: skip
        if rows:
            self.write(made, rows)
        return made

    def write(self, patient: str, rows: Sequence[Row], role: str = "nurse") -> None:
        """Somebody else writes to a record."""
        now, who = utc_now(), self.people[role]
        seen = [{"time": now - timedelta(hours=h), "item": i, "value": v, "unit": u} for h, i, v, u in rows]
        done = entries.Act(patient, who.id, who.login, now)
        with self.store.write() as db:
            entries.record(db, done, words.observation_entries(seen, now))

    def secret(self, login: str) -> str:
        """What the cookie of somebody who has just signed in holds."""
        with self.store.write() as db:
            return sign_ins.begin(db, accounts.by_login(db, login), now=utc_now())

    def tests_of(self, patient: str) -> list[Mapping[Any, Any]]:
        """The bedside tests that arrived, the oldest first."""
        with self.store.read() as db:
            wanted = select(act).where(act.c.patient == patient, act.c.origin.in_(("ice", "capd")))
            return list(db.execute(wanted.order_by(act.c.version)).mappings())

    def standing(self, patient: str, item: str) -> list[float]:
        """The values of an item that stand, the oldest first."""
        with self.store.read() as db:
            rows = [r for r in entries.history(db, patient) if r["item"] == item]
        return [r["value"] for r in reversed(rows) if not r["replaced_by"] and not r["withdrawn"]]


@contextmanager
def served(place: Path, *, people: bool = True, **started: Any) -> Iterator[ServedWard]:
    """A server on a free port, until the end. people: an account of each role; none for a first sign-up."""
    store = open_store(str(place / "ward.sqlite3"))
    made = _people(store) if people else {}
    with socket.create_server(("127.0.0.1", 0)) as door:
        base = f"http://127.0.0.1:{door.getsockname()[1]}"
        app = create_app(platform_of(store, started=Started(base_url=base, **started)))
        server = uvicorn.Server(
            uvicorn.Config(app, log_level="warning", access_log=False, ws="none", timeout_graceful_shutdown=2)
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
        thread.start()
        try:
            _wait_for(server)
            yield ServedWard(store, base, made)
        finally:
            server.should_exit = True
            thread.join(_PATIENCE)
    store.close()


def _wait_for(server: uvicorn.Server) -> None:
    until = time.monotonic() + _PATIENCE
    while not server.started:
        assert time.monotonic() < until, "the server did not start"
        time.sleep(0.02)


def _people(store: Store) -> dict[str, Account]:
    with store.write() as db:
        return {
            role: accounts.make(
                db, role, f"{role.capitalize()} One", role, by="test", at=utc_now(), password=PASSWORD
            )
            for role in ROLES
        }  # fmt: skip
