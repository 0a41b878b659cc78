"""The page of the parameters, made from their tables: `docs/parameters.md` is what `markdown()` gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from icans.mechanism.definition.parameters import Parameter
from icans.mechanism.definition.parameters import table as all_parameters
from icans.mechanism.definition.products import ParameterSet, endotypes, products
from icans.mechanism.describe import treatments
from icans.mechanism.describe.tables import table, unit

_INTRODUCTION = """\
# Parameters

Every number of the model, with where it comes from. The page is made from `model/parameters.csv`, `products.yaml`,
`endotypes.yaml`, `drugs.yaml`, `scenarios.yaml` and `observations.yaml` in `src/icans/mechanism/` (`python -m
icans.mechanism.describe parameters`), and a test keeps them alike. The symbols are those of the
[equations](mechanism-equations.md).

**{verified} of the {count} values were read in their source, {memory} are recalled from one, {covariate} belong to
the patient. The other {assumed} are assumed**, most of them calibrated by hand so that typical courses come out.
Nothing is fitted to patients.

## How to read the tables

- Below each **value** stands its plausible range. A value outside it can be set and is told.
- **log-sd** is the standard deviation of the logarithm between virtual patients; empty where they do not differ.
- Each **source** begins with its mark: *verified* was read in a stored copy of the source; *memory* is recalled from
  it, to be checked before it is quoted; *assumed* is chosen; *covariate* is of the patient. A number in brackets or
  after *section*, such as 2.12, is a place in the literature review that the model was written from, "Mechanism:
  from CAR T cells to ICANS".
- **Learnable** says whether data could tell the value: how much of the uncertainty (standard deviation of the
  logarithm) goes away with one well-sampled patient, and with a cohort of 52 patients of mixed burden and treatment.

| Class | Means |
|---|---|
| A | one well-sampled patient tells it: 0.3 or more |
| B | a cohort tells it: 0.5 or more |
| C | weakly: 0.15 to 0.5 in the cohort |
| D | routine data do not tell it: fix it, or treat it as a prior |
| covariate | belongs to the patient or the product and is given, not learned |
| not analysed | a constant of an equation, or of a sign; not part of the analysis |

The analysis is a local one (Fisher information at the table's values, prior log-sd of 0.4 where none is given). It
was made with the prototype of these equations and is not repeated here. Its patients had temperature and pressure
every 6 h to day 12; SpO2 and ICE every 12 h; CRP, ferritin and albumin daily to day 14; IL-6 and IFN-γ 11 times; CAR
T cells 8 times; angiopoietins and sVCAM-1 6 times; tumour on day 28; one CSF sample on day 8 in 40 % of them.

"""
_TOGETHER = "\u00a0"
"""A blank at which no line ends."""


def markdown() -> str:
    """The whole page, ending with a line break."""
    known = all_parameters()
    marks = {mark: sum(p.evidence == mark for p in known) for mark in ("verified", "memory", "covariate", "assumed")}
    shown = [_INTRODUCTION.format(count=len(known), **marks)]
    shown += [f"## {group}\n\n{_of_group(own)}" for group, own in _groups(known)]
    shown += [_products(), _endotypes(), treatments.drugs(), treatments.scenarios(), treatments.readings()]
    return "\n".join(shown)


def _groups(known: tuple[Parameter, ...]) -> Iterator[tuple[str, list[Parameter]]]:
    """The groups in the order of their first parameter, each once."""
    by_group: dict[str, list[Parameter]] = {}
    for group, own in groupby(known, key=lambda p: p.group):
        by_group.setdefault(group, []).extend(own)
    yield from by_group.items()


def _of_group(own: list[Parameter]) -> str:
    head = ("Name", "Meaning", "Value", "log-sd", "Learnable", "Source")
    return table(head, map(_row, own))


def _row(p: Parameter) -> tuple[str, ...]:
    span = "fixed" if p.low == p.high else f"{_number(p.low)} to {_number(p.high)}".replace(" ", _TOGETHER)
    value = f"**{_number(p.value)}** {unit(p.unit)}".strip().replace(" ", _TOGETHER, 1)
    spread = "" if p.log_sd is None else f"{p.log_sd:g}"
    learnable = p.identifiability.replace(" (", "<br>").replace("/", " / ").removesuffix(")")
    return f"`{p.name}`", p.meaning, f"{value}<br>{span}", spread, learnable, f"*{p.evidence}*: {p.source}"


def _number(value: float) -> str:
    """Whole powers of ten written out as clinicians do: 1.6e+08 as 1.6e8."""
    return f"{value:g}".replace("e+0", "e").replace("e-0", "e-")


def _products() -> str:
    words = (
        "What differs between products. Each is a set of changes to the tables above, which hold the CD28 product.\n"
        "Marketed products go by the set that they resemble: one for all 4-1BB products is a simplification.\n"
    )
    return f"## Products\n\n{words}\n" + _sets(products(), "Also called")


def _endotypes() -> str:
    words = "Typical patients: a product, a tumour volume, and what drives the toxicity. For `--endotype`.\n"
    return f"## Endotypes\n\n{words}\n" + _sets(endotypes(), "Also called")


def _sets(listed: Mapping[str, ParameterSet], also: str) -> str:
    rows = [
        (
            f"`{own.name}`",
            own.label,
            ", ".join(f"`{word}`" for word in own.aliases),
            _changes(own),
            f"*{own.evidence}*: {own.source}",
        )
        for own in listed.values()
    ]
    return table(("Name", "Is", also, "Changes", "Source"), rows)


def _changes(own: ParameterSet) -> str:
    """What it changes itself; what it has from its base is told by the base's name."""
    told = [f"as `{own.base}`"] if own.base else []
    told += [f"`{name}` {_number(value)}" for name, value in own.values.items()]
    told += [f"`{name}` × {_number(factor)}" for name, factor in own.factors.items()]
    return ", ".join(told) or "nothing"
