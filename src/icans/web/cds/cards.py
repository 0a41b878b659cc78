"""Cards as they are sent: CDS Hooks 2.0, with what this platform does not use left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

LONGEST_SUMMARY = 139
"""A summary is shorter than 140 characters (CDS Hooks 2.0)."""
Indicator = Literal["info", "warning", "critical"]
URGENCY: Mapping[Indicator, int] = {"info": 0, "warning": 1, "critical": 2}


class Part(BaseModel):
    """What all parts share: the names of CDS Hooks in JSON."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


class Coding(Part):
    """A code with its words."""

    code: str
    system: str
    display: str


class Source(Part):
    """Where the guidance of a card comes from."""

    label: Annotated[str, Field(min_length=1)]
    url: str
    topic: Coding


class Action(Part):
    """Something the record system would do: here only the removal of a draft order."""

    type: Literal["delete"] = "delete"
    description: str
    resource_id: str


class Suggestion(Part):
    """Something the user may take up with one press."""

    label: str
    uuid: str
    is_recommended: bool
    actions: tuple[Action, ...]


class Link(Part):
    """A page to read, or an app to launch."""

    label: str
    url: str
    type: Literal["absolute", "smart"]


class Card(Part):
    """One card. `suggestions` and `overrideReasons` are only there where there are any."""

    uuid: str
    summary: Annotated[str, Field(min_length=1, max_length=LONGEST_SUMMARY)]
    detail: str
    indicator: Indicator
    source: Source
    suggestions: tuple[Suggestion, ...] | None = None
    selection_behavior: Literal["at-most-one", "any"] | None = None
    override_reasons: tuple[Coding, ...] | None = None
    links: tuple[Link, ...] | None = None


class Cards(Part):
    """The answer of a service; no card where there is nothing to say."""

    cards: tuple[Card, ...]


class Listed(Part):
    """A service as the list of services shows it."""

    hook: str
    title: str
    description: str
    id: str
    prefetch: dict[str, str]
    usage_requirements: str


class Discovery(Part):
    """The list of services."""

    services: tuple[Listed, ...]


class Taken(Part):
    """How many lines of feedback were taken."""

    received: int


class Refusal(Part):
    """Why a request was not answered, in words."""

    detail: str


def new_uuid() -> str:
    """A name for a card or suggestion that no other has."""
    return str(uuid4())


def summary(words: str) -> str:
    """A summary that is short enough: cut between words, with a sign that it was cut."""
    told = " ".join(words.split())
    if len(told) <= LONGEST_SUMMARY:
        return told
    return f"{told[: LONGEST_SUMMARY - 1].rsplit(' ', 1)[0]}…"


def plain(words: str) -> str:
    """Words from outside as Markdown shows them: as text, on one line."""
    told = " ".join(words.split())
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>#|~" else sign for sign in told)


def most_urgent(indicators: Sequence[Indicator]) -> Indicator:
    """The most urgent of several; info of none."""
    worst: Indicator = "info"
    for one in indicators:
        worst = one if URGENCY[one] > URGENCY[worst] else worst
    return worst
