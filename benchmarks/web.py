"""How fast the ward app is: 200 patients with 30 days of data each, fifty people at once, and CDS Hooks.

    python benchmarks/web.py [--patients 200] [--days 30] [--seconds 60] [--database URL] [--write FILE]

The real `icans serve` is started on loopback over a store that is filled first; the clients run in this process, on the
same machine, so they take a part of its cores. Each client waits a second on average between an answer and its next
request (`--think`), as people do. Every hundredth request is a write of a vital sign, which is thirty times what such a
ward writes. After the load the grades on the ward are compared with reviews made afresh: none may differ.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from icans.store import accounts, patients, sign_ins, words
from icans.store.database import Store, open_store
from icans.store.settings import keep
from icans.web.cds.settings import TrustedClient
from icans.web.site import Site
from web_caller import Caller, prefetch
from web_client import Measured, load

SEED = 20260302
LIMITS = {"ward": 0.200, "patient": 0.400, "cds": 0.060}
"""p99 in seconds that are aimed at."""
HOST = "127.0.0.1"


def rows(draw: random.Random, start: datetime, end: datetime) -> list[dict[str, Any]]:
    """Thirty days of one patient: vital signs every 4 h, ICE every 12 h, blood every day."""
    made: list[dict[str, Any]] = []

    def seen(time: datetime, item: str, value: object, unit: str | None) -> None:
        made.append({"time": time, "item": item, "value": value, "unit": unit, "attribution": None})

    worst = draw.randint(48, 160)
    for hour in range(0, int((end - start) / timedelta(hours=1)), 4):
        time = start + timedelta(hours=hour)
        near = max(0.0, 1 - abs(hour - worst) / 60)
        seen(time, "temperature", round(36.6 + 2.6 * near + draw.random() * 0.4, 1), "Cel")
        seen(time, "heart_rate", round(75 + 45 * near + draw.random() * 10), "/min")
        seen(time, "respiratory_rate", round(14 + 8 * near), "/min")
        seen(time, "systolic_pressure", round(125 - 35 * near + draw.random() * 8), "mm[Hg]")
        seen(time, "diastolic_pressure", round(75 - 15 * near), "mm[Hg]")
        seen(time, "mean_arterial_pressure", round(90 - 22 * near), "mm[Hg]")
        seen(time, "oxygen_saturation", round(98 - 5 * near), "%")
        seen(time, "oxygen_device", "nasal_cannula" if near > 0.6 else "room_air", None)
        if hour % 12 == 0:
            parts = {"orientation": 4, "naming": 3, "commands": 1, "writing": 0 if near > 0.5 else 1, "attention": 1}
            for part, points in parts.items():
                seen(time, f"ice_{part}", points, None)
            seen(time, "consciousness", "awake", None)
        if hour % 24 == 0:
            seen(time, "crp", round(5 + 150 * near, 1), "mg/L")
            seen(time, "ferritin", round(300 + 4000 * near), "ug/L")
            seen(time, "platelets", round(60 + draw.random() * 100), "10*9/L")
            seen(time, "creatinine", round(0.7 + draw.random() * 0.4, 2), "mg/dL")
    return made


def fill(store: Store, number: int, days: int) -> tuple[list[str], str, Caller]:
    """The ward; (patients, token of a clinician, a caller of CDS Hooks that is trusted)."""
    now = datetime.now(UTC)
    caller = Caller.made()
    with store.write() as db:
        who = accounts.make(db, "bench", "Bench", "clinician", by="bench", at=now, password="only for this run, here")
        accounts.make(db, "root", "Root", "administrator", by="bench", at=now, password="only for this run, here")
        token = sign_ins.begin(db, who, now=now, kind="token", label="bench")
        site = Site(cds_clients=[TrustedClient(issuer=caller.issuer, jwks=caller.jwks)])
        keep(db, site.model_dump(mode="json"), author=None, login="bench", at=now, expected=None)
    made = []
    for n in range(number):
        draw = random.Random(SEED + n)
        start = now - timedelta(days=days)
        facts = {
            "product": "axi-cel",
            "infusion": start.isoformat(),
            "age": "60",
            "weight": "70",
            "label": f"Made up {n}",
        }
        seen = rows(draw, start, now - timedelta(minutes=30))
        entries = [*words.fact_entries(facts, now), *words.observation_entries(seen, now)]
        with store.write() as db:
            made.append(patients.admit(db, f"B-{n:03}", entries, author=who.id, login=who.login, at=now)[0])
    return made, token, caller


@contextmanager
def served(database: str, port: int) -> Iterator[None]:
    """The real command over a store."""
    command = [sys.executable, "-m", "icans", "serve", "--database", database, "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://{HOST}:{port}/healthz", timeout=1).read()
                break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        server.terminate()
        server.wait(20)


def asked(port: int, token: str, path: str) -> Any:
    """One answer of the JSON API."""
    request = urllib.request.Request(f"http://{HOST}:{port}{path}", headers={"authorization": f"Bearer {token}"})
    return json.loads(urllib.request.urlopen(request, timeout=60).read())


def until_worked_out(port: int, token: str) -> float:
    """How long it takes until every row of the ward is there."""
    began = time.monotonic()
    while any(bed["row"] is None for bed in asked(port, token, "/api/ward")):
        time.sleep(1)
    return time.monotonic() - began


def people(port: int, token: str, here: list[str], clients: int, seconds: float, think: float) -> Measured:
    """The load of a ward: its page, patients' pages, and every hundredth time an entry."""

    def turn(draw: random.Random) -> tuple[str, str, str, Any, tuple[int, ...]]:
        kind = draw.choices(("ward", "patient", "write"), (49, 50, 1))[0]
        if kind == "ward":
            return kind, "GET", "/ward", None, (200,)
        who = draw.choice(here)
        if kind == "patient":
            return kind, "GET", f"/patients/{who}", None, (200,)
        seen = {
            "time": datetime.now(UTC).isoformat(), "item": "temperature", "value": round(36 + 3 * draw.random(), 1),
            "unit": "Cel",
        }  # fmt: skip
        return kind, "POST", f"/api/patients/{who}/entries", {"observations": [seen]}, (201,)

    headers = {"authorization": f"Bearer {token}"}
    return load(HOST, port, headers, turn, clients=clients, seconds=seconds, think=think)


def stale(port: int, token: str, here: list[str]) -> int:
    """How many grades of the ward are not those of a review made afresh from the store, of every fourth patient."""
    until_worked_out(port, token)
    rows = {bed["id"]: bed["row"] for bed in asked(port, token, "/api/ward")}
    old = 0
    for patient in here[::4]:
        fresh = asked(port, token, f"/api/patients/{patient}/review")["outcomes"]
        for outcome in ("crs", "icans"):
            answer, row = fresh[outcome]["answer"], rows[patient][outcome]
            old += (answer["min"], answer["max"]) != (row["low"], row["high"])
    return old


def hooks(port: int, caller: Caller, number: int) -> Measured:
    """CDS Hooks, 200 prefetched observations, another patient each time, one caller after the other."""
    service = f"http://{HOST}:{port}/cds-services/icans-patient-view"
    found = Measured()
    for n in range(number):
        body = json.dumps(prefetch(random.Random(SEED + n), f"{n}", datetime.now(UTC))).encode()
        headers = {"authorization": f"Bearer {caller.token(service)}", "content-type": "application/json"}
        request = urllib.request.Request(service, body, headers)
        began = time.perf_counter()
        answer = urllib.request.urlopen(request, timeout=60)
        cards = json.loads(answer.read())["cards"]
        if n >= 5:  # the first ones load what all share
            found.add("cds", time.perf_counter() - began)
        if not cards:
            found.errors.append("cds: no card")
    return found


def quantile(values: list[float], q: float) -> float:
    """The value below which a part q of all lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(q * len(ordered)))]


def table(found: Measured) -> list[str]:
    """A line a kind of request, in milliseconds."""
    lines = ["| request | number | median | p99 | slowest | aim of p99 |", "|---|---:|---:|---:|---:|---:|"]
    for kind, taken in sorted(found.seconds.items()):
        aim = f"{LIMITS[kind] * 1000:.0f} ms" if kind in LIMITS else ""
        shown = (quantile(taken, 0.5), quantile(taken, 0.99), max(taken))
        lines.append(f"| {kind} | {len(taken)} | {' | '.join(f'{v * 1000:.0f} ms' for v in shown)} | {aim} |")
    return lines


def main() -> None:
    """Fill, serve, load, tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patients", type=int, default=200)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--think", type=float, default=1.0)
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--database")
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = given.database or str(Path(folder) / "ward.sqlite3")
        store = open_store(database)
        began = time.monotonic()
        here, token, caller = fill(store, given.patients, given.days)
        store.close()
        print(f"filled in {time.monotonic() - began:.0f} s")
        with served(database, given.port):
            first = until_worked_out(given.port, token)
            print(f"all rows after {first:.0f} s")
            found = people(given.port, token, here, given.clients, given.seconds, given.think)
            old = stale(given.port, token, here)
            called = hooks(given.port, caller, 305)
    kind = "PostgreSQL" if "postgres" in database else "SQLite"
    both = Measured({**found.seconds, **called.seconds}, [*found.errors, *called.errors])
    text = report(given, kind, first, both, old)
    print(text)
    if given.write:
        given.write.write_text(text, encoding="utf-8")
    if both.errors or old:
        sys.exit(1)


def report(given: argparse.Namespace, kind: str, first: float, found: Measured, old: int) -> str:
    """The page of the manual."""
    total = sum(len(v) for k, v in found.seconds.items() if k != "cds")
    lines = [
        "# Performance of the ward app", "",
        f"`python benchmarks/web.py`: {given.patients} patients with {given.days} days of data each (vital signs every "
        f"4 h, ICE every 12 h, blood daily), {kind}, {given.clients} clients at once for {given.seconds:.0f} s, each "
        f"waiting {given.think:g} s on average between an answer and the next request. Server and clients share one "
        f"machine with {os.cpu_count()} cores ({platform.machine()}, Python {platform.python_version()}).", "",
        *table(found), "",
        f"- {total / given.seconds:.0f} requests a second; errors: {len(found.errors)}.",
        f"- Grades on the ward that are not those of a review made afresh, after the load, of {given.patients // 4} "
        f"patients: {old}.",
        f"- After a start, all rows are there after {first:.0f} s; those that are not say so.",
        "- `patient` and `write` include the audit log, on the disk before the answer. A patient's page is worked out "
        "anew after each write to the record and every five minutes, in another process; else it is kept.",
        "- `cds` is `patient-view` with 200 prefetched Observations, each time of another patient, so nothing can be "
        "kept from one to the next; the token of the caller (ES384) is checked each time.", "",
    ]  # fmt: skip
    if found.errors:
        lines += ["Errors:", "", *(f"- {e}" for e in sorted(set(found.errors))), ""]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
