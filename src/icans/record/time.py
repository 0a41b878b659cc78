"""Times as written in a record, to UTC.

Accepted is ISO 8601: 2024-03-04T10:30:00+01:00, seconds and fractions optional, a blank for the T, Z for
UTC, and the date alone, which stands for its first moment (00:00). A time without an offset needs the time
zone of the patient, an IANA name. Where clocks change:

- a local hour that happened twice is taken as the first of the two;
- a local hour that was skipped is read with the offset before the change (02:30 becomes 03:30).

Both are counted in the notices.
"""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import polars as pl

from icans.errors import DataError

UTC = pl.Datetime("us", "UTC")
EXAMPLE = "2024-03-04T10:30+01:00"

_SHAPE = (
    r"^(?<day>\d{4}-\d{2}-\d{2})"
    r"(?:[Tt ](?<minute>\d{2}:\d{2})(?::(?<second>\d{2})(?:[.,](?<part>\d{1,9}))?)?)?"
    r"\s*(?<offset>[Zz]|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)?$"
)
# Longer than any change of clocks, so that a skipped hour moved back by it exists.
_BACK = pl.duration(hours=3)


YEARS = (1900, 2300)
"""De-identified records lie far in the future; beyond these years a time is a slip of the pen."""
NO_YEAR = f"the year is not between {YEARS[0]} and {YEARS[1]}"


@dataclass(frozen=True)
class Times:
    """What became of a column of times.

    utc      Datetime UTC, null where the cell was empty or wrong
    problem  why the cell could not be read, null where it could or was empty
    notices  what the clock-change rules did, and how often
    """

    utc: pl.Series
    problem: pl.Series
    notices: tuple[str, ...] = ()

    def problem_or_missing(self) -> pl.Series:
        """The problem, and the words for an empty cell where a time is needed."""
        empty = pl.lit(self.utc.is_null() & self.problem.is_null())
        return pl.select(pl.when(empty).then(pl.lit("the time is missing")).otherwise(self.problem)).to_series()


def check_zone(zone: str | None) -> str | None:
    """`zone` itself, None for empty. Raises DataError where it is no IANA time zone."""
    name = (zone or "").strip()
    if not name:
        return None
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        words = f"time zone '{name[:40]}' is not known. Use an IANA name, such as Europe/Berlin"
        raise DataError(words) from None
    return name


def to_utc(text: pl.Series, zone: str | None = None) -> Times:
    """A column of words to UTC, for columns of any length.

    text  ISO 8601 in strings, or null
    zone  IANA name for times without an offset; None: such a time is a problem ('time zone missing')
    """
    zone = check_zone(zone)
    cells = pl.DataFrame({"text": text.cast(pl.String).str.strip_chars()}).select(_nothing_if_empty("text"))
    parts = cells.with_columns(pl.col("text").str.extract_groups(_SHAPE).alias("found")).unnest("found")
    parts = parts.with_columns(
        pl.col("minute").fill_null("00:00"),
        pl.col("second").fill_null("00"),
        pl.col("part").fill_null("0"),
        pl.col("offset").str.to_uppercase().replace("Z", "+00"),
    )
    clock = pl.format("{}T{}:{}", "day", "minute", "second").str.to_datetime(
        "%Y-%m-%dT%H:%M:%S", strict=False, time_unit="us"
    )
    micro = pl.col("part").str.pad_end(6, "0").str.slice(0, 6).cast(pl.Int64)
    read = parts.with_columns(local=clock + pl.duration(microseconds=micro))
    return _from_local(read, zone)


def local_to_utc(local: pl.Series, zone: str | None) -> Times:
    """A column of date-times to UTC: those with a zone are converted, those without are in `zone`."""
    if isinstance(local.dtype, pl.Datetime) and local.dtype.time_zone:
        utc = local.dt.convert_time_zone("UTC").dt.cast_time_unit("us")
        return Times(utc, pl.Series([None], dtype=pl.String).new_from_index(0, len(utc)))
    naive = local.cast(pl.Datetime("us"))
    none = pl.lit(None, dtype=pl.String)
    read = pl.DataFrame({"local": naive}).with_columns(
        text=pl.when(pl.col("local").is_not_null()).then(pl.lit("t")), offset=none
    )
    return _from_local(read, check_zone(zone))


def _nothing_if_empty(name: str) -> pl.Expr:
    return pl.when(pl.col(name) != "").then(pl.col(name)).alias(name)


def _from_local(read: pl.DataFrame, zone: str | None) -> Times:
    """text (null: empty), local (naive, null: not a time), offset ('+01:00' or null) to UTC."""
    digits = pl.col("offset").str.replace_all(":", "", literal=True)
    hours, rest = digits.str.slice(1, 2), digits.str.slice(3).replace("", "00")
    minutes = hours.cast(pl.Int64) * 60 + rest.cast(pl.Int64)
    signed = pl.when(digits.str.starts_with("-")).then(-minutes).otherwise(minutes)
    by_offset = (pl.col("local") - pl.duration(minutes=signed)).dt.replace_time_zone("UTC")
    by_zone, twice, skipped = _by_zone(zone)
    bare = pl.col("offset").is_null() & pl.col("local").is_not_null()
    out = read.select(
        utc=pl.when(bare).then(by_zone).otherwise(by_offset),
        problem=_problem(bare, zone),
        twice=bare & twice,
        skipped=bare & skipped,
    )
    far = ~pl.col("utc").dt.year().is_between(*YEARS)
    words = NO_YEAR
    out = out.with_columns(
        utc=pl.when(~far.fill_null(False)).then(pl.col("utc")),
        problem=pl.coalesce("problem", pl.when(far).then(pl.lit(words))),
    )
    changed = _clock_notices(int(out["twice"].sum()), int(out["skipped"].sum()))
    return Times(out["utc"], out["problem"], changed)


def _by_zone(zone: str | None) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """UTC of the naive column `local`, and where its hour happened twice or was skipped."""
    if zone is None:
        return pl.lit(None, dtype=UTC), pl.lit(False), pl.lit(False)
    local = pl.col("local")
    first = local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    second = local.dt.replace_time_zone(zone, ambiguous="latest", non_existent="null")
    before = (local - _BACK).dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    moved = before.dt.convert_time_zone("UTC") + _BACK
    utc = pl.coalesce(first.dt.convert_time_zone("UTC"), moved)
    return utc, (first != second).fill_null(False), first.is_null() & local.is_not_null()


def _problem(bare: pl.Expr, zone: str | None) -> pl.Expr:
    not_a_time = pl.col("text").is_not_null() & pl.col("local").is_null()
    words = pl.lit(f"not a time; expected ISO 8601 such as {EXAMPLE}")
    problem = pl.when(not_a_time).then(words)
    if zone is None:
        missing = f"time zone missing: add an offset as in {EXAMPLE}, or give the time_zone of the patient"
        problem = problem.when(bare).then(pl.lit(missing))
    return problem.otherwise(pl.lit(None, dtype=pl.String))


def _clock_notices(twice: int, skipped: int) -> tuple[str, ...]:
    found = []
    if twice:
        found.append(f"local times in an hour that happened twice (clocks set back), the first taken: {twice}")
    if skipped:
        found.append(f"local times in an hour that was skipped (clocks set forward), moved on: {skipped}")
    return tuple(found)
