"""Passwords: what a new one must be, its argon2 hash, and whether one that was typed is right."""

from __future__ import annotations

from functools import cache
from unicodedata import normalize
from uuid import uuid4

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
LONGEST = 256


def faults(password: str, login: str) -> list[str]:
    """What is wrong with a new password, in words."""
    if not SHORTEST <= len(password) <= LONGEST:
        return [f"password: {SHORTEST} to {LONGEST} characters"]
    if password.lower() == login.lower() or len(set(password)) < 5:
        return ["password: not the login, and not a few characters repeated"]
    return []


def hashed(password: str) -> str:
    """The argon2 hash that is kept."""
    return _hasher().hash(_spelled(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether a password is the one of a hash; None: of nobody, which takes as long, so that the time does not tell."""
    try:
        right = _hasher().verify(kept or _nobodys(), _spelled(password[:LONGEST]))
    except (VerificationError, InvalidHashError):
        return False
    return right and kept is not None and len(password) <= LONGEST


def _spelled(password: str) -> bytes:
    """One spelling for what looks the same: keyboards write an accent as one character or as two."""
    return normalize("NFC", password).encode("utf-8", "surrogatepass")


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobodys() -> str:
    return _hasher().hash(uuid4().hex)
