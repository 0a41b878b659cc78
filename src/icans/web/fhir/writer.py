"""Who writes, and what everything that is written has to go through."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from icans.errors import DataError
from icans.store import patients, resources
from icans.store.entries import Act
from icans.store.errors import Changed, NotThere
from icans.store.schema import act, entry
from icans.web.fhir.problems import Issue, Refused

Json = dict[str, Any]

ID = re.compile(r"[A-Za-z0-9.-]{1,64}", re.ASCII)
"""What an id looks like. Source: FHIR R4, data types."""


@dataclass(frozen=True)
class Writer:
    """An account at a moment.

    base   the address of the service, which references to it may hold
    clock  tells the time, which has gone on once the store is free for the write
    """

    id: str
    login: str
    care_unit: str | None
    now: datetime
    may: Callable[[str], bool]
    base: str
    clock: Callable[[], datetime]

    def holding(self) -> Writer:
        """The same once the store is held: acts come in the order of their times."""
        return replace(self, now=self.clock())

    def act(self, patient_id: str, **more: Any) -> Act:
        """A new act on a record."""
        return Act(patient_id, self.id, self.login, self.now, origin="fhir", **more)

    def need(self, right: str) -> None:
        """Raises Refused (403) without the right."""
        if not self.may(right):
            raise Refused(403, f"this account may not do this; it needs the right to {right}")

    def patient(self, db: Connection, patient_id: str) -> RowMapping:
        """A patient that the account may see. Raises NotThere."""
        if not ID.fullmatch(patient_id):
            raise NotThere("no such patient")
        return patients.find(db, patient_id, self.care_unit)

    def subject(self, db: Connection, content: Json) -> str:
        """The id of the patient that a resource is about.

        Raises Refused: 422 where it names none, 404 where there is none that the account may see.
        """
        kind, named = content["resourceType"], content.get("subject")
        target = named.get("reference") if isinstance(named, dict) else None
        if not isinstance(target, str):
            raise Refused(422, Issue("a reference to the patient is needed, such as Patient/id", f"{kind}.subject"))
        name = target.removeprefix(f"{self.base}/")
        if not name.startswith("Patient/"):
            raise Refused(422, Issue("it is about something that is not a patient of this server", f"{kind}.subject"))
        try:
            return self.patient(db, name.removeprefix("Patient/").split("/_history/")[0])["id"]
        except NotThere:
            raise Refused(404, Issue("no such patient", f"{kind}.subject")) from None


@contextmanager
def refusals() -> Iterator[None]:
    """What the store says against a write, as an answer of the service."""
    try:
        yield
    except Changed as error:
        raise Refused(409, *error.problems) from None
    except NotThere as error:
        raise Refused(404, *error.problems) from None
    except DataError as error:
        raise Refused(422, *error.problems) from None


def whose(db: Connection, kind: str, name: str) -> str | None:
    """The patient of a resource, received or made from an entry or a test; None where there is no such id."""
    if not ID.fullmatch(name):
        return None
    if kind == "Patient":
        return name
    received = resources.newest(db, kind, name)
    if received is not None:
        return received["patient"]
    table = act if kind == "QuestionnaireResponse" else entry
    return db.execute(select(table.c.patient).where(table.c.id == name)).scalar_one_or_none()
