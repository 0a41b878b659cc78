"""The parts of the guidance in the terminal: the same words as on the page, in 80 columns and without colour."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from icans.report.guidance_section import Line, Section
from icans.report.terminal_list import MARKS, heading, item

_TONES = {"must": "bold", "consider": "", "never": "bold red", "maybe": "italic", "done": "green", "plain": ""}


def show_section(section: Section, console: Console, numbers: Mapping[str, int]) -> None:
    """Print one part: heading, replies, leading sentences, groups of lines, notes.

    numbers  source -> its number in the list of sources that follows; what has none is written out
    """
    heading(console, section.title)
    for reply in section.replies:
        more = f", {reply.more}" if reply.more else ""
        console.print(item(Text.assemble((f"{reply.question}: ", ""), (reply.says, "bold"), more), "> "))
    for words in section.lead:
        console.print(Padding(Text(words), (0, 0, 0, 2)))
    for group in section.groups:
        if group.title:
            console.print(Text(f"  {group.title}", "bold"))
        for line in group.lines:
            console.print(item(_line(line, numbers), "- "))
    for words in section.notes:
        console.print(item(Text(words, "dim"), "~ "))


def _line(line: Line, numbers: Mapping[str, int]) -> Text:
    """Tag, sentence and what goes with it; on lines of their own, dim, the reasons and where it comes from."""
    words = Text()
    if line.tag:
        words.append(f"[{line.tag}] ", _TONES[line.tone])
    words.append(line.says, "bold" if line.tone == "must" else "")
    for more in line.more:
        words.append(_joined(words.plain, more))
    if line.why:
        words.append("\n" + " ".join(line.why), "dim")
    if line.cited:
        words.append(f"\n{_rests_on(line, numbers)}; ", "dim")
        for place, mark in enumerate(line.marks):
            words.append(", " if place else "", "dim")
            words.append(mark, MARKS.get(mark, ""))
        words.append("".join(f", {c}" for c in line.conventions), "dim")
    return words


def _joined(before: str, more: str) -> str:
    return f" {more}" if before.endswith((".", "?", "!", ":")) else f". {more}"


def _rests_on(line: Line, numbers: Mapping[str, int]) -> str:
    """Rules, then places and numbers of the sources: 'ASCO-CRS-2b; CRS grade 2 [3]'."""
    said = [", ".join(line.rules)]
    for source in line.sources:
        places = ", ".join(source.places)
        if source.source in numbers:
            said.append(f"{places} [{numbers[source.source]}]".strip())
        else:
            said.append(", ".join(w for w in (source.source, places) if w))
    return "; ".join(w for w in said if w)
