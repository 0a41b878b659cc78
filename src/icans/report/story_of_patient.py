"""From a simulated patient to the story that pages and charts show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from icans.mechanism.treatment.drugs import Drug
from icans.mechanism.treatment.regimen import Order
from icans.report.ribbon import Span, in_days
from icans.report.series import stretches
from icans.report.story import ASSUMED, Dose, Exposure, Story
from icans.simulated_patient import SimulatedPatient

OUTCOMES = ("crs", "icans")
GRADED = "The grades are those of the signs that a ward would chart of this course, by ASTCT 2019."
_BRAIN_EFFECT = {"dexamethasone": "Rb", "methylprednisolone": "Rb"}


def story(patient: SimulatedPatient, title: str, subtitle: str, notes: Sequence[str] = ()) -> Story:
    """The story of a simulated patient.

    notes  what has to be said besides what is always assumed
    """
    return Story(
        title=title,
        subtitle=subtitle,
        frame=patient.trajectories.frame().drop("patient"),
        doses=tuple(dose for order in patient.orders for dose in _doses(order)),
        grades=tuple(grades(patient)),
        notes=(*notes, ASSUMED, GRADED),
        exposures=tuple(_exposures(order.drug for order in patient.orders)),
    )


def grades(patient: SimulatedPatient) -> Iterator[Span]:
    """The stretches of CRS and ICANS grades, in days after the infusion."""
    for outcome in OUTCOMES:
        yield from in_days(stretches(patient.course, outcome), patient.facts.infusion)


def _doses(order: Order) -> Iterator[Dose]:
    words = f"{order.amount:g} {order.unit}"
    for time in order.times:
        yield Dose(order.drug.name, time, words, None if order.runs is None else time + order.runs)


def _exposures(drugs: Iterable[Drug]) -> Iterator[Exposure]:
    for drug in {drug.name: drug for drug in drugs}.values():
        if drug.plasma is not None:
            cns = (drug.cns.name, drug.cns.unit) if drug.cns else (None, "")
            yield Exposure(drug.name, drug.plasma.name, drug.plasma.unit, *cns, effect=_BRAIN_EFFECT.get(drug.name))
