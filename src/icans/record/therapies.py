"""From rows of words (start, end, drug, dose ...) to the therapies of a record."""

from __future__ import annotations

import polars as pl

from icans.record.catalogue import drugs, nearest
from icans.record.mistakes import problems_of
from icans.record.names import find_drug
from icans.record.observed import Observed
from icans.record.record import THERAPIES
from icans.record.time import to_utc
from icans.record.units import ucum


def therapies(rows: pl.DataFrame, file: str, zone: str | None) -> Observed:
    """Therapies from words.

    rows   columns row, patient, start, end, drug, dose, unit, route, rate, rate_unit (strings or null)
    zone   time zone for times without an offset

    A drug that is not in the catalogue is kept under its own lower-case name, with a notice: it then counts
    neither as masking a fever nor as a vasopressor. A wrong row is left out and named.
    """
    start, end = to_utc(rows["start"], zone), to_utc(rows["end"], zone)
    frame = rows.with_columns(
        start=start.utc,
        end=end.utc,
        dose=_number("dose"),
        rate=_number("rate"),
        start_problem=start.problem,
        end_problem=end.problem,
        dose_problem=_number_problem("dose"),
        rate_problem=_number_problem("rate"),
        drug_problem=pl.when(pl.col("drug").is_null()).then(pl.lit("no drug is named")),
    ).with_columns(
        start_problem=pl.coalesce("start_problem", _missing_start()),
        end_problem=pl.coalesce("end_problem", _turned_round()),
    )
    found: list[str] = []
    for column in ("start", "end", "drug", "dose", "rate"):
        found += problems_of(frame, file, column, f"{column}_problem")
    right = frame.filter(pl.all_horizontal(pl.col("^.*_problem$").is_null()))
    named, notices = _named(right, file)
    columns = [name for name in THERAPIES if name != "source"]
    single = named.unique(columns, keep="first", maintain_order=True)
    if len(single) < len(named):
        notices.append(f"{file}: {len(named) - len(single)} rows repeat another row exactly and were dropped")
    source = single.with_columns(pl.format("{} row {}", pl.lit(file), "row").alias("source"))
    table = source.select(pl.col(name).cast(kind) for name, kind in THERAPIES.items())
    notices += [f"{file}: {notice}" for notice in (*start.notices, *end.notices)]
    return Observed(table, tuple(found), tuple(notices))


def _number(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.Float64, strict=False)


def _number_problem(name: str) -> pl.Expr:
    number = _number(name)
    wrong = pl.col(name).is_not_null() & ~(number.is_finite() & (number >= 0)).fill_null(False)
    return pl.when(wrong).then(pl.lit("it is a number of 0 or more, its unit in a column of its own"))


def _missing_start() -> pl.Expr:
    empty = pl.col("start").is_null() & pl.col("start_problem").is_null()
    return pl.when(empty).then(pl.lit("the time is missing"))


def _turned_round() -> pl.Expr:
    return pl.when(pl.col("end") < pl.col("start")).then(pl.lit("the end is before the start"))


def _named(rows: pl.DataFrame, file: str) -> tuple[pl.DataFrame, list[str]]:
    """Drugs and units by the catalogue's names, and notices on those it does not know."""
    written = rows["drug"].unique(maintain_order=True).to_list()
    names = {word: find_drug(word) for word in written}
    unknown = [word.lower() for word, name in names.items() if name is None]
    notices = [
        f"{file}: drug '{word[:40]}' is not in the catalogue and is kept as written; it counts neither as "
        f"masking a fever nor as a vasopressor.{nearest(word, _drug_words(), alike=0.85)}"
        for word in unknown
    ]
    kept = {word: name or word.lower() for word, name in names.items()}
    units = sorted({u for c in ("unit", "rate_unit") for u in rows[c].unique().to_list() if u is not None})
    strange = [unit[:20] for unit in units if ucum(unit) is None]
    if strange:
        notices.append(f"{file}: units that are not known here and are kept as written: {', '.join(strange)}")
    spelled = {unit: ucum(unit) or unit for unit in units}
    return rows.with_columns(
        pl.col("drug").replace(kept), pl.col("unit").replace(spelled), pl.col("rate_unit").replace(spelled)
    ), notices


def _drug_words() -> list[str]:
    return [word for drug in drugs().values() for word in (drug.name, *drug.synonyms)]
