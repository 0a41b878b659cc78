"""What the files of this room have in common: their sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from icans.rules.document import LINE, Mistakes


def sources_of(raw: Mapping[str, Any], mistakes: Mistakes, name: str = "sources") -> dict[str, str]:
    """key -> the source in full, as a file declares them; anything else is noted."""
    listed = raw.get("sources") or {}
    if not isinstance(listed, Mapping):
        mistakes.add("'sources' needs 'key: source' lines", raw, name)
        return {}
    return {str(key): str(source) for key, source in listed.items() if key != LINE}
