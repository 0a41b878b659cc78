"""What each entry of a Bundle wants to be done, read before the store is held for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from icans.web.fhir.kinds import WRITABLE
from icans.web.fhir.problems import Issue, Refused
from icans.web.fhir.single import Ready, ready, version_of
from icans.web.fhir.writer import Writer

Json = dict[str, Any]

_METHODS = ("DELETE", "POST", "PUT")
_SHOWN = 50


@dataclass(frozen=True)
class Wanted:
    """One entry: its place from 0, and what is to be done."""

    place: int
    ready: Ready
    full_url: str
    seen: int | None
    unless: str | None

    @property
    def where(self) -> str:
        """Where it stands, for messages."""
        return f"Bundle.entry[{self.place}]"

    @contextmanager
    def place_told(self) -> Iterator[None]:
        """Put the place into what is refused."""
        try:
            yield
        except Refused as error:
            raise error.within(self.where) from None


def wanted(who: Writer, bundle: Json) -> list[Wanted]:
    """The entries of a transaction, read and understood before the store is held. Raises Refused naming all faults."""
    found: list[Wanted] = []
    refused: list[Refused] = []
    for place in range(len(entries_in(bundle))):
        try:
            found.append(one_wanted(who, bundle, place))
        except Refused as error:
            refused.append(error)
    urls = Counter(o.full_url for o in found)
    named = Counter((o.ready.kind, o.ready.name) for o in found)
    again = [Issue("another entry has the same fullUrl", o.where) for o in found if o.full_url and urls[o.full_url] > 1]
    again += [
        Issue("another entry writes the same resource", o.where) for o in found if named[o.ready.kind, o.ready.name] > 1
    ]
    refused += [Refused(400, *again)] if again else []
    if refused:
        raise Refused(refused[0].status, *[issue for error in refused for issue in error.issues][:_SHOWN])
    return found


def entries_in(bundle: Json) -> list[Any]:
    """The entries of a Bundle as they stand. Raises Refused (400) where they are no list."""
    listed = bundle.get("entry", [])
    if not isinstance(listed, list):
        raise Refused(400, Issue("a list is expected", "Bundle.entry"))
    return listed


def one_wanted(who: Writer, bundle: Json, place: int) -> Wanted:
    """The entry at a place, from 0, read and understood. Raises Refused."""
    where = f"Bundle.entry[{place}]"
    given = entries_in(bundle)[place]
    request = given.get("request") if isinstance(given, dict) else None
    if not isinstance(request, dict):
        raise Refused(400, Issue("what is to be done with it is missing", f"{where}.request"))
    method, kind, name = _asked_for(request, f"{where}.request")
    content = given.get("resource") if method != "DELETE" else {"resourceType": kind}
    if not isinstance(content, dict) or content.get("resourceType") != kind:
        raise Refused(400, Issue(f"a {kind} is expected", f"{where}.resource"))
    full_url, unless = given.get("fullUrl"), request.get("ifNoneExist")
    try:
        seen = version_of(request.get("ifMatch"))
        said = ready(who, method, kind, name or uuid4().hex, content)
    except Refused as error:
        raise error.within(where) from None
    url = full_url if isinstance(full_url, str) else ""
    return Wanted(place, said, url, seen, unless if isinstance(unless, str) else None)


def _asked_for(request: Json, where: str) -> tuple[str, str, str]:
    """(method, type, id or '') of a request. Raises Refused (400)."""
    method, url = request.get("method"), request.get("url")
    if method not in _METHODS:
        words = f"one of {', '.join(_METHODS)}; ask for what you want to read by itself"
        raise Refused(400, Issue(words, f"{where}.method"))
    kind, _, name = url.partition("/") if isinstance(url, str) else ("", "", "")
    if kind not in WRITABLE:
        raise Refused(400, Issue(f"begins with one of {', '.join(WRITABLE)}", f"{where}.url"))
    if (method == "POST") == bool(name):
        words = "a type alone" if method == "POST" else "a type and an id, such as Observation/1"
        raise Refused(400, Issue(words, f"{where}.url"))
    return method, kind, name
