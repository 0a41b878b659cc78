"""From rows of words (item, value, unit, attribution) to the observations of a record.

Every reader that has one value a row ends here. A row that is wrong is left out and named; a value that is
merely unlikely is kept and flagged; exact repetitions are dropped and counted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from icans.record.catalogue import Item, catalogue, nearest
from icans.record.mistakes import first_words, problems_of
from icans.record.record import OBSERVATIONS
from icans.record.units import convert_column

CAR_T_WORDS = ("car-t", "car t", "cart", "crs", "icans")
"""In the column attribution: the finding is due to the CAR-T cells."""

OTHER_CAUSE = r"^(?:other cause|other|not car-t|unrelated)(?:\s*:\s*(.*))?$"
"""In the column attribution: the finding has another cause, named after the colon ('other cause: sepsis')."""

_CENSORED = r"^[<>]=?\s*"
_KEY = ("patient", "time", "item")
_SHOWN = 20


@dataclass(frozen=True)
class Observed:
    """Observations in the schema of a record, and what there is to say about them."""

    frame: pl.DataFrame
    problems: tuple[str, ...]
    notices: tuple[str, ...]


def observed(rows: pl.DataFrame, file: str) -> Observed:
    """Observations from words.

    rows   columns row (Int64, number in the file), patient, time (UTC), item, value, unit, attribution
           (strings without blanks around, or null); corrects (yes or null) if a later row may replace an
           earlier one
    file   name for messages and for the column source
    """
    known, found = _known_items(rows, file)
    valued, notices = _values(known)
    attributed = _attribution(valued)
    checked = convert_column(attributed).with_columns(_limits())
    for column in ("value", "unit", "attribution"):
        found += problems_of(checked, file, column, f"{column}_problem")
    right = checked.filter(pl.all_horizontal(pl.col("^(value|unit|attribution)_problem$").is_null()))
    single, repeated, conflicts = _one_each(right, file)
    source = pl.format("{} row {}", pl.lit(file), "row").alias("source")
    frame = single.with_columns(source).select(pl.col(n).cast(t) for n, t in OBSERVATIONS.items())
    return Observed(frame, (*found, *conflicts), (*notices, *repeated))


def _known_items(rows: pl.DataFrame, file: str) -> tuple[pl.DataFrame, list[str]]:
    """The rows whose item is in the catalogue, by its name or that of its column; the others in words."""
    items = catalogue()
    by_word = {item.column: item.name for item in items.values()} | {name: name for name in items}
    words = rows["item"].unique().to_list()
    names = {word: by_word.get((word or "").lower()) for word in words}
    strange = {word: _no_item(word) for word, name in names.items() if name is None}
    problem = pl.col("item").replace_strict(strange, default=None, return_dtype=pl.String)
    found = problems_of(rows.with_columns(problem.alias("problem")), file, "item") if strange else []
    known = pl.col("item").replace_strict(names, default=None, return_dtype=pl.String)
    return rows.with_columns(known).filter(pl.col("item").is_not_null()), found


def _no_item(word: str | None) -> str:
    if not word:
        return "no item is named"
    if not re.match(r"[A-Za-z]", word):  # a value that slipped into the wrong column is not repeated
        return "what is written there is no item. `icans items` lists them"
    return f"'{word[:40]}' is no item.{nearest(word.lower(), catalogue())} `icans items` lists them"


def _values(rows: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """Numbers from the words of the column value (with value_problem), and notices on censored values."""
    items = catalogue()
    used = rows["item"].unique().to_list()
    numeric = [name for name in used if items[name].kind in ("number", "whole")]
    is_number = pl.col("item").is_in(numeric)
    censored = is_number & pl.col("value").str.contains(_CENSORED)
    number = pl.col("value").str.replace(_CENSORED, "").cast(pl.Float64, strict=False)
    number = pl.when(number.is_finite()).then(number)
    pairs = rows.filter(~is_number).select("item", "value").unique()
    coded = [(item, value, *_encoded(items[item], value)) for item, value in pairs.iter_rows()]
    schema = {"item": pl.String(), "value": pl.String(), "_code": pl.Float64(), "_wrong": pl.String()}
    joined = rows.join(
        pl.DataFrame(coded, schema=schema, orient="row"), on=["item", "value"], how="left", nulls_equal=True
    )
    typed = joined.with_columns(
        censored=censored.fill_null(False),
        value=pl.when(is_number).then(number).otherwise(pl.col("_code")),
        value_problem=pl.when(is_number).then(_number_problem(number)).otherwise(pl.col("_wrong")),
    )
    counts = typed.filter("censored").group_by("item").len().sort("item")
    notices = [f"{item}: values written as '<' or '>', the limit itself taken: {n}" for item, n in counts.rows()]
    return typed.drop("_code", "_wrong", "censored"), notices


def _encoded(item: Item, value: str | None) -> tuple[float | None, str | None]:
    if value is None:
        return None, "the value is missing"
    try:
        return item.encode(value), None
    except ValueError as error:
        return None, str(error)


def _number_problem(number: pl.Expr) -> pl.Expr:
    comma = pl.col("value").str.contains(r"^-?\d+,\d+$")
    return (
        pl.when(pl.col("value").is_null())
        .then(pl.lit("the value is missing"))
        .when(comma)
        .then(pl.lit("write decimals with a point, not a comma"))
        .when(number.is_null())
        .then(pl.format("{} is a number", "item"))
    )


def _attribution(rows: pl.DataFrame) -> pl.DataFrame:
    """other_cause from the words of the column attribution; attribution_problem where they say neither."""
    lower = pl.col("attribution").str.to_lowercase()
    other = lower.str.contains(OTHER_CAUSE)
    own = lower.is_in(CAR_T_WORDS)
    words = "attribution is empty, 'CAR-T', or 'other cause: ' and the cause in your words"
    return rows.with_columns(
        other_cause=pl.when(other).then(True).when(own).then(False),
        attribution_problem=pl.when(~other & ~own).then(pl.lit(words)),
    )


def _limits() -> list[pl.Expr]:
    """value_problem where a value cannot be, and implausible where it is merely not to be expected."""
    items = list(catalogue().values())
    low, high = _end(items, "limits", 0), _end(items, "limits", 1)
    below, above = _end(items, "plausible", 0), _end(items, "plausible", 1)
    whole = pl.col("item").is_in([item.name for item in items if item.kind == "whole"])
    value = pl.col("value")
    fraction = pl.when(whole & (value != value.floor())).then(pl.format("{} is a whole number", "item"))
    words = {item.name: limits_in_words(item) for item in items}
    cannot_be = pl.col("item").replace_strict(words, return_dtype=pl.String)
    outside = pl.when((value < low) | (value > high)).then(cannot_be)
    return [
        first_words(pl.col("value_problem"), fraction, outside).alias("value_problem"),
        ((value < below) | (value > above)).fill_null(False).alias("implausible"),
    ]


def _end(items: list[Item], ends: str, which: int) -> pl.Expr:
    numbers = {item.name: getattr(item, ends)[which] for item in items}
    missing = float("inf") if which else float("-inf")
    filled = {name: missing if number is None else float(number) for name, number in numbers.items()}
    return pl.col("item").replace_strict(filled, return_dtype=pl.Float64)


def beyond(value: pl.Expr, ends: tuple[float | None, float | None]) -> pl.Expr:
    """True where a value lies outside `ends`; null where it is null and there is an end."""
    low, high = ends
    below = value < low if low is not None else pl.lit(False)
    return below | (value > high) if high is not None else below


def limits_in_words(item: Item) -> str:
    """What an item can be, for an error: 'ice_naming is from 0 to 3'."""
    low, high = item.limits
    if low is None and high is None:
        return f"{item.name} is {'a whole number' if item.kind == 'whole' else f'a {item.kind}'}"
    unit = f" {item.unit}" if item.unit not in (None, "1") else ""
    if low is not None and high is not None:
        return f"{item.name} is from {low:g} to {high:g}{unit}"
    if low is not None:
        return f"{item.name} is {low:g}{unit} or more"
    return f"{item.name} is {high or 0:g}{unit} or less"


def _one_each(rows: pl.DataFrame, file: str) -> tuple[pl.DataFrame, list[str], list[str]]:
    """One value of an item at a time; notices on repetitions that were dropped, and conflicts in words."""
    if rows.n_unique(_KEY) == len(rows):
        return rows, [], []
    single = rows.unique([*_KEY, "value", "other_cause"], keep="first", maintain_order=True)
    repeated = len(rows) - len(single)
    words = f"{file}: {repeated} rows repeat another row exactly and were dropped"
    kept, corrected, conflicts = _without_conflicts(single, file)
    return kept, [*([words] if repeated else []), *corrected], conflicts


def _without_conflicts(rows: pl.DataFrame, file: str) -> tuple[pl.DataFrame, list[str], list[str]]:
    """(rows kept, notices, mistakes): two values of one item at one time are a mistake, unless a row corrects."""
    before = len(rows)
    if "corrects" in rows.columns:
        corrects = pl.col("corrects").str.to_lowercase().is_in(["yes", "true", "1"]).fill_null(False)
        last = pl.when(corrects).then(pl.col("row")).max().over(_KEY)
        rows = rows.filter(last.is_null() | (pl.col("row") == last))
    replaced = before - len(rows)
    clash = pl.struct(_KEY).is_duplicated()
    pairs = rows.filter(clash).group_by(_KEY, maintain_order=True).agg("row").select("item", "row")
    found = [
        f"{file} rows {' and '.join(str(n) for n in numbers)}: two values of {item} at the same time. "
        "Keep one, or say yes in a column 'corrects' of the right one"
        for item, numbers in pairs.head(_SHOWN).rows()
    ]
    if len(pairs) > _SHOWN:
        found.append(f"{file}: {len(pairs) - _SHOWN} more times two values of one item at the same time")
    words = f"{file}: {replaced} values were replaced by rows marked as corrections"
    return rows.filter(~clash), [words] if replaced else [], found
