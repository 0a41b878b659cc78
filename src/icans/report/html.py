"""A review as one self-contained HTML page: no script, no network, for screen, phone and A4 print.

from icans.report.html import page
Path("review.html").write_text(page(review), encoding="utf-8")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from icans.report import content, guidance
from icans.report.chart import course_chart
from icans.report.pages import template

if TYPE_CHECKING:
    from icans.patient_review import Review


def page(review: Review, chart: str | None = None) -> str:
    """The page as text. Everything that comes from the record is escaped.

    chart  the review's `course_chart` where it was already drawn; drawn here where not
    """
    first, others = guidance.parts(review)
    used = content.sources(review, [c for part in (*first, *others) for c in part.cited])
    return template("review.html").render(
        name=content.name_of(review),
        not_a_device=content.NOT_A_DEVICE,
        facts=content.facts(review),
        verdicts=content.verdicts(review),
        # The chart escapes its own words; see icans.report.svg.
        chart=Markup(course_chart(review) if chart is None else chart),
        first=first,
        others=others,
        episode_columns=content.EPISODE_COLUMNS,
        episodes=content.episodes(review),
        score_columns=content.SCORE_COLUMNS,
        scores=content.scores(review),
        neighbours=content.neighbours(review),
        notices=content.notices(review),
        log=review.log,
        sources=used,
        numbers=content.numbers_of(used),
        switches=content.switches(review),
    )
