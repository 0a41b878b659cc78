"""The four rows of a simulation page: which quantities, from the blood to the bedside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from icans.report import story_bedside, story_captions, story_exposure
from icans.report import story_quantities as q
from icans.report.palette import BLOOD, BRAIN, DRUG, WALL, Hue
from icans.report.story import Story
from icans.report.story_grades import PLAIN, Grades
from icans.report.story_heat import FUNCTIONS, ITEMS, Heat
from icans.report.story_limits import limit
from icans.report.story_pair import Pair
from icans.report.story_panel import Panel
from icans.report.story_risk import Risk
from icans.report.story_strip import Strip


@dataclass(frozen=True)
class Row:
    """A chapter of the story: its name and colour, its panels, and what happens in it, in words."""

    title: str
    hue: Hue
    panels: tuple[Panel, ...]
    caption: Callable[[Story], str]


FIRE = Row(
    "Fire in the blood",
    BLOOD,
    (
        Strip(q.CART, BLOOD),
        Strip(q.IFN, BLOOD),
        Strip(q.IL6, BLOOD),
        Strip(q.CRP, BLOOD),
        Strip(q.TEMPERATURE, BLOOD, mark=limit("fever")),
        Strip(q.MAP, BLOOD),
    ),
    story_captions.fire,
)
WALL_ROW = Row(
    "The wall",
    WALL,
    (
        Strip(q.ANGIOPOIETIN, WALL),
        Strip(q.JUNCTION, WALL),
        Strip(q.FILTRATION, WALL),
        Strip(q.OEDEMA_FLUX, WALL),
        Strip(q.QALB, WALL),
    ),
    story_captions.wall,
)
STORM = Row(
    "The storm within",
    BRAIN,
    (
        Pair(replace(q.IL6, label="IL-6 in blood"), q.CSF_IL6),
        Pair(replace(q.IL1, label="IL-1 in blood"), q.CSF_IL1, height=60.0),
        Strip(q.MICROGLIA, BRAIN),
        Strip(q.ASTROCYTES, BRAIN),
        Strip(q.BRAIN_T, BRAIN),
        Strip(q.BRAIN_MONOCYTES, BRAIN),
    ),
    story_captions.storm,
)
BEDSIDE = Row(
    "The bedside",
    PLAIN,
    (
        Grades("crs"),
        Grades("icans"),
        Strip(q.ICE, BRAIN, height=34.0),
        Heat(ITEMS, BRAIN, parts=True),
        Heat(FUNCTIONS, BRAIN),
        Risk(q.HAZARD, q.SEIZURE, BRAIN),
        Strip(q.EEG, BRAIN),
    ),
    story_bedside.bedside,
)


def rows(story: Story) -> list[Row]:
    """The rows that this story can fill: what was given, then the four; panels without data are left out."""
    given = Row("The drugs", DRUG, tuple(story_exposure.panels(story)), story_captions.drugs)
    filled = [Row(r.title, r.hue, _known(r, story), r.caption) for r in (given, FIRE, WALL_ROW, STORM, BEDSIDE)]
    return [row for row in filled if row.panels]


def _known(row: Row, story: Story) -> tuple[Panel, ...]:
    def graded(panel: Panel) -> bool:
        return not isinstance(panel, Grades) or bool(story.spans(panel.outcome))

    return tuple(p for p in row.panels if story.has(p.needs) and graded(p))
