"""A cohort table, CSV or Parquet: one value a row, or one time a row with the items as columns.

Without a mapping file the table has the columns patient, time, item, value and, if need be, unit and
attribution. `mapping.py` says what a mapping can hold. Everything is done column by column, for tables
of ten million rows.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from icans.errors import DataError
from icans.record.facts import facts
from icans.record.mapping import TableMapping, TimeColumn, UnitRule, read_mapping
from icans.record.mistakes import problems_of
from icans.record.observed import Observed, observed
from icans.record.record import THERAPIES, ReadingLog, Records
from icans.record.table import Table, need, read_table, with_columns, words
from icans.record.time import UTC as UTC_TIME
from icans.record.time import local_to_utc, to_utc
from icans.record.wide import wide

ANCHOR = datetime(2000, 1, 1, tzinfo=UTC)
"""Stands for hour 0 of a table that has no dates, only times since a moment."""

_DAYS = {"s": 1 / 86400, "min": 1 / 1440, "h": 1 / 24, "d": 1.0, "wk": 7.0}


def read_long(path: str | Path, mapping: str | Path | TableMapping | None = None) -> Records:
    """The records in a cohort table.

    mapping   a mapping file (YAML) or what was read from one; None: the columns have the names above

    Wrong values are left out and listed in the log. Raises DataError where the table or the mapping as a
    whole cannot be read, or the two do not fit.
    """
    file = Path(path)
    plan = _plan(mapping)
    table = read_table(file)
    need(table, *_needed(plan, table))
    patients, patient_problems, notices = facts(table, plan, file.parent, ANCHOR)
    timed, time_problems, time_notices = _timed(table, plan, patients)
    seen = wide(timed, plan, table.file) if plan.layout == "wide" else _long(timed, plan, table.file)
    counts = seen.frame.group_by("item").len().sort("item").rows()
    log = ReadingLog(
        used={"Patient": len(patients), **{f"Observation {name}": n for name, n in counts}},
        skipped=_not_mapped(table, plan),
        problems=(*table.problems, *patient_problems, *time_problems, *seen.problems),
        notices=(*notices, *time_notices, *seen.notices),
    )
    return Records(patients, seen.frame, pl.DataFrame(schema=THERAPIES), log)


def _plan(mapping: str | Path | TableMapping | None) -> TableMapping:
    if isinstance(mapping, TableMapping):
        return mapping
    return read_mapping(mapping) if mapping else TableMapping()


def _needed(plan: TableMapping, table: Table) -> list[str]:
    rules = [s.unit.column for s in plan.sources.values() if isinstance(s.unit, UnitRule)]
    if plan.layout == "wide":
        return list(dict.fromkeys([plan.patient, plan.time.column, *plan.sources, *rules]))
    return [plan.patient, plan.time.column, plan.item, plan.value]


def _not_mapped(table: Table, plan: TableMapping) -> dict[str, int]:
    """Columns of a wide table that the mapping leaves out -> cells in them."""
    if plan.layout != "wide":
        return {}
    here = [] if plan.facts_file else [fact.column for fact in plan.facts.values()]
    used = {plan.patient, plan.time.column, *plan.sources, *here}
    left = table.frame.select(pl.exclude(*used).count())
    counts = left.to_dicts()[0] if left.width else {}
    return {f"column {name} is not in the mapping": n for name, n in counts.items()}


def _timed(table: Table, plan: TableMapping, patients: pl.DataFrame) -> tuple[pl.DataFrame, list[str], list[str]]:
    """The table with the columns row, _patient and _time (UTC), without the rows that lack one of them."""
    frame = table.numbered().with_columns(words(plan.patient).alias("_patient"))
    if plan.time.since:
        utc, problem, notices = _relative(frame, plan.time, patients)
    else:
        column = frame[plan.time.column]
        read = local_to_utc if column.dtype.is_temporal() else to_utc
        times = read(column, plan.time.zone)
        utc, problem = times.utc, times.problem_or_missing()
        notices = [f"{table.file}: {notice}" for notice in times.notices]
    no_patient = pl.when(pl.col("_patient").is_null()).then(pl.lit("no patient is named")).alias("nobody")
    full = frame.with_columns(utc.alias("_time"), problem.alias("problem"), no_patient)
    found = problems_of(full, table.file, plan.time.column)
    found += problems_of(full, table.file, plan.patient, "nobody")
    right = full.filter(pl.col("_time").is_not_null() & pl.col("_patient").is_not_null())
    return right.drop("problem", "nobody"), found, notices


def _relative(frame: pl.DataFrame, time: TimeColumn, patients: pl.DataFrame) -> tuple[pl.Series, pl.Series, list[str]]:
    """Times since the infusion or a start, put after the patient's infusion where its date is known."""
    kind = frame.schema[time.column]
    if kind == pl.Duration:
        since = pl.col(time.column).cast(pl.Duration("us"))
    elif time.unit is None:
        raise DataError(f"the mapping needs the unit of the time column '{time.column}': s, min, h, d or wk")
    else:
        days = pl.col(time.column).cast(pl.Float64, strict=False) * _DAYS[time.unit]
        since = pl.duration(microseconds=(days * 86_400_000_000).round().cast(pl.Int64))
    zero = pl.col("infusion") if time.since == "infusion" else pl.lit(None, dtype=UTC_TIME)
    joined = frame.select(time.column, patient="_patient").join(
        patients.select("patient", "infusion"), on="patient", how="left", maintain_order="left"
    )
    out = joined.select(
        utc=zero.fill_null(pl.lit(ANCHOR, dtype=UTC_TIME)) + since,
        problem=pl.when(since.is_null()).then(pl.lit(f"not a time since {time.since}")),
    )
    notice = f"no dates: {time.since} stands at {ANCHOR:%Y-%m-%d} UTC for every patient whose date is not given"
    return out["utc"], out["problem"], [notice]


def _long(timed: pl.DataFrame, plan: TableMapping, file: str) -> Observed:
    """One value a row: its words go the way of every observation."""
    optional = [name for name in (plan.unit, plan.attribution) if name]
    frame = with_columns(timed, optional).select(
        "row",
        words(plan.value).alias("value"),
        words(plan.item).alias("item"),
        patient="_patient",
        time="_time",
        unit=words(plan.unit) if plan.unit else pl.lit(None, dtype=pl.String),
        attribution=words(plan.attribution) if plan.attribution else pl.lit(None, dtype=pl.String),
    )
    frame = frame.filter(pl.col("value").is_not_null()).with_columns(_word="item")
    for name, source in plan.sources.items():
        here = pl.col("_word") == name
        unit = _rule_unit(source.unit) if isinstance(source.unit, UnitRule) else pl.lit(source.unit)
        given = pl.col("unit") if source.unit is None else unit
        frame = frame.with_columns(
            pl.when(here).then(given).otherwise("unit").alias("unit"),
            pl.when(here).then(pl.lit(source.item)).otherwise("item").alias("item"),
        )
    return observed(frame, file)


def _rule_unit(rule: UnitRule) -> pl.Expr:
    """The unit a rule gives in a long table, where its column is a word for an item."""
    number = pl.col("value").cast(pl.Float64, strict=False)
    if rule.by == "patient":
        number = number.filter(pl.col("_word") == rule.column).median().over("patient")
    return pl.when(number > rule.above).then(pl.lit(rule.then)).otherwise(pl.lit(rule.otherwise))
