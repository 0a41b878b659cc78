"""`icans serve`: the ward app."""

from __future__ import annotations

import sys

from icans.errors import DataError
from icans.report.screen import console


def run(*, database: str | None, host: str, port: int, base_url: str | None, demo: bool) -> None:
    """Serve until somebody stops it. Raises DataError where it cannot begin."""
    try:
        from icans.web.serve import Options, greeting, prepare, serve
    except ImportError as error:
        raise DataError(f"icans serve needs {error.name}: pip install 'icans[serve]'") from None
    _check_port(host, port)
    options = Options(database, host, port, base_url, demo)
    platform = prepare(options)
    for line in greeting(platform):
        console().print(line, highlight=False, soft_wrap=True)
    sys.stdout.flush()
    serve(platform, options)


def _check_port(host: str, port: int) -> None:
    import socket

    if not 0 < port < 65536:
        raise DataError(f"--port {port}: a number from 1 to 65535")
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise DataError(f"{host} port {port} cannot be listened at: {error.strerror}; choose another --port") from None
