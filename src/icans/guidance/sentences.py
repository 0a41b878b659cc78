"""Lists of plain sentences in a file of this room: cautions, what was left out and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from icans.rules.document import Reader


def sentences(raw: Mapping[str, Any], key: str, reader: Reader) -> tuple[str, ...]:
    """The sentences under a key, none where it is not there; anything else is noted.

    A sentence with a colon that is not quoted is read by YAML as something else, which is the usual mistake.
    """
    given = raw.get(key) or []
    if not isinstance(given, list) or not all(isinstance(words, str) for words in given):
        reader.mistakes.add(f"'{key}' is a list of sentences; one with a colon needs quotes, or >- before it", raw)
        return ()
    return tuple(words.strip() for words in given)
