"""exp, log and power without the C library, against the C library."""

from __future__ import annotations

import math

import numba
import numpy as np
import pytest

from icans.mechanism.compiler.elementary import exp, log, power

RNG = np.random.default_rng(1)


@numba.njit
def each(function, x):
    made = np.empty_like(x)
    for i in range(x.size):
        made[i] = function(x[i])
    return made


@numba.njit
def powers(base, exponent):
    made = np.empty_like(base)
    for i in range(base.size):
        made[i] = power(base[i], exponent[i])
    return made


def units(got: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """The difference in units of the last place of what is expected."""
    return np.abs(got - expected) / np.spacing(np.abs(expected))


def test_exp_is_right_to_two_units_in_the_last_place():
    x = np.concatenate([RNG.uniform(-700, 700, 20_000), RNG.uniform(-1, 1, 20_000), [0.0, -0.0, 1.0, 700.0, -700.0]])
    assert units(each(exp, x), np.array([math.exp(v) for v in x])).max() <= 2


def test_log_is_right_to_two_units_in_the_last_place():
    near_one = 1.0 + RNG.normal(size=20_000) * 10.0 ** RNG.uniform(-16, -1, 20_000)
    x = np.concatenate([10.0 ** RNG.uniform(-300, 300, 20_000), near_one, [1.0, 2.0, math.sqrt(2.0), 2.3e-308, 1e308]])
    got, expected = each(log, x), np.array([math.log(v) for v in x])
    assert units(got, expected)[expected != 0].max() <= 2
    assert (got[expected == 0] == 0).all()


def test_a_power_is_as_right_as_its_logarithm_allows():
    """b^e = exp(e ln b): an error of one unit in e ln b is one of |e ln b| units in the power."""
    base, exponent = 10.0 ** RNG.uniform(-6, 6, 20_000), RNG.uniform(-4, 4, 20_000)
    expected = np.array([b**e for b, e in zip(base, exponent, strict=True)])
    allowed = 4 + 2 * np.abs(exponent * np.log(base))
    assert (units(powers(base, exponent), expected) <= allowed).all()


@pytest.mark.parametrize(
    ("x", "expected"),
    [(0.0, 1.0), (-701.0, 0.0), (-math.inf, 0.0), (708.9, math.exp(708.9)), (709.5, math.inf), (math.inf, math.inf)],
)
def test_edges_of_exp(x, expected):
    """Above 709, where numbers end, it is infinite; below -700 it is nothing."""
    assert exp(x) == pytest.approx(expected, rel=1e-15, abs=0)


@pytest.mark.parametrize("x", [0.0, -0.0, -1.0, -math.inf, math.nan])
def test_there_is_no_logarithm_of_zero_or_less(x):
    assert math.isnan(log(x))


@pytest.mark.parametrize("x", [math.nan, -math.nan])
def test_what_is_not_a_number_stays_so(x):
    assert math.isnan(exp(x))
    assert math.isnan(power(x, 2.0))
    assert math.isnan(power(2.0, x))


@pytest.mark.parametrize(
    ("base", "exponent", "expected"),
    [(0.0, 1.6, 0.0), (0.0, 0.0, 1.0), (3.0, 0.0, 1.0), (1.0, 1e9, 1.0), (2.0, 10.0, 1024.0), (4.0, -0.5, 0.5)],
)
def test_edges_of_a_power(base, exponent, expected):
    assert power(base, exponent) == pytest.approx(expected, rel=1e-14)


def test_zero_to_a_negative_power_is_larger_than_any_quantity():
    assert power(0.0, -0.4) == math.inf


@pytest.mark.parametrize("exponent", [0.5, 1.6, 2.0, -1.0])
def test_there_is_no_power_of_a_negative_base(exponent):
    assert math.isnan(power(-2.0, exponent))
