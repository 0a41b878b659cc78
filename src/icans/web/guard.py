"""What every answer carries and every request must pass: headers, origin, size. Plain ASGI, around everything."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from icans.web.faults import told
from icans.web.refused import as_json, as_page

log = logging.getLogger(__name__)

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
_SAFE = ("GET", "HEAD", "OPTIONS")
_OURS = (None, "same-origin", "none")
"""What a browser says of where a request comes from (Fetch Metadata) when it comes from us, or from its own bar."""


class TooLarge(HTTPException):
    """The body is larger than is taken."""

    def __init__(self, largest: int) -> None:
        super().__init__(413, f"more than {largest:,} bytes; send it in parts")


class AfterTheStart(Exception):
    """A fault after the answer had begun: nothing can be told any more. Says nothing of what was in it."""


class Guard:
    """Around the app: no large bodies, no writes sent by other sites with our cookie, and the headers that protect.

    base_url  where users reach the app; behind a proxy it may differ from the Host that we see
    """

    def __init__(self, app: ASGIApp, *, base_url: str, largest_body: int) -> None:
        self.app = app
        self.largest_body = largest_body
        self.base = urlsplit(base_url.lower())
        secure = self.base.scheme == "https"
        self.headers = HEADERS | ({"strict-transport-security": "max-age=31536000"} if secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await self._sender(scope, send)(message)

        try:
            self._check(scope)
            await self.app(scope, self._counted(receive), sending)
        except HTTPException as refused:
            await _answer(scope, refused.status_code, refused.detail)(scope, receive, sending)
        except Exception as error:
            log.error("a request failed: %s", told(error))
            if begun:
                raise AfterTheStart from None
            await _answer(scope, 500, "a fault of the app; it was noted")(scope, receive, sending)

    def _check(self, scope: Scope) -> None:
        """Raises HTTPException for a request that is not let in."""
        headers = Headers(scope=scope)
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit() and len(length) < 16 and int(length) <= self.largest_body):
            raise TooLarge(self.largest_body)
        if "\0" in scope["path"] or b"%00" in scope.get("query_string", b""):
            raise HTTPException(400, "an address with a character that is none")
        if scope["method"] in _SAFE or scope["path"].startswith("/cds-services"):
            return
        origin = headers.get("origin")
        foreign = origin is not None and not self._is_ours(origin, headers.get("host", ""))
        if foreign or headers.get("sec-fetch-site") not in _OURS:
            raise HTTPException(403, "sent from another site; open the app itself")

    def _is_ours(self, origin: str, host: str) -> bool:
        """Whether a page of ours sent it. An origin that is hidden (`null`) is none of ours."""
        if origin == f"{self.base.scheme}://{self.base.netloc}":
            return True
        return self.base.scheme == "http" and origin in (f"http://{host}", f"https://{host}")

    def _counted(self, receive: Receive) -> Receive:
        taken = 0

        async def counting() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self.largest_body:
                raise TooLarge(self.largest_body)
            return message

        return counting

    def _sender(self, scope: Scope, send: Send) -> Send:
        shared = scope["path"].startswith("/static/")

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "public, max-age=3600" if shared else "no-store")
            await send(message)

        return sending


def _answer(scope: Scope, status: int, words: str) -> Response:
    """What is said where the app itself cannot say it."""
    if "text/html" in Headers(scope=scope).get("accept", ""):
        return as_page(status, words)
    return as_json(scope["path"], status, words)
