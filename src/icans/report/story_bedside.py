"""What happens at the bedside, in a few plain sentences: CRS, ICANS, the ICE score, the chance of a seizure."""

from __future__ import annotations

from collections.abc import Sequence

from icans.report import story_quantities as q
from icans.report.ribbon import Span
from icans.report.story import Story
from icans.report.story_grades import absent, onset
from icans.report.story_heat import ITEMS, MOVEMENT
from icans.report.story_limits import limit
from icans.report.story_quantities import past, spell_words, spells
from icans.report.words import outcome_name


def bedside(story: Story) -> str:
    """When the patient is ill and confused, how badly, and the risk of a seizure."""
    said = [_onsets(story.spans("crs"), story.spans("icans"))]
    if story.has(q.ICE.columns):
        said += [_score(story), _first_lost(story)]
    if story.has((MOVEMENT.column,)):
        said.append(_movement(story))
    if story.has(q.SEIZURE.columns):
        risk = q.SEIZURE.said(float(q.SEIZURE.values(story)[-1]))
        said.append(f"Chance of a seizure by day {story.times[-1]:.0f}: {risk}.")
    said.append(_drawn(story.seizures))
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
    course = story.times, q.ICE.values(story), line
    worst, low = q.ICE.worst(story), past(*course, above=False)
    lowest = q.ICE.bare(worst.value)
    if low is None:
        return f"ICE stays at {lowest} or more."
    begins = f"ICE is below {line} from day {low.onset:.1f} {spell_words(low, spells(*course, above=False))}"
    return f"{begins}, lowest on day {worst.day:.1f} at {lowest}."


def _movement(story: Story) -> str:
    """From when movement is slow to the eye, and how far it falls; nothing where it stays above the line."""
    values, line = story.values(MOVEMENT.column), limit("movement_low")
    slow = past(story.times, values, line, above=False)
    if slow is None:
        return ""
    lowest = values.argmin()
    down = f"to {values[lowest]:.2f} on day {story.times[lowest]:.1f}"
    return f"Movement falls below {line} on day {slow.onset:.1f}, {down}."


def _drawn(days: Sequence[float]) -> str:
    """The seizures that chance has put into the chart."""
    return f"Seizure{'s' * (len(days) > 1)} drawn by chance: day {', '.join(f'{d:.1f}' for d in days)}." if days else ""


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
