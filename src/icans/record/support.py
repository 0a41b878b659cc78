"""What the therapies of a record say about a state: vasoactive drugs running, their doses, for how long."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
from polars import selectors

from icans.record.catalogue import catalogue, drugs
from icans.record.record import Records

_OPEN_END_HOURS = 12.0
"""How long an infusion without an end is taken to run: our assumption, a nursing shift."""
_DOSED = ("norepinephrine", "epinephrine", "phenylephrine", "dopamine")
_VASOACTIVE = "vasoactive_drugs"


def with_support(states: pl.DataFrame, records: Records, *, complete: bool) -> pl.DataFrame:
    """`states` with vasoactive_drugs, the doses and the hours of vasopressor need, out of the therapies.

    complete  where a patient has therapies at all, a drug that is not among them is not running (convention P6);
              otherwise it is unknown. What was observed of an item stays, where it was.
    Doses are in ug/min, dopamine in ug/kg/min; a rate per kg needs the weight.
    """
    running = _infusions(records)
    listed = records.therapies["patient"].unique()
    base = pl.when(pl.col("patient").is_in(listed.to_list()) & complete).then(pl.lit(0, dtype=pl.UInt32))
    found = states.with_columns(base.alias("__mask"))
    since: list[str] = []
    for place, drug in enumerate(catalogue()[_VASOACTIVE].values):
        own = running.filter(pl.col("drug") == drug).sort("patient", "start")
        if own.is_empty():
            continue
        found = _with_drug(found, own, drug, 1 << place)
        if "vasopressor" in drugs()[drug].classes:
            since.append(f"__since_{drug}")
    found = _with_hours(found, since)
    return _kept(found, _VASOACTIVE, pl.col("__mask")).drop(selectors.starts_with("__"))


def _infusions(records: Records) -> pl.DataFrame:
    """The vasoactive infusions: patient, drug, start, end, dose in the unit of the dose item (null if not known)."""
    words = catalogue()[_VASOACTIVE].values
    rows = records.therapies.filter(pl.col("drug").is_in(words))
    weight = records.patients.select("patient", "weight")
    rate = pl.coalesce("rate", pl.lit(None, dtype=pl.Float64))
    unit = pl.col("rate_unit")
    per_kg = (
        pl.when(unit == "ug/kg/min").then(rate).when(unit == "mg/kg/h").then(rate * 1000 / 60)
        .when(unit == "ug/kg/h").then(rate / 60)
    )  # fmt: skip
    flat = (
        pl.when(unit == "ug/min").then(rate).when(unit == "mg/h").then(rate * 1000 / 60)
        .when(unit == "mg/min").then(rate * 1000).when(unit == "ug/h").then(rate / 60)
    )  # fmt: skip
    kg = pl.col("weight")
    dose = (
        pl.when(pl.col("drug") == "dopamine")
        .then(pl.coalesce(per_kg, flat / kg))
        .otherwise(pl.coalesce(flat, per_kg * kg))
    )
    end = pl.coalesce("end", pl.col("start") + timedelta(hours=_OPEN_END_HOURS))
    return rows.join(weight, on="patient", how="left").select(
        "patient", "drug", "start", end.alias("end"), dose.alias("amount")
    )


def _with_drug(found: pl.DataFrame, own: pl.DataFrame, drug: str, bit: int) -> pl.DataFrame:
    """Where one drug runs: its bit in the mask, its dose, since when it runs and since when at this dose."""
    stretches = _stretches(own)
    joined = found.join_asof(
        stretches, left_on="time", right_on="start", by="patient", strategy="backward", check_sortedness=False
    )
    here = (pl.col("time") < pl.col("end")) | ((pl.col("time") == pl.col("end")) & (pl.col("start") == pl.col("end")))
    here = here.fill_null(False)
    columns = [
        pl.when(here).then(pl.col("__mask").fill_null(0) | bit).otherwise("__mask").alias("__mask"),
        pl.when(here).then("run_start").alias(f"__since_{drug}"),
    ]
    if drug in _DOSED:
        columns.append(pl.when(here).then("amount").alias(f"__dose_{drug}"))
        columns.append(pl.when(here).then("dose_start").alias(f"__at_{drug}"))
    joined = joined.with_columns(columns).drop("start", "end", "amount", "run_start", "dose_start")
    return _kept(joined, f"{drug}_dose", pl.col(f"__dose_{drug}")) if drug in _DOSED else joined


def _stretches(own: pl.DataFrame) -> pl.DataFrame:
    """One row an entry, with the start of the unbroken run it belongs to and of the stretch at one dose.

    Entries less than an hour apart are one run: charts are rewritten at every change of rate.
    """
    before = pl.col("end").shift().over("patient")
    broken = (pl.col("start") - before > timedelta(hours=1)).fill_null(True)
    changed = broken | (pl.col("amount").ne_missing(pl.col("amount").shift().over("patient")))
    rows = own.select("patient", "start", "end", "amount", broken.alias("b"), changed.alias("c"))
    runs = rows.with_columns(pl.col("b").cum_sum().over("patient"), pl.col("c").cum_sum().over("patient"))
    return runs.with_columns(
        run_start=pl.col("start").min().over("patient", "b"),
        dose_start=pl.col("start").min().over("patient", "c"),
    ).select("patient", "start", "end", "amount", "run_start", "dose_start")


def _with_hours(found: pl.DataFrame, since: list[str]) -> pl.DataFrame:
    if not since:
        return found
    hours = (pl.col("time") - pl.min_horizontal(since)).dt.total_seconds() / 3600
    found = _kept(found, "vasopressor_hours", hours)
    doses = [c for c in found.columns if c.startswith("__at_")]
    if not doses:
        return found
    held = (pl.col("time") - pl.max_horizontal(doses)).dt.total_seconds() / 3600
    return _kept(found, "vasopressor_dose_hours", held)


def _kept(states: pl.DataFrame, name: str, derived: pl.Expr) -> pl.DataFrame:
    """`states` with an item out of the therapies, where it was not observed itself."""
    kind = pl.UInt32 if catalogue()[name].kind == "set" else pl.Float64
    value = pl.coalesce(name, derived) if name in states.columns else derived
    return states.with_columns(value.cast(kind).alias(name))
