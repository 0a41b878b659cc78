"""The grammar of a dose text: 'dexamethasone 10 mg every 6 h day 5 to 9' taken apart, without knowing any drug.

    drug, amount, unit, and then in any order:
      route     iv, sc, oral                       intravenous, subcutaneous, by mouth
      interval  every 6 h, q6h, daily, bid         how far apart the doses are
      over      over 1 h                           every dose is an infusion of that length
      day       day 3, from day 6.25, day 6 06:00  when the first begins, in days after the infusion of the cells;
                                                   06:00 is six hours into that day, not the time of a clock
      to        day 5 to 9, day 5-9, until         up to that moment: a dose due at day 9.0 is no longer given, so
                                                   every 6 h makes 16 doses and daily makes 4
      through   day 5 through 8                    up to the end of that day, the same as day 5 to 9
      for       for 4 days                         up to the moment 4 days after the start
      count     x3, 3 doses, once                  how many doses

Upper and lower case, blanks, and commas between the parts do not matter. Decimals have a point.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from icans.errors import DataError

EXAMPLE = "dexamethasone 10 mg every 6 h day 5 to 9"
_PARTS_IN_WORDS = (
    "a route (iv, sc, oral), 'every 6 h', 'daily', 'over 1 h', 'day 5', 'day 5 to 9', 'for 7 days' or 'x3'"
)
_ROUTES = {
    "intravenous": ("iv", "i.v.", "i.v", "intravenous", "intravenously"),
    "subcutaneous": ("sc", "s.c.", "s.c", "subcutaneous", "subcutaneously"),
    "oral": ("oral", "orally", "po", "p.o.", "p.o", "by mouth"),
}
_ROUTE_OF = {word: route for route, words in _ROUTES.items() for word in words}
_A_DAY = {"once": 1, "": 1, "twice": 2, "three times": 3, "four times": 4, "bid": 2, "tid": 3, "qid": 4}

_NUMBER = r"(?:[+-]?(?=[.,]?\d)[\d.,]*[\d.](?:e[+-]?\d+)?|[+-]?(?:nan|inf(?:inity)?)\b)"
_LENGTH = r"(?:min(?:ute)?s?|h(?:ou)?rs?|h|d(?:ays?)?|weeks?|wk)\b"
_CLOCK = r"\s+\d{1,2}:\d{2}\b"
_WORDS = "|".join(re.escape(word) for word in sorted(_ROUTE_OF, key=len, reverse=True))
_HEAD = re.compile(rf"\s*(?P<drug>[a-z][a-z'. -]*?)\s*(?P<amount>{_NUMBER})", re.IGNORECASE)
_UNIT = re.compile(r"\s*([a-zµμ]+(?:\s*/\s*[a-zµμ]+)*)(?![\w/])", re.IGNORECASE)
_PARTS = {
    "route": rf"(?P<route>{_WORDS})(?![\w.])",
    "interval": rf"(?:every\s*(?P<every>{_NUMBER}\s*{_LENGTH}|{_LENGTH})|q\s*(?P<q>{_NUMBER}\s*{_LENGTH})"
    r"|(?:(?P<times>once|twice|three times|four times)\s+)?(?:daily|a day)\b|(?P<latin>bid|tid|qid)\b)",
    "over": rf"over\s*(?P<over>{_NUMBER}\s*{_LENGTH})",
    "day": rf"(?:(?:from|on|at|starting)\s+)?(?:days?\s*|d)(?P<start>{_NUMBER}(?:{_CLOCK})?)"
    rf"(?:\s*(?P<how>to|until|till|through|-|–)\s*(?:days?\s*)?(?P<end>{_NUMBER}(?:{_CLOCK})?))?",
    "for": rf"for\s*(?P<long>{_NUMBER}\s*{_LENGTH})",
    "count": rf"(?:[x×]\s*(?P<count>{_NUMBER})|(?P<doses>{_NUMBER})\s*doses\b|(?P<once>once)\b)",
}  # fmt: skip
_READ = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _PARTS.items()}
_DAYS = {"m": 1 / 1440, "h": 1 / 24, "d": 1.0, "w": 7.0}


@dataclass(frozen=True)
class DoseText:
    """A dose text taken apart; None where it does not say. Times and lengths in days, `unit` as it was written.

    every  from one dose to the next
    over   how long each dose runs
    start  of the first dose
    end    the moment before which the last dose begins
    """

    text: str
    drug: str
    amount: float
    unit: str
    start: float
    route: str | None = None
    every: float | None = None
    over: float | None = None
    end: float | None = None
    count: int | None = None


def wrong(text: str, what: str, example: str = EXAMPLE) -> DataError:
    """The error for a dose text: which text, what is wrong with which part of it, and a right one."""
    return DataError(f"dose '{' '.join(text.split())[:120]}': {what}. For example: {example}")


def take_apart(text: str) -> DoseText:
    """One dose text taken apart. Raises DataError naming the part that is missing or not understood."""
    head = _HEAD.match(text)
    if head is None or re.search(r"\b(day|days|d|every|q|over|for|x|from)$", head["drug"].strip(), re.IGNORECASE):
        raise wrong(text, "the dose is missing; expected a drug, then a number and its unit")
    drug, route = _drug_and_route(head["drug"])
    amount = _number(text, head["amount"], "the dose")
    if amount < 0:
        raise wrong(text, f"the dose {head['amount']} is negative; expected 0 or more")
    unit = _UNIT.match(text, head.end())
    if unit is None or _next_part(text[head.end() :].lstrip(" ,")) is not None:
        raise wrong(text, f"the unit is missing after '{text[: head.end()].strip()}'; expected mg or another unit")
    said = _said(text, unit.end())
    if route is not None and "route" in said:
        raise wrong(text, "it names the route twice; expected once")
    if "day" not in said:
        raise wrong(text, "the day is missing; expected 'day' and how many days after the infusion of the cells")
    start, end = _start_and_end(text, said)
    return DoseText(
        text, drug, amount, re.sub(r"\s", "", unit[1]), start, end=end,
        route=route or _ROUTE_OF.get(said.get("route", {}).get("route", "").lower()),
        every=_interval(text, said["interval"]) if "interval" in said else None,
        over=_length(text, said["over"]["over"], "the length of the infusion") if "over" in said else None,
        count=_count(text, said["count"]) if "count" in said else None,
    )  # fmt: skip


def _drug_and_route(words: str) -> tuple[str, str | None]:
    """The drug, and the route where it stands before the dose: 'anakinra sc 100 mg'."""
    drug, _, last = words.strip().rpartition(" ")
    return (drug, _ROUTE_OF[last.lower()]) if drug and last.lower() in _ROUTE_OF else (words.strip(), None)


def _next_part(rest: str) -> tuple[str, re.Match[str]] | None:
    return next(((name, found) for name, pattern in _READ.items() if (found := pattern.match(rest))), None)


def _said(text: str, at: int) -> dict[str, dict[str, str]]:
    """The parts after the unit: name -> what its pattern caught."""
    said: dict[str, dict[str, str]] = {}
    rest = text[at:].strip(" ,\n\t")
    while rest:
        part = _next_part(rest)
        if part is None:
            raise wrong(text, f"'{rest[:40]}' is not understood; expected {_PARTS_IN_WORDS}")
        name, found = part
        if name in said:
            raise wrong(text, f"'{found[0].strip()}' comes after another {name}; expected one")
        said[name] = {key: words for key, words in found.groupdict().items() if words}
        rest = rest[found.end() :].strip(" ,\n\t")
    return said


def _start_and_end(text: str, said: Mapping[str, Mapping[str, str]]) -> tuple[float, float | None]:
    ends = [f"'{said['day']['how']} day'"] if "end" in said["day"] else []
    ends += [words for part, words in (("for", "'for'"), ("count", "a number of doses")) if part in said]
    if len(ends) > 1:
        raise wrong(text, f"it says by {' and by '.join(ends)} when it ends; expected one of them")
    start = _moment(text, said["day"]["start"], "the day")
    if start < 0:
        raise wrong(text, f"day {start:g} is before the simulation begins; expected day 0 or later")
    if "for" in said:
        return start, start + _length(text, said["for"]["long"], "the length after 'for'")
    if "end" not in said["day"]:
        return start, None
    end = _moment(text, said["day"]["end"], "the last day")
    end = math.floor(end) + 1.0 if said["day"]["how"].lower() == "through" else end
    if end <= start:
        raise wrong(text, f"it ends on day {end:g} and begins on day {start:g}; expected an end after the start")
    return start, end


def _interval(text: str, said: Mapping[str, str]) -> float:
    if written := said.get("every") or said.get("q"):
        return _length(text, written, "the interval")
    return 1 / _A_DAY[(said.get("times") or said.get("latin") or "").lower()]


def _count(text: str, said: Mapping[str, str]) -> int:
    if "once" in said:
        return 1
    number = _number(text, said.get("count") or said["doses"], "the number of doses")
    if number < 1 or number != int(number):
        raise wrong(text, f"the number of doses is {number:g}; expected a whole number from 1")
    return int(number)


def _moment(text: str, words: str, what: str) -> float:
    """'6.25' or '6 06:00' as days."""
    day, _, clock = words.partition(" ")
    number = _number(text, day, what)
    if not clock:
        return number
    hours, minutes = (int(part) for part in clock.strip().split(":"))
    if hours > 23 or minutes > 59 or number != int(number):
        raise wrong(text, f"'{words}' is no moment; expected a whole day and 00:00 to 23:59, such as 6 06:00")
    return number + (hours * 60 + minutes) / 1440


def _length(text: str, words: str, what: str) -> float:
    """'6 h', '30 min', '7 days' or 'day' as days; longer than 0."""
    unit = re.search(rf"{_LENGTH}\s*$", words, re.IGNORECASE)
    assert unit is not None
    number = _number(text, words[: unit.start()].strip() or "1", what)
    if number <= 0:
        raise wrong(text, f"{what} is {number:g}; expected more than 0")
    return number * _DAYS[unit[0][0].lower()]


def _number(text: str, words: str, what: str) -> float:
    if "," in words:
        raise wrong(text, f"{what} is '{words}'; write decimals with a point, not a comma")
    try:
        number = float(words)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise wrong(text, f"{what} is '{words}'; expected a number")
    return number
