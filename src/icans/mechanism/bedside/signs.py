"""From a simulated course to the chart of a ward: the signs that a nurse, a doctor and the laboratory would write.

The rounds, and the limits at which a state of the model becomes a finding, stand in `observations.yaml`. What the
model has no state for is charted as absent: focal weakness, and signs of raised pressure while there is no oedema.
What it cannot tell is left out: which signs of raised pressure there are with oedema, the grade of parkinsonism, and
whose a fever is that was there at the infusion and goes on. Only the last is a gap in the ASTCT grades; what their
publication leaves open stays open.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from icans.errors import DataError
from icans.mechanism.bedside.chart import Chart, Facts, Sign, drugs_given
from icans.mechanism.bedside.observation_models import findings, ice_items, reading, rounds
from icans.mechanism.bedside.observe import Course, Floats, observe, observe_ice, sample, unarousable
from icans.mechanism.bedside.oxygen import support
from icans.mechanism.bedside.seizures import seizures
from icans.mechanism.treatment.regimen import Order
from icans.record.catalogue import drugs

_MASKING = {"antipyretic", "anticytokine", "steroid"}


def chart(
    course: Course,
    facts: Facts | None = None,
    *,
    place: int = 0,
    seed: int | None = None,
    orders: Sequence[Order] = (),
    antipyretics: Sequence[float] = (),
) -> Chart:
    """The chart of one patient of a course.

    place         of the patient in the course
    seed          of the errors of measuring, the points of ICE and the seizures. None: the values of the model, the
                  points of ICE rounded so that their sum is the rounded ICE, and no seizure
    orders        what was given; the course must have been simulated with it
    antipyretics  days on which one was given: it lowers the temperature that is read, and nothing in the model

    Raises DataError as `observe` does, and where the simulation of the patient broke off.
    """
    who = facts or Facts()
    if not np.isfinite(_One(course, place)["Fr"]).all():
        raise DataError(f"{who.patient}: the simulation broke off before its end, so there is no record of it")
    ward = _Ward(_One(course, place), who, seed, tuple(order for order in orders if order.amount), tuple(antipyretics))
    signs = [*_vital_signs(ward), *_oxygen(ward), *_neurology(ward), *_laboratory(ward)]
    given = drugs_given(who, ward.orders, ward.antipyretics, float(course.times[-1]))
    return Chart(who, tuple(sorted(signs, key=lambda sign: sign.time)), given)


@dataclass(frozen=True)
class _One:
    """One patient of a course, as a course of one."""

    course: Course
    place: int

    @property
    def times(self) -> Floats:
        return self.course.times

    def __getitem__(self, name: str, /) -> Floats:
        return np.atleast_2d(self.course[name])[self.place : self.place + 1]


@dataclass(frozen=True)
class _Ward:
    course: _One
    facts: Facts
    seed: int | None
    orders: tuple[Order, ...]
    antipyretics: tuple[float, ...]

    def rounds(self, kind: str) -> Floats:
        """The days of the rounds of a kind, from the infusion to the end of the course."""
        first, last, step = 0.0, float(self.course.times[-1]), rounds()[kind] / 24
        return first + step * np.arange(int((last - first) / step + 1e-9) + 1)

    def words(self, name: str, days: Floats) -> list[str]:
        """A reading at some days as it is written down: '38.4', or '<2' below the limit of the assay."""
        seen = observe(
            self.course, name, days, seed=self.seed, patients=[self.facts.number], antipyretics=self.antipyretics
        )
        digits = reading(name).digits
        signs = {-1: "<", 0: "", 1: ">"}
        return [
            signs[int(side)] + (f"{float(f'{value:.3g}'):g}" if digits is None else f"{value:.{digits}f}")
            for value, side in zip(seen.values[0], seen.censored[0], strict=True)
        ]

    def sign(self, day: float, item: str, value: str, unit: str = "") -> Sign:
        return Sign(self.facts.time(day), item, value, unit)


def _vital_signs(ward: _Ward) -> Iterator[Sign]:
    """Temperature, pressure, and what bears on them: vasopressors, and drugs that mask fever where none is charted."""
    days = ward.rounds("vital_signs")
    low = findings()["hypotension_below"]["value"]
    masked = bool(ward.antipyretics) or any(_may_mask(order) for order in ward.orders)
    temperatures = ward.words("temperature", days)
    # No fever before the cells were there can be one of CRS; a record cannot know that by itself.
    yield ward.sign(0.0, "crs_fever_earlier", "no")
    yield from _fever_of_another_cause(ward, days, temperatures)
    for day, temperature, pressure in zip(days, temperatures, ward.words("map", days), strict=True):
        yield ward.sign(day, "temperature", temperature, reading("temperature").unit)
        yield ward.sign(day, "mean_arterial_pressure", pressure, reading("map").unit)
        yield ward.sign(day, "hypotension", "yes" if float(pressure) < low else "no")
        yield ward.sign(day, "vasoactive_drugs", _vasopressors(ward.orders, day))
        if not masked:
            yield ward.sign(day, "fever_masking_therapy", "none")


def _fever_of_another_cause(ward: _Ward, days: Floats, temperatures: Sequence[str]) -> Iterator[Sign]:
    """A fever that is there at the infusion is not due to the cells; one that begins later is.

    While the first has not ended nobody can tell when CRS has joined it, so nothing is charted: our assumption.
    """
    fever = np.array([float(words) for words in temperatures]) >= findings()["fever_from"]["value"]
    if fever[0]:
        yield ward.sign(float(days[0]), "fever_other_cause", "yes")
        for day in days[np.maximum.accumulate(~fever)]:
            yield ward.sign(float(day), "fever_other_cause", "no")


def _may_mask(order: Order) -> bool:
    """Whether a drug can hide a fever; one that the catalogue of records does not know might."""
    known = drugs().get(order.drug.name)
    return known is None or bool(_MASKING & set(known.classes))


def _vasopressors(orders: Sequence[Order], day: float) -> str:
    running = [
        order.drug.name
        for order in orders
        if order.route.state is None and any(start <= day < start + (order.runs or 0.0) for start in order.times)
    ]
    return ";".join(dict.fromkeys(running)) or "none"


def _oxygen(ward: _Ward) -> Iterator[Sign]:
    """The least support that holds the saturation of the model; the saturation on it is read with error."""
    days = ward.rounds("oxygen")
    true = sample(ward.course, reading("spo2").of, days)[0]
    read = observe(ward.course, "spo2", days, seed=ward.seed, patients=[ward.facts.number]).values[0]
    for day, value, error in zip(days, true, read - true, strict=True):
        needed = support(float(value))
        yield ward.sign(day, "oxygen_device", needed.device)
        yield ward.sign(day, "oxygen_saturation", f"{min(needed.saturation + error, 100.0):.0f}", "%")
        yield ward.sign(day, "fio2", f"{needed.fio2:g}", "1")
        if needed.flow is not None:
            yield ward.sign(day, "oxygen_flow", f"{needed.flow:g}", "L/min")


def _neurology(ward: _Ward) -> Iterator[Sign]:
    """ICE, consciousness, movement and pressure in the head at each round; each seizure at its own moment, once."""
    days = ward.rounds("neurology")
    points = observe_ice(ward.course, days, seed=ward.seed, patients=[ward.facts.number])[0]
    asleep = unarousable(ward.course, days)[0]
    limits = findings()
    slow = sample(ward.course, limits["motor_sign_below"]["of"], days)[0] < limits["motor_sign_below"]["value"]
    swollen = (
        sample(ward.course, limits["diffuse_oedema_above"]["of"], days)[0] > limits["diffuse_oedema_above"]["value"]
    )
    fits = seizures(ward.course, 0, seed=ward.seed, patient=ward.facts.number)
    moments = {ward.facts.time(fit) for fit in fits}
    for place, day in enumerate(days):
        for item, score in zip(ice_items(), _whole(points[place]), strict=True):
            yield ward.sign(day, item.item, str(score))
        yield ward.sign(day, "consciousness", "unarousable" if asleep[place] else "awake")
        yield ward.sign(day, "motor_deficit", "none")
        yield ward.sign(day, "edema_on_imaging", "diffuse" if swollen[place] else "none")
        if not slow[place]:
            yield ward.sign(day, "ctcae_extrapyramidal_disorder", "none")
        if not swollen[place]:
            yield ward.sign(day, "raised_icp_signs", "none")
        if ward.facts.time(day) not in moments:
            yield ward.sign(day, "seizure_type", "none")
    for fit in fits:
        yield from _seizure(ward, fit)


def _seizure(ward: _Ward, day: float) -> Iterator[Sign]:
    fit = findings()["seizure"]
    yield ward.sign(day, "seizure_type", fit["type"])
    yield ward.sign(day, "seizure_longest_min", f"{fit['minutes']:g}", "min")
    yield ward.sign(day, "seizure_repetitive_no_return", "no")


def _whole(points: Floats) -> list[int]:
    """Whole points whose sum is the rounded sum of `points`: the items with the largest remainders are rounded up."""
    down = np.floor(points + 1e-9)
    missing = int(np.floor(points.sum() + 0.5 + 1e-9)) - int(down.sum())
    up = np.argsort(-(points - down), kind="stable")[: max(missing, 0)]
    down[up] += 1
    return [int(score) for score in down]


def _laboratory(ward: _Ward) -> Iterator[Sign]:
    days = ward.rounds("laboratory")
    for name in rounds()["laboratory_readings"]:
        model = reading(name)
        assert model.item is not None, f"observations.yaml: {name} has no item"
        for day, words in zip(days, ward.words(name, days), strict=True):
            yield ward.sign(day, model.item, words, model.unit)
