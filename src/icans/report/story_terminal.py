"""A simulation in the terminal: what happens in words, the peaks with their days, a small curve each.

from rich.console import Console
from icans.report.story_terminal import show
show(story, Console(), files=["run.html"])
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import ceil
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
_SCENARIO, _LEAST, _WIDEST = 16, 7, 10


def show(story: Story, console: Console, files: Iterable[object] = ()) -> None:
    """Print a story: title, grades, one block a row, notes, and the files that were written."""
    _title(console, story.title, story.subtitle)
    for outcome in in_order(s.outcome for s in story.grades):
        console.print(_grades(outcome, story.spans(outcome)))
    across = min(max(console.width - _NAME - _NUMBERS - 3, 8), _LONGEST)
    told: list[Number] = []
    for row, listed in numbers(story, parts=False):
        console.print()
        console.print(Text(row.title, f"bold {_STYLES.get(row.hue, '')}".strip()))
        console.print(Padding(Text(row.caption(story), "italic"), (0, 0, 0, 2)))
        console.print(_table(listed, story, row.hue, across, headed=bool(listed) and not told))
        told += listed
    _end(console, story.notes, files)


def show_comparison(comparison: Comparison, console: Console, files: Iterable[object] = ()) -> None:
    """Print a comparison: a row a scenario, under each measure how it differs from the first."""
    _title(console, comparison.title, comparison.subtitle)
    console.print()
    for table in _differences(comparison, console.width):
        console.print(table)
        console.print()
    against = f"Below each value: against {comparison.first.title}, as a ratio (×) or a difference (+, −)."
    console.print(Text(against, "dim"))
    _end(console, comparison.notes, files)


def _differences(comparison: Comparison, width: int) -> Iterator[Table]:
    """The table, in as many parts below each other as the width asks for."""
    measures, rows = story_differences.measures(comparison), story_differences.rows(comparison)
    room = width - _SCENARIO
    parts = ceil(len(measures) / max(room // (_LEAST + 1), 1))
    share = ceil(len(measures) / parts)
    for first in range(0, len(measures), share):
        table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="dim")
        table.add_column("", width=_SCENARIO - 1, overflow="fold")
        for measure in measures[first : first + share]:
            across = min(room // share - 1, _WIDEST)
            table.add_column(f"{measure.label}\n{measure.unit}", justify="right", width=across)
        for name, cells in rows:
            table.add_row(Text(name, "bold"), *(_cell(c) for c in cells[first : first + share]))
        yield table


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


def _table(listed: Sequence[Number], story: Story, hue: Hue, across: int, headed: bool) -> Table:
    """The numbers of a row; `headed`: under the names of the columns."""
    table = Table.grid(padding=(0, 1), pad_edge=False)
    table.add_column(width=_NAME, no_wrap=True)
    table.add_column(width=7, justify="right", style="dim")
    table.add_column(width=14, justify="right", style="bold", no_wrap=True)
    table.add_column(width=5, justify="right")
    table.add_column(no_wrap=True, style=_STYLES.get(hue, _STYLES[BRAIN]))
    if headed:
        curve = next((words for words in _course(story) if len(words) <= across), "")
        table.add_row(*(Text(words, "not bold dim") for words in ("", "before", "peak or lowest", "day", curve)))
    for n in listed:
        table.add_row(f"  {n.quantity.label}", n.before, n.worst, n.day, sparkline(n.quantity, story, across))
    return table


def _course(story: Story) -> tuple[str, str]:
    """What the small curves run over, in more and in fewer words."""
    first, last = (f"{story.times[at]:.0f}" for at in (0, -1))
    return f"course, day {first} to {last}", f"{first} to {last}"


def _cell(cell: story_differences.Cell) -> Text:
    return Text.assemble(cell.value, (f"\n{cell.change}" if cell.change else "", "dim"))


def _end(console: Console, notes: Iterable[str], files: Iterable[object]) -> None:
    for words in notes:
        console.print()
        console.print(Text(words, "dim"))
    if named := ", ".join(str(f) for f in files):
        console.print()
        console.print(Text(f"written: {named}"))
