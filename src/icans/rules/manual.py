"""How the entries of a file of rules stand on a page of the manual, as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Document = Mapping[str, Any]
"""A file, or an entry of one, as it is written."""


def line(text: object) -> str:
    """The text in one line, with single spaces."""
    return " ".join(str(text).split())


def as_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table that ends with a line break; a cell is put in one line, and its bars are escaped."""
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(line(cell.replace('|', chr(92) + '|')) for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def value(written: object) -> str:
    """What an entry gives: '2', or '[2, 4]' where it is left open."""
    return f"[{', '.join(str(v) for v in written)}]" if isinstance(written, list) else line(written)


def definitions(entries: Sequence[Document]) -> str:
    """The words that the rules of a file define, as a table."""
    rows = [(f"`{e['name']}`", line(e.get("label", e["name"])), _meaning(e), source(e), e["mark"]) for e in entries]
    return as_table(("name", "is", "rule", "source", "mark"), rows)


def _meaning(entry: Document) -> str:
    if "is" in entry:
        return f"`{line(entry['is'])}`"
    steps = [
        f"`{value(step['value'])}` if `{line(step['when'])}`"
        if "when" in step
        else f"otherwise `{value(step['value'])}`"
        for step in entry["list"]
    ]
    return "; ".join(steps)


def source(entry: Document) -> str:
    """The key of an entry's source, and the place in it."""
    key, where = entry["source"]["key"], entry["source"].get("where", "")
    return f"{key}: *{line(where)}*" if where else str(key)


def named(document: Document, sources: Mapping[str, str]) -> Mapping[str, str]:
    """Those of `sources` that a file names anywhere outside its own list of them."""
    words = set(re.findall(r"\w+", str({key: value for key, value in document.items() if key != "sources"})))
    return {key: text for key, text in sources.items() if key in words}
