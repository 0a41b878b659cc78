"""What is charted of a simulated patient: who he is, signs, and drugs given, in the words of a record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icans.mechanism.bedside.observation_models import findings
from icans.mechanism.treatment.regimen import Order

MADE_UP = "Simulated, made up by the model"
"""The label of every simulated record begins with it."""


@dataclass(frozen=True)
class Facts:
    """Who the simulated patient is.

    patient    his name in the record
    number     of the patient, for what is drawn by chance
    age        years; weight: kg
    product    a marketed CAR-T product by a name of the record's catalogue, such as axi-cel; None: not said
    about      what the label says after `MADE_UP`, such as the scenario
    infusion   of the cells, day 0, with a time zone
    """

    patient: str = "simulated-0"
    number: int = 0
    age: float = 60.0
    weight: float = 80.0
    product: str | None = None
    about: str = ""
    infusion: datetime = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)

    @property
    def label(self) -> str:
        """How the pages call the patient."""
        return f"{MADE_UP}: {self.about}" if self.about else MADE_UP

    def time(self, day: float) -> datetime:
        """The moment `day` days after the infusion, to the minute."""
        return self.infusion + timedelta(minutes=round(day * 1440))


@dataclass(frozen=True)
class Sign:
    """One value charted: an item of the catalogue of records, its value in words, its unit ('' if it has none)."""

    time: datetime
    item: str
    value: str
    unit: str = ""


@dataclass(frozen=True)
class Given:
    """One dose or infusion charted: a dose and its unit, or a rate and its unit."""

    start: datetime
    drug: str
    route: str
    end: datetime | None = None
    dose: float | None = None
    unit: str = ""
    rate: float | None = None
    rate_unit: str = ""


@dataclass(frozen=True)
class Chart:
    """Everything charted of one simulated patient, in order of time."""

    facts: Facts
    signs: tuple[Sign, ...]
    given: tuple[Given, ...]


def drugs_given(
    facts: Facts, orders: Sequence[Order], antipyretics: Sequence[float], until: float
) -> tuple[Given, ...]:
    """The doses and infusions that begin up to day `until`, in order of time."""
    found = [given for order in orders for given in _of_order(facts, order, until)]
    relief = findings()["antipyretic"]
    found += [
        Given(facts.time(day), relief["drug"], "oral", dose=relief["dose"], unit=relief["unit"])
        for day in antipyretics
        if day <= until
    ]
    return tuple(sorted(found, key=lambda given: given.start))


def _of_order(facts: Facts, order: Order, until: float) -> Iterator[Given]:
    for day in order.times:
        if day > until:
            return
        end = None if order.runs is None else facts.time(day + order.runs)
        start, drug, route = facts.time(day), order.drug.name, order.route.name
        if order.is_rate:
            yield Given(start, drug, route, end, rate=order.amount, rate_unit=order.unit)
        else:
            yield Given(start, drug, route, end, dose=order.given(facts.weight), unit=order.drug.unit)
