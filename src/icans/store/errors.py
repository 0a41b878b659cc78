"""What can go wrong with the store, apart from bad data."""

from __future__ import annotations

from icans.errors import DataError, IcansError


class NotThere(DataError):
    """What was asked for is not in the store."""


class Changed(DataError):
    """Somebody was faster: what the writer had seen is no longer what is there."""


class Unavailable(IcansError):
    """The database does not answer, is busy for too long or has no room; nothing of the change was kept."""
