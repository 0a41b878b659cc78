"""What a service needs to know: as it was sent along, or else asked of the FHIR server of the record system."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from icans.web.cds.fetch import Limits, NotHad, Web, below, next_page
from icans.web.cds.given import drugs_to_ask
from icans.web.cds.requests import HookRequest
from icans.web.cds.services import Query, Service
from icans.web.cds.settings import CdsSettings, TrustedClient

Json = dict[str, Any]
_MISSING = object()
_MOST_DRUGS = 20
"""So many Medications are asked for one by one at most (our choice: a card has to come at once)."""


class NotKnown(Exception):
    """What is needed cannot be had; the text says what and why: 412 Precondition Failed."""


@dataclass(frozen=True)
class Told:
    """What is known of a patient: key of the prefetch -> the resources under it.

    cut      keys of searches that found more than they were allowed to give: only the newest are here
    lacking  keys of what could not be had and can be done without
    server   the FHIR server whose resources these are, '' where it was not said
    """

    resources: Mapping[str, tuple[Json, ...]]
    cut: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    server: str = ""

    def every(self, *keys: str) -> Iterator[Json]:
        """The resources under some keys, of all where none is named."""
        for key in keys or self.resources:
            yield from self.resources.get(key, ())


@dataclass(frozen=True)
class _Found:
    resources: tuple[Json, ...]
    cut: bool = False


def told(service: Service, request: HookRequest, client: TrustedClient | None, settings: CdsSettings, web: Web) -> Told:
    """Everything a service needs. Raises NotKnown where something that is needed can be had nowhere.

    A key that is null says that there is nothing of its kind (CDS Hooks 2.0), except for a single resource.
    """
    found = {query.key: _sent(query, request) for query in service.prefetch}
    wanting = [query for query in service.prefetch if found[query.key] is None]
    asking = _asking(request, client, settings, web)
    # What is not worth a question of its own is only asked for beside the rest: a card has to come at once.
    if asking is not None and any(query.asked for query in wanting):
        found |= asking.all(wanting, request)
    without = [query for query in service.prefetch if found[query.key] is None]
    if needed := [query.key for query in without if query.needed]:
        raise NotKnown(f"not sent, and no FHIR server that may be asked: {', '.join(needed)}")
    there = {key: one for key, one in found.items() if one is not None}
    resources = {key: one.resources for key, one in there.items()}
    if asking is not None and (drugs := drugs_to_ask((r for one in resources.values() for r in one), asking.server)):
        resources["drugs"] = asking.drugs(drugs[:_MOST_DRUGS])
    return Told(
        resources, tuple(key for key, one in there.items() if one.cut),
        tuple(query.key for query in without if query.asked), _server(request),
    )  # fmt: skip


def _server(request: HookRequest) -> str:
    return (request.fhir_server or "").rstrip("/")


def _sent(query: Query, request: HookRequest) -> _Found | None:
    """What was sent under a key; None where nothing usable was, or only a part."""
    value = request.prefetch.get(query.key, _MISSING)
    if value is None and query.searches:
        return _Found(())
    if not isinstance(value, dict) or not isinstance(value.get("resourceType"), str):
        return None
    if not query.searches or value["resourceType"] != "Bundle":
        return _one(value, query, request)
    resources = tuple(resources_of(value))
    whole = next_page(value) is None or (query.most is not None and len(resources) >= query.most)
    return _Found(resources, _is_cut(value, resources)) if whole else None


def _one(value: Json, query: Query, request: HookRequest) -> _Found | None:
    kind = query.url(request.context).partition("/")[0].partition("?")[0]
    return _Found((value,)) if value["resourceType"] == kind else None


def resources_of(bundle: Mapping[str, Any]) -> Iterator[Json]:
    """The resources of a Bundle, without what it says of the search; what is no resource is handed on as empty."""
    entries = bundle.get("entry")
    for entry in entries if isinstance(entries, list) else ():
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
            yield {}
        elif resource["resourceType"] != "OperationOutcome":
            yield resource


def _is_cut(bundle: Mapping[str, Any], resources: tuple[Json, ...]) -> bool:
    total = bundle.get("total")
    more = isinstance(total, int) and total > len(resources)
    return more or next_page(bundle) is not None


def _asking(request: HookRequest, client: TrustedClient | None, settings: CdsSettings, web: Web) -> _Asking | None:
    """The FHIR server of the caller; None where it may not be asked."""
    server, given = _server(request), request.fhir_authorization
    if client is None or given is None or server not in client.fhir_servers:
        return None
    limits = Limits(settings.largest_answer, settings.answer_within, settings.pages)
    return _Asking(server, given.access_token, limits, time.monotonic() + limits.within, web)


@dataclass(frozen=True)
class _Asking:
    """One FHIR server, with the token for it and the moment by which everything must be there."""

    server: str
    token: str
    limits: Limits
    until: float
    web: Web

    def all(self, wanting: list[Query], request: HookRequest) -> dict[str, _Found | None]:
        """What the server says; None for what is not needed and cannot be had. Raises NotKnown for what is needed."""
        with ThreadPoolExecutor(max_workers=len(wanting)) as pool:
            answers = list(pool.map(lambda query: self.about(query, query.url(request.context)), wanting))
        pairs = list(zip(wanting, answers, strict=True))
        failed = [f"{query.key}: {why}" for query, why in pairs if query.needed and isinstance(why, str)]
        if failed:
            raise NotKnown(f"not sent, and not to be had from the FHIR server: {'; '.join(failed)}")
        return {query.key: one if isinstance(one, _Found) else None for query, one in pairs}

    def drugs(self, paths: list[str]) -> tuple[Json, ...]:
        """The Medications that the server has; what cannot be had stays a drug without a name."""
        with ThreadPoolExecutor(max_workers=len(paths)) as pool:
            found = list(pool.map(self._drug, paths))
        return tuple(one for one in found if one is not None)

    def _drug(self, path: str) -> Json | None:
        try:
            return {**self._read(path).resources[0], "id": path.partition("/")[2]}
        except NotHad:
            return None

    def about(self, query: Query, path: str) -> _Found | str:
        """What the server says to a query, or in words why it says nothing."""
        try:
            return self._searched(query, path) if query.searches else self._read(path)
        except NotHad as error:
            return str(error)

    def _json(self, url: str) -> Json:
        return self.web.json(below(self.server, url), self.limits, self.until, self.token)

    def _read(self, path: str) -> _Found:
        found = self._json(path)
        if found.get("resourceType") != path.partition("/")[0]:
            raise NotHad("the server answered with something else")
        return _Found((found,))

    def _searched(self, query: Query, path: str) -> _Found:
        """All pages of a search, as far as it asks."""
        resources: list[Json] = []
        page: str | None = path
        for _ in range(self.limits.pages):
            if page is None or (query.most is not None and len(resources) >= query.most):
                break
            bundle = self._json(page)
            if bundle.get("resourceType") != "Bundle":
                raise NotHad("the server answered with something else")
            resources += resources_of(bundle)
            page = next_page(bundle)
        enough = query.most is not None and len(resources) >= query.most
        if page is not None and not enough:
            raise NotHad("the server gives it in too many pages")
        return _Found(tuple(resources[: query.most]), page is not None)
