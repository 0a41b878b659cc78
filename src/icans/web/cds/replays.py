"""Tokens that were used: each may be used once."""

from __future__ import annotations

import threading
from typing import Protocol


class Replays(Protocol):
    """Remembers which tokens were used. Where several processes answer, they need one memory in common.

    since  from when on it remembers, s since 1970: a token that was issued earlier may have been used before
    """

    since: float

    def first_use(self, issuer: str, jti: str, until: float, now: float) -> bool:
        """Note a token that is good until a time (s since 1970); False where it was used before."""
        ...


class InProcess:
    """Remembers in this process.

    most   how many tokens are kept; where so many are still good, no further one is taken (our choice)
    since  when the process was started
    """

    def __init__(self, most: int = 200_000, since: float = float("-inf")) -> None:
        self.since = since
        self._until: dict[tuple[str, str], float] = {}
        self._most = most
        self._lock = threading.Lock()

    def first_use(self, issuer: str, jti: str, until: float, now: float) -> bool:
        """See Replays."""
        key = (issuer, jti)
        with self._lock:
            if self._until.get(key, float("-inf")) >= now:
                return False
            if len(self._until) >= self._most:
                self._until = {used: end for used, end in self._until.items() if end >= now}
                if len(self._until) >= self._most:
                    return False
            self._until[key] = until
        return True
