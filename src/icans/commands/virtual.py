"""From the options of a simulation to a virtual patient: product, endotype, covariates, single parameters."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from icans.commands.patient import Options
from icans.errors import DataError
from icans.mechanism.definition.parameters import Parameter, table
from icans.mechanism.definition.products import endotype_named, product, product_named
from icans.mechanism.nearest import nearest
from icans.mechanism.treatment.scenarios import scenario, scenarios

COVARIATES = {
    "burden": "burden", "age": "age", "easix": "EASIX", "platelets": "PLT", "crp": "CRP_pre", "ferritin": "Fer0",
    "weight": "weight",
}  # fmt: skip
"""Option -> parameter of the model."""
_POSITIVE = ("age", "weight", "PLT")
_KNOCKOUT = "-knockout"


@dataclass(frozen=True)
class Virtual:
    """A virtual patient: changes to the model's table, what he is called, and what has to be said of him."""

    parameters: dict[str, float]
    title: str
    notes: tuple[str, ...]

    def value(self, name: str) -> float:
        """A parameter of his."""
        return self.parameters.get(name, _parameters()[name].value)


def virtual_patient(options: Options) -> Virtual:
    """The patient that the options describe. Raises DataError listing all that is wrong with them."""
    parameters = _chosen(options)
    problems: list[str] = []
    for option, name in COVARIATES.items():
        value = getattr(options, option)
        if value is not None:
            problems += _covariate_problems(option, name, value)
            parameters[name] = float(value)
    for name in options.knockout:
        parameters |= scenario(_knockout(name)).parameters
    for setting in options.settings:
        try:
            name, value = _setting(setting, parameters)
            parameters[name] = value
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(*problems)
    return Virtual(parameters, _title(options, parameters), tuple(_notes(options, parameters)))


def _chosen(options: Options) -> dict[str, float]:
    """The product's changes to the table, or the endotype's, which has a product of its own."""
    if options.endotype is None:
        return product(options.product or "cd28")
    found = endotype_named(options.endotype)
    if options.product and product_named(options.product).name != found.base:
        raise DataError(
            f"the endotype '{found.name}' is one of the product {found.base}; leave out --product, or name that one"
        )
    return found.changes


def _parameters() -> dict[str, Parameter]:
    return {p.name: p for p in table()}


def _covariate_problems(option: str, name: str, value: float) -> Iterator[str]:
    known = _parameters()
    # Above their range the model's tumour, or the body before the infusion, is no longer what it stands for.
    most = known["B_max"].value if name == "burden" else known[name].high * (1 if name == "CRP_pre" else 10)
    least = "above 0" if name in _POSITIVE else "0 or more"
    if not math.isfinite(value) or value < 0 or (name in _POSITIVE and value == 0):
        yield f"--{option} is {value:g}; expected a number {least}, in {known[name].unit}"
    elif value > most:
        yield f"--{option} is {value:g} {known[name].unit}; the model takes {most:g} at most"


def _knockout(name: str) -> str:
    known = [key.removesuffix(_KNOCKOUT) for key in scenarios() if key.endswith(_KNOCKOUT)]
    if name.lower() not in known:
        raise DataError(f"--knockout {name}: no such engineered cell; {nearest(name, known)}")
    return f"{name.lower()}{_KNOCKOUT}"


def _setting(text: str, parameters: dict[str, float]) -> tuple[str, float]:
    """`p_GM=1.8x` or `p_GM=6.8`."""
    name, sign, value = (part.strip() for part in text.partition("="))
    if not sign or not value:
        raise DataError(f"--set {text}: expected NAME=VALUE, as in p_GM=6.8, or p_GM=1.8x for 1.8 times its value")
    known = _parameters()
    if name not in known:
        raise DataError(f"--set {text}: the model has no parameter '{name}'; {nearest(name, known)}")
    factor = value.endswith(("x", "×"))
    try:
        number = float(value.rstrip("x×"))
    except ValueError:
        raise DataError(f"--set {text}: '{value}' is no number; expected one, as in {name}=1.8x") from None
    found = number * parameters.get(name, known[name].value) if factor else number
    low = known[name].low
    if not math.isfinite(found) or (found < 0 and low >= 0):
        raise DataError(f"--set {text}: {name} would be {found:g}; expected a finite number, 0 or more")
    if found > 1 and known[name].unit == "-" and "fraction" in known[name].meaning:
        raise DataError(f"--set {text}: {name} would be {found:g}; it is a fraction, so expected 1 at most")
    return name, found


def _title(options: Options, parameters: dict[str, float]) -> str:
    burden = parameters.get("burden", _parameters()["burden"].value)
    who = endotype_named(options.endotype) if options.endotype else product_named(options.product or "cd28")
    words = [who.label, f"{burden:g} mL of tumour"]
    words += [f"{name.upper()} knockout" for name in dict.fromkeys(options.knockout)]
    words += [text.replace("=", " ") for text in options.settings]
    return ", ".join(words)


def _notes(options: Options, parameters: dict[str, float]) -> Iterator[str]:
    if parameters.get("burden", 1.0) == 0.0:
        yield "Without tumour nothing drives the cells: no expansion, no fever, no neurotoxicity."
    given = {name for option, name in COVARIATES.items() if getattr(options, option) is not None}
    given |= {text.partition("=")[0].strip() for text in options.settings}
    for name in sorted(given - {"burden"} if parameters.get("burden") == 0.0 else given):
        known = _parameters()[name]
        if not known.low <= parameters[name] <= known.high:
            span = f"{known.low:g} to {known.high:g} {known.unit}"
            yield f"{name} is {parameters[name]:g}, outside its plausible range of {span}."
