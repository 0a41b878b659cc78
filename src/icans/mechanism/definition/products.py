"""CAR-T products and typical patients, as changes to the table. Read from `products.yaml` and `endotypes.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from icans.errors import DataError, RuleError
from icans.mechanism.definition.parameters import EVIDENCE, parameter
from icans.mechanism.nearest import nearest

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class ParameterSet:
    """A product or an endotype.

    aliases   other words for it
    base      the product that it starts from; None: the table
    values    parameter -> value instead of that of the base
    factors   parameter -> factor on the value of the base
    evidence  verified, memory or assumed
    """

    name: str
    label: str
    aliases: tuple[str, ...]
    base: str | None
    values: Mapping[str, float]
    factors: Mapping[str, float] = field(default_factory=dict)
    source: str = ""
    evidence: str = "assumed"

    @property
    def changes(self) -> dict[str, float]:
        """Everything that differs from the table, base and factors worked out: parameter -> value."""
        start = products()[self.base].changes if self.base else {}
        scaled = {name: start.get(name, parameter(name).value) * factor for name, factor in self.factors.items()}
        return start | dict(self.values) | scaled


def product(name: str) -> dict[str, float]:
    """What a product changes in the table: parameter -> value; nothing for the CD28 product, which the table holds.

    name   cd28, 4-1bb or bcma, or a word for a product of that kind (axi-cel, Kymriah)

    Raises DataError with the nearest names where it is not known.
    """
    return product_named(name).changes


def endotype(name: str) -> dict[str, float]:
    """What a typical patient changes in the table, with product and tumour volume: parameter -> value.

    Raises DataError with the nearest names where it is not known.
    """
    return endotype_named(name).changes


def product_named(name: str) -> ParameterSet:
    """A product by its name or another word for it; raises as `product` does."""
    return _find(name, products(), "product")


def endotype_named(name: str) -> ParameterSet:
    """An endotype by its name or another word for it; raises as `endotype` does."""
    return _find(name, endotypes(), "endotype")


@cache
def products() -> dict[str, ParameterSet]:
    """The products by name, in the order of the file. Raises RuleError where the file is wrong."""
    return _read("products.yaml", words="for", base="same_as")


@cache
def endotypes() -> dict[str, ParameterSet]:
    """The typical patients by name, in the order of the file. Raises RuleError where the file is wrong."""
    return _read("endotypes.yaml", words="aliases", base="product")


def _find(name: str, known: Mapping[str, ParameterSet], kind: str) -> ParameterSet:
    words = {word: entry for entry in known.values() for word in (entry.name, *entry.aliases)}
    said = " ".join(name.lower().split())
    for word in (said, said.replace("_", "-"), _marketed(name)):
        if word in words:
            return words[word]
    raise DataError(f"the model has no {kind} {name!r}; {nearest(said, words)}")


def _marketed(name: str) -> str | None:
    from icans.record.names import find_product

    return find_product(name)


def _read(file: str, *, words: str, base: str) -> dict[str, ParameterSet]:
    raw = yaml.load(files("icans.mechanism.definition").joinpath(file).read_text("utf-8"), _Loader)
    found, problems = {}, []
    for entry in raw:
        problems += [f"{file}, {entry['name']}: {problem}" for problem in _problems(entry)]
        found[entry["name"]] = ParameterSet(
            name=entry["name"],
            label=entry["label"],
            aliases=tuple(entry.get(words, ())),
            base=entry.get(base),
            values={name: float(value) for name, value in entry["values"].items()},
            factors={name: float(value) for name, value in entry.get("factors", {}).items()},
            source=entry.get("source", ""),
            evidence=entry.get("evidence", ""),
        )
    if problems:
        raise RuleError(*problems)
    return found


def _problems(entry: Mapping[str, Any]) -> list[str]:
    problems = []
    for name in (*entry["values"], *entry.get("factors", ())):
        try:
            parameter(name)
        except DataError as error:
            problems.append(str(error))
    if not entry.get("source"):
        problems.append("it has no source")
    if entry.get("evidence") not in EVIDENCE:
        problems.append(f"evidence must be one of {', '.join(EVIDENCE)}")
    return problems
