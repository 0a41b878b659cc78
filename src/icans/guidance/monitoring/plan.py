"""The monitoring plan after one infusion: windows of danger, checks with their frequency, rules for life outside."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from icans.errors import DataError
from icans.guidance.monitoring.answer import Plan, PlannedCheck
from icans.guidance.monitoring.checks import table
from icans.guidance.monitoring.precautions import check_jurisdiction, precautions
from icans.guidance.monitoring.spans import planned
from icans.guidance.monitoring.timing import of_product, product_named
from icans.guidance.monitoring.windows import windows
from icans.record.catalogue import products

GRADES = range(6)


def plan(
    product: str,
    infusion: datetime,
    *,
    on: date | None = None,
    jurisdiction: str = "US",
    inpatient: bool = True,
    crs: int = 0,
    icans: int = 0,
) -> Plan:
    """The plan for one product and time of infusion.

    product       as it is written: axi-cel, Yescarta ...
    infusion      with a time zone
    on            the date whose rules hold; the day of the infusion (UTC) if not said
    jurisdiction  two letters of a country; only US has rules of its own
    inpatient     whether the patient lies in the hospital
    crs, icans    grades for which the plan is made, 0 to 5: the checks are then those while that grade lasts

    Raises DataError for a product, country or grade that is not known, or a time without a zone.
    """
    name, country = product_named(product), check_jurisdiction(jurisdiction)
    if infusion.tzinfo is None:
        raise DataError("the time of the infusion has no time zone; add one, such as Z or +01:00")
    if crs not in GRADES or icans not in GRADES:
        raise DataError("the grades of a plan are whole numbers from 0 to 5")
    day = on or infusion.date()
    rules, notes = windows()
    return Plan(
        product=name,
        product_label=products()[name].label,
        infusion=infusion,
        on=day.isoformat(),
        jurisdiction=country,
        inpatient=inpatient,
        crs=crs,
        icans=icans,
        timing=tuple(of_product(name)),
        windows=tuple(w.at(name, infusion) for w in rules if w.fit.holds(name)),
        checks=tuple(_checks(name, infusion, inpatient, crs, icans)),
        rules=precautions(name, infusion, country, day),
        notes=tuple(f"{n.text} [{n.cited.mark}]" for n in notes if n.fit.holds(name)),
    )


def _checks(product: str, infusion: datetime, inpatient: bool, crs: int, icans: int) -> Iterator[PlannedCheck]:
    for row in table().checks:
        holds = row.fit.holds(product)
        if holds is not False:
            yield planned(
                row, infusion, inpatient=inpatient, crs=crs, icans=icans, limits=table().limits, sure=holds is True
            )  # fmt: skip
