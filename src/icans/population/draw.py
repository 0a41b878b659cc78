"""Virtual patients: parameters drawn from the distributions of the table, reproducible in any order and chunking."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from scipy.special import ndtr, ndtri

from icans.errors import DataError
from icans.mechanism.nearest import nearest
from icans.population.settings import Covariate, settings
from icans.population.uniform import Array, uniforms, whole

Effects = Literal["all", "recommended", "none"]


class Tabled(Protocol):
    """As much of a parameter of the table as drawing needs: `mechanism.parameters.table()` gives such."""

    @property
    def name(self) -> str:
        """The name in the model."""
        ...

    @property
    def value(self) -> float:
        """The value of the typical patient."""
        ...

    @property
    def log_sd(self) -> float | None:
        """The standard deviation of its logarithm over patients; None where all have the same."""
        ...


@dataclass(frozen=True)
class Effect:
    """A parameter that differs between patients: value * exp(log_sd * z), z being that of `source`, `most` at most."""

    name: str
    value: float
    log_sd: float
    source: str
    most: float = math.inf


def draw(
    product_values: Mapping[str, float],
    table: Sequence[Tabled],
    seed: int,
    first: int,
    count: int,
    *,
    effects: Effects = "all",
    hold: Collection[str] = (),
) -> dict[str, Array]:
    """What distinguishes the patients `first` to `first + count - 1`: name -> values, shape (count,).

    product_values  changes to the table: those of a product, an endotype, of a user
    table           the parameters with their log-sd (`mechanism.parameters.table()`)
    seed            whole number, 0 or more; a patient depends on it and on his own number only
    effects         all: every parameter with a log-sd; recommended: the 24 advised for fitting; none: covariates only
    hold            names that do not vary: they keep the product's value, or the table's

    A parameter is log-normal about the product's value. The plausible range of the table does not bound it: the range
    belongs to the table's value, and cut at it the 4-1BB population of section 5.4 does not come out (fever in 63 %
    instead of 57 %). Fractions stay below 1. Covariates (burden, platelets, EASIX) are drawn as `population.yaml`
    says, whatever the product's own. Values of the product that do not vary are given as well, so that nothing else
    is needed to simulate. Raises DataError for an unknown name, and for numbers that are not whole or below 0.
    """
    seed, first, count = whole("seed", seed), whole("first patient", first), whole("number of patients", count)
    base = {parameter.name: parameter.value for parameter in table}
    _check_names([*product_values, *hold], base)
    drawn = {name: np.full(count, float(value)) for name, value in product_values.items()}
    drawn |= {name: np.full(count, base[name]) for name in hold if name not in drawn}
    for effect in varied(product_values, table, effects):
        if effect.name not in hold:
            z = _normal(uniforms(seed, effect.source, first, count), -math.inf, _deviate(effect.most, effect))
            drawn[effect.name] = effect.value * np.exp(effect.log_sd * z)
    held = {name: float(product_values.get(name, base[name])) for name in hold}
    return drawn | _covariates(settings().covariates, seed, first, count, held)


def held(names: Iterable[str]) -> frozenset[str]:
    """`names`, and each covariate that adds to one of them: what is given a value does not vary by a second way."""
    given = frozenset(names)
    return given | {covariate.name for covariate in settings().covariates if covariate.adds_to in given}


def varied(product_values: Mapping[str, float], table: Iterable[Tabled], effects: Effects) -> list[Effect]:
    """The parameters that differ between patients, in the order of the table."""
    told, found = settings(), []
    follows = told.recommended.share if effects == "recommended" else {}
    chosen = {*told.recommended.parameters, *follows}
    for parameter in table if effects != "none" else ():
        if parameter.log_sd is not None and (effects == "all" or parameter.name in chosen):
            value = float(product_values.get(parameter.name, parameter.value))
            most = 1.0 if parameter.name in told.fractions else math.inf
            source = follows.get(parameter.name, parameter.name)
            found.append(Effect(parameter.name, value, parameter.log_sd, source, most))
    return found


def _covariates(
    covariates: Iterable[Covariate], seed: int, first: int, count: int, held: Mapping[str, float]
) -> dict[str, Array]:
    """The covariates that are not held; one that is correlated with a held one is drawn given its value."""
    deviates: dict[str, Array] = {}
    drawn: dict[str, Array] = {}
    for covariate in covariates:
        if covariate.name in held:
            deviates[covariate.name] = np.full(count, covariate.deviate(held[covariate.name]))
            continue
        own = math.sqrt(1 - sum(r * r for r in covariate.correlated.values()))
        shared = sum((r * deviates[name] for name, r in covariate.correlated.items()), start=np.zeros(count))
        low, high = covariate.deviate(covariate.low), covariate.deviate(covariate.high)
        u = uniforms(seed, covariate.name, first, count)
        z = shared + own * _normal(u, (low - shared) / own, (high - shared) / own)
        deviates[covariate.name] = z
        drawn[covariate.name] = covariate.median * np.exp(covariate.log_sd * z)
    return drawn


def _normal(u: Array, low: float | Array, high: float | Array) -> Array:
    """Standard normal deviates between low and high, from uniform numbers: one number gives one deviate."""
    bottom, top = ndtr(low), ndtr(high)
    return np.clip(ndtri(bottom + u * (top - bottom)), low, high)


def _deviate(value: float, effect: Effect) -> float:
    return math.log(value / effect.value) / effect.log_sd if effect.value > 0 else math.inf


def _check_names(names: Iterable[str], known: Collection[str]) -> None:
    wrong = [f"there is no parameter '{name}'; {nearest(name, known)}" for name in names if name not in known]
    if wrong:
        raise DataError(*wrong)
