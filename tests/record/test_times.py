"""Times as written, to UTC. Expected: the offsets of Europe/Berlin (+1, summer +2) and America/New_York (-5, -4)."""

from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icans.errors import DataError
from icans.record.time import local_to_utc, to_utc


def one(text: str | None, zone: str | None = None):
    times = to_utc(pl.Series([text], dtype=pl.String), zone)
    return times.utc[0], times.problem[0]


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2024-03-04T10:30:00Z", None, "2024-03-04T10:30:00"),
        ("2024-03-04T10:30+01:00", None, "2024-03-04T09:30:00"),
        ("2024-03-04 10:30 -0500", None, "2024-03-04T15:30:00"),
        ("2024-03-04T10:30:00.250+05:30", None, "2024-03-04T05:00:00.250"),
        ("2024-03-04T10:30", "Europe/Berlin", "2024-03-04T09:30:00"),
        ("2024-07-04T10:30", "Europe/Berlin", "2024-07-04T08:30:00"),
        ("2024-03-04", "America/New_York", "2024-03-04T05:00:00"),
        ("2024-03-04T10:30+01:00", "America/New_York", "2024-03-04T09:30:00"),
        ("2024-02-29T00:00Z", None, "2024-02-29T00:00:00"),
        # Clocks set back on 27 October 2024 at 3:00: 2:30 happened twice, the first time at +2.
        ("2024-10-27T02:30", "Europe/Berlin", "2024-10-27T00:30:00"),
        # Clocks set forward on 31 March 2024 at 2:00: 2:30 is read at +1, which is 3:30 at +2.
        ("2024-03-31T02:30", "Europe/Berlin", "2024-03-31T01:30:00"),
    ],
)
def test_a_time_is_understood(text, zone, expected):
    assert one(text, zone) == (datetime.fromisoformat(expected).replace(tzinfo=UTC), None)


@pytest.mark.parametrize(
    "text",
    ["yesterday", "2024-02-30", "2024-13-01", "04.03.2024", "2024-03-04T25:00Z", "2024-03-04T10:30+25:00", "1709546400",
     "2024-03-04T10:60Z", "24-03-04"],
)  # fmt: skip
def test_what_is_not_a_time_is_a_problem(text):
    utc, problem = one(text, "Europe/Berlin")
    assert utc is None
    assert "ISO 8601" in problem


def test_a_time_without_a_zone_is_a_problem_where_none_is_given():
    utc, problem = one("2024-03-04T10:30")
    assert utc is None
    assert "time zone missing" in problem


@pytest.mark.parametrize("text", [None, "", "  "])
def test_an_empty_cell_is_no_problem_here(text):
    assert one(text) == (None, None)


def test_changes_of_clocks_are_counted():
    series = pl.Series(["2024-10-27T02:30", "2024-10-27T02:40", "2024-03-31T02:30", "2024-03-04T10:30"])
    twice, skipped = to_utc(series, "Europe/Berlin").notices
    assert twice.endswith("the first taken: 2")
    assert skipped.endswith("moved on: 1")


def test_an_offset_decides_an_hour_that_happened_twice():
    assert one("2024-10-27T02:30+01:00", "Europe/Berlin")[0] == datetime(2024, 10, 27, 1, 30, tzinfo=UTC)


def test_an_unknown_time_zone_is_an_error():
    with pytest.raises(DataError, match="IANA name"):
        to_utc(pl.Series(["2024-03-04"]), "Mars/Olympus")


def test_a_date_time_without_a_zone_is_read_in_the_given_one():
    naive = pl.Series([datetime(2024, 7, 4, 10, 30), None])
    assert local_to_utc(naive, "Europe/Berlin").utc.to_list() == [datetime(2024, 7, 4, 8, 30, tzinfo=UTC), None]
    assert "time zone missing" in local_to_utc(naive, None).problem[0]
    aware = naive.dt.replace_time_zone("America/New_York")
    assert local_to_utc(aware, None).utc[0] == datetime(2024, 7, 4, 14, 30, tzinfo=UTC)


@given(st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1)), st.integers(-12 * 60, 14 * 60))
def test_the_same_moment_written_with_any_offset_is_the_same(moment, minutes):
    sign = "-" if minutes < 0 else "+"
    local = pl.Series([moment]).dt.offset_by(f"{minutes}m")[0]
    text = f"{local.isoformat(timespec='microseconds')}{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
    assert one(text) == (moment.replace(tzinfo=UTC), None)
