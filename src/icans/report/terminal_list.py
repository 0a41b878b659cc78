"""Headings and lists in the terminal: long lines wrap under their first word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
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
    return _Item(Text(words) if isinstance(words, str) else words, lead, indent)


@dataclass(frozen=True)
class _Item:
    """What a table of two columns without borders would show, without its measuring, which is most of its time."""

    words: Text
    lead: str
    indent: int

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        margin = self.indent + cell_len(self.lead)
        room = max(options.max_width - margin, 1)
        width = min(max((cell_len(line) for line in self.words.plain.split("\n")), default=0), room)
        lines = self.words.wrap(console, max(width, 1), justify="left", overflow="fold")
        rest = Segment(" " * (room - width) + "\n")
        for place, line in enumerate(lines):
            yield Segment(" " * margin if place else " " * self.indent + self.lead)
            # rich leaves out the style of a whole line where no part of it has its own.
            yield from line.render(console) if line.spans else (Segment(line.plain, console.get_style(line.style)),)
            yield rest


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
