"""Stores are closed when the tests of a module are done."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fhir_ward import OPEN


@pytest.fixture(scope="module", autouse=True)
def stores_are_closed() -> Iterator[None]:
    yield
    while OPEN:
        OPEN.pop().store.close()
