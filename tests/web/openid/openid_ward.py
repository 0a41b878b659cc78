"""A ward whose people sign in at a provider; the clock is the real one, as the provider's is."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from openid_provider import APP, CLIENT, SECRET

from icans.store import accounts, audit, settings
from icans.store.database import open_store
from icans.web.app import create_app
from icans.web.platform import Platform, Started, platform_of, utc_now
from icans.web.site import site_of


@dataclass
class Clock:
    """The time of the computer, and what a test adds to it."""

    ahead: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


@dataclass
class OpenIdWard:
    """An app with one administrator, who has no password here, and a browser in front of it."""

    platform: Platform
    browser: TestClient
    clock: Clock = field(default_factory=Clock)

    def set_up(self, *care_units: str, **openid: Any) -> None:
        """Put settings for sign-in in force, with the units of the site."""
        site = site_of({"care_units": list(care_units), "openid": openid})
        with self.platform.store.write() as db:
            settings.keep(db, site.model_dump(mode="json"), author=None, login="test", at=self.clock(), expected=None)

    def with_provider(self, issuer: str, *care_units: str, **more: Any) -> None:
        """Let a provider sign people in."""
        self.set_up(*care_units, issuer=issuer, client_id=CLIENT, client_secret=SECRET, **more)

    def account(self, login: str, role: str, issuer: str, subject: str) -> accounts.Account:
        """An account for somebody whom the provider knows, as an administrator makes it."""
        with self.platform.store.write() as db:
            return accounts.make(
                db, login, login.title(), role, by="test", at=self.clock(), issuer=issuer, subject=subject
            )

    def sent_to(self, path: str) -> str:
        """Where the app sends the browser."""
        answer = self.browser.get(path)
        assert answer.status_code in (302, 303), answer.text
        return answer.headers["location"]

    def back(self, url: str) -> Any:
        """What the app answers when the browser comes back from the provider."""
        assert url.startswith(APP)
        return self.browser.get(url.removeprefix(APP))

    def logged(self, action: str) -> list[dict[str, Any]]:
        """The rows of the audit log of an action, the newest first: what stands in them beside who and when."""
        with self.platform.store.read() as db:
            return [json.loads(row["detail"]) for row in audit.rows(db) if row["action"] == action]

    def logins(self) -> dict[str, str]:
        """Who has an account: login -> role."""
        with self.platform.store.read() as db:
            return {row["login"]: row["role"] for row in accounts.listed(db)}


def openid_ward(folder: Path) -> OpenIdWard:
    """A fresh one."""
    clock = Clock()
    platform = platform_of(open_store(str(folder / "ward.sqlite3")), clock, Started(base_url=APP))
    platform.limits.sign_in_per_minute = 1000
    browser = TestClient(create_app(platform), follow_redirects=False)
    made = OpenIdWard(platform, browser, clock)
    made.account("ada", "administrator", "https://elsewhere.example.org", "ada")
    return made
