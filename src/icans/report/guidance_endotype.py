"""The part 'Endotype' of the page: what may drive the toxicity, from markers, and what is only a hypothesis."""

from __future__ import annotations

from collections.abc import Iterator

from icans.endotype.answer import Endotype, Level, Marker
from icans.report.guidance_clock import Clock
from icans.report.guidance_section import Line, Section, grouped

MANY = 5
"""How many of the markers that were not measured are named."""


def endotype_part(found: Endotype, clock: Clock) -> Section:
    """The part: the reading with its reasons, the markers beside published levels, hypotheses marked as such."""
    possible = f"Possible: {', '.join(found.possible)}." if len(found.possible) > 1 else ""
    return Section(
        "endotype",
        "Endotype",
        tuple(w for w in (f"Reading: {found.reading}.", possible, *found.cautions[:1]) if w),
        grouped(
            (
                ("Why", [Line(words) for words in found.why]),
                ("What would decide", [Line(words) for words in found.decides]),
                ("Markers of the record", [_marker(m, clock) for m in found.markers if m.status != "unknown"]),
                (
                    "Hypotheses, not guidance",
                    [Line(h.says, "hypothesis", "maybe", (), (h.id,), (h.cited,)) for h in found.hypotheses],
                ),
            )
        ),
        tuple(_in_short(found)),
    )


def _marker(marker: Marker, clock: Clock) -> Line:
    held = {True: "above", False: "not above", None: "cannot be used"}[marker.above] if marker.line else ""
    against = f"{held}: the line is {marker.line}" if held and marker.line else ""
    age = f"too old, {clock.from_now(marker.time)}" if marker.status == "too old" and marker.time else ""
    levels = ", ".join(_level(level) for level in marker.levels)
    more = (marker.why, f"Published, median and quartile range: {levels}." if levels else "", marker.note)
    says = "; ".join(w for w in (f"{marker.label} {marker.words}", against, age) if w)
    return Line(says, "", "plain", tuple(w for w in more if w), (marker.name,), (marker.cited,))


def _level(level: Level) -> str:
    return f"{level.group} {level.median:g} ± {level.spread:g}"


def _in_short(found: Endotype) -> Iterator[str]:
    for name, words in found.scores.items():
        yield f"{name} {words}"
    unseen = [m.label for m in found.markers if m.status == "unknown"]
    if len(unseen) > MANY:
        yield f"Not measured: {', '.join(unseen[:MANY])}, and {len(unseen) - MANY} more."
    elif unseen:
        yield f"Not measured: {', '.join(unseen)}."
    yield from found.cautions[1:]
