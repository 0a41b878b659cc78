"""An interval is what every way of filling the gaps gives, no more and no less: brute force over each scale.

The completions are graded by the same engine as whole states; that it grades whole states rightly is the business
of the spec cases and of the plain grader.
"""

from __future__ import annotations

from functools import cache

import pytest
from completions import partial_states, table

from icans.grading.conventions import switches
from icans.grading.grade import grade_scale
from icans.grading.library import scale_named, scales

STATES = 200
SEED = 20260302
GRADES = sorted(scale.name for scale in scales() if scale.kind == "grade")


Outcome = tuple[tuple[int, int], tuple[int, int], dict[str, object]]


@cache
def outcomes(name: str) -> list[Outcome]:
    """(interval of a partial state, interval over its completions, the gaps and what is known) for some states."""
    scale, positions = scale_named(name), switches()
    drawn = partial_states(scale, STATES, SEED)
    filled = [list(partial.completions()) for partial in drawn]
    whole = grade_scale(table([one for many in filled for one in many]), scale, positions).rows()
    found = grade_scale(table([partial.known for partial in drawn]), scale, positions).rows()
    results: list[Outcome] = []
    start = 0
    for interval, many, partial in zip(found, filled, drawn, strict=True):
        part = whole[start : start + len(many)]
        start += len(many)
        exact = (min(low for low, _ in part), max(high for _, high in part))
        results.append(((interval[0], interval[1]), exact, {"gaps": list(partial.gaps), **partial.known}))
    return results


@pytest.mark.parametrize("name", GRADES)
def test_no_completion_lies_outside_the_interval(name: str):
    outside = [r for r in outcomes(name) if r[1][0] < r[0][0] or r[1][1] > r[0][1]]
    assert outside == []


@pytest.mark.parametrize("name", GRADES)
def test_the_interval_is_no_wider_than_its_completions(name: str):
    assert [r for r in outcomes(name) if r[0] != r[1]] == []
