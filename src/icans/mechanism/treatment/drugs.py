"""The drugs of the model: where a dose goes, in which unit, and which observables show it. Read from `drugs.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from icans.errors import DataError
from icans.record.catalogue import drugs as catalogue_drugs
from icans.record.catalogue import nearest

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Route:
    """A way in.

    state  the state a dose is added to at once; None where the drug only runs as an infusion
    input  the input that an infusion raises while it runs, in the drug's unit per day (norepinephrine: ug/kg/min)
    """

    name: str
    state: str | None
    input: str


@dataclass(frozen=True)
class Observable:
    """A concentration by its name in the model, and its unit."""

    name: str
    unit: str


@dataclass(frozen=True)
class Blocks:
    """A cytokine that a drug keeps from acting, though its assay reads as much or more.

    assay   the state that the assay reads; label: its name for a reader
    acting  the observable of what still acts
    why     the two part, as the end of a sentence
    """

    assay: str
    label: str
    acting: str
    why: str


@dataclass(frozen=True)
class Drug:
    """A drug the model knows.

    unit        of the state: mg or L; ug/kg/min of a drug that only runs as an infusion
    routes      the first is taken where nobody names one
    most        the most that a dose by body weight comes to, in `unit`; None: no such limit
    plasma, cns observables of its concentration, where the model has them
    blocks      the cytokine that it keeps from acting, if one
    effect      the observable of its effect in the brain, 0 to 1, where it has one
    usual       a dose text, the example of error messages
    evidence    of the usual dose and its place in the model: verified, memory or assumed
    """

    name: str
    label: str
    unit: str
    routes: tuple[Route, ...]
    usual: str
    source: str
    evidence: str
    most: float | None = None
    plasma: Observable | None = None
    cns: Observable | None = None
    blocks: Blocks | None = None
    effect: str | None = None
    synonyms: tuple[str, ...] = ()

    def route(self, name: str | None) -> Route:
        """The route of that name, or the first. Raises KeyError where the drug is not given that way."""
        if name is None:
            return self.routes[0]
        return {route.name: route for route in self.routes}[name]


@cache
def drugs() -> Mapping[str, Drug]:
    """Every drug of the model, by name."""
    text = files("icans.mechanism.treatment").joinpath("drugs.yaml").read_text(encoding="utf-8")
    return {entry["name"]: _drug(entry) for entry in yaml.load(text, _Loader)}


def _drug(entry: Mapping[str, Any]) -> Drug:
    ways = entry["routes"].items()
    seen = {key: Observable(**entry[key]) for key in ("plasma", "cns") if key in entry}
    blocks = Blocks(**entry["blocks"]) if "blocks" in entry else None
    rest = {k: v for k, v in entry.items() if k not in ("routes", "plasma", "cns", "blocks", "synonyms")}
    routes = tuple(Route(name, way.get("state"), way["input"]) for name, way in ways)
    return Drug(routes=routes, synonyms=tuple(entry.get("synonyms") or ()), blocks=blocks, **seen, **rest)


def find_drug(words: str) -> Drug:
    """The drug of the model by its name, another generic name or a brand name, in any case.

    Raises DataError naming the nearest drug, or saying that the drug is known but not in the model.
    """
    word = " ".join(words.lower().split())
    if (name := _by_word().get(word)) is not None:
        return drugs()[name]
    known = ", ".join(drugs())
    others = [d.name for d in catalogue_drugs().values() if word in (d.name, *d.synonyms)]
    if others:
        raise DataError(f"the model has no {others[0]}; it has {known}")
    raise DataError(f"'{words[:40]}' is no drug of the model.{nearest(word, _by_word())} It has {known}")


@cache
def _by_word() -> Mapping[str, str]:
    """Every word for a drug of the model -> its name; the catalogue of records adds brand names."""
    found = {word: drug.name for drug in drugs().values() for word in (drug.name, *drug.synonyms)}
    for name, drug in catalogue_drugs().items():
        if name in drugs():
            found |= dict.fromkeys(drug.synonyms, name)
    return found
