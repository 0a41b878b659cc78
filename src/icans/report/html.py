"""A review as one self-contained HTML page: no script, no network, for screen, phone and A4 print.

from icans.report.html import page
Path("review.html").write_text(page(review), encoding="utf-8")
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from icans.report import content, why
from icans.report.chart import course_chart
from icans.report.words import interval

if TYPE_CHECKING:
    from jinja2 import Template

    from icans.patient_review import Review


@cache
def _template() -> Template:
    pages = Environment(
        loader=PackageLoader("icans.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters["interval"] = lambda ends: interval(*ends) if ends else ""
    pages.filters["settled"] = why.settled
    pages.filters["alternatives"] = why.alternatives
    pages.filters["one_of"] = why.one_of
    pages.filters["reasons"] = why.reasons
    pages.filters["rests_on"] = why.rests_on
    pages.filters["labels"] = content.labels
    return pages.get_template("review.html")


def page(review: Review, chart: str | None = None) -> str:
    """The page as text. Everything that comes from the record is escaped.

    chart  the review's `course_chart` where it was already drawn; drawn here where not
    """
    return _template().render(
        name=content.name_of(review),
        not_a_device=content.NOT_A_DEVICE,
        facts=content.facts(review),
        verdicts=content.verdicts(review),
        # The chart escapes its own words; see icans.report.svg.
        chart=Markup(course_chart(review) if chart is None else chart),
        episode_columns=content.EPISODE_COLUMNS,
        episodes=content.episodes(review),
        score_columns=content.SCORE_COLUMNS,
        scores=content.scores(review),
        neighbours=content.neighbours(review),
        notices=content.notices(review),
        log=review.log,
        sources=content.sources(review),
        switches=content.switches(review),
    )
