"""The mistakes of a table in words: which file, rows and column, what was expected. Never the value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

_SHOWN = 3


def rows_in_words(rows: Sequence[int]) -> str:
    """'row 4', 'rows 4 and 7', 'rows 4, 7, 9 and 12 more'."""
    shown = [str(row) for row in rows[:_SHOWN]]
    if len(rows) > _SHOWN:
        return f"rows {', '.join(shown)} and {len(rows) - _SHOWN} more"
    if len(shown) == 1:
        return f"row {shown[0]}"
    return f"rows {', '.join(shown[:-1])} and {shown[-1]}"


def problems_of(frame: pl.DataFrame, file: str, column: str, problem: str = "problem") -> list[str]:
    """One sentence for each distinct mistake of a column.

    frame    columns row (number in the file; the header is row 1) and `problem` (words, null where right)
    """
    wrong = frame.filter(pl.col(problem).is_not_null())
    if wrong.is_empty():
        return []
    grouped = wrong.group_by(problem, maintain_order=True).agg(pl.col("row").sort())
    return [f"{file} {rows_in_words(rows)}, column {column}: {words}" for words, rows in grouped.iter_rows()]


def first_words(*problems: pl.Expr) -> pl.Expr:
    """The first problem that is there."""
    return pl.coalesce(*problems, pl.lit(None, dtype=pl.String))


def merged_counts(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    """Several counts added up, by name."""
    total: dict[str, int] = {}
    for count in counts:
        for name, number in count.items():
            total[name] = total.get(name, 0) + number
    return total
