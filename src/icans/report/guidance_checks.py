"""The part 'Next checks' of the page: what is overdue, what is due now, and what comes next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from icans.guidance.monitoring.answer import Check, Due
from icans.report.content import labels
from icans.report.guidance_clock import Clock
from icans.report.guidance_section import Line, Section, grouped
from icans.report.words import capital, moment

_TONES = {"overdue": "must", "now": "consider", "next": "plain"}


def checks(due: Due, clock: Clock, held: Mapping[str, str] = MappingProxyType({})) -> Section:
    """The part: overdue first, then now, then next; below it what no record can show.

    held  id of a check -> why it must wait, although it is due
    """
    return Section(
        "checks",
        "Next checks",
        (_in_short(due),),
        grouped(
            (
                ("Overdue", _lines(due.overdue, clock, held)),
                ("Due now", _lines(due.now, clock, held)),
                ("Next", _lines(due.next, clock, held)),
                ("Asked for; no record can show whether it was done", _lines(due.unseen, clock, held)),
            )
        ),
        tuple(_notes(due)),
    )


def _in_short(due: Due) -> str:
    counts = ((len(due.overdue), "overdue"), (len(due.now), "due now"), (len(due.next), "to come"))
    said = ", ".join(f"{n} {what}" for n, what in counts if n)
    return f"{said}." if said else "Nothing is asked for now."


def _notes(due: Due) -> Iterator[str]:
    yield from due.notes
    if due.missed:
        yield f"Not recorded before the infusion: {'; '.join(check.label for check in due.missed)}."


def _lines(found: Iterable[Check], clock: Clock, held: Mapping[str, str]) -> list[Line]:
    return [_line(check, clock, held.get(check.id, "")) for check in found]


def _line(check: Check, clock: Clock, wait: str) -> Line:
    kinds = ("must wait" if wait else "", "optional" if check.optional else "", "" if check.certain else "possible")
    tag = ", ".join(w for w in (check.status, *kinds) if w)
    tone = "never" if wait else _TONES[check.status] if check.certain and not check.optional else "maybe"
    missing = f"Missing: {', '.join(check.missing)}." if check.missing and _has_parts(check) else ""
    depends = f"It depends on what is not known: {', '.join(labels(check.depends))}." if check.depends else ""
    more = tuple(w for w in (wait, _timing(check, clock), missing, depends) if w)
    return Line(check.label, tag, tone, more, (check.id,), (check.cited,))


def _timing(check: Check, clock: Clock) -> str:
    """`Every 12 h; last seen 14 h ago; was due 2 h ago (2026-03-11 16:45 UTC).`"""
    last = (
        f"last seen {clock.from_now(check.last)}" if check.last else "never recorded in full" if check.missing else ""
    )
    due = ""
    if check.due is not None and check.last is not None:
        away = clock.from_now(check.due)
        due = f"{'was due' if away.endswith('ago') else 'due'} {away} ({moment(check.due)})"
    told = "; ".join(w for w in (check.how, last, due) if w)
    return f"{capital(told)}." if told else ""


def _has_parts(check: Check) -> bool:
    """Whether it looks at more than one thing, so that a part of it can be missing."""
    return check.last is not None or "in full" in check.why
