"""A simulation in the terminal: what happens in words, the peaks with their days, a small curve each.

from rich.console import Console
from icans.report.story_terminal import show
show(story, Console(), files=["run.html"])
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from icans.report import story_differences
from icans.report.palette import BLOOD, BRAIN, DRUG, WALL, Hue
from icans.report.ribbon import Span
from icans.report.story import Comparison, Story
from icans.report.story_grades import onset, peak, worst_words
from icans.report.story_numbers import Number, numbers
from icans.report.story_quantities import Quantity
from icans.report.words import in_order, outcome_name

if TYPE_CHECKING:
    from rich.console import Console

BARS = "▁▂▃▄▅▆▇█"
_STYLES = {BLOOD: "red", WALL: "yellow", BRAIN: "blue", DRUG: "green"}
_NAME, _NUMBERS = 28, 31
_LONGEST = 60
_SCENARIO, _WIDEST = 16, 10


def show(story: Story, console: Console, files: Iterable[object] = ()) -> None:
    """Print a story: title, grades, one block a row, notes, and the files that were written."""
    _title(console, story.title, story.subtitle)
    for outcome in in_order(s.outcome for s in story.grades):
        console.print(_grades(outcome, story.spans(outcome)))
    across = min(max(console.width - _NAME - _NUMBERS - 3, 8), _LONGEST)
    for row, listed in numbers(story, parts=False):
        console.print()
        console.print(Text(row.title, f"bold {_STYLES.get(row.hue, '')}".strip()))
        console.print(Padding(Text(row.caption(story), "italic"), (0, 0, 0, 2)))
        console.print(_table(listed, story, row.hue, across))
    _end(console, story.notes, files)


def show_comparison(comparison: Comparison, console: Console, files: Iterable[object] = ()) -> None:
    """Print a comparison: a row a scenario, under each measure how it differs from the first."""
    _title(console, comparison.title, comparison.subtitle)
    console.print()
    measures = story_differences.measures(comparison)
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="dim")
    table.add_column("", width=_SCENARIO - 1, overflow="fold")
    for measure in measures:
        across = min((console.width - _SCENARIO) // len(measures) - 1, _WIDEST)
        table.add_column(f"{measure.label}\n{measure.unit}", justify="right", width=max(across, 6))
    for name, cells in story_differences.rows(comparison):
        table.add_row(Text(name, "bold"), *(_cell(c) for c in cells))
    console.print(table)
    _end(console, comparison.notes, files)


def sparkline(quantity: Quantity, story: Story, across: int) -> str:
    """A curve as so many blocks, on the scale of its strip in the picture."""
    edges = np.linspace(story.times[0], story.times[-1], across + 1)
    values = np.interp((edges[:-1] + edges[1:]) / 2, story.times, quantity.values(story))
    low, high = min(quantity.least[0], float(values.min())), max(quantity.least[1], float(values.max()))
    steps = np.floor((values - low) / (high - low) * len(BARS)).astype(int)
    return "".join(BARS[min(step, len(BARS) - 1)] for step in steps.tolist())


def _title(console: Console, title: str, subtitle: str) -> None:
    console.print(Text(title, "bold"))
    console.print(Text(subtitle, "dim"))


def _grades(outcome: str, spans: Sequence[Span]) -> Text:
    """`ICANS  from day 5.4, grade 3 on day 6.5`."""
    words = Text.assemble((f"{outcome_name(outcome):<7}", "bold"))
    begins, worst = onset(spans), peak(spans)
    if worst is None or not worst.max:
        return words.append(worst_words(spans))
    words.append(f"from day {begins:.1f}, " if begins is not None else "")
    words.append(worst_words(spans), "bold")
    return words.append(f" on day {worst.start:.1f}")


def _table(listed: Sequence[Number], story: Story, hue: Hue, across: int) -> Table:
    table = Table.grid(padding=(0, 1), pad_edge=False)
    table.add_column(width=_NAME, no_wrap=True)
    table.add_column(width=7, justify="right", style="dim")
    table.add_column(width=14, justify="right", style="bold", no_wrap=True)
    table.add_column(width=5, justify="right")
    table.add_column(no_wrap=True, style=_STYLES.get(hue, _STYLES[BRAIN]))
    for n in listed:
        table.add_row(f"  {n.quantity.label}", n.before, n.worst, n.day, sparkline(n.quantity, story, across))
    return table


def _cell(cell: story_differences.Cell) -> Text:
    return Text.assemble(cell.value, (f"\n{cell.change}" if cell.change else "", "dim"))


def _end(console: Console, notes: Iterable[str], files: Iterable[object]) -> None:
    for words in notes:
        console.print()
        console.print(Text(words, "dim"))
    if named := ", ".join(str(f) for f in files):
        console.print()
        console.print(Text(f"written: {named}"))
