"""Requests as they go over the wire, for what no client would send."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Raw:
    """An answer as it goes over the wire."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


def raw(
    app: Any, method: str, path: str, headers: Iterable[tuple[bytes, bytes]] = (), chunks: Iterable[bytes] = (b"",)
) -> Raw:
    """Send what no client would: headers and bodies in pieces, just as given."""
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": path.partition("?")[0], "raw_path": path.encode(), "query_string": path.partition("?")[2].encode(),
        "root_path": "", "headers": list(headers), "client": ("127.0.0.1", 1), "server": ("testserver", 80),
    }  # fmt: skip
    pieces = list(chunks)
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        body = pieces.pop(0) if pieces else b""
        return {"type": "http.request", "body": body, "more_body": bool(pieces)}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    body = b"".join(m.get("body", b"") for m in sent[1:])
    return Raw(sent[0]["status"], sent[0]["headers"], body)
