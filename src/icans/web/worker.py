"""A process that works out records for the app."""

from __future__ import annotations

import os
import signal
import threading
import time

from icans.record.catalogue import catalogue
from icans.web.rendering import environment

_LOOK_EVERY = 2.0


def begin(parent: int) -> None:
    """Load what a first answer would have to wait for, and end when the app ends, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    catalogue()
    environment().get_template("worked.html")


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_EVERY)
    os._exit(0)
