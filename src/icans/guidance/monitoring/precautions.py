"""Rules for the patient's life outside and what a centre holds ready, by country, product and date."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from icans.errors import DataError
from icans.guidance.cited import Cited, read_cited
from icans.guidance.monitoring.answer import Precaution
from icans.guidance.monitoring.timing import opened, section, text_of
from icans.record.catalogue import nearest, products
from icans.rules.document import LINE, Reader

OTHER = "other"
"""A country without rules of its own."""
WHAT = ("near_centre", "driving", "daily_visits", "rems", "tocilizumab_on_site")
_KEYS = ("id", "what", "jurisdiction", "products", "in_force", "days", "says", "extended", "source", "mark")


@dataclass(frozen=True)
class PrecautionRule:
    """A rule as the file has it. jurisdiction and products: None and empty are every one."""

    id: str
    what: str
    jurisdiction: str | None
    products: tuple[str, ...]
    first: date | None
    last: date | None
    days: float | None
    says: str
    extended: str
    cited: Cited

    def holds(self, product: str, jurisdiction: str, on: date) -> bool:
        """Whether the rule is for this product, country and date."""
        if self.jurisdiction is not None and self.jurisdiction != jurisdiction:
            return False
        if self.products and product not in self.products:
            return False
        return (self.first is None or on >= self.first) and (self.last is None or on <= self.last)


def read_precautions(text: str, file: str) -> tuple[Mapping[str, str], tuple[PrecautionRule, ...]]:
    """The labels and rules of a file like `precautions.yaml`. Raises RuleError listing all its mistakes."""
    raw, reader = opened(text, file)
    reader.only(raw, ("sources", "labels", "rules", "unsure"), file)
    labels = {k: str(v) for k, v in section(raw, "labels", reader).items() if k != LINE}
    for what in WHAT:
        if labels and what not in labels:
            reader.mistakes.add(f"'labels' has no '{what}'", raw, file)
    found = [_read_rule(entry, reader) for entry in reader.entries(raw, "rules", file)]
    ids = [rule.id for rule in found]
    for twice in sorted({i for i in ids if ids.count(i) > 1}):
        reader.mistakes.add("the id is used twice", None, twice)
    reader.mistakes.check()
    return labels, tuple(found)


def _read_rule(entry: dict[str, Any], reader: Reader) -> PrecautionRule:
    name = str(entry.get("id", "a rule without an id"))
    reader.only(entry, _KEYS, name)
    if entry.get("what") not in WHAT:
        reader.mistakes.add(f"what is one of: {', '.join(WHAT)}", entry, name)
    if "says" not in entry:
        reader.mistakes.add("has no 'says'", entry, name)
    listed = [str(p) for p in entry.get("products") or ()]
    for product in listed:
        if product not in products():
            reader.mistakes.add(f"names no product of the catalogue.{nearest(product, products())}", entry, name)
    days = entry.get("days")
    if days is not None and (not isinstance(days, int | float) or days <= 0):
        reader.mistakes.add("'days' is a number above 0", entry, name)
        days = None
    first, last = _in_force(entry, reader, name)
    return PrecautionRule(
        name, str(entry.get("what")), entry.get("jurisdiction"), tuple(listed), first, last, days,
        str(entry.get("says", "")).strip(), str(entry.get("extended", "")).strip(), read_cited(entry, reader, name),
    )  # fmt: skip


def _in_force(entry: dict[str, Any], reader: Reader, name: str) -> tuple[date | None, date | None]:
    ends = entry.get("in_force") or [None, None]
    days = [end for end in ends if end is None or isinstance(end, date)] if isinstance(ends, list) else []
    known = [day for day in days if day is not None]
    if len(days) != 2 or len(ends) != 2 or known != sorted(known):
        reader.mistakes.add("'in_force' is [first day, last day], null for an open end", entry, name)
        return None, None
    return days[0], days[1]


@cache
def rules() -> tuple[Mapping[str, str], tuple[PrecautionRule, ...]]:
    """The labels and rules of `precautions.yaml`."""
    return read_precautions(text_of("precautions.yaml"), "precautions.yaml")


def check_jurisdiction(name: str) -> str:
    """The country as rules name it, or 'other'. Raises DataError where it does not look like one."""
    code = name.strip().upper()
    if code == OTHER.upper():
        return OTHER
    if not re.fullmatch(r"[A-Z]{2}", code):
        raise DataError(f"jurisdiction '{name}': expected the two letters of a country, such as US or DE, or {OTHER}")
    return code


def precautions(product: str, infusion: datetime, jurisdiction: str, on: date) -> tuple[Precaution, ...]:
    """For each kind of rule the first that fits; kinds for which none does are left out."""
    labels, listed = rules()
    found = []
    for what in WHAT:
        rule = next((r for r in listed if r.what == what and r.holds(product, jurisdiction, on)), None)
        if rule is not None:
            until = infusion + timedelta(days=rule.days) if rule.days is not None else None
            found.append(
                Precaution(rule.id, what, labels[what], rule.days, until, rule.says, rule.extended, rule.cited)
            )  # fmt: skip
    return tuple(found)
