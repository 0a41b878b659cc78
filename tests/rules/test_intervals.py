"""A number that is not known is an interval, and arithmetic with it gives every result it could have, no more."""

from __future__ import annotations

from itertools import product
from math import floor, inf, log2

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from names import interval

from icans.rules.condition import condition
from icans.rules.parse import parse
from icans.rules.span import span
from icans.rules.vocabulary import Term, hi, lo

# Intervals with names for any expression: x, y, z may be anything, p and q are 0 or more.
ENDS = {name: Term(name, "number", span=True) for name in "xyz"} | {
    name: Term(name, "number", limits=(0, None), span=True) for name in "pq"
}


def over(text: str, ends: dict[str, tuple[float, float]]) -> tuple[float, float]:
    found = span(parse(text, ENDS))
    columns = {
        column: [end] for name, (low, high) in ends.items() for column, end in ((lo(name), low), (hi(name), high))
    }
    row = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.Float64)).select(low=found.lo, high=found.hi).row(0)
    return row[0], row[1]


@pytest.mark.parametrize(
    ("text", "columns", "expected"),
    [
        ("score + points", {"score": [3, None, None], "points": [None, 2, None]}, [(3, 7), (2, 12), (0, 14)]),
        ("score - points", {"score": [3, None], "points": [None, 2]}, [(-1, 3), (-2, 8)]),
        ("10 - score", {"score": [None]}, [(0, 10)]),
        ("2 * score", {"score": [None]}, [(0, 20)]),
        ("flow * 2", {"flow": [None]}, [(0, inf)]),
        ("flow / (score + 2)", {"flow": [12.0], "score": [None]}, [(1, 6)]),
        ("min(score, 4)", {"score": [None, 2]}, [(0, 4), (2, 2)]),
        ("max(score, 4)", {"score": [None, 7]}, [(4, 10), (7, 7)]),
        ("floor(warmth / 20)", {"warmth": [None, 39.9]}, [(0, 2), (1, 1)]),
        ("log2(score + 1)", {"score": [7]}, [(3, 3)]),
        ("rank(device)", {"device": ["mask", None]}, [(2, 2), (0, 3)]),
        ("count(drugs, 'a', 'c')", {"drugs": [0b111, None]}, [(2, 2), (0, 2)]),
        ("change", {"change": [None]}, [(-inf, inf)]),
        ("first_known(score, points)", {"score": [9, None, None], "points": [2, 2, None]}, [(9, 9), (2, 2), (0, 4)]),
        ("range", {"range": [(1, 3)]}, [(1, 3)]),
        # Two accounts of one thing: what both allow, or all between them where they contradict each other.
        ("reconcile(score, points)", {"score": [None, 3, 9], "points": [2, None, 2]}, [(2, 2), (3, 3), (2, 9)]),
    ],
)  # fmt: skip
def test_by_hand(text: str, columns: dict, expected: list[tuple[float, float]]):
    assert interval(text, columns) == expected


RUN = {"min": min, "max": max, "floor": floor, "log2": log2}


@st.composite
def expressions(draw: st.DrawFn) -> str:
    """An expression in which no name occurs twice; only what is 0 or more divides."""
    names = draw(st.permutations("xyz"))[: draw(st.integers(1, 3))]
    text = names[0]
    for name in names[1:]:
        how = draw(st.sampled_from(["({} + {})", "({} - {})", "({} * {})", "min({}, {})", "max({}, {})"]))
        text = how.format(*draw(st.permutations([text, name])))
    how = draw(st.sampled_from(["{}", "{} / (p + 0.5)", "floor({})", "-({})", "({}) * 2 - 1", "({}) / 4", "({}) * q"]))
    return how.format(text)


def ends_of(low: float) -> st.SearchStrategy[tuple[float, float]]:
    number = st.integers(int(low * 4), 24).map(lambda quarter: quarter / 4)
    return st.tuples(number, number).map(lambda pair: (min(pair), max(pair)))


@settings(max_examples=150, deadline=None)
@given(expressions(), st.fixed_dictionaries({n: ends_of(-6) for n in "xyz"} | {n: ends_of(0) for n in "pq"}))
def test_an_interval_is_what_the_corners_give(text: str, ends: dict[str, tuple[float, float]]):
    used = [name for name in ends if name in text.replace("max", "").replace("floor", "")]
    code = compile(text, "rule", "eval")
    corners = [eval(code, RUN, dict(zip(used, corner, strict=True))) for corner in product(*(ends[n] for n in used))]
    inside = eval(code, RUN, {name: sum(ends[name]) / 2 for name in used})
    low, high = over(text, {name: ends[name] for name in used})
    assert low == pytest.approx(min(corners), abs=1e-9)
    assert high == pytest.approx(max(corners), abs=1e-9)
    assert low - 1e-9 <= inside <= high + 1e-9


@settings(max_examples=60, deadline=None)
@given(ends_of(-6), ends_of(-6), st.sampled_from(["<", "<=", ">", ">=", "==", "!="]))
def test_a_comparison_of_intervals_is_unknown_exactly_where_points_of_both_disagree(x, y, operator: str):
    text = f"x {operator} y"
    columns = {"x__lo": [x[0]], "x__hi": [x[1]], "y__lo": [y[0]], "y__hi": [y[1]]}
    found = pl.DataFrame(columns).select(condition(parse(text, ENDS))).item()
    quarters = [[low + i / 4 for i in range(round((high - low) * 4) + 1)] for low, high in (x, y)]
    every = {eval(text, {}, {"x": a, "y": b}) for a, b in product(*quarters)}
    assert {None: {True, False}, True: {True}, False: {False}}[found] == every


def test_nothing_known_over_nothing_known_is_not_a_number_but_anything():
    everything = (-inf, inf)
    assert over("x / (p + 0.5)", {"x": everything, "p": (0, inf)}) == everything
    assert over("x * y", {"x": everything, "y": (0, 0)}) == (0, 0)
    assert over("x - y", {"x": everything, "y": everything}) == everything
