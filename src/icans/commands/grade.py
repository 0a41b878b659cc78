"""`icans grade`: a table of states in, the same table with an interval and a reason for each scale out."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from icans.commands.options import check_hours
from icans.errors import DataError
from icans.grading.conventions import parse_switches, switches
from icans.grading.course import by_window, states_of
from icans.grading.features import features, record_features
from icans.grading.grade import applies, assumed, chosen, deciding_conventions, grade_states
from icans.record.catalogue import catalogue
from icans.record.read import read
from icans.record.record import ReadingLog, Records
from icans.record.states import States, read_states
from icans.report.files import as_csv, check_table_name, write_table


def run(
    table: Path,
    *,
    out: Path | None,
    scale: str,
    convention: Sequence[str],
    reasons: bool,
    mapping: Path | None,
    every: float | None,
    keep_going: bool,
) -> None:
    """Grade a table and write it with the grades as further columns; to the screen as CSV without `out`."""
    check_hours(every)
    if out is not None:
        check_table_name(out)
    changed = parse_switches(convention)
    families = [name.strip() for name in scale.split(",") if name.strip()]
    chosen(families, changed)
    if mapping is None and every is not None:
        raise DataError(
            "--every needs --mapping: it forms windows of a cohort table; a table of states has one row each"
        )
    records = read(table, keep_going=keep_going, mapping=mapping) if mapping is not None else None
    if records is None:
        states = read_states(table, keep_going=keep_going, implausible=not switches(changed)["P12"])
    else:
        states = _states_of(records, families, changed)
    _tell(states.log, families, states.typed, changed)
    graded = grade_states(states.typed, families, conventions=changed, reasons=reasons)
    if reasons:
        graded = graded.with_columns(deciding_conventions(states.typed, families, changed))
    if taken := [name for name in graded.columns if name in states.original.columns]:
        raise DataError(f"{table} already has the column '{taken[0]}'; rename it, so that nothing is overwritten")
    result = pl.concat([states.original, graded], how="horizontal")
    if records is not None and every is not None:
        result = _windows(result, records, every, worst=switches(changed)["C11"])
    if out is None:
        sys.stdout.write(as_csv(result).write_csv())
    else:
        write_table(out, result)
        told = _summary(result.select(c for c in graded.columns if c in result.columns))
        print(f"{out}: {result.height} rows graded. {told}")


def _states_of(records: Records, families: Sequence[str], changed: Mapping[str, bool]) -> States:
    """The states of a cohort from the infusion on, of which patient and time are kept."""
    positions = switches(changed)
    typed = states_of(records, positions).filter(pl.col("day").fill_null(0) >= 0)
    if any(name in features() for scale in chosen(families, changed) for name in scale.items()):
        typed = typed.join(record_features(records, implausible=not positions["P12"]), on="patient", how="left")
    return States(typed.select("patient", "time", "day"), typed, records.log)


def _windows(moments: pl.DataFrame, records: Records, every: float, *, worst: bool) -> pl.DataFrame:
    """Graded moments as graded windows: each outcome takes the moment that sets it, with its reason."""
    key = ["patient", "time", "day"]
    said = [c for c in ("conventions",) if c in moments.columns]
    result: pl.DataFrame | None = None
    for low in (c for c in moments.columns if c.endswith("_min")):
        stem = low.removesuffix("_min")
        reason = [c for c in (f"{stem}_reason",) if c in moments.columns]
        own = moments.select(*key, pl.lit(stem).alias("outcome"), pl.col(low).alias("min"),
                             pl.col(f"{stem}_max").alias("max"), *reason, *said)  # fmt: skip
        found = by_window(own, records, every, worst=worst).drop("outcome")
        found = found.rename({"min": low, "max": f"{stem}_max", **{c: f"{stem}_{c}" for c in said}})
        result = found if result is None else result.join(found, on=key, how="left", nulls_equal=True)
    return moments if result is None else result.sort("patient", "time")


def _tell(log: ReadingLog, families: Sequence[str], typed: pl.DataFrame, changed: Mapping[str, bool]) -> None:
    """To the error stream: what the reader says, scales that cannot be graded, what is taken for granted."""
    lines = [*log.problems, *log.notices]
    early = typed.filter(pl.col("day") < 0).height if "day" in typed.columns else 0
    if early:
        lines.append(f"{early} rows lie before the infusion; they are graded as they stand, but are not due to it")
    taken: dict[str, str] = {}
    for scale in chosen(families, changed):
        if not applies(scale, typed.columns):
            lines.append(f"{scale.title} is not graded: the table has no column it asks for")
            continue
        for name, (value, convention) in assumed(scale, typed.columns, switches(changed)).items():
            taken[f"{catalogue()[name].column} = {value}"] = convention
    if taken:
        words = ", ".join(f"{what} ({convention})" for what, convention in taken.items())
        lines.append(f"the table has no column for these, so they are taken as: {words}")
    for line in lines:
        print(f"icans: {line}", file=sys.stderr)


def _summary(graded: pl.DataFrame) -> str:
    """'crs: 0 in 30, 1 in 12, not settled in 3; icans: ...': how often each grade."""
    parts = []
    for low in (c for c in graded.columns if c.endswith("_min")):
        stem = low.removesuffix("_min")
        counts = graded.group_by(low, f"{stem}_max").len().sort(low, f"{stem}_max").rows()
        single = [f"{a:g} in {n}" for a, b, n in counts if a is not None and a == b]
        wide = sum(n for a, b, n in counts if a is None or a != b)
        parts.append(f"{stem}: " + ", ".join([*single[:8], *([f"not settled in {wide}"] if wide else [])]))
    return "; ".join(parts)
