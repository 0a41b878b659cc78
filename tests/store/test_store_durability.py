"""A server that is killed: what it acknowledged is there, what it did not is there whole or not at all.

A real server process takes writes over HTTP from several people at once and is killed (SIGKILL) at random moments.
"""

from __future__ import annotations

import itertools
import json
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from uuid import uuid4

from store_made import Made

from icans.store import sign_ins
from icans.store.database import open_store
from icans.store.schema import act, entry

LAUNCHER = Path(__file__).with_name("launched_server.py")
WANTED = 200
PEOPLE = 5
ITEMS = {"temperature": (38.0, "Cel"), "heart_rate": (90, "/min"), "oxygen_saturation": (95, "%")}
PATIENCE = 60


class Server:
    """The process, started anew after each kill."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        self.lives = self.port = 0
        self.up = threading.Event()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.lives += 1
        with (self.folder / f"server-{self.lives}.log").open("wb") as log:
            command = [sys.executable, LAUNCHER, self.url, str(self.port)]
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self.process.poll() is None:
            try:
                with closing(self.connection()) as connection:
                    connection.request("GET", "/healthz")
                    assert connection.getresponse().status == 200
            except OSError:
                time.sleep(0.05)
            else:
                self.up.set()
                return
        raise AssertionError((self.folder / f"server-{self.lives}.log").read_text())

    def connection(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.port, timeout=30)

    def kill(self) -> None:
        self.up.clear()
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(PATIENCE)


@dataclass
class Writers:
    """People who write without a pause. What was sent, what of it was acknowledged, and what nobody knows of."""

    server: Server
    patient: str
    token: str
    sent: dict[str, dict[str, Any]] = field(default_factory=dict)
    acknowledged: dict[str, dict[str, Any]] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)
    stop: threading.Event = field(default_factory=threading.Event)
    problems: list[str] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def new(self) -> dict[str, Any]:
        """Three observations of a moment of their own."""
        number = next(self._numbers)
        time_ = (datetime.now(UTC) - timedelta(hours=1, seconds=number)).isoformat()
        seen = [
            {"time": time_, "item": item, "value": value + number % 5, "unit": unit}
            for item, (value, unit) in ITEMS.items()
        ]
        return {"id": uuid4().hex, "observations": seen}

    def send(self, connection: HTTPConnection, body: dict[str, Any]) -> None:
        """Send one; what comes back is the acknowledgement, and where nothing comes back it is open."""
        name = body["id"]
        self.sent[name] = body
        self.open.add(name)
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        connection.request("POST", f"/api/patients/{self.patient}/entries", json.dumps(body), headers)
        answer = connection.getresponse()
        said = answer.read()
        if answer.status not in (200, 201):
            self.problems.append(f"{answer.status} {said.decode()}")
            return
        self.acknowledged[name] = json.loads(said)
        self.open.discard(name)

    def work(self) -> None:
        while not self.stop.is_set():
            if not self.server.up.wait(0.1):
                continue
            with closing(self.server.connection()) as connection, suppress(OSError, HTTPException):
                while self.server.up.is_set() and not self.stop.is_set():
                    self.send(connection, self.new())

    @contextmanager
    def working(self) -> Iterator[None]:
        threads = [threading.Thread(target=self.work) for _ in range(PEOPLE)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.stop.set()
            for thread in threads:
                thread.join(PATIENCE)


def kill_at_random(server: Server, writers: Writers, chance: random.Random) -> None:
    """Kill and start the server until enough was acknowledged, each time after some writes and a moment more."""
    until = time.monotonic() + 4 * PATIENCE
    while len(writers.acknowledged) < WANTED and time.monotonic() < until:
        enough = len(writers.acknowledged) + chance.randint(25, 60)
        while len(writers.acknowledged) < enough and time.monotonic() < until and not writers.problems:
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 0.03))
        server.kill()
        assert_whole(server.url, writers)
        server.start()


def assert_whole(url: str, writers: Writers) -> set[str]:
    """What was acknowledged is there, every act has its three entries, the log verifies. The acts that are there."""
    known = dict(writers.acknowledged)
    with closing(open_store(url)) as store:
        ward = Made.__new__(Made)
        ward.store, ward.patient = store, writers.patient
        there = {row["id"]: row for row in ward.rows(act) if row["version"] > 1}
        rows: dict[str, list[Any]] = {name: [] for name in there}
        for row in ward.rows(entry):
            if row["version"] > 1:
                rows[row["act"]].append(row)
        assert ward.faults() == ()
        assert sorted(row["version"] for row in there.values()) == list(range(2, 2 + len(there)))
        assert set(known) <= set(there)
    for name, kept in rows.items():
        said = {o["item"]: float(o["value"]) for o in writers.sent[name]["observations"]}
        assert {row["item"]: row["value"] for row in kept} == said
        if name in known:
            assert known[name]["entries"] == [row["id"] for row in sorted(kept, key=lambda r: r["place"])]
            assert known[name]["version"] == there[name]["version"]
    return set(there)


def test_of_two_hundred_acknowledged_writes_none_is_lost_however_often_the_server_is_killed(
    ward: Made, url: str, kind: str, tmp_path: Path
):
    with ward.store.write() as db:
        token = sign_ins.begin(db, ward.who("nora"), now=datetime.now(UTC), kind="token", label="test")
    ward.store.close()
    server = Server(url, tmp_path)
    writers = Writers(server, ward.patient, token)
    try:
        server.start()
        with writers.working():
            kill_at_random(server, writers, random.Random(f"{kind} 2026"))
        assert writers.problems == []
        assert len(writers.acknowledged) >= WANTED
        assert server.lives >= 4
        before = assert_whole(url, writers)
        open_ones = set(writers.open)
        assert before <= set(writers.acknowledged) | open_ones
        with closing(server.connection()) as connection:
            for name in sorted(open_ones):  # sent again as a browser does that never had an answer
                writers.send(connection, writers.sent[name])
                assert writers.acknowledged[name]["new"] == (name not in before)
    finally:
        server.kill()
    assert writers.open == set()
    assert assert_whole(url, writers) == set(writers.acknowledged)
    without = f"{len(open_ones)} without an answer, of which {len(open_ones & before)} were there"
    print(f"{kind}: {len(writers.acknowledged)} acts, {server.lives - 1} kills, {without}")
