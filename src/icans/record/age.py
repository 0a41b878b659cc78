"""Age from a date of birth."""

from __future__ import annotations

from datetime import date


def years_between(birth: date, then: date) -> float:
    """Age in years: the birthdays passed, and the part of the way to the next one.

    Exact on birthdays, so that a limit such as 12.0 years falls on the day itself. Somebody born on
    29 February has the birthday on 1 March in other years.
    """
    years = then.year - birth.year
    if _birthday(birth, years) > then:
        years -= 1
    last, following = _birthday(birth, years), _birthday(birth, years + 1)
    return years + (then - last) / (following - last)


def _birthday(birth: date, years: int) -> date:
    try:
        return birth.replace(year=birth.year + years)
    except ValueError:
        return date(birth.year + years, 3, 1)
