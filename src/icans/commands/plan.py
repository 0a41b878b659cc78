"""`icans plan`: product and time of infusion in; the monitoring plan as a table, chart, calendar and JSON out."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import polars as pl

from icans.errors import DataError
from icans.guidance.monitoring.answer import Plan
from icans.guidance.monitoring.cells import SETTINGS
from icans.guidance.monitoring.plan import plan
from icans.record.time import to_utc
from icans.report.files import check_folder, write_whole
from icans.report.image import drawn
from icans.report.plan_chart import plan_chart
from icans.report.plan_json import plan_json
from icans.report.plan_terminal import show_plan
from icans.report.screen import console


def run(
    *,
    product: str,
    infusion: str,
    jurisdiction: str,
    setting: str,
    on: str | None,
    chart: Path | None,
    ics: Path | None,
    json: Path | None,
) -> None:
    """Make the plan, write the files and show it. Nothing is written where something is wrong."""
    named = [path for path in (chart, ics, json) if path is not None]
    for path in named:
        check_folder(path)
    if len({path.absolute() for path in named}) < len(named):
        raise DataError("--chart, --ics and --json name the same file; give each its own")
    if setting not in SETTINGS:
        raise DataError(f"--setting {setting}: expected one of: {', '.join(SETTINGS)}")
    found = plan(product, _time(infusion), on=_day(on), jurisdiction=jurisdiction, inpatient=setting == "inpatient")
    for path, content in _contents(found, chart, ics, json):
        write_whole(path, content)
    show_plan(found, console(), named)


def _contents(found: Plan, chart: Path | None, ics: Path | None, json: Path | None) -> list[tuple[Path, str | bytes]]:
    contents: list[tuple[Path, str | bytes]] = []
    if chart is not None:
        contents.append((chart, drawn(chart, plan_chart(found))))
    if ics is not None:
        # Reading the calendar library takes longer than all the rest, so only who wants a calendar waits for it.
        from icans.guidance.monitoring.calendar import calendar

        contents.append((ics, calendar(found)))
    if json is not None:
        contents.append((json, plan_json(found)))
    return contents


def _time(infusion: str) -> datetime:
    """The time of the infusion in UTC. A time without an offset is refused: half a day more or less would matter."""
    found = to_utc(pl.Series([infusion], dtype=pl.String))
    if (problem := found.problem_or_missing()[0]) is not None:
        raise DataError(f"--infusion: {problem}")
    return found.utc[0]


def _day(on: str | None) -> date | None:
    try:
        return None if on is None else date.fromisoformat(on)
    except ValueError:
        raise DataError(f"--on {on}: expected a date such as 2026-03-02") from None
