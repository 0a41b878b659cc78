"""What every route works with: the store, the answers kept, the clock, and how the app was started."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from fastapi import Request
from markupsafe import Markup

from icans.store.audit import append
from icans.store.database import Store
from icans.web.limits import Limits
from icans.web.reviews import Reviews

if TYPE_CHECKING:
    from icans.web.openid.outside import Outside


def utc_now() -> datetime:
    """Now."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Started:
    """How the app was started.

    base_url    where users reach it; https makes cookies Secure
    setup_code  what the first administrator must give; '' where none is asked
    demo        made-up patients, and a way in without a password
    """

    base_url: str = "http://127.0.0.1:8000"
    setup_code: str = ""
    demo: bool = False
    largest_body: int = 10_000_000


def _outside() -> Outside:
    from icans.web.openid.outside import Outside  # not above: what it is made of may import this module

    return Outside()


@dataclass
class Platform:
    """The app's parts, in one place; on `request.app.state.platform`. rows: the drawn rows of the ward, by patient."""

    store: Store
    reviews: Reviews
    clock: Callable[[], datetime] = utc_now
    started: Started = Started()
    limits: Limits = field(default_factory=Limits)
    outside: Outside = field(default_factory=_outside)
    rows: dict[str, tuple[Hashable, Markup]] = field(default_factory=dict)

    def note(self, actor: str, action: str, patient: str | None = None, **detail: Any) -> None:
        """A row of the audit log for something that was read."""
        with self.store.write() as db:
            append(db, actor=actor, action=action, at=self.clock(), patient=patient, detail=detail)


def platform(request: Request) -> Platform:
    """The platform of a request."""
    return request.app.state.platform


def platform_of(store: Store, clock: Callable[[], datetime] = utc_now, started: Started | None = None) -> Platform:
    """A platform that works in its own process: for tests and small wards."""
    return Platform(store, Reviews(store, clock), clock, started or Started())
