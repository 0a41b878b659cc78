"""Run the app: open the store, start the workers in other processes, say where it is."""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import secrets
import shutil
import signal
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from icans.errors import DataError
from icans.store import accounts, patients
from icans.store.database import Store, address, open_store
from icans.web.app import create_app
from icans.web.platform import Platform, Started, utc_now
from icans.web.reviews import Reviews
from icans.web.worker import begin

_MOST_WORKERS = 6
_HERE = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class Options:
    """How to serve. base_url None: as host and port have it; behind a proxy it must be told."""

    database: str | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    base_url: str | None = None
    demo: bool = False


def prepare(options: Options) -> Platform:
    """Store, workers and everything else, ready to serve. Raises DataError where the store cannot be opened."""
    if options.demo and options.host not in _HERE:
        raise DataError("--demo lets everybody in without a password, so it is served on this machine only")
    store = _store(options)
    if options.demo:
        from icans.web.demo.fill import fill

        fill(store, utc_now())
    with store.read() as db:
        first = accounts.none_yet(db)
    started = Started(
        base_url=options.base_url or f"http://{options.host}:{options.port}", demo=options.demo,
        setup_code=secrets.token_urlsafe(9) if first else secrets.token_urlsafe(32),
    )  # fmt: skip
    processes = min(_MOST_WORKERS, max(1, (os.cpu_count() or 2) - 1))

    def workers() -> ProcessPoolExecutor:
        fresh = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(processes, fresh, initializer=begin, initargs=(os.getpid(),))

    reviews = Reviews(store, utc_now, workers(), ThreadPoolExecutor(processes), workers, trusted_for=1.0)
    return Platform(store, reviews, utc_now, started)


def _store(options: Options) -> Store:
    if options.demo and options.database is None:
        return open_store(address(str(Path(tempfile.mkdtemp(prefix="icans-demo-")) / "ward.sqlite3")))
    return open_store(options.database)


def greeting(platform: Platform) -> list[str]:
    """What the terminal says at the start."""
    started = platform.started
    with platform.store.read() as db:
        first = accounts.none_yet(db)
    said = [f"icans serves {started.base_url}  (Ctrl+C stops it)"]
    said.append(f"store: {platform.store.url.render_as_string(hide_password=True)}")
    if started.demo:
        said.append("demo: twelve made-up patients; sign in without a password")
    if first:
        said.append(f"first sign-up: {started.base_url}/sign-up?code={started.setup_code}")
    return said


def serve(platform: Platform, options: Options) -> None:
    """Serve until somebody stops it. No request is logged with its path or address: they tell of patients."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    with platform.store.read() as db:
        here = patients.listed(db)
    platform.reviews.at_hand(here)
    # What is loaded now stays; looking through it for garbage would stop an answer for a tenth of a second.
    gc.collect()
    gc.freeze()
    # Once it has closed its connections the server sends itself the signal again; the workers must end before us.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    try:
        uvicorn.run(
            create_app(platform), host=options.host, port=options.port, access_log=False, log_level="warning",
            server_header=False, timeout_keep_alive=75, proxy_headers=options.base_url is not None,
        )  # fmt: skip
    finally:
        platform.reviews.workers.shutdown(wait=False, cancel_futures=True)
        platform.reviews.ahead.shutdown(wait=False, cancel_futures=True)
        platform.outside.close()
        platform.store.close()
        if options.demo and options.database is None:
            shutil.rmtree(Path(str(platform.store.url.database)).parent, ignore_errors=True)
