"""A browser for the walks: Debian's Chromium, and what every walk holds of every page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright
from served_ward import ServedWard

from icans.web.access import COOKIE

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE = 60_000
"""ms; for a machine that does much else. Nothing waits that long unless something is broken."""

expect.set_options(timeout=PATIENCE)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser. Where it is not installed the test is skipped, or fails if ICANS_REQUIRE names chromium."""
    found = shutil.which("chromium")
    if found is None:
        if "chromium" in os.environ.get("ICANS_REQUIRE", "").replace(",", " ").split():
            pytest.fail("ICANS_REQUIRE wants Chromium, and there is no command chromium")
        pytest.skip("Chromium is not installed (command chromium)")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Visits:
    """Browsers on a ward, each with cookies and storage of its own. Notes what no page may do.

    A browser is slow to open, so one that a walk has left is lent to the next walk of the same person.
    """

    browser: Browser
    ward: ServedWard
    faults: list[str] = field(default_factory=list)
    lent: list[tuple[str | None, Page]] = field(default_factory=list)
    free: dict[str, Page] = field(default_factory=dict)

    def __call__(self, login: str | None = None, path: str = "", *, fresh: bool = False, **how: Any) -> Page:
        """A page of somebody who is signed in, or of nobody.

        fresh  with nothing kept from earlier walks, and not lent again
        how    as Playwright has it for a context
        """
        key = None if fresh or login is None else f"{login} {sorted(how.items())}"
        page = self.free.pop(key, None) if key else None
        if page is None:
            page = self._opened(login, how)
        self.lent.append((key, page))
        if path:
            page.goto(path)
        return page

    def _opened(self, login: str | None, how: dict[str, Any]) -> Page:
        usual = {"viewport": {"width": 1280, "height": 800}, "locale": "en-GB", "timezone_id": "UTC"}
        context = self.browser.new_context(base_url=self.ward.base, **(usual | how))
        context.set_default_timeout(PATIENCE)
        context.on("weberror", lambda error: self.faults.append(f"a script failed: {error.error}"))
        context.on("console", self._heard)
        context.on("request", self._asked)
        if login:
            self.sign_in(context, login)
        return context.new_page()

    def sign_in(self, context: BrowserContext, login: str) -> None:
        """As somebody who has just signed in, without the form."""
        value = self.ward.secret(login)
        context.add_cookies([{"name": COOKIE, "value": value, "url": self.ward.base, "httpOnly": True}])

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            self.faults.append(message.text)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.ward.base, "data:", "blob:", "about:")):
            self.faults.append(f"asked for something outside: {request.url}")

    def end(self) -> None:
        """The walk is over: fail where a page did what it may not."""
        for key, page in self.lent:
            if key is None or key in self.free:
                page.context.close()
                continue
            page.context.set_offline(False)
            page.unroute_all(behavior="ignoreErrors")
            page.emulate_media(media="null", color_scheme="null", reduced_motion="null")
            page.goto("about:blank")
            self.free[key] = page
        self.lent.clear()
        faults, self.faults = self.faults, []
        assert not faults

    def close(self) -> None:
        """Close what is still open."""
        for page in self.free.values():
            page.context.close()


def focused(page: Page) -> str:
    """The words of what has the focus."""
    return page.evaluate("() => (document.activeElement?.innerText || document.activeElement?.value || '').trim()")


def is_outlined(page: Page) -> bool:
    """Whether what has the focus shows it: a line of 2 px or more around it."""
    return page.evaluate(
        """() => {
          const look = getComputedStyle(document.activeElement);
          return look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2;
        }"""
    )


def tab_to(page: Page, selector: str, most: int = 150) -> None:
    """Press Tab until the focus is on the first visible match. Fails where it is not reached or cannot be seen."""
    wanted = page.locator(selector).filter(visible=True).first
    wanted.wait_for()
    for _ in range(most):
        page.keyboard.press("Tab")
        if wanted.evaluate("(element) => element === document.activeElement"):
            assert is_outlined(page), f"the focus on {selector} cannot be seen"
            return
    pytest.fail(f"{selector} cannot be reached with the Tab key")
