"""One simulated patient as a self-contained SVG: four rows on one time axis, from the blood to the bedside.

    from icans.report.story_chart import story_chart
    Path("run.svg").write_text(story_chart(story), encoding="utf-8")

No script, no font file, no address outside the picture. Elements carry classes (`c-...`), so that a page may give
them other colours; on its own the picture is complete, on white.
"""

from __future__ import annotations

import math

from icans.report import ribbon
from icans.report import story_quantities as q
from icans.report.axes import DayAxis, day_marks
from icans.report.palette import BLOOD, BRAIN, INK, SOFT
from icans.report.story import Story
from icans.report.story_exposure import dose_marks
from icans.report.story_limits import limit
from icans.report.story_page import HEAD_SIZE, MARGIN, foot, headline, whole
from icans.report.story_panel import BEFORE, DAY, SMALL, VALUE, paragraph
from icans.report.story_rows import Row, rows
from icans.report.svg import group, line, number, text

CAPTION = 270.0
LEFT, RIGHT = 352.0, 1086.0
TOP = 104.0
PANEL_GAP, ROW_GAP = 5.0, 22.0
CAPTION_SIZE = 13.5
READING = (
    "Each strip has its own scale. Filled: how far a value is from where it was before the infusion (number at the "
    "left); dot: its peak or lowest (numbers at the right). Blue bars: the share of a function that is lost."
)

HATCHED = (
    "Hatched: what the scale leaves open with the signs that were charted; 0–2 is any grade from 0 to 2. Solid: sure."
)
SEIZURES = "Upright strokes at the chance of a seizure: seizures drawn by chance, as they stand in the chart."


def story_chart(story: Story, titled: bool = True) -> str:
    """The picture of a story as SVG text, with or without its title; panels without data are left out."""
    axis = DayAxis(min(0.0, float(story.times[0])), max(1, math.ceil(float(story.times[-1]))), LEFT, RIGHT)
    body, y = "", TOP
    for row in rows(story):
        drawn, taken = _row(row, story, axis, y)
        body += drawn
        y += taken + ROW_GAP
    bottom = y - ROW_GAP + 8
    under = (
        day_marks(axis, TOP, bottom, "days after the infusion")
        + _moments(story, axis, bottom)
        + dose_marks(story, axis, TOP, bottom, bottom)
    )
    words, tall = foot((READING, *_hatching(story), *story.notes), bottom + 44)
    what = "Simulated course in four rows over days after the infusion: blood, barrier, brain, bedside."
    body = headline(story.title, story.subtitle) + _columns(axis) + under + body + words
    return whole(story.title, what, bottom + 44 + tall + 6, body, ribbon.hatches(story.grades), titled)


def _hatching(story: Story) -> list[str]:
    """What the hatching of grades and the stroke of a seizure mean, where there are any."""
    hatched = any(s.min != s.max or s.min is None for s in story.grades)
    return [HATCHED] * hatched + [SEIZURES] * bool(story.seizures)


def _row(row: Row, story: Story, axis: DayAxis, top: float) -> tuple[str, float]:
    """A row and the height it takes: what happens in words at the left, its panels at the right."""
    words, tall = _told(row, story, top)
    drawn, y = [words], top
    for panel in row.panels:
        drawn.append(panel.draw(story, axis, y))
        y += panel.height + PANEL_GAP
    return group(drawn), max(y - PANEL_GAP - top, tall)


def _told(row: Row, story: Story, top: float) -> tuple[str, float]:
    """The name of a row under a line in its colour, what happens in it, and the height of these."""
    hue, y = row.hue, top - 8
    rule = line(MARGIN, y, MARGIN + CAPTION, y, stroke=hue.colour, stroke_width="1.2", class_=hue.line)
    bold = {"font_size": number(HEAD_SIZE), "font_weight": "700", "fill": hue.colour, "class_": hue.name}
    caption, tall = paragraph(MARGIN, top + 34, row.caption(story), CAPTION_SIZE, CAPTION * 1.06)
    name = text(MARGIN, top + 13, row.title, **bold)
    return rule + name + group([caption], fill=INK, class_="c-ink"), 34 + tall


def _columns(axis: DayAxis) -> str:
    """What stands beside the time axis."""
    words = ((axis.left - BEFORE, "before"), (axis.right + VALUE, "peak or lowest"), (axis.right + DAY, "day"))
    heads = [text(x, TOP - 12, word, text_anchor="end") for x, word in words]
    return group(heads, font_size=number(SMALL + 1), fill=SOFT, class_="c-soft")


def _moments(story: Story, axis: DayAxis, bottom: float) -> str:
    """The days the story turns on, through all rows: IL-6 at its peak in the blood and in the CSF."""
    blood = q.acting(q.IL6, story)
    wanted = ((blood, BLOOD, "in the blood, day"), (q.CSF_IL6, BRAIN, "in the CSF, day"))
    found = [
        (k.worst(story), k, hue, f"{k.label.removesuffix(' in CSF')} peaks {place}")
        for k, hue, place in wanted
        if k is not None and story.has(k.columns)
    ]
    far = limit("csf_rises")
    risen = sorted((w.day, w, hue, words) for w, k, hue, words in found if w.value > far * max(k.before(story), 1.0))
    drawn = []
    for place, (_, worst, hue, words) in enumerate(risen):
        x, side = axis.at(worst.day), "end" if place == 0 else "start"
        dots = {"stroke": hue.colour, "stroke_width": "1", "stroke_dasharray": "2 3", "class_": hue.line}
        drawn.append(line(x, TOP - 26, x, bottom, **dots))
        name = {"text_anchor": side, "font_size": number(SMALL + 1.5), "fill": hue.colour, "class_": hue.name}
        drawn.append(text(x + (-5 if side == "end" else 5), TOP - 26, f"{words} {worst.day:.1f}", **name))
    return group(drawn)
