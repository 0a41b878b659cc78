"""From dose texts to what happens in the model: 'tocilizumab 8 mg/kg day 3' -> 640 mg into toc1 on day 3.

How a text is written: `mechanism/treatment/dose_text.py`. Several texts are separated by semicolons.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from icans.errors import DataError
from icans.mechanism.treatment.dose_text import DoseText, take_apart, wrong
from icans.mechanism.treatment.drugs import Drug, Route, find_drug

MOST_DOSES = 2000
"""More doses in one text than this are taken for a slip of the pen: 90 days of every 3 h are 720."""

_SIZES = {"g": ("mg", 1e3), "mg": ("mg", 1.0), "ug": ("mg", 1e-3), "l": ("L", 1.0), "ml": ("L", 1e-3)}
_A_DAY = {"min": 1440.0, "h": 24.0, "d": 1.0}
_UNIT = re.compile(r"(g|mg|ug|l|ml)(/kg)?(?:/(min|h|d))?")
_SPELLINGS = {"mcg": "ug", "µg": "ug", "μg": "ug", "hour": "h", "hr": "h", "day": "d"}
_ACCEPTED = {
    "mg": "mg, g, ug, each also per kg (mg/kg) and, for an infusion, per h or min (mg/h)",
    "L": "L, mL, each also per kg (mL/kg) and, for an infusion, per h (mL/h)",
    "ug/kg/min": "ug/kg/min, mg/h or another rate",
}
_SAME = 1e-9  # days, 0.1 ms: a dose due this close to the end is the one that is no longer given


@dataclass(frozen=True)
class Dose:
    """A change at a moment: `amount` is added to `target`, a state or an input of the model.

    time    days after the infusion of the cells
    amount  in the unit of the state (mg; L of plasma), or of the input (mg/d, L/d; norepinephrine ug/kg/min)

    An infusion is two doses: its rate is added to the input when it starts and taken away when it ends.
    """

    time: float
    target: str
    amount: float


@dataclass(frozen=True)
class Order:
    """What a dose text asks for, of a drug that the model knows.

    amount, unit  as written; unit in its usual spelling (mg/kg, mL, ug/kg/min)
    times         of the doses in days, or of the start of an infusion
    runs          how long each runs in days; None: a dose given at once
    is_rate       the amount is per time, not of a whole dose
    """

    text: str
    drug: Drug
    route: Route
    amount: float
    unit: str
    times: tuple[float, ...]
    runs: float | None
    is_rate: bool

    def given(self, weight: float) -> float:
        """One dose in the drug's unit (mg, L), or the rate in that unit per day (norepinephrine: ug/kg/min).

        weight  kg. A dose by body weight stops at the most of its drug; a rate does not.
        """
        size, per_kg, per = _read_unit(self.unit)
        amount = self.amount * _SIZES[size][1] * (weight if per_kg else 1.0)
        if self.drug.unit == "ug/kg/min":
            return amount * 1e3 * _A_DAY[per or "d"] / _A_DAY["min"] / weight
        if per is not None:
            return amount * _A_DAY[per]
        return min(amount, self.drug.most) if per_kg and self.drug.most is not None else amount

    def doses(self, weight: float) -> tuple[Dose, ...]:
        """What happens in the model, in order of time; nothing where the dose is zero."""
        amount = self.given(weight)
        if amount == 0:
            return ()
        if self.runs is None:
            assert self.route.state is not None
            return tuple(Dose(time, self.route.state, amount) for time in self.times)
        rate = amount if self.is_rate else amount / self.runs
        changes = [Dose(time, self.route.input, rate) for time in self.times]
        changes += [Dose(time + self.runs, self.route.input, -rate) for time in self.times]
        return tuple(sorted(changes, key=lambda dose: dose.time))

    def in_words(self) -> str:
        """What was understood: 'Dexamethasone 10 mg intravenous, 16 doses, day 5 to day 8.75'."""
        what = f"{self.drug.label} {self.amount:g} {self.unit} {self.route.name}"
        if self.is_rate and self.runs is not None:
            return f"{what}, day {self.times[0]:g} to day {self.times[0] + self.runs:g}"
        each = "" if self.runs is None else f" over {self.runs * 24:g} h"
        if len(self.times) == 1:
            return f"{what}{each}, day {self.times[0]:g}"
        return f"{what}{each}, {len(self.times)} doses, day {self.times[0]:g} to day {self.times[-1]:g}"


def doses(text: str, weight: float) -> tuple[Dose, ...]:
    """The doses of one text, or of several with semicolons between, in order of time.

    weight  body weight in kg, for doses by weight

    Raises DataError listing every text that is wrong: which part, what was expected, and a right one.
    """
    if not (math.isfinite(weight) and weight > 0):
        raise DataError(f"the body weight is {weight:g} kg; expected a number above 0, such as 80")
    changes = [dose for order in orders(text) for dose in order.doses(weight)]
    return tuple(sorted(changes, key=lambda dose: dose.time))


def orders(text: str) -> tuple[Order, ...]:
    """The orders of one text, or of several with semicolons between. Raises DataError listing all that are wrong."""
    found: list[Order] = []
    problems: list[str] = []
    for one in text.strip().rstrip(";").split(";"):
        try:
            found.append(_order(take_apart(one)))
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(*problems)
    return tuple(found)


def _order(said: DoseText) -> Order:
    try:
        drug = find_drug(said.drug)
    except DataError as error:
        raise wrong(said.text, str(error)) from None
    unit, is_rate = _unit(said, drug)
    times, runs = _rate_times(said, drug) if is_rate else (_times(said, drug), said.over)
    return Order(said.text.strip(), drug, _route(said, drug), said.amount, unit, times, runs, is_rate)


def _route(said: DoseText, drug: Drug) -> Route:
    try:
        return drug.route(said.route)
    except KeyError:
        ways = " or ".join(route.name for route in drug.routes)
        raise wrong(
            said.text, f"{drug.name} is not given {said.route} in the model; expected {ways}", drug.usual
        ) from None


def _unit(said: DoseText, drug: Drug) -> tuple[str, bool]:
    """The unit in its usual spelling, and whether it is a rate."""
    unit = "/".join(_SPELLINGS.get(part, part) for part in said.unit.lower().split("/"))
    kind = "mg" if drug.unit == "ug/kg/min" else drug.unit
    if _UNIT.fullmatch(unit) is None or _SIZES[_read_unit(unit)[0]][0] != kind:
        what = f"'{said.unit}' is no unit for {drug.name}; expected {_ACCEPTED[drug.unit]}"
        raise wrong(said.text, what, drug.usual)
    is_rate = _read_unit(unit)[2] is not None
    if drug.unit == "ug/kg/min" and not is_rate:
        what = f"{drug.name} runs as an infusion and '{said.unit}' is no rate; expected {_ACCEPTED[drug.unit]}"
        raise wrong(said.text, what, drug.usual)
    return (unit.replace("l", "L") if kind == "L" else unit), is_rate


def _read_unit(unit: str) -> tuple[str, bool, str | None]:
    """'ug/kg/min' -> ('ug', True, 'min')."""
    found = _UNIT.fullmatch(unit.lower())
    assert found is not None
    return found[1], found[2] is not None, found[3]


def _rate_times(said: DoseText, drug: Drug) -> tuple[tuple[float, ...], float]:
    """Start and length of an infusion at a rate."""
    if said.every is not None or said.over is not None or said.count is not None:
        what = f"{said.amount:g} {said.unit} is a rate and runs without a break; expected only its days"
        raise wrong(said.text, what, drug.usual)
    if said.end is None:
        raise wrong(
            said.text, "it does not say when the infusion ends; expected 'day 4 to 5' or 'for 12 h'", drug.usual
        )
    return (said.start,), said.end - said.start


def _times(said: DoseText, drug: Drug) -> tuple[float, ...]:
    if said.every is None:
        if said.end is not None or (said.count or 1) > 1:
            raise wrong(
                said.text, "it does not say how far apart the doses are; expected 'every 6 h' or 'daily'", drug.usual
            )
        return (said.start,)
    if said.end is None and said.count is None:
        raise wrong(
            said.text, "it does not say when the doses end; expected 'day 5 to 9', 'for 4 days' or 'x3'", drug.usual
        )
    number = said.count or math.ceil(((said.end or 0.0) - said.start - _SAME) / said.every)
    if number > MOST_DOSES:
        raise wrong(said.text, f"it makes {number} doses; expected {MOST_DOSES} at most", drug.usual)
    return tuple(said.start + place * said.every for place in range(number))
