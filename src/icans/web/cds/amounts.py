"""What the doses that are held say of an order: more than one dose may ever be, or more than the weight asks for."""

from __future__ import annotations

from collections.abc import Iterator

from icans.errors import DataError
from icans.guidance.doses import Dose, dose_in
from icans.guidance.doses.library import scheme_of
from icans.web.cds.decision import FORBIDDEN
from icans.web.cds.findings import DOSE, Finding
from icans.web.cds.orders import Order
from icans.web.cds.picture import Picture
from icans.web.cds.wording import wording

_ROUNDING = 1e-9


def dose_of(order: Order, picture: Picture) -> Dose | None:
    """The dose that is held for the patient, of the drugs whose orders it limits (`wording.yaml`); else None."""
    if not any(one.dose for one in wording().watched(order.drug)):
        return None
    try:
        return dose_in(picture.situation.state, order.drug)
    except DataError:
        return None


def amounts(order: Order, picture: Picture) -> Iterator[Finding]:
    """What speaks against the amount of an order."""
    held, mg = dose_of(order, picture), _ordered(order, picture)
    if held is None or mg is None or held.unit != "mg":
        return
    scheme = scheme_of(order.drug, held.scheme)
    ceilings = [band.at_most for band in scheme.bands if band.at_most is not None]
    most = max(ceilings) if len(ceilings) == len(scheme.bands) else None
    if most is not None and mg > most + _ROUNDING:
        says = f"{mg:g} mg is ordered; one dose is never more than {most:g} mg"
        yield Finding("DOSE-CEILING", FORBIDDEN, says, True, scheme.bands[0].cited, {}, kind=DOSE)
    elif held.mg is not None and mg > held.mg * (1 + wording().dose_tolerance) + _ROUNDING:
        says = f"{mg:g} mg is ordered; the dose for this patient is {held.arithmetic or held.words}"
        yield Finding("DOSE-WEIGHT", "MUST", says, True, held.cited[0], {}, kind=DOSE)


def _ordered(order: Order, picture: Picture) -> float | None:
    """One dose of the order in mg; by weight only where the weight is known."""
    weight = picture.situation.known("weight")
    by_weight = order.mg_per_kg * float(weight) if order.mg_per_kg is not None and isinstance(weight, float) else None
    known = [one for one in (order.mg, by_weight) if one is not None]
    return max(known, default=None)
