"""A small HTTP/1.1 client for load: one connection, kept open, so that the client costs little beside the server."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Measured:
    """Seconds by kind of request, and what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def add(self, kind: str, taken: float) -> None:
        """One more answer."""
        self.seconds.setdefault(kind, []).append(taken)


@dataclass
class Connection:
    """One client's connection."""

    host: str
    port: int
    headers: Mapping[str, str]
    _reader: asyncio.StreamReader | None = None
    _writer: asyncio.StreamWriter | None = None

    async def ask(self, method: str, path: str, body: Any = None) -> tuple[int, bytes]:
        """Send a request and read the whole answer."""
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(self.host, self.port, limit=4_000_000)
        assert self._reader is not None
        content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        head = {"host": f"{self.host}:{self.port}", "content-length": str(len(content)), **self.headers}
        if content:
            head["content-type"] = "application/json"
        lines = "".join(f"{k}: {v}\r\n" for k, v in head.items())
        self._writer.write(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + content)
        await self._writer.drain()
        status, length, chunked = 0, 0, False
        while (line := await self._reader.readline()) not in (b"\r\n", b""):
            if line.startswith(b"HTTP/"):
                status = int(line.split()[1])
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
            chunked = chunked or (name.lower() == b"transfer-encoding" and b"chunked" in value)
        return status, await (self._chunks() if chunked else self._reader.readexactly(length))

    async def _chunks(self) -> bytes:
        assert self._reader is not None
        parts = []
        while size := int(await self._reader.readline(), 16):
            parts.append(await self._reader.readexactly(size))
            await self._reader.readline()
        await self._reader.readline()
        return b"".join(parts)

    def close(self) -> None:
        """Hang up."""
        if self._writer is not None:
            self._writer.close()


Turn = Callable[[random.Random], tuple[str, str, str, Any, tuple[int, ...]]]
"""What a client does next: kind, method, path, body, and the statuses that are right."""


async def _client(
    number: int, host: str, port: int, headers: Mapping[str, str], turn: Turn, until: float, think: float,
    found: Measured,
) -> None:  # fmt: skip
    draw = random.Random(number)
    mine = Connection(host, port, headers)
    await asyncio.sleep(draw.random() * think)
    while time.monotonic() < until:
        kind, method, path, body, right = turn(draw)
        began = time.perf_counter()
        try:
            status, _ = await mine.ask(method, path, body)
        except (OSError, ValueError, asyncio.IncompleteReadError) as error:
            found.errors.append(f"{kind}: {type(error).__name__}")
            mine = Connection(host, port, headers)
            continue
        found.add(kind, time.perf_counter() - began)
        if status not in right:
            found.errors.append(f"{kind}: status {status}")
        await asyncio.sleep(draw.expovariate(1 / think) if think else 0)
    mine.close()


def load(
    host: str, port: int, headers: Mapping[str, str], turn: Turn, *, clients: int, seconds: float, think: float
) -> Measured:
    """So many clients for so long, each waiting `think` seconds on average between an answer and the next request."""
    found = Measured()

    async def all_of_them() -> None:
        until = time.monotonic() + seconds
        await asyncio.gather(
            *(_client(n, host, port, headers, turn, until, think, found) for n in range(clients))
        )  # fmt: skip

    asyncio.run(all_of_them())
    return found
