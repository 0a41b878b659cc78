"""The part 'Before going home' of the page: what discharge asks for, shown once neither CRS nor ICANS forbids it."""

from __future__ import annotations

from icans.guidance.monitoring.answer import Criterion, Eligibility
from icans.report.guidance_section import Line, Section, grouped
from icans.report.words import capital

_TAGS = {True: ("holds", "done"), False: ("does not hold", "never"), None: ("open", "maybe")}


def before_going_home(found: Eligibility) -> Section | None:
    """The part; none where something surely speaks against it."""
    if found.holds is False:
        return None
    lead = "Every criterion holds." if found.holds else "No criterion speaks against it; some are open."
    return Section("discharge", "Before going home", (lead,), grouped((("", [_line(c) for c in found.criteria]),)))


def _line(criterion: Criterion) -> Line:
    tag, tone = _TAGS[criterion.holds]
    why = (f"{capital(criterion.why)}.",) if criterion.why else ()
    return Line(f"{criterion.label}.", tag, tone, why, (criterion.id,), (criterion.cited,))
