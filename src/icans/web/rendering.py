"""The templates of the app, on top of those of the report, with the words they ask for."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from icans.grading.wording import unit_words
from icans.report.pages import add_filters
from icans.report.words import day, length, moment, short_interval


@cache
def environment() -> Environment:
    """All templates. Everything that is put into one is escaped."""
    pages = Environment(
        loader=ChoiceLoader([PackageLoader("icans.web", "templates"), PackageLoader("icans.report", "templates")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    add_filters(pages)
    pages.filters["short_interval"] = lambda g: short_interval(*g) if g else "?"
    pages.filters["moment"] = moment
    pages.filters["day"] = day
    pages.filters["hours"] = lambda h: length(h)
    pages.filters["unit"] = unit_words
    pages.filters["day_number"] = lambda value: f"{int(value // 1)}".replace("-", "−")
    pages.globals["ago"] = ago
    return pages


def ago(time: datetime | None, now: datetime) -> str:
    """`5 min`, `3 h`, `2 d 4 h`: how far a time is from now, either way; nothing where there is none."""
    if time is None:
        return ""
    away = abs(now - time)
    if away < timedelta(minutes=90):
        return f"{round(away / timedelta(minutes=1))} min"
    return length(away / timedelta(hours=1))


def rendered(template: str, /, **context: Any) -> str:
    """A template as text."""
    return environment().get_template(template).render(**context)
