"""The options that say who is simulated, shared by the commands that simulate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from cyclopts import Parameter


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Options:
    """What the command line says of a patient; None where it says nothing."""

    product: Annotated[
        str | None, Parameter(help="A CAR-T product: cd28 (the default), 4-1bb, bcma, or a name of one.")
    ] = None
    endotype: Annotated[
        str | None, Parameter(help="What drives the patient's toxicity; `icans model endotypes` lists them.")
    ] = None
    burden: Annotated[float | None, Parameter(help="Tumour in mL (metabolic tumour volume).")] = None
    age: Annotated[float | None, Parameter(help="Years.")] = None
    weight: Annotated[float | None, Parameter(help="kg, for doses by weight.")] = None
    easix: Annotated[float | None, Parameter(help="EASIX before the infusion.")] = None
    platelets: Annotated[float | None, Parameter(help="Platelets before the infusion, 10^9/L.")] = None
    crp: Annotated[float | None, Parameter(help="CRP before the infusion, mg/L.")] = None
    ferritin: Annotated[float | None, Parameter(help="Ferritin without inflammation, ng/mL.")] = None
    knockout: Annotated[
        tuple[str, ...], Parameter(negative="", help="An engineered cell: gm-csf; may be repeated.")
    ] = ()
    settings: Annotated[
        tuple[str, ...],
        Parameter(name="--set", negative="", help="A parameter: p_GM=1.8x or p_GM=6.8; may be repeated."),
    ] = ()


NOBODY = Options()
"""Nothing said: the typical patient of the table."""
