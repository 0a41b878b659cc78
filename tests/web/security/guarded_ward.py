"""A ward to attack: a patient with every kind of entry, people of two units, browsers that are signed in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from sqlalchemy import event, func, select

from icans.store import accounts, patients, settings, sign_ins
from icans.store.accounts import Account
from icans.store.schema import entry, metadata
from icans.web.access import COOKIE
from made_ward import MadeWard, made_ward

UNIT, OTHER_UNIT = "Unit A", "Unit B"
LABEL = "Zebulon Quagga"
NOTE = "restless after the night"
REASON = "seen by the consultant, already agreed"
SEEN = [
    (60, "temperature", "36.9", "Cel"), (60, "systolic_pressure", "128", "mm[Hg]"), (6, "temperature", "39.2", "Cel"),
    (6, "systolic_pressure", "81", "mm[Hg]"), (6, "oxygen_saturation", "88", "%"),
    (6, "oxygen_device", "nasal_cannula", None), (6, "oxygen_flow", "4", "L/min"),
    (6, "vasoactive_drugs", "none", None), (6, "crp", "143", "mg/L"), (6, "ferritin", "5120", "ug/L"),
    (6, "consciousness", "to_voice", None), (90, "ice_baseline", "10", None),
]  # fmt: skip
THERAPIES = [{"start": "2026-03-08T22:00:00Z", "drug": "tocilizumab", "dose": 560, "unit": "mg", "route": "iv"}]
ICE = {
    "ice_orientation": 2, "ice_naming": 2, "ice_commands": 1, "ice_writing": 0, "ice_attention": 0,
}  # fmt: skip
STROKES = {"width": 300, "height": 120, "strokes": [[[10, 10, 0], [40, 60, 30], [90, 20, 70]]]}


@dataclass
class Browser:
    """Somebody at a browser: a session in the cookie, and the token that the pages of the session carry."""

    client: TestClient
    csrf: str

    def post(self, path: str, form: dict[str, Any] | None = None, **more: Any) -> Any:
        """What a form of a page sends."""
        return self.client.post(path, data={"csrf": self.csrf, **(form or {})}, **more)


@dataclass
class Guarded:
    """A ward with one patient on `UNIT`."""

    ward: MadeWard
    patient: str = ""
    test: str = ""
    people: dict[str, Account] = field(default_factory=dict)
    admitted: int = 0

    def signed_in(self, who: str, kind: str) -> str:
        """The secret of a new sign-in of somebody: a `browser` or a `token`."""
        with self.ward.store.write() as db:
            return sign_ins.begin(db, self.people[who], now=self.ward.clock(), kind=kind, label="test")

    def client(self, who: str = "nobody", **more: Any) -> TestClient:
        """A program that acts for somebody."""
        headers = {} if who == "nobody" else {"authorization": f"Bearer {self.signed_in(who, 'token')}"}
        return TestClient(
            self.ward.app, headers=headers, follow_redirects=False, raise_server_exceptions=False, **more
        )  # fmt: skip

    def browser(self, who: str) -> Browser:
        """Somebody who signed in with a browser."""
        client = self.client()
        client.cookies.set(COOKIE, self.signed_in(who, "browser"))
        page = client.get("/account").text
        return Browser(client, _csrf(page))

    @cached_property
    def administrator(self) -> TestClient:
        """A program with every right."""
        return self.client("administrator")

    def names(self, *, writes: bool, with_action: bool = False) -> dict[str, Any]:
        """What addresses and bodies ask for: of the patient, or of a new one, with something to do if need be."""
        self.admitted += 1
        here, identifier = self.patient, "MRN-4711"
        if writes:
            self._send_the_others_home()
            facts, rows = (None, SEEN) if with_action else ({"age": "60"}, SEEN[:1])
            identifier = f"FRESH-{self.admitted}"
            here = self.ward.admit(identifier, facts, rows, care_unit=UNIT)
        names = {
            "patient_id": here, "entry_id": self._an_entry(here), "act_id": self.test, "sheet": "laboratory",
            "version": 1,
            "login": "to-change", "fresh": f"new-{self.admitted}", "identifier": identifier, "id": "1", "vid": 1,
            "service_id": "icans-patient-view", "rest": "x",
        }  # fmt: skip
        if with_action:
            told = self.administrator.get(f"/api/patients/{here}/actions").json()
            names["advice"] = told["actions"][0]["advice"]
        return names

    def _send_the_others_home(self) -> None:
        """So that the pages of the ward stay quick."""
        with self.ward.store.write() as db:
            for one in patients.listed(db):
                if one["id"] != self.patient:
                    patients.discharge(db, one["id"], login="test", at=self.ward.clock())

    def _an_entry(self, patient: str) -> str:
        wanted = select(entry.c.id).where(entry.c.patient == patient, entry.c.item == "temperature")
        with self.ward.store.read() as db:
            return db.execute(wanted.order_by(entry.c.time)).scalars().first() or ""

    def allow_every_caller(self) -> None:
        """CDS Hooks without a token, as in a sandbox."""
        with self.ward.store.write() as db:
            settings.keep(db, {"cds_open": True}, author=None, login="test", at=self.ward.clock(), expected=None)

    def rows(self) -> dict[str, int]:
        """How many rows each table holds."""
        with self.ward.store.read() as db:
            return {
                name: db.execute(select(func.count()).select_from(table)).scalar_one()
                for name, table in metadata.tables.items()
            }


def _csrf(page: str) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert found, "a page of a browser that is signed in carries the token"
    return found[1]


def guarded_ward(folder: Path, **started: Any) -> Guarded:
    """The ward, with people of another unit: `elsewhere` a nurse, `elsewhere_administrator` an administrator."""
    ward = made_ward(folder, **started)
    if ward.store.url.get_backend_name() == "sqlite":  # no power fails here: writes need not wait for the disk
        event.listen(ward.store.engine, "connect", lambda db, _: db.execute("PRAGMA synchronous=OFF"))
        ward.store.engine.dispose()
    made = Guarded(ward, people=dict(ward.people))
    with ward.store.write() as db:
        for login, role in (
            ("elsewhere", "nurse"),
            ("elsewhere_administrator", "administrator"),
            ("to-change", "viewer"),
        ):
            made.people[login] = accounts.make(
                db, login, "Somebody Else", role, by="test", at=ward.clock(), issuer="test", subject=login,
                care_unit=OTHER_UNIT,
            )  # fmt: skip
    _fill(made)
    return made


def _fill(made: Guarded) -> None:
    """One patient with observations, a dose, a test with handwriting, a corrected entry, an answered action."""
    facts = {
        "product": "axi-cel", "infusion": "2026-03-02T09:00:00Z", "age": "61", "sex": "female", "weight": "70",
        "label": LABEL, "bed": "B-17",
    }  # fmt: skip
    made.patient = made.ward.admit("MRN-4711", facts, SEEN, THERAPIES, UNIT)
    api, here = made.administrator, f"/api/patients/{made.patient}"
    test = {
        "id": "0123456789abcdef0123", "kind": "ice", "time": "2026-03-09T05:30:00Z", "answers": ICE,
        "handwriting": STROKES, "note": NOTE,
    }  # fmt: skip
    _done(api.post(f"{here}/tests", json=test))
    made.test = test["id"]
    entries = api.get(f"{here}/entries").json()
    wrong = next(e["id"] for e in entries if e["item"] == "crp")
    _done(api.post(f"{here}/entries/{wrong}/correction", json={"reason": "typing slip", "value": 134}))
    told = api.get(f"{here}/actions").json()
    assert told["actions"], "the patient needs something, so that there is an action to answer"
    advice, version = told["actions"][0]["advice"], told["version"]
    answer = {"advice": advice, "kind": "overridden", "reason": REASON, "version": version}
    _done(api.post(f"{here}/answers", json=answer))


def _done(answer: Any) -> None:
    assert answer.status_code in (200, 201, 204), answer.text


def routes_of(app: Any) -> Iterator[tuple[str, str]]:
    """(method, path) of everything the app answers; ANY for a route that takes whatever comes, MOUNT for files."""
    for route in iter_route_contexts(app.routes):
        methods = set(getattr(route, "methods", None) or ()) - {"HEAD", "OPTIONS"}
        if not getattr(route, "methods", None):
            yield "MOUNT", str(getattr(route, "path", None) or getattr(route.original_route, "path", "?"))
        elif len(methods) > 3:
            yield "ANY", str(route.path)
        else:
            for method in sorted(methods) or ["OPTIONS"]:
                yield method, str(route.path)
