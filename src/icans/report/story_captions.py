"""What happens in each row, in a few plain sentences made from the numbers."""

from __future__ import annotations

from itertools import groupby

import numpy as np

from icans.report import story_quantities as q
from icans.report.ribbon import Span
from icans.report.story import Story
from icans.report.story_exposure import entry
from icans.report.story_grades import onset
from icans.report.story_heat import ITEMS
from icans.report.story_pair import crossing
from icans.report.story_quantities import Quantity, number_words, past, percent, short

# Lines to read by; no grade is made from them. Fever in ASTCT 2019 is 38.0 °C or more (Lee DW, Biol Blood Marrow
# Transplant 2019;25:625); an expected ICE below 9.5 is a point lost more often than not.
FEVER = 38.0
ICE_LOW = 9.5
BLOCKERS = ("tocilizumab", "siltuximab")
"""Drugs after which the assay's IL-6 rises because its clearance is blocked."""
_RISES = 3.0
_HOLDS = 0.9
_NEAR = 0.9
_SOME = 1.2
_PARTED = 1.5


def drugs(story: Story) -> str:
    """What was given when, and how much of it reaches the brain."""
    said = []
    shares = {e.drug: entry(e, story) for e in story.exposures if e.drug in story.given() and story.has((e.plasma,))}
    for drug in story.given():
        doses = story.doses_of(drug)
        last = doses[-1].end or doses[-1].time
        times = (
            f"on day {_day(doses[0].time)}"
            if last == doses[0].time
            else f"from day {_day(doses[0].time)} to {_day(last)}"
        )
        share = shares.get(drug)
        reaches = f"; {percent(share)} of its level in plasma reaches the brain" if share is not None else ""
        said.append(f"{drug.capitalize()} {times}{reaches}.")
    return " ".join(said)


def fire(story: Story) -> str:
    """The order of the peaks in the blood, fever, pressure."""
    said = [_order(story, (q.IFN, q.IL6, q.CRP, q.CART))]
    blocker = next((d for d in story.given() if d in BLOCKERS), None)
    if blocker and story.has(q.IL6.columns):
        said.append(f"After {blocker} the IL-6 assay rises because clearance is blocked, not because the storm grows.")
    if story.has(q.TEMPERATURE.columns):
        hot = past(story.times, q.TEMPERATURE.values(story), FEVER, above=True)
        said.append(f"Fever from day {hot.onset:.1f} for {_days(hot.days)}." if hot else "No fever.")
    if story.has(q.MAP.columns):
        worst = q.MAP.worst(story)
        said.append(f"Pressure falls from {q.MAP.bare(q.MAP.before(story))} to {q.MAP.said(worst.value)}.")
    return " ".join(s for s in said if s)


def wall(story: Story) -> str:
    """How far the barrier opens and what comes through."""
    said = []
    if story.has(q.ANGIOPOIETIN.columns):
        worst, rest = q.ANGIOPOIETIN.worst(story), q.ANGIOPOIETIN.before(story)
        said.append(f"Ang-2 displaces Ang-1: the ratio rises from {short(rest)} to {short(worst.value)}.")
    if story.has(q.JUNCTION.columns):
        worst = q.JUNCTION.worst(story)
        lost = f"{100 * (1 - worst.value):.0f}% of their integrity on day {worst.day:.1f}"
        said.append("The tight junctions hold." if worst.value > _HOLDS else f"The tight junctions lose {lost}.")
    if story.has(q.QALB.columns):
        worst, rest = q.QALB.worst(story), q.QALB.before(story)
        if worst.value > _SOME * rest > 0:
            said.append(f"Albumin in the CSF rises {worst.value / rest:.1f}-fold.")
    return " ".join(said)


def storm(story: Story) -> str:
    """What plasma does not show."""
    if not story.has((*q.IL6.columns, *q.CSF_IL6.columns)):
        return ""
    blood, csf = q.IL6.worst(story), q.CSF_IL6.worst(story)
    if csf.value <= _RISES * q.CSF_IL6.before(story) or blood.value <= 0:
        return "IL-6 stays low in the CSF."
    then = float(np.interp(csf.day, story.times, q.IL6.values(story)))
    earlier = f", which was {csf.day - blood.day:.1f} days earlier" if csf.day > blood.day else ""
    down = f"down to {percent(then / blood.value)} of its peak{earlier}"
    plasma = "near its own peak too" if then > _NEAR * blood.value else down
    said = [f"IL-6 in the CSF peaks on day {csf.day:.1f}. In plasma it is then {plasma}.", _passing(story, csf, then)]
    if story.has(q.MICROGLIA.columns):
        worst = q.MICROGLIA.worst(story)
        said.append(f"Microglia: {percent(worst.value)} active on day {worst.day:.1f}.")
    return " ".join(s for s in said if s)


def _passing(story: Story, csf: q.Extreme, then: float) -> str:
    """From when the CSF holds more than the blood; `then` is the plasma value at the peak in the CSF."""
    passes = crossing(story, q.IL6.values(story), q.CSF_IL6.values(story))
    if passes is None:
        return ""
    said = f"From day {passes:.1f} the CSF holds more than the blood"
    parted = csf.value > _PARTED * then > 0
    return f"{said}, at its peak {number_words(csf.value / then, 2)} times as much." if parted else f"{said}."


def bedside(story: Story) -> str:
    """When the patient is ill and confused, how badly, and the risk of a seizure."""
    said = [_onsets(story.spans("crs"), story.spans("icans"))]
    if story.has(q.ICE.columns):
        said += [_score(story), _first_lost(story)]
    if story.has(q.SEIZURE.columns):
        risk = q.SEIZURE.said(float(q.SEIZURE.values(story)[-1]))
        said.append(f"Chance of a seizure by day {story.times[-1]:.0f}: {risk}.")
    return " ".join(s for s in said if s)


def _score(story: Story) -> str:
    worst, low = q.ICE.worst(story), past(story.times, q.ICE.values(story), ICE_LOW, above=False)
    lowest = q.ICE.bare(worst.value)
    if low is None:
        return f"ICE stays at {lowest} or more."
    begins = f"ICE is below {ICE_LOW} from day {low.onset:.1f} for {_days(low.days)}"
    return f"{begins}, lowest on day {worst.day:.1f} at {lowest}."


def _first_lost(story: Story) -> str:
    """The item of ICE that is first more than half lost."""
    known = [i for i in ITEMS if story.has((i.column,))]
    lost = {i.label: past(story.times, story.values(i.column), i.whole / 2, above=False) for i in known}
    onsets = {name: spell.onset for name, spell in lost.items() if spell}
    if not onsets:
        return ""
    first = min(onsets, key=lambda name: onsets[name])
    return f"The first item to fail is {first} (day {onsets[first]:.1f})."


def _order(story: Story, quantities: tuple[Quantity, ...]) -> str:
    """`First IFN-γ peaks (day 4.4), then IL-6 (5.0), then CRP and CAR T cells (6.8).`"""
    days = {k.label: round(k.worst(story).day, 1) for k in quantities if story.has(k.columns)}
    steps = [
        (when, " and ".join(names))
        for when, names in groupby(sorted(days, key=lambda n: days[n]), key=lambda n: days[n])
    ]
    if not steps:
        return ""
    first, *rest = steps
    after = "".join(f", then {names} ({when:.1f})" for when, names in rest)
    return f"First {first[1]} peaks (day {first[0]:.1f}){after}."


def _onsets(crs: list[Span], icans: list[Span]) -> str:
    fever, confused = onset(crs), onset(icans)
    if fever is None and confused is None:
        return "Neither CRS nor ICANS." if crs and icans else ""
    if confused is None:
        return f"CRS from day {fever:.1f}" + (", no ICANS." if icans else ".")
    if fever is None:
        return f"ICANS from day {confused:.1f}" + (" without CRS." if crs else ".")
    return f"CRS from day {fever:.1f}, ICANS from day {confused:.1f}."


def _days(length: float) -> str:
    return f"{number_words(length, 2)} days"


def _day(time: float) -> str:
    return f"{time:.1f}".removesuffix(".0")
