"""The names nearest to one that nobody knows, for error messages."""

from __future__ import annotations

import difflib
from collections.abc import Collection


def nearest(name: str, known: Collection[str]) -> str:
    """'did you mean IL6, IL6b?', or some of what is known where nothing is near."""
    lower = {k.lower(): k for k in known}
    near = [lower[k] for k in difflib.get_close_matches(name.lower(), lower, n=3, cutoff=0.6)]
    if near:
        return f"did you mean {', '.join(near)}?"
    some = sorted(known)[:8]
    return f"there {'is' if len(some) == 1 else 'are'} {', '.join(some)}{' ...' if len(known) > 8 else ''}"
