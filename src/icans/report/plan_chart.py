"""A monitoring plan as a self-contained SVG: dangers, checks and rules for life outside over one axis of days.

    from icans.report.plan_chart import plan_chart
    Path("plan.svg").write_text(plan_chart(plan), encoding="utf-8")

No script, no font file, no address outside the picture. The first month is wide, the rest of the year narrow.
"""

from __future__ import annotations

from collections.abc import Sequence

from icans.guidance.monitoring.answer import Plan
from icans.report import plan_lanes
from icans.report.axes import LABEL_SIZE
from icans.report.palette import GHOST, INK, PAPER, SOFT
from icans.report.plan_axis import PlanAxis, long_date, plan_ticks
from icans.report.plan_bars import OUTLINES, SMALL, heading
from icans.report.svg import group, number, picture, rect, text, width_of

WIDTH = 680.0
LEFT, MIDDLE, RIGHT = 164.0, 556.0, WIDTH - 10.0
TOP = 58.0
_GAP, _HEAD = 20.0, 9.0
_FOOT = (
    "Deep colour: days on which most is to be expected. Dot: median onset, line: all patients; hollow: from memory. "
    "* from memory.",
    "Paler checks: at visits, or only if they apply. Research software: not medical advice; the label and the centre "
    "come first.",
)


def plan_chart(plan: Plan) -> str:
    """The picture of a plan as SVG text."""
    axis = PlanAxis(LEFT, MIDDLE, RIGHT)
    body, y = "", TOP
    for words, draw in (
        ("Dangers", plan_lanes.dangers), ("Checks", plan_lanes.checks), ("Life outside", plan_lanes.outside)
    ):  # fmt: skip
        drawn, height = draw(plan, axis, y + _HEAD)
        body += heading(y, words, RIGHT) + drawn
        y += _HEAD + height + _GAP
    bottom = y - 10
    under = plan_ticks(axis, plan.infusion, TOP + 6, bottom)
    key, tall = _key(bottom + 42)
    return _page(plan, bottom + 42 + tall, under + body + key)


def _key(top: float) -> tuple[str, float]:
    """What the outlines mean, and the lines of words under it."""
    parts, x = [], LEFT
    for mark, dashes in OUTLINES.items():
        swatch = rect(
            x, top - 7, 16, 8, fill=GHOST.colour, fill_opacity="0.22", stroke=GHOST.colour, stroke_dasharray=dashes
        )  # fmt: skip
        words = "our convention" if mark == "convention" else mark
        parts += [swatch, text(x + 20, top, words)]
        x += 34 + width_of(words, SMALL)
    parts.append(text(2, top, "outline: how it is known"))
    lines = [text(2, top + 14 + 12 * i, words) for i, words in enumerate(_FOOT)]
    drawn = group([*parts, *lines], font_size=number(SMALL), fill=SOFT, class_="c-soft")
    return drawn, 14 + 12 * len(_FOOT)


def _page(plan: Plan, height: float, body: str) -> str:
    """The whole picture: size, names for screen readers, headline, white ground."""
    head = f"Monitoring after {plan.product_label}"
    words = [
        f"infusion {long_date(plan.infusion)}, {plan.infusion:%H:%M} UTC",
        "in the hospital" if plan.inpatient else "outside the hospital",
        f"rules of {plan.jurisdiction} on {plan.on}",
        *_grades(plan),
    ]
    headline = text(2, 16, head, font_size=number(LABEL_SIZE + 4), font_weight="700", fill=INK, class_="c-ink")
    below = text(2, 31, " · ".join(words), font_size=number(LABEL_SIZE), fill=SOFT, class_="c-soft")
    what = "Stretches of danger, checks with their frequency and precautions over days after the infusion."
    ground = rect(0, 0, WIDTH, height, fill=PAPER, class_="c-paper")
    content = ground + headline + below + body
    return picture(head, what, content, width=WIDTH, height=height, class_="plan")


def _grades(plan: Plan) -> Sequence[str]:
    return [f"while CRS is {plan.crs} and ICANS {plan.icans}"] if plan.crs or plan.icans else ["while no toxicity"]
