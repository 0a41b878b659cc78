"""What the record says about fever over time: an earlier CRS fever in this episode, and drugs that mask it.

Neither is asked of the user where temperatures and therapies are there. What counts as a fever and as a sign of
CRS is asked of the ASTCT scale itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import polars as pl
from polars import selectors

from icans.grading.conventions import conventions
from icans.grading.episodes import fever_history
from icans.grading.grade import applies, evaluated, grade_scale, prepared
from icans.grading.library import scale_named
from icans.record.catalogue import catalogue, drugs
from icans.record.record import Records
from icans.rules.vocabulary import hi, lo

_MASKING = "fever_masking_therapy"
_EARLIER = "crs_fever_earlier"
_MASKING_CLASSES = {"antipyretic", "anticytokine", "steroid"}
_PATIENT = ("patient",)
_SCORED = {"capd_baseline": "capd", "ice_baseline": "ice"}


def with_fever_history(states: pl.DataFrame, records: Records, positions: Mapping[str, bool]) -> pl.DataFrame:
    """`states` with crs_fever_earlier and fever_masking_therapy, where they were not recorded themselves.

    An earlier fever belongs to the episode while no pause between signs of CRS (fever, hypotension, hypoxia) is
    longer than convention P7 says. Before any temperature was taken after the infusion it is unknown. A masking drug
    counts when it was given, or still ran, at or after the first fever of the episode. Needs the columns of
    `record.timeline`, sorted by patient and time.
    """
    marked = _with_episode(_with_signs(states, positions), positions)
    if _EARLIER in states.columns:
        # A fever that was seen stands above an earlier "no".
        either = pl.col(_EARLIER).fill_null(False) | pl.col("__earlier").fill_null(False)
        known = pl.coalesce(_EARLIER, "__earlier")
        marked = marked.with_columns(pl.when(either).then(True).otherwise(known).alias(_EARLIER))
    else:
        marked = marked.rename({"__earlier": _EARLIER})
    return _with_masking(marked, records, positions).drop(selectors.starts_with("__"))


def with_score_baselines(states: pl.DataFrame, positions: Mapping[str, bool]) -> pl.DataFrame:
    """`states` with the baselines of scores that are more than a sum (CAPD): the last settled one before day 0.

    It is not older than convention P14 says.
    """
    oldest = -conventions()["P14"].hours / 24 if positions["P14"] else float("-inf")
    before = states.filter(pl.col("day") < 0, pl.col("day") >= oldest)
    for name, scored in _SCORED.items():
        scale = scale_named(scored)
        if not applies(scale, before.columns) or before.is_empty():
            continue
        found = grade_scale(before, scale, positions)
        settled = before.select("patient").with_columns(low=found.to_series(0), high=found.to_series(1))
        settled = settled.filter(pl.col("low").is_not_null(), pl.col("low") == pl.col("high"))
        last = settled.group_by("patient", maintain_order=True).agg(pl.col("low").last().alias("__base"))
        value = pl.coalesce(name, "__base") if name in states.columns else pl.col("__base")
        if not last.is_empty():
            states = states.join(last, on="patient", how="left", maintain_order="left")
            states = states.with_columns(value.alias(name)).drop("__base")
    return states


def _with_signs(states: pl.DataFrame, positions: Mapping[str, bool]) -> pl.DataFrame:
    """Adds __fever (CRS fever, null: unknown), __sign (a sign of CRS is sure) and __clear (surely none is there)."""
    scale = scale_named("astct-2019-crs", positions)
    blank = states.drop(_EARLIER, _MASKING, strict=False)
    found = evaluated(prepared(blank, scale, positions), scale)
    sure = (pl.col(lo("pressure")) >= 2) | (pl.col(lo("oxygen")) >= 2)
    none = (pl.col(hi("pressure")) < 2) & (pl.col(hi("oxygen")) < 2)
    signs = found.select("fever", sure.alias("sure"), none.alias("none")).collect()
    fever = signs["fever"]
    return states.with_columns(
        __fever=fever,
        __sign=fever.fill_null(False) | signs["sure"].fill_null(False),
        __clear=(~fever).fill_null(False) & signs["none"].fill_null(False),
    )


def _with_episode(marked: pl.DataFrame, positions: Mapping[str, bool]) -> pl.DataFrame:
    """Adds __earlier, and __first_fever: when the first fever of the episode was. States before day 0 have neither."""
    gap = timedelta(hours=conventions()["P7"].hours if positions["P7"] else 0)
    after = marked.filter(pl.col("day").fill_null(0) >= 0).select("patient", "time", "__fever", "__sign", "__clear")
    rows: list[tuple[object, ...]] = []
    for (patient,), own in after.group_by("patient", maintain_order=True):
        told = fever_history(list(own.drop("patient").iter_rows()), gap)
        rows += [(patient, time, *t) for time, t in zip(own["time"], told, strict=True)]
    kinds = {n: marked.schema[n] for n in ("patient", "time")}
    schema = {**kinds, "__earlier": pl.Boolean(), "__first_fever": marked.schema["time"]}
    history = pl.DataFrame(rows, schema=schema, orient="row")
    return marked.join(history, on=["patient", "time"], how="left", maintain_order="left")


def _with_masking(marked: pl.DataFrame, records: Records, positions: Mapping[str, bool]) -> pl.DataFrame:
    words = catalogue()[_MASKING].values
    masking = [w for w in words if w in drugs() and _MASKING_CLASSES & set(drugs()[w].classes)]
    given = records.therapies.filter(pl.col("drug").is_in(masking))
    listed = records.therapies["patient"].unique().to_list()
    base = pl.when(pl.col("patient").is_in(listed) & positions["P6"]).then(pl.lit(0, dtype=pl.UInt32))
    found = marked.with_columns(base.alias("__mask"))
    for drug in given["drug"].unique(maintain_order=True):
        doses = given.filter(pl.col("drug") == drug).sort("patient", "start")
        doses = doses.select("patient", "start", pl.coalesce("end", "start").cum_max().over(_PATIENT).alias("__until"))
        found = found.join_asof(
            doses, left_on="time", right_on="start", by="patient", strategy="backward", check_sortedness=False
        )
        # Without a fever yet, what was given in the last hours might have hidden one (convention C13).
        since = pl.coalesce("__first_fever", pl.col("time") - timedelta(hours=catalogue()[_MASKING].valid_hours or 0))
        hides = (pl.col("__until") >= since).fill_null(False)
        mask = pl.when(hides).then(pl.col("__mask").fill_null(0) | (1 << words.index(drug))).otherwise("__mask")
        found = found.with_columns(mask.alias("__mask")).drop("start", "__until")
    value = pl.col("__mask")
    if _MASKING in found.columns:
        value = pl.coalesce(pl.col(_MASKING) | pl.col("__mask"), _MASKING, "__mask")
    return found.with_columns(value.cast(pl.UInt32).alias(_MASKING))
