"""A grid of whole states on which a guideline can be proved: one value from each cell that its rules tell apart.

Every pair of grades stands in it, and for every rule the combinations of what that rule asks for. Where there are
more combinations than fit, a part of them is drawn, always the same part. Grades are set, not derived, so that each
pair occurs; what cannot be together, such as more doses in a day than in total, is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import prod

import numpy as np
import polars as pl

from icans.guidance.guideline import Guideline, Rule
from icans.guidance.vocabulary import GRADES, vocabulary
from icans.record.catalogue import catalogue
from icans.record.timeline import typed
from icans.rules.cells import cells
from icans.rules.expression import Node, terms
from icans.rules.vocabulary import hi, lo

SEED = 20260302
PER_PAIR = 400
PER_RULE = 2_000
CALM = 0.8
GRADE_VALUES = (0.0, 1.0, 2.0, 3.0, 4.0)


def grid(guideline: Guideline, per_pair: int = PER_PAIR, per_rule: int = PER_RULE) -> pl.DataFrame:
    """The states of the grid, typed as a table of states, with the grades as crs__lo, crs__hi, icans__lo, icans__hi.

    per_pair  how many states each pair of grades has beside those of the rules
    per_rule  how many states at most stand for the combinations of one rule
    """
    values = values_of(guideline)
    draw = np.random.default_rng(SEED)
    parts = [_pairs(values, per_pair, draw)]
    for names in _asked_together(guideline):
        parts.append(_combinations(names, values, per_rule, draw))
    for names in _asked_alone(guideline):
        parts.append(_combinations(names, values, per_rule // 4, draw, calm=1.0))
    columns = {name: np.concatenate([part[name] for part in parts]) for name in values}
    return _possible(pl.DataFrame(columns)).select(_columns(values)).unique(maintain_order=True)


def values_of(guideline: Guideline) -> dict[str, list[float]]:
    """name -> one value from each cell of every item the rules ask for, and every grade of `crs` and `icans`."""
    nodes = list(guideline.nodes())
    asked = {t.name: t for node in nodes for t in terms(node) if t.name in catalogue() and t.name in vocabulary()}
    return {**{name: list(GRADE_VALUES) for name in GRADES}, **{n: cells(t, nodes) for n, t in asked.items()}}


def names_in(node: Node | None, guideline: Guideline) -> set[str]:
    """The items and grades that a condition asks for, also through definitions."""
    if node is None:
        return set()
    inner = {d.name: d for d in guideline.definitions}
    found: set[str] = set()
    for term in terms(node):
        if term.name in inner:
            for part in inner[term.name].nodes():
                found |= names_in(part, guideline)
        elif term.name in catalogue() or term.name in GRADES:
            found.add(term.name)
    return found


def _asked_together(guideline: Guideline) -> list[frozenset[str]]:
    """The sets of names that decide a rule; for an entry of a list also what the entries before it ask for."""
    found: dict[frozenset[str], None] = {}
    for rules in ([rule] for rule in guideline.rules):
        found[frozenset(_names_of(rules, guideline))] = None
    for entries in guideline.lists.values():
        for place in range(1, len(entries) + 1):
            found[frozenset(_names_of(entries[:place], guideline))] = None
    return [names for names in found if names]


def _asked_alone(guideline: Guideline) -> list[frozenset[str]]:
    """What each entry of a list asks for by itself, so that it is reached with everything else calm."""
    entries = (entry for listed in guideline.lists.values() for entry in listed)
    found = dict.fromkeys(frozenset(_names_of([entry], guideline)) for entry in entries)
    return [names for names in found if names]


def _names_of(rules: Iterable[Rule], guideline: Guideline) -> set[str]:
    return {name for rule in rules for name in names_in(rule.when, guideline)}


def _pairs(values: Mapping[str, list[float]], per_pair: int, draw: np.random.Generator) -> dict[str, np.ndarray]:
    pairs = len(GRADE_VALUES) ** len(GRADES)
    part = _drawn(values, pairs * per_pair, draw)
    crs, icans = np.meshgrid(GRADE_VALUES, GRADE_VALUES, indexing="ij")
    return {**part, "crs": np.repeat(crs.ravel(), per_pair), "icans": np.repeat(icans.ravel(), per_pair)}


def _combinations(
    names: frozenset[str], values: Mapping[str, list[float]], most: int, draw: np.random.Generator, calm: float = CALM
) -> dict[str, np.ndarray]:
    """Every combination of the values of some names, the other names drawn; all drawn where there are too many."""
    part = _drawn(values, most, draw, calm)
    own = [name for name in values if name in names]
    sizes = [len(values[name]) for name in own]
    if (every := prod(sizes)) > most:
        return {**part, **_drawn({name: values[name] for name in own}, most, draw)}
    # Few combinations come back several times, each with other values of the other names.
    places = np.arange(most) % every
    for name, size in zip(own, sizes, strict=True):
        part[name] = np.array(values[name])[places % size]
        places = places // size
    return part


def _drawn(
    values: Mapping[str, list[float]], rows: int, draw: np.random.Generator, calm: float = CALM
) -> dict[str, np.ndarray]:
    """Each name drawn by itself: in every second row mostly its first value, or hardly any state would be calm."""
    calm_rows = np.where(np.arange(rows) % 2 == 0, 1.0 if calm == 1.0 else 0.0, calm)
    found = {}
    for name, some in values.items():
        places = draw.integers(0, len(some), rows)
        found[name] = np.array(some)[np.where(draw.random(rows) < calm_rows, 0, places)]
    return found


def _possible(frame: pl.DataFrame) -> pl.DataFrame:
    """Without states that cannot be; times and answers of a drug that was not given are unknown."""
    if "toci_doses_total" not in frame.columns:
        return frame
    given = pl.col("toci_doses_total") > 0
    only_once_given = ("hours_since_last_toci", "hours_since_first_toci", "response_since_last_toci")
    frame = frame.with_columns(pl.when(given).then(pl.col(n)).alias(n) for n in only_once_given if n in frame.columns)
    order = (
        ("toci_doses_24h", "toci_doses_total"),
        ("hours_since_last_toci", "hours_since_first_toci"),
    )
    for less, more in order:
        if less in frame.columns and more in frame.columns:
            frame = frame.filter((pl.col(less) <= pl.col(more)).fill_null(True))
    return frame


def _columns(values: Mapping[str, list[float]]) -> list[pl.Expr]:
    items = [typed(pl.col(name), catalogue()[name]).alias(name) for name in values if name not in GRADES]
    return [*items, *(pl.col(name).alias(end(name)) for name in GRADES for end in (lo, hi))]
