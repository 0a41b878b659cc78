"""The plan as an iCalendar file: windows, checks as recurring events, and the ends of precautions.

Many calendars know no repetition within a day. A check done up to three times a day gets one daily event for each of
its times; one done more often gets one daily event whose words say how often. No event names a patient.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from icalendar import Alarm, Calendar, Event, vRecur

from icans.guidance.monitoring.answer import Plan, PlannedCheck, Precaution, Span, Window

_DAY, _WEEK = 24.0, 168.0
_MOST_A_DAY = 3
_FOOT = "Research software: not medical advice; the label and the rules of the centre come first."


def calendar(plan: Plan, stamp: datetime | None = None) -> str:
    """The text of an .ics file.

    stamp  when the file was made, as every event says; the time of the infusion if not given, so that the same plan
           always makes the same file
    """
    found = Calendar()
    found.add("prodid", "-//icans//monitoring plan//EN")
    found.add("version", "2.0")
    found.add("calscale", "GREGORIAN")
    found.add("method", "PUBLISH")
    found.add("x-wr-calname", f"After {plan.product}")
    made = stamp or plan.infusion
    for event in _events(plan):
        event.add("uid", _uid(plan, event))
        event.add("dtstamp", made)
        found.add_component(event)
    return found.to_ical().decode("utf-8")


def _events(plan: Plan) -> Iterator[Event]:
    yield _event("CAR-T infusion, day 0", plan.product_label, plan.infusion, plan.infusion + timedelta(hours=1))
    for window in plan.windows:
        yield _window(window)
    together: dict[tuple[datetime, datetime], list[tuple[PlannedCheck, Span]]] = {}
    for check in plan.checks:
        for span in check.spans:
            repeats = _repeats(span)
            for start, rule in repeats:
                yield _repeating(check, span, start, rule, plan.inpatient)
            if not repeats:
                together.setdefault((span.start, span.end), []).append((check, span))
    for (start, end), found in together.items():
        yield _together(plan, start, end, found)
    for rule in plan.rules:
        if rule.until is not None:
            yield _precaution(rule, plan.infusion, rule.until)


def _uid(plan: Plan, event: Event) -> str:
    """The same for the same event of the same plan, another for any other."""
    content = plan.product.encode() + event.to_ical()
    return f"{sha256(content).hexdigest()[:32]}@icans"


def _event(summary: str, description: str, start: datetime, end: datetime) -> Event:
    event = Event()
    event.add("summary", summary)
    event.add("description", f"{description}\n{_FOOT}")
    event.add("dtstart", start)
    event.add("dtend", end)
    return event


def _window(window: Window) -> Event:
    words = f"{window.watch}. {window.cited.short}"
    event = _event(window.label, f"Watch: {words}", window.start, window.end)
    event.add("transp", "TRANSPARENT")
    event.add("categories", ["window"])
    return event


def _precaution(rule: Precaution, infusion: datetime, until: datetime) -> Event:
    longer = f" Longer: {rule.extended}." if rule.extended else ""
    event = _event(rule.label, f"{rule.words}.{longer} {rule.cited.short}", infusion, until)
    event.add("transp", "TRANSPARENT")
    event.add("categories", ["precaution"])
    return event


def _repeating(check: PlannedCheck, span: Span, start: datetime, rule: vRecur, inpatient: bool) -> Event:
    """A check that comes again; it rings only for a patient at home."""
    event = _checks_event(f"{check.short}: {span.words}", [(check, span)], start, start + timedelta(minutes=15))
    event.add("rrule", rule)
    if check.alarm and span.sure and not inpatient:
        event.add_component(_alarm(check.short))
    return event


def _together(plan: Plan, start: datetime, end: datetime, found: Sequence[tuple[PlannedCheck, Span]]) -> Event:
    """One event for the checks without repetition over the same days."""
    check, span = found[0]
    if len(found) == 1:
        summary = f"{check.short}: {span.words}"
    elif end <= plan.infusion:
        summary = "Before the infusion: baseline"
    else:
        summary = "At each visit, or if it applies: " + ", ".join(c.short for c, _ in found)
    event = _checks_event(summary, found, start, end if end > start else start + timedelta(hours=1))
    if span.kind == "moments" and check.alarm:
        event.add_component(_alarm(check.short))
    return event


def _checks_event(summary: str, found: Sequence[tuple[PlannedCheck, Span]], start: datetime, end: datetime) -> Event:
    lines = []
    for check, span in found:
        unsure = "" if span.sure else " (if it applies)"
        note = f" {check.note}." if check.note else ""
        lines.append(f"{check.label}: {span.words}{unsure}.{note} {span.cited.short}")
    event = _event(summary, "\n".join(lines), start, end)
    event.add("transp", "TRANSPARENT")
    event.add("categories", ["check"])
    return event


def _alarm(words: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", words)
    alarm.add("trigger", timedelta(0))
    return alarm


def _repeats(span: Span) -> list[tuple[datetime, vRecur]]:
    """(first time, rule) of each event that stands for a span; none where it does not repeat over days."""
    if span.every is None or span.end - span.start < timedelta(hours=_DAY):
        return []
    hours = span.every[0]
    if hours < _DAY:
        count = round(_DAY / hours) if _DAY % hours == 0 and _DAY / hours <= _MOST_A_DAY else 1
        return _spread(span, "DAILY", 1, _DAY / count, count)
    if hours % _DAY == 0:
        return _spread(span, "DAILY", round(hours / _DAY), hours, 1)
    count = max(round(_WEEK / hours), 1)
    return _spread(span, "WEEKLY", 1, _WEEK / count, count, whole_days=True)


def _spread(
    span: Span, frequency: str, interval: int, apart: float, count: int, whole_days: bool = False
) -> list[tuple[datetime, vRecur]]:
    """So many events, evenly apart; by whole days where each is to keep the hour of the day."""
    hours = [round(apart * i / _DAY) * _DAY if whole_days else apart * i for i in range(count)]
    rule = {"FREQ": [frequency], "INTERVAL": [interval], "UNTIL": [span.end]}
    return [(span.start + timedelta(hours=h), vRecur(rule)) for h in hours]
