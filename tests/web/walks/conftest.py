"""One browser and one served ward for each file of walks, and a fresh set of visitors for each walk."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browsing import Visits, chromium
from playwright.sync_api import Browser
from served_ward import ServedWard, served


# Not for the whole session: while Playwright runs, no other test may run a loop of its own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def ward(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedWard]:
    with served(tmp_path_factory.mktemp("ward")) as found:
        yield found


@pytest.fixture(scope="module")
def visits(browser: Browser, ward: ServedWard) -> Iterator[Visits]:
    found = Visits(browser, ward)
    yield found
    found.close()


@pytest.fixture
def visit(visits: Visits) -> Iterator[Visits]:
    yield visits
    visits.end()
