"""Passwords are hashed cheaply here: thousands of sign-ins, and none of them guards anything."""

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from icans.store import passwords


@pytest.fixture(scope="module", autouse=True)
def cheap_hashes() -> Iterator[None]:
    """argon2 with little memory and one pass."""
    cheap = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", lambda: cheap)
        passwords._nobodys.cache_clear()
        yield
    passwords._nobodys.cache_clear()
