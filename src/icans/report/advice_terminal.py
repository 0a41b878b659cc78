"""Advice in the terminal: one guideline in full, or several side by side, in 80 columns and without colour."""

from __future__ import annotations

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from icans.guidance.advice import Advice
from icans.report.advice_compare import Cell, Comparison, Row
from icans.report.advice_replies import QUESTIONS
from icans.report.content import NOT_A_DEVICE, numbers_of, sources_of
from icans.report.guidance_terminal import show_section
from icans.report.guidance_to_do import to_do
from icans.report.terminal_list import heading, item, listed, numbered_sources
from icans.report.words import day, moment

NARROW = 19
"""Columns narrower than this would break words: then each guideline is a row, and each question a column."""
_MARK = "≠"
_ASKED = 1 + len(QUESTIONS)
"""The rows that always stand first: the grades and the three questions."""


def show_one(advice: Advice, console: Console, name: str = "") -> None:
    """Print what one guideline advises, with its sources."""
    part = to_do(advice)
    used = sources_of(part.cited)
    _header(advice, console, name)
    show_section(part, console, numbers_of(used))
    numbered_sources(used, console)
    console.print(Text(NOT_A_DEVICE, "dim"))


def show(table: Comparison, console: Console, name: str = "") -> None:
    """Print the table of differences; below each other where the columns would be too narrow."""
    _header(table.advices[0], console, name)
    heading(console, "Guidelines side by side")
    console.print(Text(table.in_short))
    console.print(Text(table.key(_MARK)))
    narrow = console.width // (len(table.columns) + 1) < NARROW
    if narrow:
        console.print(_guideline_a_row(table))
    else:
        console.print(_guideline_a_column(table))
    further = table.rows[_ASKED:] if narrow else ()
    _by_answer("All name these, not alike", further, table, console)
    _by_answer("Named by some only", table.partly, table, console)
    if table.same:
        listed(console, "Told alike by all", ["; ".join(table.same)])
    listed(console, "Guidelines", [f"{a.guideline}: {a.citation}" for a in table.advices])
    console.print(Text(NOT_A_DEVICE, "dim"))


def _header(advice: Advice, console: Console, name: str) -> None:
    if name:
        console.print(Text(name, "bold"))
    console.print(Text(", ".join(w for w in (day(advice.day), moment(advice.now)) if w), "dim"))


def _guideline_a_column(table: Comparison) -> Table:
    grid = _grid("Question", *table.columns)
    for row in table.rows:
        grid.add_row(_question(row), *(_cell(cell) for cell in row.cells))
    return grid


def _guideline_a_row(table: Comparison) -> Table:
    grid = _grid("Guideline", *(row.question for row in table.rows[:_ASKED]), ratios=(16, 11, 17, 19, 17))
    for place, name in enumerate(table.columns):
        grid.add_row(name, *(_cell(row.cells[place]) for row in table.rows[:_ASKED]))
    return grid


def _grid(*columns: str, ratios: Sequence[int] = ()) -> Table:
    grid = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, expand=True, leading=1)
    for place, name in enumerate(columns):
        grid.add_column(name, ratio=ratios[place] if ratios else 1, overflow="fold")
    return grid


def _by_answer(title: str, rows: Sequence[Row], table: Comparison, console: Console) -> None:
    """A line a question: each answer with the guidelines that give it."""
    if rows:
        heading(console, title)
    for row in rows:
        words = Text(row.question, "bold")
        for place, (cell, names, rules) in enumerate(table.by_answer(row)):
            words.append(f"{'; ' if place else ': '}")
            words.append(f"{_MARK} " if cell.differs else "", "bold")
            words.append(", ".join(w for w in (cell.says, cell.more) if w))
            words.append(f" by {', '.join(names)}")
            words.append(f" ({', '.join(rules)})" if rules else "", "dim")
        console.print(item(words))


def _question(row: Row) -> Text:
    return Text.assemble((row.question, "bold"), (" (all alike)" if row.agree else "", "dim"))


def _cell(cell: Cell) -> Text:
    mark = f"{_MARK} " if cell.differs else ""
    words = Text.assemble((f"{mark}{cell.says}", "bold" if cell.differs else ""))
    for more, style in ((cell.more, ""), ("\n".join(cell.rules), "dim")):
        if more:
            words.append(f"\n{more}", style)
    return words
