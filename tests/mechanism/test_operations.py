"""What the benchmark of the card counts, by hand."""

from __future__ import annotations

import pytest

from operations import Counter, Work, step_work

TEXT = """
LANES = 32
STATES = 4
A21 = 1.5

def begin(W):
    for q in range(0, 4 * LANES, 2 * LANES):
        W[10 + q] = W[20 + q] + A21 * W[30 + q]
        W[10 + (q + 32)] = -W[20 + q] / W[10 + q]
    half(W)

def half(W):
    W[0] = 0.5 * W[1] + W[1]
    S[2] = math.sqrt(W[0 * LANES])

def stages(W):
    half(W)
    half(W)

def interpolant(W):
    pass

def norms(W, error):
    for i in range(STATES):
        error[0] += W[i] * W[i]
"""


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        # Two rounds of + * - /, and of 20, 30, 10 and 10 + 32 (20 and 10 are at hand then); half: * + sqrt, of 1, 0, 0.
        ("begin", Work(2 * 4 + 3, 2 * 4 + 3)),
        ("half", Work(3, 3)),
        ("stages", Work(6, 6)),
        ("interpolant", Work()),
        ("norms", Work(8, 4)),
    ],
)
def test_operations_and_numbers_of_a_function(function, expected):
    assert Counter(TEXT).function(function) == expected


def test_a_step_is_the_sum():
    assert step_work(TEXT) == Work(11 + 6 + 8, 11 + 6 + 4)
