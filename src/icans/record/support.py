"""What the therapies of a record say about a state: vasoactive drugs running, their doses, for how long."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
from polars import selectors

from icans.record.catalogue import catalogue, drugs
from icans.record.record import Records

_ONE_RUN = timedelta(hours=1)
"""Entries less than this apart are one run: charts are rewritten at every change of rate."""
_DOSED = ("norepinephrine", "epinephrine", "phenylephrine", "dopamine")
_VASOACTIVE = "vasoactive_drugs"


def with_support(states: pl.DataFrame, records: Records, *, complete: bool, sure_hours: float = 12.0) -> pl.DataFrame:
    """`states` with vasoactive_drugs, the doses and the hours of vasopressor need, out of the therapies.

    complete  where a patient has therapies at all, a drug that is not among them is not running (convention P6);
              otherwise it is unknown. Of the drugs that run, those observed and those of the therapies count; a dose
              that was observed stays.
    sure_hours  how long an infusion without an end surely runs; after it nobody knows (convention P15)
    Doses are in ug/min, dopamine in ug/kg/min; a rate per kg needs the weight. A single dose does not run. A running
    drug that nobody attributed elsewhere takes the flag of the finding back.
    """
    running = _infusions(records)
    listed = records.therapies["patient"].unique().to_list()
    none = pl.when(pl.col("patient").is_in(listed) & complete).then(pl.lit(0, dtype=pl.UInt32))
    found = states.with_columns(__mask=none, __open=pl.lit(False), __since=pl.lit(None), __held=pl.lit(None))
    found = found.with_columns(pl.col("__since", "__held").cast(pl.Datetime("us", "UTC")), __mixed=pl.lit(False))
    for place, drug in enumerate(catalogue()[_VASOACTIVE].values):
        own = running.filter(pl.col("drug") == drug).sort("patient", "start")
        if not own.is_empty():
            found = _with_drug(found, _runs(own, sure_hours), drug, 1 << place)
    found = _with_flag_back(_without_attributed(_with_hours(found), records), records)
    mask = pl.when(~pl.col("__open")).then(pl.col("__mask"))
    if _VASOACTIVE in found.columns:
        seen = _not_charted(found, running)
        mask = pl.coalesce(seen | mask, seen, mask)
    return found.with_columns(mask.cast(pl.UInt32).alias(_VASOACTIVE)).drop(selectors.starts_with("__"))


def _infusions(records: Records) -> pl.DataFrame:
    """The vasoactive infusions: patient, drug, start, end (null where open), dose in the unit of the dose item."""
    rows = records.therapies.filter(pl.col("drug").is_in(catalogue()[_VASOACTIVE].values))
    rows = rows.filter(pl.col("end").is_not_null() | pl.col("rate").is_not_null() | pl.col("dose").is_null())
    weighed = rows.join(records.patients.select("patient", "weight"), on="patient", how="left")
    # A rate of 0 is how some charts write that the drug was stopped.
    end = pl.when(pl.col("rate") == 0).then(pl.col("start")).otherwise(pl.col("end"))
    return weighed.select("patient", "drug", "start", end.alias("end"), _amount().alias("amount"))


def _amount() -> pl.Expr:
    """The rate in ug/min, for dopamine in ug/kg/min; null where its unit or the weight is not known."""
    rate, unit, kg = pl.col("rate"), pl.col("rate_unit"), pl.col("weight")
    per_kg = pl.when(unit == "ug/kg/min").then(rate).when(unit == "mg/kg/h").then(rate * 1000 / 60)
    per_kg = per_kg.when(unit == "ug/kg/h").then(rate / 60)
    flat = pl.when(unit == "ug/min").then(rate).when(unit == "mg/h").then(rate * 1000 / 60)
    flat = flat.when(unit == "mg/min").then(rate * 1000).when(unit == "ug/h").then(rate / 60)
    dopamine = pl.coalesce(per_kg, flat / kg)
    return pl.when(pl.col("drug") == "dopamine").then(dopamine).otherwise(pl.coalesce(flat, per_kg * kg))


def _runs(own: pl.DataFrame, sure_hours: float) -> pl.DataFrame:
    """One row an entry: until when the drug surely runs, and of its run the start and the lowest rate so far.

    open  true where the entry has no end and none follows: after `until` nobody knows whether it still runs
    """
    following = pl.col("start").shift(-1).over("patient")
    sure = pl.coalesce("end", pl.min_horizontal(pl.col("start") + timedelta(hours=sure_hours), following))
    until_known = pl.col("start") + timedelta(hours=sure_hours)
    last_open = pl.col("end").is_null() & (following.is_null() | (following > until_known))
    rows = own.with_columns(sure.alias("ends"), last_open.alias("open"))
    until = pl.col("ends").cum_max().over("patient")
    broken = (pl.col("start") - until.shift().over("patient") > _ONE_RUN).fill_null(True)
    rows = rows.with_columns(until.alias("until"), broken.cum_sum().over("patient").alias("run"))
    key = ("patient", "run")
    return rows.with_columns(
        run_start=pl.col("start").min().over(key),
        # Held at this rate or above since the run began; null where it was lower before.
        held=pl.when(pl.col("amount") <= pl.col("amount").cum_min().over(key)).then(pl.col("start").min().over(key)),
    ).select("patient", "start", "ends", "until", "open", "amount", "run_start", "held")


def _with_drug(found: pl.DataFrame, runs: pl.DataFrame, drug: str, bit: int) -> pl.DataFrame:
    """Where one drug runs: its bit in the mask, its dose, since when it runs and since when at this dose.

    Where the latest entry has ended and an earlier one still runs, the dose is not known.
    """
    joined = found.join_asof(
        runs, left_on="time", right_on="start", by="patient", strategy="backward", check_sortedness=False
    )
    here = (pl.col("time") < pl.col("until")).fill_null(False)
    dosed = here & (pl.col("time") < pl.col("ends"))
    held = pl.col("held") if drug in _DOSED else pl.col("run_start")
    columns = [
        pl.when(here).then(pl.col("__mask").fill_null(0) | bit).otherwise("__mask").alias("__mask"),
        (pl.col("__open") | (~here & pl.col("open").fill_null(False))).alias("__open"),
    ]
    if "vasopressor" in drugs()[drug].classes:
        start = pl.when(here).then(pl.col("run_start"))
        same = (pl.col("run_start") - pl.col("__held")).abs() <= _ONE_RUN
        columns += [
            pl.min_horizontal("__since", start).alias("__since"),
            pl.when(here).then(pl.max_horizontal("__held", held)).otherwise("__held").alias("__held"),
            (pl.col("__mixed") | (here & (held.is_null() | ~same.fill_null(True)))).alias("__mixed"),
        ]
    if drug in _DOSED:
        columns.append(pl.when(dosed).then("amount").alias("__dose"))
    joined = joined.with_columns(columns).drop("start", "ends", "until", "open", "amount", "run_start", "held")
    return _kept(joined, f"{drug}_dose", pl.col("__dose")) if drug in _DOSED else joined


def _with_hours(found: pl.DataFrame) -> pl.DataFrame:
    """Hours since any vasopressor has been needed without a break, and hours at the present doses.

    The second is unknown where a rate was raised, or a drug added, during the run: since when the doses together
    have reached a limit then depends on the limit.
    """
    if found["__since"].is_null().all():
        return found
    joint = _joint_start(found)
    found = _kept(found, "vasopressor_hours", (pl.col("time") - joint).dt.total_seconds() / 3600)
    held = (pl.col("time") - pl.col("__held")).dt.total_seconds() / 3600
    return _kept(found, "vasopressor_dose_hours", pl.when(~pl.col("__mixed")).then(held))


def _joint_start(found: pl.DataFrame) -> pl.Expr:
    """Since when one vasopressor or another has run: a drug that took over from another goes on with its time."""
    # Every start and end of a therapy is a state of its own, so a pause shows as a state without any.
    runs = pl.col("__since").is_not_null()
    begins = runs & ~runs.shift().over("patient").fill_null(False)
    run = begins.cum_sum().over("patient")
    return pl.when(runs).then(pl.col("__since").min().over("patient", run))


def _not_charted(found: pl.DataFrame, running: pl.DataFrame) -> pl.Expr:
    """What was observed of vasoactive drugs, without those whose infusions the therapies tell better."""
    words = catalogue()[_VASOACTIVE].values
    charted: dict[str, int] = {}
    for patient, drug in running.select("patient", "drug").unique().rows():
        charted[patient] = charted.get(patient, 0) | 1 << words.index(drug)
    every = 2 ** len(words) - 1
    left = pl.col("patient").replace_strict({p: every & ~m for p, m in charted.items()}, default=every)
    return pl.col(_VASOACTIVE) & left.cast(pl.UInt32)


def _without_attributed(found: pl.DataFrame, records: Records) -> pl.DataFrame:
    """Without the drugs that an observation still valid says are given for another cause."""
    mine = pl.col("item").eq(_VASOACTIVE) & pl.col("other_cause").fill_null(False)
    said = records.observations.filter(mine).sort("patient", "time")
    if said.is_empty():
        return found
    hours = timedelta(hours=catalogue()[_VASOACTIVE].valid_hours or 0)
    said = said.select("patient", "time", pl.col("value").cast(pl.UInt32).alias("__others"))
    found = found.join_asof(said, on="time", by="patient", tolerance=hours, check_sortedness=False)
    kept = pl.col("__mask") & ~pl.col("__others").fill_null(0)
    return found.with_columns(kept.alias("__mask"))


def _with_flag_back(found: pl.DataFrame, records: Records) -> pl.DataFrame:
    """Without the flag of a finding where a vasopressor runs that nobody gave another cause to.

    A flag that was recorded itself, or a drug that was attributed, speaks for the drugs of the therapies as well.
    """
    item = catalogue()[_VASOACTIVE]
    if item.flag is None or item.flag not in found.columns:
        return found
    told = pl.col("item").eq(item.flag) | (pl.col("item").eq(_VASOACTIVE) & pl.col("other_cause").fill_null(False))
    spoken = records.observations.filter(told)["patient"].unique().to_list()
    pressors = sum(1 << place for place, drug in enumerate(item.values) if "vasopressor" in drugs()[drug].classes)
    runs = ((pl.col("__mask") & pl.lit(pressors, dtype=pl.UInt32)) > 0) & ~pl.col("patient").is_in(spoken)
    return found.with_columns(pl.when(runs).then(False).otherwise(pl.col(item.flag)).alias(item.flag))


def _kept(states: pl.DataFrame, name: str, derived: pl.Expr) -> pl.DataFrame:
    """`states` with a number out of the therapies, where it was not observed itself."""
    value = pl.coalesce(name, derived) if name in states.columns else derived
    return states.with_columns(value.cast(pl.Float64).alias(name))
