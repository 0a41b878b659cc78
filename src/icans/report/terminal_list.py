"""Headings and lists in the terminal: long lines wrap under their first word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from icans.report.content import Source

MARKS: Mapping[str, str] = {"verified": "green", "from memory": "yellow", "convention": "cyan"}
"""The colour of an evidence mark."""


def heading(console: Console, words: str) -> None:
    """An empty line and a heading."""
    console.print()
    console.print(Text(words, "bold underline"))


def item(words: str | Text, lead: str = "- ", indent: int = 2) -> RenderableType:
    """A line of a list; when it wraps, the following lines stand under its first word."""
    grid = Table.grid(padding=0)
    grid.add_column(width=len(lead), no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(lead, Text(words) if isinstance(words, str) else words)
    return Padding(grid, (0, 0, 0, indent))


def listed(console: Console, title: str, lines: Iterable[str]) -> None:
    """A heading and its lines; nothing where there are none."""
    if found := list(lines):
        heading(console, title)
        for words in found:
            console.print(item(words))


def numbered_sources(used: Iterable[Source], console: Console) -> None:
    """The list of sources, numbered as the lines of the guidance name them."""
    for place, source in enumerate(used, 1):
        if place == 1:
            heading(console, "Sources")
        console.print(item(f"{source.source} [{', '.join(source.marks)}]", f"[{place}] "))
