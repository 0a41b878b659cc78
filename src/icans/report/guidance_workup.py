"""The part 'Before calling it ICANS' of the page: the work-up, a diagnosis of exclusion, in short."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from icans.guidance.workup.ledger import EXCLUDED, NOT_EXCLUDED, PRESENT, TIERS, TREATED, GatedTest, Hold, Workup
from icans.guidance.workup.ledger import Line as Cause
from icans.report.guidance_clock import Clock
from icans.report.guidance_section import Line, Section, grouped
from icans.report.words import capital

FIRST_HOUR = "A"
"""The tier of what is excluded within the first hour."""


def work_up(found: Workup, clock: Clock) -> Section:
    """The part: attribution, what was found, what remains, which tests must wait, what is open besides."""
    remaining = found.remain if found.asked is not False else ()
    since = (
        f"The signs began or grew worse {clock.from_now(found.since)} ({clock.when(found.since)})."
        if found.since
        else ""
    )
    return Section(
        "workup",
        "Before calling it ICANS",
        tuple(w for w in (found.says, since) if w),
        grouped(
            (
                ("Found: this could explain the signs", [_present(c) for c in found.present]),
                ("Suspected", [_suspected(c, clock) for c in found.lines if c.suspected and c.is_open]),
                ("Not yet exclusive: these remain", [_open(c, clock) for c in remaining if not c.suspected]),
                ("Tests that must wait", [_blocked(t) for t in found.tests if t.is_blocked]),
            )
        ),
        tuple(_in_short(found)),
    )


def _present(cause: Cause) -> Line:
    more = (_sentence(cause.why, cause.inputs), cause.act and f"Then: {cause.act}", cause.caution or "")
    return Line(capital(cause.label), PRESENT, "must", tuple(w for w in more if w), (cause.id,), (cause.cited,))


def _suspected(cause: Cause, clock: Clock) -> Line:
    """A cause that the record points to: with all that was read."""
    more = (_sentence(cause.why, cause.inputs), *_what_to_do(cause, clock))
    tag = f"{cause.status}, suspected"
    return Line(capital(cause.label), tag, "must", tuple(w for w in more if w), (cause.id,), (cause.cited,))


def _open(cause: Cause, clock: Clock) -> Line:
    """A cause that nobody has looked for, or not in full: what would settle it."""
    missing = f"Not known: {', '.join(cause.missing)}." if cause.status == NOT_EXCLUDED and cause.missing else ""
    more = tuple(w for w in (missing, *_what_to_do(cause, clock)) if w)
    return Line(capital(cause.label), cause.status, "maybe", more, (cause.id,), (cause.cited,))


def _what_to_do(cause: Cause, clock: Clock) -> Iterator[str]:
    old = ", ".join(f"{what} ({clock.from_now(seen)})" for what, seen in cause.old.items())
    yield f"Too old: {old}." if old else ""
    yield f"Do: {'; '.join(cause.tests)}." if cause.tests else ""
    yield f"Caution: {cause.caution}" if cause.caution else ""


def _blocked(test: GatedTest) -> Line:
    held = tuple(_hold(h) for h in test.holds)
    return Line(capital(test.label), "wait", "never", held, (test.id,), tuple(h.cited for h in test.holds))


def _hold(hold: Hold) -> str:
    said = _sentence(hold.says, hold.inputs)
    return f"{said} Not known: {', '.join(hold.missing)}." if hold.missing else said


def _sentence(words: str, inputs: Mapping[str, str]) -> str:
    told = "; ".join(f"{label} {value}" for label, value in inputs.items())
    words = capital(words.rstrip("."))
    return f"{words}: {told}." if told else f"{words}." if words else ""


def _in_short(found: Workup) -> Iterator[str]:
    """A sentence each on what is excluded, treated, and still open in the groups after the first hour."""
    for status in (EXCLUDED, TREATED):
        if named := [_weakly(c) for c in found.lines if c.status == status]:
            yield f"{status.capitalize()}: {', '.join(named)}."
    left = [c for c in found.lines if c.is_open and not c.suspected and c.tier != FIRST_HOUR]
    if given := [f"{c.label} ({c.inputs.get('doses', 'given')})" for c in left if c.given]:
        yield f"Drugs of the record that could explain signs, not excluded: {'; '.join(given)}."
    for tier, name in TIERS.items():
        if named := [c.label for c in left if c.tier == tier and not c.given]:
            yield f"Also open, {name}: {', '.join(named)}."
    yield "Every cause with its values, thresholds and tests: icans workup."


def _weakly(cause: Cause) -> str:
    return f"{cause.label} (by the weaker test)" if cause.weak else cause.label
