"""A made-up store: people, a patient, and short ways to enter, correct and read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Table, select

from icans.store import accounts, answers, entries, patients, resources, words
from icans.store.accounts import Account
from icans.store.database import Store
from icans.store.entries import Act, Written
from icans.store.records import record_of
from icans.store.verify import verify

NOW = datetime(2026, 3, 9, 6, 0, tzinfo=UTC)
INFUSION = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = "a long enough pass phrase"
PEOPLE = {"ada": "administrator", "carl": "clinician", "nora": "nurse", "vera": "viewer"}
FACTS = {"product": "axi-cel", "infusion": INFUSION.isoformat(), "age": "60", "weight": "70"}


def people(store: Store) -> None:
    """An account for each role."""
    with store.write() as db:
        for login, role in PEOPLE.items():
            accounts.make(db, login, login.capitalize(), role, by="test", at=NOW, password=PASSWORD)


def seen(item: str, value: object, unit: str | None = None, hours: float = 1, **more: Any) -> dict[str, Any]:
    """The words of an observation so many hours before now."""
    return {"time": NOW - timedelta(hours=hours), "item": item, "value": value, "unit": unit, **more}


def temperature(value: object, hours: float = 1) -> list[dict[str, Any]]:
    """One entry: a temperature in degrees Celsius."""
    return words.observation_entries([seen("temperature", value, "Cel", hours)], NOW)


@dataclass
class Made:
    """A store with one patient, and short ways to work with it. `nora` writes if nobody else is named."""

    store: Store
    patient: str = field(init=False)

    def __post_init__(self) -> None:
        self.patient = self.admit("P-1")

    def who(self, login: str) -> Account:
        with self.store.read() as db:
            return accounts.by_login(db, login)

    def admit(self, identifier: str, rows: Iterable[Mapping[str, Any]] = (), **more: Any) -> str:
        nora = self.who("nora")
        facts = [*words.fact_entries(FACTS, NOW), *rows]
        with self.store.write() as db:
            return patients.admit(db, identifier, facts, author=nora.id, login="nora", at=NOW, **more)[0]

    def act(self, login: str = "nora", patient: str | None = None, **more: Any) -> Act:
        return Act(patient or self.patient, self.who(login).id, login, more.pop("at", NOW), **more)

    def enter(self, rows: list[dict[str, Any]], act: Act | None = None) -> Written:
        with self.store.write() as db:
            return entries.record(db, act or self.act(), rows)

    def correct(self, old: str, rows: list[dict[str, Any]], act: Act | None = None, **more: Any) -> Written:
        return self.enter([row | {"replaces": old, "reason": "slip"} | more for row in rows], act)

    def answer(self, kind: str = "acknowledged", reason: str | None = None) -> str:
        with self.store.write() as db:
            return answers.give(
                db, self.patient, "0" * 64, "MUST Call the neurologist", kind, reason, author=self.who("carl").id,
                login="carl", at=NOW, version=1,
            )  # fmt: skip

    def receive(self, name: str = "o-1", content: Mapping[str, Any] | None = None) -> Written:
        """An act with an entry and the FHIR resource that gave it."""
        act = self.act(origin="fhir", extra={"of": {f"Observation/{name}": []}})
        with self.store.write() as db:
            written = entries.write(db, act, temperature(38.4, hours=2))
            resources.keep(db, act, written.version, [("Observation", name, content or {"status": "final"})])
            entries.sealed(db, act)
        return written

    def values(self, item: str = "temperature", patient: str | None = None) -> list[float]:
        """What counts now of an item, in the order of time."""
        with self.store.read() as db:
            found = record_of(db, patient or self.patient).observations
        return found.filter(found["item"] == item)["value"].to_list()

    def history(self, **more: Any) -> list[Mapping[Any, Any]]:
        with self.store.read() as db:
            return list(entries.history(db, self.patient, **more))

    def version(self, patient: str | None = None) -> int:
        with self.store.read() as db:
            return patients.find(db, patient or self.patient)["version"]

    def rows(self, table: Table) -> list[Mapping[Any, Any]]:
        with self.store.read() as db:
            return list(db.execute(select(table).order_by(*table.primary_key)).mappings())

    def faults(self, known: str | None = None) -> tuple[str, ...]:
        with self.store.read() as db:
            return verify(db, known).faults

    def head(self) -> str:
        with self.store.read() as db:
            return verify(db).head
