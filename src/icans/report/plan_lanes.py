"""The lanes of the chart of a plan: dangers with the published onsets, checks, and rules for life outside."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from icans.guidance.monitoring.answer import Figure, Plan, PlannedCheck, Precaution, Timing, Window
from icans.report.palette import BLOOD, BRAIN, DRUG, FIRST, GHOST, SECOND, WALL, Hue
from icans.report.plan_axis import PlanAxis, long_date
from icans.report.plan_bars import ROW, SMALL, bar, diamond, name, soft_words, whisker, words_in
from icans.report.svg import width_of

LANES: tuple[tuple[str, tuple[str, ...], Hue], ...] = (
    ("Before; infusion", ("before", "infusion"), GHOST),
    ("Tumour lysis", ("tls",), WALL),
    ("CRS", ("crs",), BLOOD),
    ("ICANS", ("icans",), BRAIN),
    ("IEC-HS", ("hyperinflammation",), BLOOD),
    ("Cytopenia, infection", ("infection",), DRUG),
    ("Late movement disorder", ("late",), BRAIN),
)
"""Name, toxicities of the windows in it, colour."""
_WORDS = {
    "before": "baseline",
    "crs-peak": "peak",
    "crs-tail": "second wave",
    "icans": "onset, peak",
    "icans-late": "late",
    "iec-hs": "ferritin rising",
    "cytopenia": "cytopenia, bacteria, viruses",
    "infection-late": "infection, low IgG",
    "late-movement": "BCMA products",
}
CHECK, FAINT = Hue(FIRST, "c-first"), Hue(SECOND, "c-second")
_LONGEST_NAME = 36
_NARROW = 1.0


def dangers(plan: Plan, axis: PlanAxis, top: float) -> tuple[str, float]:
    """The windows a lane each, the published onsets of CRS, ICANS and late disorders under them; and the height."""
    drawn, y = [], top
    for label, kinds, hue in LANES:
        found = [w for w in plan.windows if w.toxicity in kinds]
        if not found:
            continue
        drawn.append(_lane(label, found, hue, axis, y + ROW / 2))
        y += ROW
        for timing, of in ((t, kind) for t in plan.timing for kind in kinds):
            if timing.figure(of, "onset") or timing.figure(of, "any"):
                drawn.append(_published(timing, of, hue, axis, y + ROW / 2 - 1))
                y += ROW - 2
    return "".join(drawn), y - top


def _lane(label: str, found: list[Window], hue: Hue, axis: PlanAxis, y: float) -> str:
    ordered = sorted(found, key=lambda w: w.first_day)
    drawn = [name(y, label)]
    for window, after in pairwise([*ordered, None]):
        assert window is not None
        last = window.last_day if after is None else min(window.last_day, after.first_day)
        tip = f"{window.label}: watch {window.watch} ({window.cited.short})"
        drawn.append(bar(axis, (window.first_day, last), y, hue, window.cited.mark, tip))
    drawn += [
        bar(axis, w.peak, y, hue, w.cited.mark, f"{w.label}: most on these days ({w.cited.short})", deep=True)
        for w in ordered
        if w.peak is not None
    ]
    peak_end = ordered[0].first_day
    for here, after in pairwise([*ordered, None]):
        assert here is not None
        free = axis.right if after is None else axis.at(after.first_day)
        first = here.peak[0] if here.peak else max(here.first_day, peak_end)
        peak_end = here.peak[1] if here.peak else peak_end
        last = here.last_day if after is None else min(here.last_day, after.first_day)
        if here.id in _WORDS and first < last:
            drawn.append(words_in(axis, (first, last), y, _WORDS[here.id], free))
    return "".join(drawn)


def _published(timing: Timing, of: str, hue: Hue, axis: PlanAxis, y: float) -> str:
    """One publication: the onset as a mark on its range, and how many patients it met; * is from memory."""
    onset = timing.figure(of, "onset")
    drawn = [name(y, _short(timing.population), soft=True)]
    rate = ", ".join(_rate(figure) for what in ("any", "severe") if (figure := timing.figure(of, what)))
    x = axis.at(0) + 6
    if onset is not None:
        tip = f"{timing.population}: onset {onset.words} ({onset.cited.short})"
        drawn.append(whisker(axis, y, onset, hue, tip))
        x = axis.at(max(onset.high, onset.range[1] if onset.range else 0)) + 8
    return "".join(drawn) + soft_words(x, y, rate)


def _rate(figure: Figure) -> str:
    star = "" if figure.cited.mark == "verified" else "*"
    return f"{'grade 3+ ' if figure.what == 'severe' else ''}{figure.words}{star}"


def _short(words: str) -> str:
    return words if len(words) <= _LONGEST_NAME else f"{words[: _LONGEST_NAME - 1]}…"


def checks(plan: Plan, axis: PlanAxis, top: float) -> tuple[str, float]:
    """The checks that have days in this plan, a row each; and the height."""
    drawn, y = [], top
    for check in plan.checks:
        if check.spans:
            drawn.append(_check(check, axis, y + ROW / 2))
            y += ROW
    return "".join(drawn), y - top


def _check(check: PlannedCheck, axis: PlanAxis, y: float) -> str:
    """The stretches of a check with how often in words; what only applies under a condition is drawn below the rest."""
    drawn = [name(y, check.short)]
    ordered = sorted(check.spans, key=lambda s: (s.sure, s.first_day))
    for span in ordered:
        tip = f"{check.label}: {span.words} ({span.cited.short})"
        if span.kind == "moments":
            drawn.append(diamond(axis.at(span.first_day), y, tip))
        else:
            hue = FAINT if not span.sure or span.kind == "visit" else CHECK
            drawn.append(bar(axis, (span.first_day, span.last_day), y, hue, span.cited.mark, tip))
    drawn += _said(check, axis, y)
    return "".join(drawn)


def _said(check: PlannedCheck, axis: PlanAxis, y: float) -> Iterator[str]:
    """Words in the bars. Several that begin together share the room of one."""
    after_zero = [s for s in check.spans if s.first_day >= 0 and s.last_day - s.first_day >= _NARROW]
    starts = sorted({round(s.first_day) for s in after_zero})
    for place, start in enumerate(starts):
        here = [s for s in after_zero if round(s.first_day) == start]
        words = "; ".join(dict.fromkeys(s.words for s in here))
        free = axis.at(starts[place + 1]) if place + 1 < len(starts) else axis.right
        yield words_in(axis, (start, max(s.last_day for s in here)), y, words, free)
    days = [s for s in check.spans if s.kind == "moments"]
    if days:
        yield soft_words(axis.at(days[0].first_day) - 8, y, days[0].words, end=True)


def outside(plan: Plan, axis: PlanAxis, top: float) -> tuple[str, float]:
    """The rules that last for days, a row each, with their end; and the height."""
    drawn, y = [], top
    for rule in plan.rules:
        if rule.last_day is not None:
            drawn.append(_rule(rule, rule.last_day, axis, y + ROW / 2))
            y += ROW
    return "".join(drawn), y - top


def _rule(rule: Precaution, last: float, axis: PlanAxis, y: float) -> str:
    until = f" until {long_date(rule.until)}" if rule.until else ""
    longer = "; longer after ICANS or a seizure" if rule.extended else ""
    tip = f"{rule.label}: {rule.words} {rule.extended} ({rule.cited.short})"
    drawn = [name(y, rule.label), bar(axis, (0, last), y, GHOST, rule.cited.mark, tip)]
    words = f"day {last:g},{until}{longer}"
    x = axis.pieces(0, last)[-1][1] + 5
    return "".join(drawn) + soft_words(x if x + width_of(words, SMALL) <= axis.right else axis.at(0) + 4, y, words)
