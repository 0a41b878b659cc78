"""A review as a page in the terminal, readable at 80 columns and without colour.

from rich.console import Console
from icans.report.terminal import show
show(review, Console())
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from icans.report import content, why
from icans.report.strip import strip

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from icans.grading.answer import Hit
    from icans.patient_review import Review

_MARKS = {"verified": "green", "from memory": "yellow", "convention": "cyan"}


def show(review: Review, console: Console) -> None:
    """Print the page: who, grades with reasons, gaps, course, episodes, scores, reading, sources."""
    _header(review, console)
    for verdict in content.verdicts(review):
        _verdict(verdict, console)
    _course(review, console)
    _list(console, "Episodes", [_episode(row) for row in content.episodes(review)])
    _list(console, "Notices", content.notices(review))
    _scores(review, console)
    _reading(review, console)
    _sources(review, console)
    console.print(Text(content.NOT_A_DEVICE, "dim"))


def _header(review: Review, console: Console) -> None:
    console.print(Text(content.name_of(review), "bold"))
    console.print(Text(" · ".join(f"{what} {words}" for what, words in content.facts(review)), "dim"))


def _heading(console: Console, words: str) -> None:
    console.print()
    console.print(Text(words, "bold underline"))


def _item(words: str | Text, lead: str = "- ", indent: int = 2) -> RenderableType:
    """A line of a list; when it wraps, the following lines stand under its first word."""
    grid = Table.grid(padding=0)
    grid.add_column(width=len(lead), no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(lead, Text(words) if isinstance(words, str) else words)
    return Padding(grid, (0, 0, 0, indent))


def _list(console: Console, heading: str, lines: Iterable[str]) -> None:
    if listed := list(lines):
        _heading(console, heading)
        for words in listed:
            console.print(_item(words))


def _episode(row: tuple[str, ...]) -> str:
    """An episode in one sentence, from a row of `content.episodes`."""
    name, onset, peak, peak_time, end, duration = row
    lasted = f", {duration}" if duration else ""
    return f"{name} from {onset} to {end}{lasted}; peak {peak}, {peak_time}".replace("to goes on", "on, goes on")


def _verdict(verdict: content.Verdict, console: Console) -> None:
    console.print()
    console.print(Text.assemble((verdict.name, "bold"), "  ", (f" {verdict.grade} ", "bold reverse")))
    times = [
        f"since {verdict.since}" if verdict.since else "",
        f"peak {verdict.peak}" if verdict.peak else "",
    ]
    if any(times):
        console.print(Text("  " + " · ".join(t for t in times if t), "dim"))
    if (answer := verdict.answer) is None:
        return
    for hit in why.settled(answer):
        console.print(_rule(hit))
    for label, hits in why.alternatives(answer):
        console.print(_item(f"{label}, one of: {why.one_of(hits)}", "? "))
    for missing in answer.what_if:
        console.print(_item(Text(missing.sentence, "bold"), "? "))
    if answer.determinate and answer.has_gaps:
        console.print(_item(f"Some items were not recorded; whatever they are, the grade stays {verdict.grade}."))
    if answer.assumed:
        console.print(_item(Text(f"taken for granted: {'; '.join(answer.assumed)}", "dim"), "~ "))
    for name, words in answer.conventions:
        console.print(_item(Text(f"{name}: {words}", "dim"), "~ "))


def _rule(hit: Hit) -> RenderableType:
    """What a rule says, from which inputs, from where."""
    words = Text(hit.says)
    if hit.inputs:
        words.append(f": {why.reasons(hit)}")
    words.append(f" ({why.rests_on(hit)}; ", "dim")
    words.append(hit.mark, _MARKS.get(hit.mark, ""))
    words.append(f"{f', {hit.convention}' if hit.convention else ''})", "dim")
    return _item(words, "> ")


def _course(review: Review, console: Console) -> None:
    lines = strip(review, console.width)
    if lines:
        _heading(console, "Course")
        for line in lines:
            console.print(line, no_wrap=True, crop=True)


def _scores(review: Review, console: Console) -> None:
    rows = content.scores(review)
    if not rows and not content.neighbours(review):
        return
    _heading(console, "Scores and related toxicities")
    for name, value, inputs, missing, source in rows:
        words = Text.assemble((name, "bold"), f": {value}")
        words.append(f". {inputs}" if inputs else "")
        words.append(f". Missing: {missing}" if missing else "")
        words.append(f" ({source})", "dim")
        console.print(_item(words))
    for said in content.neighbours(review):
        console.print(_item(Text(said)))


def _reading(review: Review, console: Console) -> None:
    log = review.log
    _list(console, "Problems: these rows were left out", log.problems)
    _list(console, "Taken for granted or repaired in reading", log.notices)
    _list(console, "Read", content.read_in_short(log.used))
    _list(console, "Not used", [f"{why}: {n}" for why, n in log.skipped.items()])


def _sources(review: Review, console: Console) -> None:
    used = content.sources(review)
    _list(console, "Sources", [f"{s.source} [{', '.join(s.marks)}]" for s in used])
    on = [name for name, _, position, _ in content.switches(review) if position == "on"]
    off = [name for name, _, position, _ in content.switches(review) if position == "off"]
    parts = [f"{word}: {', '.join(names)}" for word, names in (("on", on), ("off", off)) if names]
    if parts:
        console.print()
        console.print(Text("Conventions " + "; ".join(parts)))
