"""What each missing item could change: its possible values are tried, all in one pass over one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

import polars as pl

from icans.grading.answer import WhatIf
from icans.grading.grade import assumed, dtype, evaluated, grade_scale, prepared
from icans.grading.library import vocabulary
from icans.grading.scale import Scale
from icans.grading.wording import encoded_words, grade_words, unit_words
from icans.record.catalogue import Item, catalogue
from icans.rules.cells import calculated_limits, cells
from icans.rules.expression import Node

_Tried = tuple[float, int, int]


def what_ifs(
    state: pl.DataFrame, scale: Scale, positions: Mapping[str, bool], now: tuple[int, int]
) -> tuple[WhatIf, ...]:
    """For each missing item that could change the interval by itself: what it could turn out to be, and the result.

    state  one row; now: the interval as it stands. Items are in the order of how much they could change.
    Where the grade is a single one nothing that is missing matters: a word of the clinician that C4 does without
    would replace a pressure, not fill a gap.
    """
    if now[0] == now[1]:
        return ()
    missing = _missing(state, scale, positions)
    if not missing:
        return ()
    tried = _try_all(state, scale, positions, missing)
    found = []
    for name in missing:
        results = tried[name]
        if any((low, high) != now for _, low, high in results):
            found.append(_what_if(catalogue()[name], results, now))
    return tuple(sorted(found, key=lambda w: -max(high for _, _, high in w.outcomes)))


def _missing(state: pl.DataFrame, scale: Scale, positions: Mapping[str, bool]) -> list[str]:
    """The items of the scale that are unknown; a total instead of its parts where none of them is known."""
    taken = assumed(scale, state.columns, positions)
    items = [n for n in scale.items() if n in catalogue()]
    unknown = [n for n in items if n not in taken and (n not in state.columns or state[n][0] is None)]
    parts_known = {catalogue()[n].part_of for n in items if n not in unknown}
    return [
        n
        for n in unknown
        if (catalogue()[n].part_of in parts_known if catalogue()[n].part_of else n not in parts_known)
    ]


def _try_all(
    state: pl.DataFrame, scale: Scale, positions: Mapping[str, bool], missing: Sequence[str]
) -> dict[str, list[_Tried]]:
    """item -> (value, min, max) for one value of each cell that the rules tell apart."""
    nodes = list(scale.nodes())
    cuts = calculated_limits(evaluated(prepared(state, scale, positions), scale), nodes, catalogue())
    plan = [(name, value) for name in missing for value in _possible(name, nodes, cuts.get(name, ()))]
    rows = pl.concat([state] * len(plan))
    for name in missing:
        term = vocabulary()[name]
        values = [catalogue()[name].cell(value) if name == tried else None for tried, value in plan]
        column = pl.Series(name, values, dtype=dtype(term))
        rows = rows.with_columns(column)
    graded = grade_scale(rows, scale, {**positions, "C7": True})
    results: dict[str, list[_Tried]] = {name: [] for name in missing}
    for (name, value), (low, high) in zip(plan, graded.iter_rows(), strict=True):
        results[name].append((value, low, high))
    return results


def _possible(name: str, nodes: Sequence[Node], cuts: Sequence[float]) -> list[float]:
    item = catalogue()[name]
    if item.kind == "choice":
        return [float(i) for i in range(len(item.values))]
    return cells(vocabulary()[name], nodes, cuts)


def _what_if(item: Item, tried: Sequence[_Tried], now: tuple[int, int]) -> WhatIf:
    outcomes = []
    by_result = sorted(tried, key=lambda t: (t[1], t[2], t[0]))
    for (low, high), group in groupby(by_result, key=lambda t: (t[1], t[2])):
        values = [value for value, _, _ in group]
        outcomes.append((values_words(item, values, sorted(v for v, _, _ in tried)), low, high))
    return WhatIf(item.name, item.label, tuple(outcomes), _sentence(item, outcomes, now))


def values_words(item: Item, values: Sequence[float], all_values: Sequence[float]) -> str:
    """Some values that give the same result, in words: 'none or focal', '3 to 6', 'above 6 L/min'."""
    if item.kind in ("number", "whole") and len(all_values) > 1:
        return _range_words(item, min(values), max(values), all_values)
    if item.kind == "set":
        fewest = min(int(value).bit_count() for value in values)
        values = [value for value in values if int(value).bit_count() == fewest]
    shown = [encoded_words(item, value) for value in values[:3]]
    return " or ".join(shown) + (" …" if len(values) > 3 else "")


def _range_words(item: Item, first: float, last: float, all_values: Sequence[float]) -> str:
    unit = unit_words(item.unit)
    below = [v for v in all_values if v < first]
    above = [v for v in all_values if v > last]
    if item.kind == "whole":
        # One number stands for all up to the next that the rules tell apart.
        low_end, high_end = (below[-1] + 1 if below else first), (above[0] - 1 if above else last)
        more = " or more" if not above and item.limits[1] is None else ""
        words = f"{low_end:g}{more}" if more else grade_words(low_end, high_end)
        return f"{words} {unit}".strip()
    # Cells alternate between the cuts, the numbers a rule compares with, and what lies between them.
    cuts = set(all_values[1::2]) if item.limits[0] is None else set(all_values[0::2])
    low = "" if not below else f"{first:g} {unit} or more" if first in cuts else f"above {below[-1]:g} {unit}"
    high = "" if not above else f"up to {last:g} {unit}" if last in cuts else f"below {above[0]:g} {unit}"
    return " and ".join(words.strip() for words in (low, high) if words) or "any value"


def _sentence(item: Item, outcomes: Sequence[tuple[str, int, int]], now: tuple[int, int]) -> str:
    """'Seizure not recorded: grade stays 2 to 4, or becomes 2 if it is none'."""
    stays = any((low, high) == now for _, low, high in outcomes)
    changes = [f"{grade_words(low, high)} if it is {words}" for words, low, high in outcomes if (low, high) != now]
    becomes = f"becomes {'; '.join(changes)}"
    return f"{item.label} not recorded: grade {f'stays {grade_words(*now)}, or ' if stays else ''}{becomes}"
