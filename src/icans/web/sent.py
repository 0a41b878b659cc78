"""A form as it was sent: its boxes, within limits, and no character in them that is none."""

from __future__ import annotations

import unicodedata

from fastapi import Request
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

MOST_FIELDS = 500
_KINDS = ("application/x-www-form-urlencoded", "multipart/form-data")
_KEPT = "\t\n\r"


def is_form(request: Request) -> bool:
    """Whether the body says of itself that it is a form."""
    return request.headers.get("content-type", "").lower().startswith(_KINDS)


async def sent_form(request: Request) -> FormData:
    """The form of a request, read once. Raises HTTPException (400) where it is none or too large.

    Whoever sends it names the encoding of its parts, so that reading them can fail in any way.
    """
    try:
        return await request.form(max_fields=MOST_FIELDS, max_files=1)
    except ValueError:
        raise HTTPException(400, "this form could not be read; load the page again and repeat") from None


def readable(text: str) -> str:
    """A text without what no keyboard writes and no database keeps: control characters and halves of characters."""
    return "".join(c for c in text if c in _KEPT or unicodedata.category(c) not in ("Cc", "Cs"))
