"""A simulation, or several compared, as one self-contained HTML page: no script, no network, light and dark.

from icans.report.story_html import page
Path("run.html").write_text(page(story), encoding="utf-8")
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from icans.report import story_differences, story_numbers
from icans.report.small_multiples import small_multiples
from icans.report.story import NOT_A_DEVICE, Comparison, Story
from icans.report.story_chart import story_chart

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2 import Template


class Table(NamedTuple):
    """A table of words under its heading, with what has to be said of its numbers below it."""

    heading: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()


@cache
def _template() -> Template:
    pages = Environment(
        loader=PackageLoader("icans.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return pages.get_template("story.html")


def page(shown: Story | Comparison) -> str:
    """The page as text: the picture, its numbers, what is assumed. All words are escaped."""
    one = isinstance(shown, Story)
    chart = story_chart(shown, titled=False) if one else small_multiples(shown, titled=False)
    return _template().render(
        title=shown.title,
        subtitle=shown.subtitle,
        # The charts escape their own words; see icans.report.svg.
        chart=Markup(chart),
        tables=_numbers(shown) if one else _differences(shown),
        doses=_doses(shown) if one else [],
        notes=shown.notes,
        not_a_device=NOT_A_DEVICE,
    )


def _numbers(story: Story) -> list[Table]:
    found = [(row, listed) for row, listed in story_numbers.numbers(story) if listed]
    return [
        Table(row.title, story_numbers.COLUMNS, [n.cells for n in listed], _warnings(story, listed))
        for row, listed in found
    ]


def _warnings(story: Story, listed: Sequence[story_numbers.Number]) -> list[str]:
    columns = {column for n in listed for column in n.quantity.columns}
    return [b.warning for b in story.blocked() if b.assay in columns]


def _doses(story: Story) -> list[str]:
    """Each dose in a sentence."""
    return [f"{d.drug} {d.text}, day {d.when}" for d in story.doses]


def _differences(comparison: Comparison) -> list[Table]:
    columns = (
        "Scenario",
        *(", ".join(w for w in (m.label, m.unit) if w) for m in story_differences.measures(comparison)),
    )
    rows = [
        (name, *(f"{c.value} ({c.change})" if c.change else c.value for c in cells))
        for name, cells in story_differences.rows(comparison)
    ]
    against = f"In brackets: against {comparison.first.title}, as a ratio (×) or a difference (+, −)."
    return [Table(f"Differences from {comparison.first.title}", columns, rows, (against, *comparison.warnings))]
