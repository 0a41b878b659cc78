"""How often somebody may try: sign-in by address, with the moving window of the library `limits`."""

from __future__ import annotations

from dataclasses import dataclass, field

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter


@dataclass
class Limits:
    """Attempts to sign in, a minute and address. A locked account is another matter: `icans.store.accounts`."""

    sign_in_per_minute: int = 20
    _window: MovingWindowRateLimiter = field(
        default_factory=lambda: MovingWindowRateLimiter(MemoryStorage()), repr=False
    )

    def may_sign_in(self, address: str) -> bool:
        """Whether one more attempt from an address is allowed; it counts."""
        return self._window.hit(RateLimitItemPerMinute(self.sign_in_per_minute), "sign-in", address)
