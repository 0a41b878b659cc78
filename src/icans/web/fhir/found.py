"""What a search finds: the resources that meet it, sorted, in pages that lose nothing while others write."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from icans.web.fhir.asked import Asked, Token, times_of
from icans.web.fhir.problems import Refused
from icans.web.fhir.view import Served

Json = dict[str, Any]

_DATES = {
    "date": ("effectiveDateTime", "effectiveInstant", "effectivePeriod", "recorded"),
    "effective-time": ("effectiveDateTime", "effectivePeriod"),
    "authored": ("authored",),
}
_CODES = {
    "code": ("code", "medicationCodeableConcept"),
    "category": ("category",),
    "identifier": ("identifier",),
}
_WORDS = {"questionnaire": "questionnaire"}


def matching(asked: Asked, served: Iterable[Served]) -> list[Served]:
    """The resources that meet every parameter; deleted ones never do."""
    return [one for one in served if one.content is not None and _meets(asked, one, one.content)]


def _meets(asked: Asked, one: Served, content: Json) -> bool:
    return (
        (asked.patients is None or one.patient in asked.patients)
        and all(_has_token(one, content, name, tokens) for name, tokens in asked.tokens)
        and all(content.get(_WORDS[name]) in values for name, values in asked.words)
        and all(any(when.holds(*span) for when in whens for span in _spans(one, content, name))
                for name, whens in asked.dates)
    )  # fmt: skip


def _spans(one: Served, content: Json, name: str) -> Iterator[tuple[datetime, datetime]]:
    if name == "_lastUpdated":
        yield one.updated, one.updated
    else:
        yield from times_of(content, _DATES[name])


def _has_token(one: Served, content: Json, name: str, tokens: Sequence[Token]) -> bool:
    if name == "_id":
        return any(t.code == one.id and not t.system for t in tokens)
    codings = list(_codings(content, _CODES[name]))
    return any(
        (t.system is None or t.system == (system or "")) and (t.code is None or t.code == code)
        for t in tokens
        for system, code in codings
    )


def _codings(content: Json, names: Sequence[str]) -> Iterator[tuple[str | None, str | None]]:
    """(system, code) of concepts, (system, value) of identifiers; also those of a contained drug."""
    inside = [p.get("code") for p in content.get("contained") or () if isinstance(p, dict)] if "code" in names else []
    for value in (*(content.get(name) for name in names), *inside):
        for part in value if isinstance(value, list) else [value]:
            if not isinstance(part, dict):
                continue
            yield from ((c.get("system"), c.get("code")) for c in part.get("coding") or () if isinstance(c, dict))
            if "value" in part:
                yield part.get("system"), part.get("value")


def searchset(asked: Asked, found: Sequence[Served], base: str, kind: str) -> Json:
    """A page of what was found as a Bundle, with links to itself and to the next page.

    A page begins after the last resource of the one before, not at a number: what is written between two pages moves
    a resource to a later page, and none is missed.
    """
    address = f"{base}/{kind}"
    links = [{"relation": "self", "url": url_of(address, asked.pairs)}]
    bundle: Json = {"resourceType": "Bundle", "type": "searchset", "total": len(found), "link": links}
    if asked.summary:
        return bundle
    key = _key(asked)
    rest = sorted(found, key=key, reverse=asked.down)
    if asked.after is not None:
        last = _read_mark(asked.after)
        rest = [one for one in rest if (key(one) < last if asked.down else key(one) > last)]
    page = rest[: asked.count]
    if len(rest) > len(page):
        kept = [(name, value) for name, value in asked.pairs if name != "_after"]
        links.append({"relation": "next", "url": url_of(address, [*kept, ("_after", _mark(key(page[-1])))])})
    bundle["entry"] = [entry_of(one, base) for one in page]
    return bundle


def entry_of(one: Served, base: str, mode: str = "match") -> Json:
    """A resource as an entry of a searchset."""
    return {"fullUrl": f"{base}/{one.kind}/{one.id}", "resource": one.whole(), "search": {"mode": mode}}


def _key(asked: Asked) -> Callable[[Served], tuple[str, str]]:
    if asked.sort == "_lastUpdated":
        return lambda one: (f"{_moment(one.updated)} {one.version:012d}", one.id)
    names = _DATES[asked.sort]
    never = (datetime(1, 1, 1, tzinfo=UTC),) * 2
    return lambda one: (_moment(next(times_of(one.content or {}, names), never)[0]), one.id)


def _moment(time: datetime) -> str:
    """A time written so that what is later sorts later."""
    return time.astimezone(UTC).isoformat(timespec="microseconds")


def _mark(key: tuple[str, str]) -> str:
    return base64.urlsafe_b64encode("\n".join(key).encode()).decode()


def _read_mark(text: str) -> tuple[str, str]:
    try:
        first, _, second = base64.b64decode(text.encode("ascii"), b"-_", validate=True).decode().partition("\n")
    except (binascii.Error, UnicodeError, ValueError):
        raise Refused(400, "_after: take it from the link `next` as it is") from None
    return first, second


def url_of(address: str, pairs: Iterable[tuple[str, str]]) -> str:
    """An address with its parameters."""
    query = urlencode(list(pairs), quote_via=quote)
    return f"{address}?{query}" if query else address
