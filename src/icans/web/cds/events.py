"""What the CDS services hand on: each call for the audit log, and what became of the cards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Shown:
    """A card that was given: its uuid, what it was about, and how urgent it was. Nothing of its words."""

    uuid: str
    topic: str
    indicator: str


@dataclass(frozen=True)
class Call:
    """One call, answered or refused. Times are UTC.

    client    the issuer of the caller's token; '' where nobody known called, or nobody has to be known
    service   the id that was called, '' for the list of services; feedback: True for its feedback
    patient, user, instance  context.patientId, context.userId and hookInstance, '' where not said or not read
    status    the HTTP status of the answer
    """

    at: datetime
    client: str
    service: str
    status: int
    feedback: bool = False
    hook: str = ""
    patient: str = ""
    user: str = ""
    instance: str = ""
    cards: tuple[Shown, ...] = ()


@dataclass(frozen=True)
class Feedback:
    """What became of one card. Times are UTC.

    outcome  accepted or overridden; suggestions: the uuids of those that were taken
    reason   code of the list of reasons, or of the caller's own, with its system; comment: what the user wrote
    """

    received: datetime
    client: str
    service: str
    card: str
    outcome: str
    at: datetime
    suggestions: tuple[str, ...] = ()
    reason: str = ""
    reason_system: str = ""
    comment: str = ""


Audit = Callable[[Call], None]
"""Takes note of a call, before its answer goes out."""
TakeFeedback = Callable[[Sequence[Feedback]], None]
"""Keeps what became of the cards of one call: all of it or nothing."""
