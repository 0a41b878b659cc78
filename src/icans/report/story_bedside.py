"""What happens at the bedside, in a few plain sentences: CRS, ICANS, the ICE score, the chance of a seizure."""

from __future__ import annotations

from icans.report import story_quantities as q
from icans.report.ribbon import Span
from icans.report.story import Story
from icans.report.story_grades import absent, onset
from icans.report.story_heat import ITEMS
from icans.report.story_limits import limit
from icans.report.story_quantities import past
from icans.report.story_words import lasting
from icans.report.words import outcome_name


def bedside(story: Story) -> str:
    """When the patient is ill and confused, how badly, and the risk of a seizure."""
    said = [_onsets(story.spans("crs"), story.spans("icans"))]
    if story.has(q.ICE.columns):
        said += [_score(story), _first_lost(story)]
    if story.has(q.SEIZURE.columns):
        risk = q.SEIZURE.said(float(q.SEIZURE.values(story)[-1]))
        said.append(f"Chance of a seizure by day {story.times[-1]:.0f}: {risk}.")
    return " ".join(s for s in said if s)


def _onsets(crs: list[Span], icans: list[Span]) -> str:
    """`CRS from day 2.0, ICANS from day 5.5.`"""
    if crs and icans and absent(crs) and absent(icans):
        return "Neither CRS nor ICANS."
    said = ", ".join(_outcome(spans) for spans in (crs, icans) if spans)
    return f"{said[0].upper()}{said[1:]}." if said else ""


def _outcome(spans: list[Span]) -> str:
    name, begins = outcome_name(spans[0].outcome), onset(spans)
    if begins is not None:
        return f"{name} from day {begins:.1f}"
    return f"no {name}" if absent(spans) else f"whether there is {name} is not settled"


def _score(story: Story) -> str:
    line = limit("ice_low")
    worst, low = q.ICE.worst(story), past(story.times, q.ICE.values(story), line, above=False)
    lowest = q.ICE.bare(worst.value)
    if low is None:
        return f"ICE stays at {lowest} or more."
    begins = f"ICE is below {line} from day {low.onset:.1f} for {lasting(low.days)}"
    return f"{begins}, lowest on day {worst.day:.1f} at {lowest}."


def _first_lost(story: Story) -> str:
    """The item of ICE that is first more than half lost."""
    known = [i for i in ITEMS if story.has((i.column,))]
    fails = {i.label: limit("item_lost") * i.whole for i in known}
    lost = {i.label: past(story.times, story.values(i.column), fails[i.label], above=False) for i in known}
    onsets = {name: spell.onset for name, spell in lost.items() if spell}
    if not onsets:
        return ""
    first = min(onsets, key=lambda name: onsets[name])
    return f"The first item to fail is {first} (day {onsets[first]:.1f})."
