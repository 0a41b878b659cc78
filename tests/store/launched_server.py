"""The ward app as a process of its own, to be killed by a test: `launched_server.py STORE PORT`."""

from __future__ import annotations

import sys

import uvicorn

from icans.store.database import open_store
from icans.web.app import create_app
from icans.web.platform import platform_of


def main(url: str, port: int) -> None:
    """Serve the store at an address until somebody kills it; reviews are worked out in the process itself."""
    uvicorn.run(create_app(platform_of(open_store(url))), host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
