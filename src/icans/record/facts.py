"""The facts of every patient of a cohort table: one row each, from the table itself or from one beside it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import polars as pl

from icans.record.catalogue import catalogue
from icans.record.mapping import Fact, TableMapping
from icans.record.mistakes import problems_of
from icans.record.names import find_product
from icans.record.observed import beyond, limits_in_words
from icans.record.record import PATIENTS
from icans.record.table import Table, need, read_table, words
from icans.record.time import local_to_utc, to_utc
from icans.record.units import line


def facts(
    table: Table, plan: TableMapping, folder: Path, anchor: datetime
) -> tuple[pl.DataFrame, list[str], list[str]]:
    """The patients of a cohort table, problems and notices.

    folder   where the file of the facts lies, if the mapping names one
    anchor   the infusion of patients without a date, where times are counted from the infusion

    Of several rows of a patient the first that is not empty counts. A wrong fact becomes a problem.
    """
    names = table.frame.select(words(plan.patient).alias("patient")).unique(maintain_order=True).drop_nulls()
    source = read_table(folder / plan.facts_file) if plan.facts_file else table
    who = (plan.facts_patient or plan.patient) if plan.facts_file else plan.patient
    need(source, who, *(fact.column for fact in plan.facts.values()))
    rows = source.numbered().with_columns(words(who).alias("patient"))
    typed = rows.select("row", "patient", *(_fact(rows, name, fact, plan) for name, fact in plan.facts.items()))
    typed, found = _possible(rows, typed, plan, source.file)
    firsts = typed.group_by("patient").agg(pl.col(name).drop_nulls().first() for name in plan.facts)
    joined = names.join(firsts, on="patient", how="left", maintain_order="left")
    if plan.time.since == "infusion":
        known = pl.col("infusion") if "infusion" in joined.columns else pl.lit(None, dtype=PATIENTS["infusion"])
        joined = joined.with_columns(infusion=known.fill_null(pl.lit(anchor, dtype=PATIENTS["infusion"])))
    empty = [pl.lit(None, dtype=kind).alias(name) for name, kind in PATIENTS.items() if name not in joined.columns]
    frame = joined.with_columns(empty).select(pl.col(name).cast(kind) for name, kind in PATIENTS.items())
    return frame, found, []


def _fact(rows: pl.DataFrame, name: str, fact: Fact, plan: TableMapping) -> pl.Expr:
    """One fact as the schema of the patients has it, null where it is not understood."""
    cell = pl.col(fact.column)
    if name in ("age", "weight", "height"):
        item = catalogue()[name]
        number = line(fact.unit or item.unit, item).expression(cell.cast(pl.Float64, strict=False))
        return number.alias(name)
    if name == "infusion":
        column = rows[fact.column]
        read = local_to_utc if column.dtype.is_temporal() else to_utc
        return pl.lit(read(column, plan.time.zone).utc).alias(name)
    if name == "developmental_delay":
        yes_no = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
        word = cell.cast(pl.String).str.to_lowercase()
        return word.replace_strict(yes_no, default=None, return_dtype=pl.Boolean).alias(name)
    if name == "product":
        written = rows[fact.column].cast(pl.String).unique().drop_nulls().to_list()
        known = {word: find_product(word) or word.lower() for word in written}
        return cell.cast(pl.String).replace_strict(known, default=None, return_dtype=pl.String).alias(name)
    text = words(fact.column).alias(name)
    return text.str.to_lowercase() if name == "sex" else text


def _possible(rows: pl.DataFrame, typed: pl.DataFrame, plan: TableMapping, file: str) -> tuple[pl.DataFrame, list[str]]:
    """Facts that are not understood or cannot be become unknown, each with its problem."""
    found: list[str] = []
    for name, fact in plan.facts.items():
        cells = rows.select(words(fact.column)).to_series()
        filled = cells.is_not_null() & (cells.str.to_lowercase() != "na")
        problem = pl.when(pl.lit(filled) & pl.col(name).is_null()).then(pl.lit(f"{name} is not understood"))
        if name in ("age", "weight", "height"):
            item = catalogue()[name]
            outside = beyond(pl.col(name), item.limits)
            problem = problem.when(outside).then(pl.lit(limits_in_words(item)))
        checked = typed.with_columns(problem.otherwise(pl.lit(None, dtype=pl.String)).alias("problem"))
        found += problems_of(checked, file, fact.column)
        typed = checked.with_columns(pl.when(pl.col("problem").is_null()).then(pl.col(name)).alias(name)).drop(
            "problem"
        )
    return typed, found
