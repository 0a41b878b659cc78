"""Derivatives against complex-step derivatives, which have no difference to round."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given

from icans.mechanism.compiler.differentiate import gradients
from icans.mechanism.compiler.form import add, call, mul, neg, number, power, select, symbol
from mechanism.compiler.expressions import STEP, SYMBOLS, Evaluation, by_numpy, node_of, points, trees

X = symbol("x")


@given(trees, points)
def test_the_derivative_of_any_expression(tree, point):
    gradient = gradients([node_of(tree)], frozenset(SYMBOLS))[0]
    for name in SYMBOLS:
        moved = Evaluation({**point, name: point[name] + 1j * STEP})
        expected = moved.of(tree).imag / STEP
        assume(moved.margin > 1e-9 * moved.size and moved.size < 1e8)
        got = float(by_numpy([gradient[name]], point)[0]) if name in gradient else 0.0
        assert got == pytest.approx(expected, rel=1e-9, abs=1e-13 * moved.size**2)


A = "a"
EACH = [
    ("add", A, "b", A), ("mul", A, "b", A), ("neg", A), ("div", A, "b"), ("div", "b", A), ("pow", A, "b"),
    ("pow", "b", A), ("pow", A, -3.0), ("exp", A), ("log", A), ("sqrt", A), ("abs", A), ("floor", A),
    ("sin", A), ("cos", A), ("tan", A), ("tanh", A), ("arcsin", A), ("arccos", A), ("arctan", A),
    ("select", ("lt", A, "b"), ("mul", A, A), "b"),
]  # fmt: skip


@pytest.mark.parametrize("tree", EACH, ids=lambda tree: tree[0])
def test_the_derivative_of_each_operation(tree):
    gradient = gradients([node_of(tree)], frozenset({"a"}))[0]
    expected = Evaluation({"a": 0.3 + 1j * STEP, "b": 1.7}).of(tree).imag / STEP
    got = float(by_numpy([gradient["a"]], {"a": 0.3, "b": 1.7})[0]) if gradient else 0.0
    assert got == pytest.approx(expected, rel=1e-14)


def test_only_what_can_be_other_than_zero_is_given():
    node = add(mul(X, symbol("k")), symbol("y"))
    assert gradients([node, symbol("k")], frozenset({"x", "z"})) == [{"x": symbol("k")}, {}]
    assert gradients([call("floor", X)], frozenset({"x"})) == [{}]


@pytest.mark.parametrize(
    ("node", "at", "expected"),
    [
        (call("abs", X), -2.0, -1.0), (call("abs", X), 2.0, 1.0), (call("floor", mul(number(2.0), X)), 0.3, 0.0),
        (select(call("lt", X, number(1.0)), mul(X, X), neg(X)), 0.5, 1.0),
        (select(call("lt", X, number(1.0)), mul(X, X), neg(X)), 1.0, -1.0),
        # Hill functions at zero, which cytokines reach: d/dx x^1.6 = 1.6 x^0.6 = 0, and x² has 0.
        (power(X, number(1.6)), 0.0, 0.0), (power(X, number(2.0)), 0.0, 0.0),
    ],
)  # fmt: skip
def test_at_a_kink_it_is_the_slope_of_the_branch_that_is_taken(node, at, expected):
    gradient = gradients([node], frozenset({"x"}))[0]
    assert float(by_numpy([gradient["x"]], {"x": at})[0] if gradient else 0.0) == expected


def test_a_shared_part_is_differentiated_into_shared_parts():
    shared = call("exp", mul(X, X))
    first, second = gradients([add(shared, X), mul(shared, number(3.0))], frozenset({"x"}))
    met = {id(n) for g in (first, second) for n in g["x"].args}
    assert any(id(n) in met for n in second["x"].args)
    assert np.isfinite(by_numpy([first["x"], second["x"]], {"x": 0.5})).all()
