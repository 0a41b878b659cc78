"""A guideline: its definitions, rules and decision lists. How it is read from YAML stands in `guideline_file`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from icans.guidance.cited import Cited
from icans.rules.definition import Definition
from icans.rules.expression import Node

STRENGTHS = ("MUST", "CONSIDER", "OPTIONAL", "MUST_NOT")
LISTS = ("tocilizumab", "steroid_crs", "steroid_icans", "icu")
"""The decision lists of a guideline: each gives one answer."""
RUNNING = "steroid_running"
"""The list of the common rules on a steroid that runs already, joined with the two steroid lists."""
COMMON = "common"
"""The rules that hold whatever the guideline."""


@dataclass(frozen=True)
class Told:
    """An action as a rule tells it: its code, and what the rule says otherwise of dose, route, interval ..."""

    code: str
    details: Mapping[str, str]


@dataclass(frozen=True)
class Rule:
    """One line of a guideline.

    when        its condition; None: always
    strength    MUST, CONSIDER, OPTIONAL, MUST_NOT, or NONE (of a list: nothing to do)
    list        the decision list it stands in, '' for a rule that stands alone
    instead_of  'steroid': what it tells replaces the steroid regimen
    """

    id: str
    part: str
    when: Node | None
    when_text: str
    strength: str
    told: tuple[Told, ...]
    says: str
    cited: Cited
    list: str = ""
    instead_of: str = ""


@dataclass(frozen=True, eq=False)
class Guideline:
    """A cited document as rules.

    revision     of this encoding; jurisdiction, products (none: every product) and in_force say where it holds
    grades       crs, icans -> the scale that grades for it; grades_note: where that scale stands in for another
    taken        item -> value taken for granted in its grading where nothing was recorded (convention G7)
    lists        name -> its entries; the first that holds decides, the last always does
    unsure       what was left out, and why
    """

    name: str
    revision: int
    family: str
    title: str
    citation: str
    jurisdiction: str
    products: tuple[str, ...]
    in_force: tuple[date | None, date | None]
    grades: Mapping[str, str]
    grades_note: str
    taken: Mapping[str, str]
    definitions: tuple[Definition, ...]
    rules: tuple[Rule, ...]
    lists: Mapping[str, tuple[Rule, ...]]
    unsure: tuple[str, ...]
    switches: frozenset[str]

    def every_rule(self) -> Iterator[Rule]:
        """The rules that stand alone, then those of the lists."""
        yield from self.rules
        for entries in self.lists.values():
            yield from entries

    def nodes(self) -> Iterator[Node]:
        """Every expression: definitions first."""
        for definition in self.definitions:
            yield from definition.nodes()
        yield from (rule.when for rule in self.every_rule() if rule.when is not None)

    def holds_on(self, day: date, product: str | None) -> bool:
        """True where it is in force on a day, for a product (None: not known, every guideline counts)."""
        start, end = self.in_force
        return (
            (start is None or start <= day)
            and (end is None or day < end)
            and (not self.products or product in (None, *self.products))
        )
