"""How often the refusal of a caller who is not known is noted: no stranger makes the audit log grow without end."""

from __future__ import annotations

from dataclasses import dataclass, field

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter


@dataclass(frozen=True)
class Refusals:
    """Refusals that are noted, a minute and address (our choice); beyond them the answer is 429, without a note."""

    per_minute: int = 30
    _window: MovingWindowRateLimiter = field(
        default_factory=lambda: MovingWindowRateLimiter(MemoryStorage()), repr=False
    )

    def may_be_noted(self, address: str) -> bool:
        """Whether one more refusal of an address is noted; it counts."""
        return self._window.hit(RateLimitItemPerMinute(self.per_minute), "cds", address)
