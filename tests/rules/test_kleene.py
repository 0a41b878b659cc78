"""True, false, unknown: a condition is unknown exactly where the gaps leave both ways open."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from names import truth

T, F, U = True, False, None
BOTH = [(a, b) for a in (T, F, U) for b in (T, F, U)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        #                TT TF TU FT FF FU UT UF UU
        ("wet and cold", [T, F, U, F, F, F, U, F, U]),
        ("wet or cold", [T, T, T, T, F, U, T, U, U]),
        ("not wet", [F, F, F, T, T, T, U, U, U]),
        ("wet and unknown", [U, U, U, F, F, F, U, U, U]),
        ("wet or unknown", [T, T, T, U, U, U, U, U, U]),
        ("first_known(wet, cold)", [T, T, T, F, F, F, T, F, U]),
        ("any_known(wet, cold)", [T, T, T, T, T, T, T, T, F]),
    ],
)
def test_truth_tables(text: str, expected: list[bool | None]):
    assert truth(text, {"wet": [a for a, _ in BOTH], "cold": [b for _, b in BOTH]}) == expected


@pytest.mark.parametrize(
    ("text", "columns", "expected"),
    [
        ("flow > 6", {"flow": [6.0, 6.1, None]}, [F, T, U]),
        ("flow >= 6", {"flow": [5.9, 6.0, None]}, [F, T, U]),
        ("6 < flow <= 8", {"flow": [6.0, 7.0, 8.0, 9.0, None]}, [F, T, T, F, U]),
        ("device == 'mask'", {"device": ["mask", "tube", None]}, [T, F, U]),
        ("device in ('none', 'mask')", {"device": ["none", "cannula", "mask", "tube", None]}, [T, F, T, F, U]),
        ("device in ('cannula', 'mask')", {"device": ["none", "cannula", "mask", "tube", None]}, [F, T, T, F, U]),
        ("device not in ('mask', 'tube')", {"device": ["none", "mask", None]}, [T, F, U]),
        ("any_of(drugs, 'a', 'b')", {"drugs": [0b000, 0b001, 0b100, 0b110, None]}, [F, T, F, T, U]),
        ("empty(drugs)", {"drugs": [0, 1, None]}, [T, F, U]),
        ("count(drugs, 'a', 'b') >= 2", {"drugs": [0b011, 0b101, None]}, [T, F, U]),
        # The limits of what is unknown may decide: no score of 0 to 10 is below 0 or above 10.
        ("score >= points", {"score": [10, 4, 3, None], "points": [None, None, None, 0]}, [T, T, U, T]),
        ("score < points", {"score": [4, 2], "points": [None, None]}, [F, U]),
        ("score + points <= 14", {"score": [None], "points": [None]}, [T]),
        ("score + points > 10", {"score": [10, 10, None], "points": [1, None, 0]}, [T, U, F]),
        # A quotient of 1.8 and 1.2 is 1.5 although binary fractions say 1.4999999999999998 or so.
        ("flow > 1.5 * change", {"flow": [1.8], "change": [1.2]}, [F]),
        ("flow >= 1.1 * change", {"flow": [3.3], "change": [3.0]}, [T]),
    ],
)
def test_what_is_unknown_stays_unknown(text: str, columns: dict, expected: list[bool | None]):
    assert truth(text, columns) == expected


# A condition on each name, and every value that tells apart what it may ask.
ASKED = {
    "wet": (["wet", "not wet"], [T, F]),
    "cold": (["cold", "not cold"], [T, F]),
    "score": (["score > 4", "score == 7", "2 <= score + 1", "10 - score > 3", "max(score, 5) < 8"], list(range(11))),
    "device": (
        ["device == 'mask'", "device in ('none', 'tube')", "rank(device) > 1"],
        ["none", "cannula", "mask", "tube"],
    ),
    "drugs": (["any_of(drugs, 'a')", "not empty(drugs)", "count(drugs, 'a', 'b') == 1"], list(range(8))),
}  # fmt: skip


@st.composite
def conditions(draw: st.DrawFn) -> str:
    """A condition in which no name occurs twice."""
    names = draw(st.permutations(sorted(ASKED)))[: draw(st.integers(1, 4))]
    parts = [draw(st.sampled_from(ASKED[name][0])) for name in names]
    while len(parts) > 1:
        joined = f"({parts[0]} {draw(st.sampled_from(['and', 'or']))} {parts[1]})"
        parts = [draw(st.sampled_from([joined, f"not {joined}"])), *parts[2:]]
    return parts[0]


@settings(max_examples=60, deadline=None)
@given(conditions(), st.data())
def test_unknown_exactly_where_the_completions_disagree(text: str, data: st.DataObject):
    names = [name for name in ASKED if name in text]
    known = {name: data.draw(st.none() | st.sampled_from(ASKED[name][1])) for name in names}
    every = list(product(*([known[n]] if known[n] is not None else ASKED[n][1] for n in names)))
    rows = [tuple(known[n] for n in names), *every]
    found, *completed = truth(text, {name: [row[i] for row in rows] for i, name in enumerate(names)})
    assert {U: {T, F}, T: {T}, F: {F}}[found] == set(completed)
