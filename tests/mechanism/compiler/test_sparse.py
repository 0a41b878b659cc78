"""The symbolic elimination solves like a dense solver, and never touches a place it did not announce."""

from __future__ import annotations

import numpy as np
import pytest

from icans.mechanism.compiler.sparse import Elimination, eliminate


def solved(elimination: Elimination, matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Gauss's elimination in the announced order, on the announced places alone; a KeyError is a wrong place."""
    entry = {place: matrix[place] for place in elimination.places}
    x = right.copy()
    for k in elimination.order:
        for i in elimination.below(k):
            factor = entry[i, k] / entry[k, k]
            x[i] -= factor * x[k]
            for j in elimination.right(k):
                entry[i, j] -= factor * entry[k, j]
    for k in reversed(elimination.order):
        x[k] = (x[k] - sum(entry[k, j] * x[j] for j in elimination.right(k))) / entry[k, k]
    return x


@pytest.mark.parametrize("size", [1, 2, 7, 30, 60])
@pytest.mark.parametrize("share", [0.0, 0.05, 0.3, 1.0])
def test_a_random_sparse_system_is_solved_like_a_dense_one(size, share):
    rng = np.random.default_rng(size)
    matrix = np.where(rng.random((size, size)) < share, rng.normal(size=(size, size)), 0.0)
    np.fill_diagonal(matrix, 2.0 + np.abs(matrix).sum(axis=1))
    right = rng.normal(size=size)
    pattern = [(int(i), int(j)) for i, j in np.argwhere(matrix)]
    answer = solved(eliminate(pattern, size), matrix, right)
    np.testing.assert_allclose(answer, np.linalg.solve(matrix, right), rtol=1e-12, atol=1e-14)


def test_every_row_becomes_a_pivot_once():
    assert sorted(eliminate([(0, 3), (2, 1)], 5).order) == [0, 1, 2, 3, 4]


def test_the_diagonal_is_there_even_where_the_jacobian_has_none():
    assert set(eliminate([], 3).places) == {(0, 0), (1, 1), (2, 2)}


def test_an_arrow_is_eliminated_from_its_tip():
    """With its full row and column first, an arrow fills in wholly (20 places); last, not at all."""
    size = 6
    arrow = [(0, j) for j in range(size)] + [(i, 0) for i in range(size)]
    elimination = eliminate(arrow, size)
    assert elimination.filled == ()
    assert elimination.order.index(0) >= size - 2


def test_what_fills_in_is_named():
    """Four in a ring: whichever goes first joins its two neighbours, both ways."""
    ring = [(i, (i + 1) % 4) for i in range(4)] + [((i + 1) % 4, i) for i in range(4)]
    filled = eliminate(ring, 4).filled
    assert len(filled) == 2
    assert filled[0] == filled[1][::-1]
