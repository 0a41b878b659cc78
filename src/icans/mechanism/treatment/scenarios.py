"""Named scenarios: what is given to a patient, and what of the model is changed. Read from `scenarios.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from icans.errors import DataError
from icans.mechanism.treatment.regimen import Dose, Order, orders
from icans.record.catalogue import nearest

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Scenario:
    """What is done to a patient.

    doses       dose texts, as `mechanism.regimen` reads them
    parameters  parameter of the model -> the value it takes instead of the patient's
    source      where the scenario comes from; evidence: memory or assumed
    """

    name: str
    label: str
    doses: tuple[str, ...]
    parameters: dict[str, float]
    source: str
    evidence: str

    def orders(self) -> tuple[Order, ...]:
        """The dose texts understood. Raises DataError where one is wrong."""
        return tuple(order for text in self.doses for order in orders(text))

    def changes(self, weight: float) -> tuple[Dose, ...]:
        """What is added to states and inputs of the model, in order of time, for a patient of `weight` kg."""
        given = [dose for order in self.orders() for dose in order.doses(weight)]
        return tuple(sorted(given, key=lambda dose: dose.time))


@cache
def scenarios() -> Mapping[str, Scenario]:
    """Every scenario, by name, in the order of the file."""
    text = files("icans.mechanism.treatment").joinpath("scenarios.yaml").read_text(encoding="utf-8")
    return {entry["name"]: _scenario(entry) for entry in yaml.load(text, _Loader)}


def _scenario(entry: Mapping[str, Any]) -> Scenario:
    return Scenario(
        entry["name"],
        entry["label"],
        tuple(entry.get("doses") or ()),
        {name: float(value) for name, value in (entry.get("parameters") or {}).items()},
        f"table 5.2 of the literature review of the model, row '{entry['row']}'",
        entry["evidence"],
    )


def scenario(name: str) -> Scenario:
    """A scenario by its name. Raises DataError with the nearest name where there is none."""
    return scenarios_named(name)[0]


def scenarios_named(words: str) -> tuple[Scenario, ...]:
    """Scenarios by their names with commas between, in that order: 'untreated,tocilizumab'.

    Raises DataError listing every name that is none, with the nearest one, and names given twice.
    """
    names = ["-".join(word.lower().replace("_", " ").split()) for word in words.split(",")]
    problems = [_no_scenario(name) for name in names if name not in scenarios()]
    problems += [
        f"scenario '{name}' is named twice; name it once" for name in dict.fromkeys(names) if names.count(name) > 1
    ]
    if problems:
        raise DataError(*problems)
    return tuple(scenarios()[name] for name in names)


def _no_scenario(name: str) -> str:
    known = ", ".join(scenarios())
    if not name:
        return f"a scenario has no name; write them as 'untreated,tocilizumab'. Known are: {known}"
    return f"there is no scenario '{name[:40]}'.{nearest(name, scenarios())} Known are: {known}"
