"""What happens in each row but the bedside, in a few plain sentences made from the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import numpy as np

from icans.report import story_quantities as q
from icans.report.story import Dose, Story
from icans.report.story_exposure import entry
from icans.report.story_limits import limit
from icans.report.story_pair import crossing
from icans.report.story_quantities import Quantity, acting, past, spell_words, spells
from icans.report.story_words import number_words, percent, short


def drugs(story: Story) -> str:
    """What was given when, and how much of it reaches the brain."""
    said = []
    shares = {e.drug: entry(e, story) for e in story.exposures if e.drug in story.given() and story.has((e.plasma,))}
    for drug in story.given():
        share = shares.get(drug)
        reaches = f"; {percent(share)} of its level in plasma reaches the brain" if share is not None else ""
        late = story.doses_of(drug)[0].time > story.times[-1]
        said.append(f"{drug.capitalize()} {_times(story.doses_of(drug))}{', after the end' if late else reaches}.")
    return " ".join(said)


def _times(doses: Sequence[Dose]) -> str:
    """`on day 3`, `on day 4 over 1 h`, `from day 5 to 8.8`."""
    first, last = doses[0], doses[-1]
    if len(doses) == 1:
        return f"{'from' if ' to ' in first.when else 'on'} day {first.when}"
    return f"from day {_day(first.time)} to {_day(last.end or last.time)}"


def fire(story: Story) -> str:
    """The order of the peaks in the blood, fever, pressure."""
    seen = (q.IFN, acting(q.IL6, story), q.CRP, q.CART)
    known = [k for k in seen if k is not None and story.has(k.columns) and k.is_stirred(story)]
    told = [s for s in (_fever(story), _pressure(story)) if s]
    if not known and any(k is not None and story.has(k.columns) for k in seen):
        also = ", and ".join(f"{s[0].lower()}{s[1:-1]}" for s in told)
        return f"Nothing moves in the blood: {also}." if also else "Nothing moves in the blood."
    return " ".join(s for s in (_order(story, known), *(b.warning for b in story.blocked()), *told) if s)


def _fever(story: Story) -> str:
    if not story.has(q.TEMPERATURE.columns):
        return ""
    course = story.times, q.TEMPERATURE.values(story), limit("fever")
    hot = past(*course, above=True)
    return f"Fever from day {hot.onset:.1f} {spell_words(hot, spells(*course, above=True))}." if hot else "No fever."


def _pressure(story: Story) -> str:
    if not story.has(q.MAP.columns):
        return ""
    before, worst = (q.MAP.said(value) for value in (q.MAP.before(story), q.MAP.worst(story).value))
    if before == worst:
        return f"Pressure stays at {before}."
    return f"Pressure falls from {before.removesuffix(' mmHg')} to {worst}."


def wall(story: Story) -> str:
    """How far the barrier opens and what comes through."""
    said = []
    if story.has(q.ANGIOPOIETIN.columns) and q.ANGIOPOIETIN.is_stirred(story):
        worst, rest = q.ANGIOPOIETIN.worst(story), q.ANGIOPOIETIN.before(story)
        said.append(f"Ang-2 displaces Ang-1: the ratio rises from {short(rest)} to {short(worst.value)}.")
    if story.has(q.JUNCTION.columns):
        said.append(_junctions(story))
    if story.has(q.QALB.columns):
        worst, rest = q.QALB.worst(story), q.QALB.before(story)
        if worst.value > limit("quotient_rises") * rest > 0:
            said.append(f"The albumin quotient rises {worst.value / rest:.1f}-fold.")
    return " ".join(said)


def _junctions(story: Story) -> str:
    rest, worst = q.JUNCTION.before(story), q.JUNCTION.worst(story)
    if worst.value > limit("junctions_hold"):
        return "The tight junctions hold."
    if rest > limit("junctions_hold"):
        return f"The tight junctions lose {100 * (1 - worst.value):.0f}% of their integrity on day {worst.day:.1f}."
    before = f"The tight junctions are at {percent(rest)} of their integrity before the infusion"
    return f"{before} and at {percent(worst.value)} on day {worst.day:.1f}."


def storm(story: Story) -> str:
    """What plasma does not show."""
    if not story.has((*q.IL6.columns, *q.CSF_IL6.columns)):
        return ""
    csf = q.CSF_IL6.worst(story)
    if csf.value <= limit("csf_rises") * q.CSF_IL6.before(story):
        return "IL-6 stays low in the CSF."
    said = [_in_csf(story, csf), _in_plasma(story, csf), _passing(story, csf)]
    if story.has(q.MICROGLIA.columns) and q.MICROGLIA.is_stirred(story):
        worst = q.MICROGLIA.worst(story)
        said.append(f"Microglia: {percent(worst.value)} active on day {worst.day:.1f}.")
    return " ".join(s for s in said if s)


def _in_csf(story: Story, csf: q.Extreme) -> str:
    if csf.day == story.times[-1]:
        return "IL-6 in the CSF still rises at the end."
    return f"IL-6 in the CSF peaks on day {csf.day:.1f}."


def _in_plasma(story: Story, csf: q.Extreme) -> str:
    """What acts in plasma at the peak in the CSF; nothing where only an assay that reads too much is told."""
    quantity = acting(q.IL6, story)
    if quantity is None or quantity.worst(story).value <= 0:
        return ""
    blood = quantity.worst(story)
    then = float(np.interp(csf.day, story.times, quantity.values(story)))
    earlier = f", which was {csf.day - blood.day:.1f} days earlier" if csf.day > blood.day else ""
    share = percent(then / blood.value)
    down = f"{share if share.startswith('under') else f'down to {share}'} of its peak{earlier}"
    plasma = "near its own peak too" if then > limit("near_peak") * blood.value else down
    what = "In plasma it is" if quantity is q.IL6 else f"In plasma the {quantity.label} is"
    return f"{what} then {plasma}."


def _passing(story: Story, csf: q.Extreme) -> str:
    """From when the CSF holds more than the blood; nothing where an assay of the blood reads more than acts."""
    blood = q.IL6.values(story)
    passes = None if story.blocked(q.IL6.column) else crossing(story, blood, q.CSF_IL6.values(story))
    if passes is None:
        return ""
    then = float(np.interp(csf.day, story.times, blood))
    said = f"From day {passes:.1f} the CSF holds more than the blood"
    parted = csf.value > limit("parted_at_peak") * then > 0
    return f"{said}, at its peak {number_words(csf.value / then, 2)} times as much." if parted else f"{said}."


def _order(story: Story, quantities: Sequence[Quantity]) -> str:
    """`First IFN-γ peaks (day 4.4), then IL-6 (5.0), then CRP and CAR T cells (6.8).`"""
    days = {k.label: round(k.worst(story).day, 1) for k in quantities}
    still = [k.label for k in quantities if k.worst(story).day == story.times[-1]]
    passed = sorted((label for label in days if label not in still), key=lambda label: days[label])
    steps = [(when, list(names)) for when, names in groupby(passed, key=lambda label: days[label])]
    said = []
    if steps:
        (when, names), *rest = steps
        after = "".join(f", then {_and(more)} ({later:.1f})" for later, more in rest)
        said.append(f"First {_and(names)} peak{'s' if len(names) == 1 else ''} (day {when:.1f}){after}.")
    if still:
        said.append(f"Still rising at the end: {_and(still)}.")
    return " ".join(said)


def _and(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _day(time: float) -> str:
    return f"{time:.1f}".removesuffix(".0")
