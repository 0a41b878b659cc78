"""What tests read out of addresses and answers."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from openid_ward import OpenIdWard


def query(url: str) -> dict[str, str]:
    """The parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def with_query(url: str, **changed: str) -> str:
    """An address with other values of some parameters."""
    return f"{url.partition('?')[0]}?{urlencode(query(url) | changed)}"


def words(answer: Any) -> str:
    """The words of a page; never a traceback."""
    assert answer.headers["content-type"].startswith("text/html")
    assert "Traceback" not in answer.text
    return " ".join(answer.text.split())


def assert_nobody_is_in(ward: OpenIdWard):
    assert "icans_session" not in ward.browser.cookies
    assert ward.browser.get("/ward").headers["location"].startswith("/sign-in")
    assert ward.logged("sign-in") == []
