"""From a simulated patient to the story that pages and charts show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple
from datetime import timedelta

import polars as pl

from icans.mechanism.definition.products import endotype_named
from icans.mechanism.treatment.drugs import Drug
from icans.mechanism.treatment.regimen import Order
from icans.report.ribbon import Span, in_days
from icans.report.series import stretches
from icans.report.story import ASSUMED, Blocker, Dose, Exposure, Story
from icans.report.story_limits import limit
from icans.report.story_quantities import spells
from icans.report.story_words import percent
from icans.simulated_patient import SimulatedPatient

OUTCOMES = ("crs", "icans")
GRADED = (
    "The grades are those of the signs that a ward would chart of this course, by ASTCT 2019. A patient is charted as "
    "awake until the model calls him unarousable. No vasopressor is charted unless one is given, so low pressure alone "
    "cannot pass CRS grade 2."
)

SEEDED = (
    "Seed {seed}: the grades are those of a chart with errors of reading and with seizures drawn by chance; another "
    "seed gives another chart. The curves are the model's own, without errors."
)
CHILD = "ICE does not apply below {years} years, and the model has no CAPD."
REGROWN = (
    "Beyond about {days} days tumour regrows from a trace and the storm repeats: an artefact of the model, not a "
    "course."
)


def story(patient: SimulatedPatient, title: str, subtitle: str, notes: Sequence[str] = ()) -> Story:
    """The story of a simulated patient.

    notes  what has to be said besides what is always assumed, what is assumed of the drugs that were given, and
           whether the patient is ill before the infusion, has a seed, is a child, or relapses late

    Orders of nothing (0 mg) are left out.
    """
    frame, given = patient.trajectories.frame().drop("patient"), [order for order in patient.orders if order.amount]
    used = {order.drug.name: order.drug for order in given}.values()
    return Story(
        title=title,
        subtitle=subtitle,
        frame=frame,
        doses=tuple(dose for order in given for dose in _doses(order)),
        grades=tuple(grades(patient)),
        notes=(
            *notes,
            *ill_before(frame),
            *_drug_notes(used),
            ASSUMED,
            GRADED,
            *_chart_notes(patient),
            *regrown(frame),
        ),
        exposures=tuple(_exposures(used)),
        blockers=tuple(Blocker(drug.name, *astuple(drug.blocks)) for drug in used if drug.blocks is not None),
        seizures=tuple(drawn_seizures(patient)),
    )


def ill_before(frame: pl.DataFrame) -> Iterator[str]:
    """What is already wrong in the first row, the day of the infusion, in one sentence; nothing where nothing is."""
    first = frame.row(0, named=True)
    found = []
    if first.get("Temp", 0.0) >= limit("fever"):
        found.append(f"a temperature of {first['Temp']:.1f} °C")
    if first.get("SpO2", 100.0) < limit("saturation_low"):
        found.append(f"a saturation of {first['SpO2']:.0f}%")
    if first.get("J", 1.0) < limit("junctions_hold"):
        found.append(f"tight junctions at {percent(first['J'])} of their integrity")
    if found:
        yield f"Already before the infusion: {', '.join(found)}."


def regrown(frame: pl.DataFrame) -> Iterator[str]:
    """That a fever which returns late is an artefact; nothing where none does."""
    if "Temp" not in frame.columns:
        return
    begins = spells(frame["time"].to_numpy(), frame["Temp"].to_numpy(), limit("fever"), above=True)
    if len(begins) > 1 and begins[-1] > limit("long_run"):
        yield REGROWN.format(days=limit("long_run"))


def drawn_seizures(patient: SimulatedPatient) -> list[float]:
    """The days of the seizures in the chart; none without a seed, since only a seed draws them."""
    if patient.seed is None:
        return []
    fits = [s.time for s in patient.chart.signs if s.item == "seizure_type" and s.value != "none"]
    return [(time - patient.facts.infusion) / timedelta(days=1) for time in fits]


def _chart_notes(patient: SimulatedPatient) -> Iterator[str]:
    """What has to be said of this patient's chart: whether chance is in it, and what it lacks for a child."""
    if patient.seed is not None:
        yield SEEDED.format(seed=patient.seed)
    if patient.facts.age < limit("ice_from_age"):
        yield CHILD.format(years=limit("ice_from_age"))


def endotype_notes(name: str | None) -> Iterator[str]:
    """What is assumed of an endotype; nothing where there is none. Raises DataError where its name is not known."""
    found = endotype_named(name) if name is not None else None
    if found is not None and found.evidence == "assumed":
        yield _assumption(f"Endotype {found.name}", found.source)


def _assumption(what: str, source: str) -> str:
    """`Norepinephrine, assumed. Its effect ...`: what is marked as assumed, with what its source says."""
    return f"{what}, assumed. {source.strip().removesuffix('.')}."


def _drug_notes(drugs: Iterable[Drug]) -> Iterator[str]:
    for drug in drugs:
        if drug.evidence == "assumed":
            yield _assumption(drug.label, drug.source)


def grades(patient: SimulatedPatient) -> Iterator[Span]:
    """The stretches of CRS and ICANS grades, in days after the infusion."""
    for outcome in OUTCOMES:
        yield from in_days(stretches(patient.course, outcome), patient.facts.infusion)


def _doses(order: Order) -> Iterator[Dose]:
    words = f"{order.amount:g} {order.unit}"
    for time in order.times:
        yield Dose(order.drug.name, time, words, None if order.runs is None else time + order.runs)


def _exposures(drugs: Iterable[Drug]) -> Iterator[Exposure]:
    for drug in drugs:
        if drug.plasma is not None:
            cns = (drug.cns.name, drug.cns.unit) if drug.cns else (None, "")
            yield Exposure(drug.name, drug.plasma.name, drug.plasma.unit, *cns, effect=drug.effect)
