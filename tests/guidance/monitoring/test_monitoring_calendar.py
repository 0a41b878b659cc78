"""The calendar file: read back by a parser, it holds the windows, checks and precautions of the plan."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from dateutil.rrule import rrulestr
from icalendar import Calendar, Event
from monitoring_made import INFUSION

from icans.guidance.monitoring.calendar import calendar
from icans.guidance.monitoring.plan import plan
from icans.record.catalogue import products


def events(text: str) -> list[Event]:
    return [e for e in Calendar.from_ical(text).walk("VEVENT") if isinstance(e, Event)]


def value(event: Event, name: str) -> Any:
    found: Any = event[name]
    return found.dt


def times(event: Event) -> list[datetime]:
    """Every time an event takes place."""
    start = value(event, "dtstart")
    if "rrule" not in event:
        return [start]
    rule: Any = event["rrule"]
    return list(rrulestr(rule.to_ical().decode(), dtstart=start))


def named(text: str, beginning: str) -> list[Event]:
    return [e for e in events(text) if str(e["summary"]).startswith(beginning)]


@pytest.mark.parametrize("product", sorted(products()))
@pytest.mark.parametrize("inpatient", [True, False])
def test_a_parser_reads_it_and_writes_the_same(product, inpatient):
    text = calendar(plan(product, INFUSION, inpatient=inpatient, crs=1))
    assert Calendar.from_ical(text).to_ical().decode() == text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    for event in events(text):
        assert {"uid", "dtstamp", "summary", "description", "dtstart", "dtend"} <= {k.lower() for k in event}
        assert value(event, "dtend") > value(event, "dtstart")
        assert value(event, "dtstart").utcoffset() == timedelta(0)


def test_the_same_plan_makes_the_same_file_and_every_event_has_an_id_of_its_own():
    found = plan("axi-cel", INFUSION)
    assert calendar(found) == calendar(plan("axi-cel", INFUSION))
    ids = [str(e["uid"]) for e in events(calendar(found))]
    assert len(set(ids)) == len(ids)
    later = calendar(plan("axi-cel", INFUSION + timedelta(days=1)))
    assert not set(ids) & {str(e["uid"]) for e in events(later)}


def test_an_event_keeps_its_id_when_the_file_is_made_again_later():
    found = plan("axi-cel", INFUSION)
    again = calendar(found, stamp=datetime(2026, 3, 9, tzinfo=UTC))
    assert [e["uid"] for e in events(again)] == [e["uid"] for e in events(calendar(found))]


def test_it_holds_some_dozens_of_events_rather_than_hundreds():
    assert len(events(calendar(plan("cilta-cel", INFUSION, inpatient=False)))) < 50


def test_the_ice_score_twice_a_day_is_two_daily_events_over_two_weeks():
    found = named(calendar(plan("axi-cel", INFUSION)), "ICE")
    repeated = [e for e in found if "rrule" in e]
    assert [value(e, "dtstart").hour for e in repeated] == [10, 22]
    # day 0 to day 14 at 10:00, both ends: 15; at 22:00: 14
    assert [len(times(e)) for e in repeated] == [15, 14]


def test_what_is_done_every_4_hours_is_one_daily_event_that_says_so():
    found = [e for e in named(calendar(plan("axi-cel", INFUSION)), "Vital signs: every 4 h") if "rrule" in e]
    assert len(found) == 1
    assert times(found[0])[0] == INFUSION + timedelta(hours=2)


def test_blood_two_to_three_times_a_week_keeps_the_hour_of_the_day():
    found = named(calendar(plan("axi-cel", INFUSION)), "Blood count, chemistry: 2 to 3 times a week")
    days = sorted((t - INFUSION) / timedelta(days=1) for e in found for t in times(e))
    # days 14 to 30, three a week: every 2 or 3 days
    assert days == [14, 16, 19, 21, 23, 26, 28, 30]


def test_windows_and_precautions_last_as_long_as_they_do():
    text = calendar(plan("axi-cel", INFUSION))
    (lysis,), (near,) = named(text, "Tumour lysis syndrome"), named(text, "Stay near the centre")
    assert value(lysis, "dtend") - value(lysis, "dtstart") == timedelta(hours=72)
    assert value(near, "dtend") == datetime(2026, 3, 16, 10, tzinfo=UTC)


def test_it_rings_for_ice_at_home_and_for_late_examinations_only():
    def rings(**how: object) -> set[str]:
        text = calendar(plan("cilta-cel", INFUSION, **how))  # type: ignore[arg-type]
        return {str(e["summary"]).partition(":")[0] for e in events(text) if e.walk("VALARM")}

    assert rings() == {"Late neurology"}
    assert rings(inpatient=False) == {"ICE, handwriting, motor", "Late neurology"}


def test_every_event_but_the_infusion_says_how_it_is_known():
    for event in events(calendar(plan("axi-cel", INFUSION))):
        said = str(event["description"])
        marks = ("[verified]", "[from memory]", "[convention]")
        assert any(mark in said for mark in marks) or str(event["summary"]).startswith("CAR-T infusion")
        assert "not medical advice" in said
