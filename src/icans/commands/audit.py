"""`icans audit verify`: the chain of the audit log."""

from __future__ import annotations

import re

from icans.commands.store import opened, say
from icans.errors import DataError


def verify_log(*, known: str | None, database: str | None) -> None:
    """Check the log; raises DataError with the faults, so that the command ends with 1."""
    from icans.store.verify import verify

    if known is not None and not re.fullmatch(r"\s*[0-9a-fA-F]{64}\s*", known):
        raise DataError("--known: the 64 characters that `icans audit verify` printed as the digest of the last row")
    with opened(database) as store, store.read() as db:
        found = verify(db, known)
    if found.faults:
        raise DataError("the audit log, or what it speaks of, was changed:", *found.faults)
    say(f"{found.rows} rows follow from one another; everything they say was written is there")
    say(f"digest of the last: {found.head}")
    say("Note it elsewhere: `icans audit verify --known DIGEST` proves later that nothing was cut off.")
