"""The intermediate form: simplifying keeps the value, and equal trees are one object."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from icans.mechanism.compiler.form import (
    ONE,
    ZERO,
    add,
    call,
    div,
    mul,
    neg,
    number,
    power,
    select,
    sub,
    substitute,
    symbol,
    walk,
)
from mechanism.compiler.expressions import SYMBOLS, Evaluation, by_numpy, node_of, points, trees

X, Y = symbol("x"), symbol("y")


@given(trees, points)
def test_simplifying_keeps_the_value(tree, point):
    expected = Evaluation(point)
    value = expected.of(tree).real
    assume(expected.margin > 1e-9 * expected.size and expected.size < 1e12)
    assert float(by_numpy([node_of(tree)], point)[0]) == pytest.approx(value, rel=1e-12, abs=1e-12 * expected.size)


@given(trees)
def test_equal_trees_are_one_object(tree):
    assert node_of(tree) is node_of(tree)


@given(trees, trees, points)
def test_a_symbol_can_be_replaced_by_what_it_stands_for(tree, put, point):
    """tree with a := put has the value of tree where a has the value of put."""
    inner = Evaluation(point)
    outer = Evaluation({**point, "a": inner.of(put).real})
    value = outer.of(tree).real
    size = max(inner.size, outer.size)
    assume(min(inner.margin, outer.margin) > 1e-6 * size and size < 1e6)
    got = by_numpy([substitute(node_of(tree), {"a": node_of(put)})], point)[0]
    assert float(got) == pytest.approx(value, rel=1e-6, abs=1e-6 * size)


@given(trees)
def test_a_node_knows_the_symbols_below_it(tree):
    node = node_of(tree)
    below = {n.name for n in walk([node]) if n.op == "symbol"}
    assert node.symbols == below <= set(SYMBOLS)


@given(st.lists(trees, min_size=1, max_size=3))
def test_a_walk_meets_each_node_once_and_arguments_first(several):
    met = list(walk([node_of(tree) for tree in several]))
    assert len(met) == len({id(n) for n in met})
    place = {id(n): i for i, n in enumerate(met)}
    assert all(place[id(arg)] < place[id(n)] for n in met for arg in n.args)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (add(), ZERO), (mul(), ONE), (add(X, ZERO), X), (mul(X, ONE), X), (mul(ZERO, X), ZERO), (sub(X, X), ZERO),
        (neg(neg(X)), X), (mul(number(-1.0), X), neg(X)), (div(X, ONE), X), (div(ZERO, X), ZERO),
        (div(ONE, number(4.0)), number(0.25)), (add(number(2.0), X, number(-2.0)), X),
        (mul(number(2.0), X, number(0.5)), X), (power(X, ZERO), ONE), (power(X, ONE), X),
        (power(X, number(2.0)), mul(X, X)), (power(X, number(-1.0)), div(ONE, X)),
        (power(X, number(0.5)), call("sqrt", X)), (power(number(2.0), number(10.0)), number(1024.0)),
        (call("exp", ZERO), ONE), (call("log", ONE), ZERO), (call("floor", number(-1.5)), number(-2.0)),
        (select(call("lt", X, Y), X, X), X),
    ],
)  # fmt: skip
def test_what_is_simplified(made, expected):
    assert made is expected


def test_different_trees_are_different_objects():
    assert X is not Y
    assert sub(X, Y) is not sub(Y, X)
    assert number(0.0) is not number(-0.0), "1/0 and 1/-0 differ"


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (call("exp", number(1000.0)), math.inf), (power(number(10.0), number(400.0)), math.inf),
        (call("floor", number(math.inf)), math.inf), (power(ZERO, number(-2.0)), math.inf),
        (call("log", ZERO), -math.inf), (call("log", number(-1.0)), math.nan), (call("sqrt", number(-1.0)), math.nan),
        (mul(number(1e200), number(-1e200)), -math.inf), (power(number(-2.0), number(1.5)), math.nan),
    ],
)  # fmt: skip
def test_numbers_that_cannot_be_folded_are_left_to_the_kernel(node, expected):
    """Python raises an error for 10**400 or log(0); IEEE arithmetic says infinite, or not a number."""
    with np.errstate(all="ignore"):
        assert float(by_numpy([node], {})[0]) == pytest.approx(expected, nan_ok=True)
