"""One OpenID provider for all tests of this folder; a fresh ward and a record system for each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from openid_provider import running_provider
from openid_ward import OpenIdWard, openid_ward
from record_system import RecordSystem, fill, running_record_system


@pytest.fixture(scope="session")
def issuer() -> Iterator[str]:
    with running_provider() as found:
        yield found


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[OpenIdWard]:
    made = openid_ward(tmp_path)
    yield made
    made.platform.outside.close()
    made.platform.store.close()


@pytest.fixture
def system(issuer: str) -> Iterator[RecordSystem]:
    with running_record_system(issuer) as made:
        fill(made)
        yield made
