"""Decision lists: the first entry that holds gives the value, an unknown one leaves its own and the rest open."""

from __future__ import annotations

from itertools import product

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from icans.rules.expression import Constant, Number
from icans.rules.ladder import Entry, Ladder, first_open, ladder_span
from icans.rules.parse import parse
from icans.rules.vocabulary import Term, hi, lo

Truth = bool | None
Interval = tuple[int, int]
NAMES = {name: Term(name, "yes_no") for name in "abcd"} | {
    "asked": Term("asked", "number", limits=(0, 5), span=True),
    "other": Term("other", "number", limits=(0, 5), span=True),
}
ROWS = list(product((True, False, None), repeat=4))


def plain(values: list[Interval], truths: tuple[Truth, ...]) -> Interval:
    """What a decision list gives, entry by entry; the last one always holds."""
    reached: list[Interval] = []
    for value, truth in zip(values, (*truths, True), strict=True):
        if truth is not False:
            reached.append(value)
        if truth is True:
            break
    return min(low for low, _ in reached), max(high for _, high in reached)


def ladder(*entries: tuple[str | None, str] | tuple[str | None, str, str]) -> Ladder:
    made = [
        Entry(str(i), None if when is None else parse(when, NAMES), parse(ends[0], NAMES), parse(ends[-1], NAMES))
        for i, (when, *ends) in enumerate(entries)
    ]
    return Ladder("list", "list", tuple(made))


def over(found: Ladder, rows: list[tuple[Truth, ...]]) -> list[tuple[Interval, int]]:
    """(interval, place of the entry that speaks) of a list over rows of a, b, c, d."""
    columns = {name: pl.Series([row[i] for row in rows], dtype=pl.Boolean) for i, name in enumerate("abcd")}
    value = ladder_span(found)
    table = pl.DataFrame(columns).with_columns(low=value.lo, high=value.hi, place=first_open(found))
    return [((low, high), place) for low, high, place in table.select("low", "high", "place").rows()]


intervals = st.tuples(st.integers(0, 5), st.integers(0, 5)).map(lambda pair: (min(pair), max(pair)))


@settings(max_examples=60, deadline=None)
@given(st.lists(intervals, min_size=5, max_size=5))
def test_every_list_of_four_conditions_gives_what_the_plain_evaluator_gives(values: list[Interval]):
    entries = [(name, str(low), str(high)) for name, (low, high) in zip("abcd", values, strict=False)]
    found = over(ladder(*entries, (None, str(values[4][0]), str(values[4][1]))), ROWS)
    assert [interval for interval, _ in found] == [plain(values, row) for row in ROWS]


def test_the_first_entry_that_holds_or_may_hold_speaks():
    found = over(ladder(("a", "4"), ("b", "3"), ("c", "2"), ("d", "1"), (None, "0")), ROWS)
    places = [next((i for i, truth in enumerate(row) if truth is not False), 4) for row in ROWS]
    assert [place for _, place in found] == places


def test_the_first_entry_wins_over_a_higher_one_below():
    assert over(ladder(("a", "0"), ("b", "4"), (None, "1")), [(True, True, True, True)]) == [((0, 0), 0)]


def test_an_open_value_stays_open_where_its_entry_holds():
    assert over(ladder(("a", "2", "4"), (None, "0")), [(True,) * 4, (False,) * 4, (None,) * 4]) == [
        ((2, 4), 0),
        ((0, 0), 1),
        ((0, 4), 0),
    ]


def test_a_value_may_be_calculated_from_intervals():
    found = ladder(("a", "max(1, asked, other)"), (None, "asked", "other"))
    value = ladder_span(found)
    columns = {lo("asked"): [0, 1], hi("asked"): [3, 1], lo("other"): [2, 4], hi("other"): [2, 5]}
    table = pl.DataFrame(columns | {"a": [True, False]}).select(low=value.lo, high=value.hi)
    assert table.rows() == [(2, 3), (1, 5)]


def test_an_entry_that_a_switch_turns_off_is_never_reached():
    found = ladder(("a", "3"), (None, "0"))
    off = Ladder("list", "list", (Entry("off", Constant(False), Number(9.0), Number(9.0)), *found.entries))
    assert over(off, ROWS) == [(interval, place + 1) for interval, place in over(found, ROWS)]
