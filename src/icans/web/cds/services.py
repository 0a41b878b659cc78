"""The CDS services by id, as `services.yaml` describes them: hooks, what they are sent, which cards they may give."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from icans.plain_yaml import load

Kind = Literal["text", "list", "object"]
Check = Literal["grades", "overdue", "orders", "discharge"]
_TOKEN = re.compile(r"\{\{context\.(\w+)\}\}")
_COUNT = re.compile(r"[?&]_count=(\d+)")
_REFERENCE = re.compile(r"[A-Z][A-Za-z]{1,63}/[A-Za-z0-9.-]{1,64}")
_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")
_KINDS: Mapping[Kind, type] = {"text": str, "list": list, "object": dict}
_IN_WORDS: Mapping[Kind, str] = {"text": "text", "list": "a list", "object": "an object"}


@dataclass(frozen=True)
class Query:
    """One line of the prefetch: a read of one resource, or a search.

    template   a FHIR request with places for what the context says
    needed     False where an answer can be given without it
    asked      False where it alone is not worth a question to the FHIR server
    """

    key: str
    template: str
    needed: bool
    asked: bool = True

    @property
    def searches(self) -> bool:
        """True for a search, which may find nothing; False for a read of one resource."""
        return "?" in self.template

    @property
    def most(self) -> int | None:
        """How many resources are asked for at most; None: all."""
        found = _COUNT.search(self.template)
        return int(found[1]) if found else None

    def url(self, context: Mapping[str, Any]) -> str:
        """The request with the places filled. Raises KeyError where the context lacks a field."""
        return _TOKEN.sub(lambda name: str(context[name[1]]), self.template)


@dataclass(frozen=True)
class Service:
    """One service: `fields` are those that its context must have, `checks` the cards it may give, in their order."""

    id: str
    hook: str
    title: str
    description: str
    usage: str
    fields: Mapping[str, Kind]
    prefetch: tuple[Query, ...]
    checks: tuple[Check, ...]

    def complaints(self, context: Mapping[str, Any]) -> Iterator[str]:
        """What is wrong with a context, in words that name fields but no values."""
        for name, kind in self.fields.items():
            value = context.get(name)
            if not isinstance(value, _KINDS[kind]) or value == "":
                yield f"context.{name} is needed by the hook {self.hook}, as {_IN_WORDS[kind]}"
            elif name == "patientId" and not _ID.fullmatch(str(value)):
                yield "context.patientId is no FHIR id (letters, digits, '-' and '.', at most 64)"
            elif name == "order" and not _REFERENCE.fullmatch(str(value)):
                yield "context.order is no local reference such as MedicationRequest/123"


class _Query(BaseModel):
    model_config = ConfigDict(extra="forbid")
    query: str
    needed: bool = True
    asked: bool = True


class _Service(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: str
    hook: str
    title: str
    description: str
    checks: tuple[Check, ...]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    hooks: dict[str, dict[str, Kind]]
    prefetch: dict[str, _Query]
    services: tuple[_Service, ...]
    needs: dict[Check, tuple[str, ...]]
    also: dict[str, tuple[str, ...]]
    usage: str


@cache
def services() -> Mapping[str, Service]:
    """Every service, by its id."""
    raw = load(files("icans.web.cds").joinpath("services.yaml").read_text("utf-8"))
    file = _File.model_validate(raw)
    return {told.id: _service(told, file) for told in file.services}


def _service(told: _Service, file: _File) -> Service:
    keys = dict.fromkeys(key for check in told.checks for key in file.needs[check])
    keys |= dict.fromkeys(file.also.get(told.hook, ()))
    told_of = ((key, file.prefetch[key]) for key in keys)
    queries = tuple(Query(key, one.query, one.needed, one.asked) for key, one in told_of)
    return Service(
        told.id, told.hook, told.title, told.description, file.usage, file.hooks[told.hook], queries, told.checks
    )
