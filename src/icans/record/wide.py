"""A wide cohort table: one time a row, the items as columns."""

from __future__ import annotations

import polars as pl

from icans.record.catalogue import Item, catalogue
from icans.record.mapping import TableMapping, UnitRule
from icans.record.mistakes import problems_of
from icans.record.observed import Observed, beyond, limits_in_words
from icans.record.units import line


def wide(timed: pl.DataFrame, plan: TableMapping, file: str) -> Observed:
    """One time a row: each column of the mapping becomes observations, in the catalogue's units.

    timed   the table with the columns row, _patient and _time (UTC) in front

    Two rows of a patient at the same time are a problem only where they say different things.
    """
    problems: list[str] = []
    frames: list[pl.DataFrame] = []
    repeated = bool(timed.select(pl.struct("_patient", "_time").is_duplicated().any()).item())
    typed = timed.select("row", "_patient", "_time", *_columns(timed, plan))
    for column, source in plan.sources.items():
        item = catalogue()[source.item]
        problems += problems_of(_not_understood(typed, timed, column, item), file, column)
        checked = typed.select("row", "_patient", "_time", pl.col(column).alias("value"))
        checked = _clashes(checked) if repeated else checked.with_columns(problem=pl.lit(None, dtype=pl.String))
        frame, found = _observations(checked, column, item, file)
        frames.append(frame)
        problems += found
    return Observed(pl.concat(frames), tuple(problems), tuple(_rules_in_words(plan)))


def _clashes(rows: pl.DataFrame) -> pl.DataFrame:
    """One row a patient and time; with a problem on those that have two different values."""
    key = ["_patient", "_time"]
    distinct = rows.filter(pl.col("value").is_not_null()).unique([*key, "value"], keep="first", maintain_order=True)
    words = pl.lit("two values of one patient at the same time; keep one")
    return distinct.with_columns(problem=pl.when(pl.struct(key).is_duplicated()).then(words))


def _columns(timed: pl.DataFrame, plan: TableMapping) -> list[pl.Expr]:
    """Each source column as numbers in the catalogue's unit, null where empty or not understood."""
    found = []
    for column, source in plan.sources.items():
        item = catalogue()[source.item]
        number = _number(timed, column, item)
        if isinstance(source.unit, UnitRule):
            low, high = (line(unit, item).expression(number) for unit in (source.unit.otherwise, source.unit.then))
            number = pl.when(_above(timed, source.unit)).then(high).otherwise(low)
        elif item.kind in ("number", "whole"):
            number = line(source.unit, item).expression(number)
        found.append(number.alias(column))
    return found


def _above(timed: pl.DataFrame, rule: UnitRule) -> pl.Expr:
    value = pl.col(rule.column).cast(pl.Float64, strict=False)
    if rule.by == "patient":
        value = value.median().over("_patient")
    return (value > rule.above).fill_null(False)


def _number(timed: pl.DataFrame, column: str, item: Item) -> pl.Expr:
    if item.kind in ("number", "whole"):
        number = pl.col(column).cast(pl.Float64, strict=False)
        return pl.when(number.is_finite()).then(number)
    codes: dict[str, float] = {}
    for cell in timed[column].cast(pl.String).unique().drop_nulls().to_list():
        try:
            codes[cell] = item.encode(cell)
        except ValueError:
            continue  # told as a problem with its rows in _observations
    return pl.col(column).cast(pl.String).replace_strict(codes, default=None, return_dtype=pl.Float64)


def _observations(rows: pl.DataFrame, column: str, item: Item, file: str) -> tuple[pl.DataFrame, list[str]]:
    """The observations of one column, without those that cannot be; and these in words.

    rows   row, _patient, _time, value (null: not recorded) and problem
    """
    outside = pl.when(beyond(pl.col("value"), item.limits)).then(pl.lit(limits_in_words(item)))
    checked = rows.with_columns(pl.coalesce("problem", outside))
    right = checked.filter(pl.col("value").is_not_null() & pl.col("problem").is_null())
    frame = right.select(
        pl.col("_patient").alias("patient"),
        pl.col("_time").alias("time"),
        pl.lit(item.name).alias("item"),
        "value",
        pl.lit(None, dtype=pl.Boolean).alias("other_cause"),
        pl.lit(None, dtype=pl.String).alias("attribution"),
        beyond(pl.col("value"), item.plausible).fill_null(False).alias("implausible"),
        pl.format("{} row {}, {}", pl.lit(file), "row", pl.lit(column)).alias("source"),
    )
    return frame, problems_of(checked, file, column)


def _not_understood(typed: pl.DataFrame, timed: pl.DataFrame, column: str, item: Item) -> pl.DataFrame:
    kind = timed.schema[column]
    filled = timed[column].is_not_null()
    if kind == pl.String:
        filled = filled & ~timed[column].str.strip_chars().str.to_lowercase().is_in(["", "na"])
    expected = "a number" if item.kind in ("number", "whole") else ", ".join(item.values) or "yes or no"
    problem = pl.when(pl.lit(filled) & pl.col(column).is_null()).then(pl.lit(f"{item.name} is {expected}"))
    return typed.select("row", problem.alias("problem"))


def _rules_in_words(plan: TableMapping) -> list[str]:
    found = []
    for column, source in plan.sources.items():
        if isinstance(rule := source.unit, UnitRule):
            what = f"the patient's median of {rule.column}" if rule.by == "patient" else rule.column
            found.append(f"{column}: {rule.then} where {what} is above {rule.above:g}, else {rule.otherwise} (mapping)")
    return found
