"""Grading a table of states: one row a state, any number of rows, an interval for each scale.

The table is typed as `record.states` types it: numbers as Float64, yes/no as Boolean, choices as Enum, sets
as bit masks (UInt32); null is unknown. The work is done by Polars, column by column.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from icans.errors import DataError
from icans.grading.conventions import switches
from icans.grading.library import DEFAULT_FAMILY, family, scale_named, vocabulary
from icans.grading.reasons import reason, with_places
from icans.grading.scale import Scale
from icans.record.catalogue import catalogue
from icans.rules.definition import definition_columns, stages
from icans.rules.ladder import Ladder, ladder_span
from icans.rules.span import span
from icans.rules.vocabulary import Term, hi, lo

_DTYPES: Mapping[str, type[pl.DataType]] = {
    "number": pl.Float64,
    "whole": pl.Float64,
    "yes_no": pl.Boolean,
    "set": pl.UInt32,
}
CHARTED_BY_EXCEPTION = ("seizure_type", "motor_deficit", "edema_on_imaging", "raised_icp_signs")


def dtype(term: Term) -> pl.DataType:
    """The type of the column that holds a name."""
    return pl.Enum(list(term.values)) if term.kind == "choice" else _DTYPES[term.kind]()


def columns(scale: Scale) -> tuple[str, str]:
    """The names of the two columns of a grade: `crs_min`, `crs_max`; other families put their name in front."""
    stem = scale.outcome if scale.family == DEFAULT_FAMILY else _stem(scale)
    return f"{stem}_min", f"{stem}_max"


def _stem(scale: Scale) -> str:
    front = scale.family.replace("-", "_").replace(".", "_")
    return front if front == scale.outcome else f"{front}_{scale.outcome}"


def applies(scale: Scale, present: Iterable[str]) -> bool:
    """True where the table has at least one column that the scale grades by, facts about the patient aside."""
    facts = {item.name for item in catalogue().values() if item.group == "facts" or item.assumed}
    return bool((set(scale.items()) - facts) & {name.removesuffix("__lo") for name in present})


def assumed(scale: Scale, present: Iterable[str], positions: Mapping[str, bool]) -> dict[str, tuple[str, str]]:
    """item -> (value, convention) taken for granted because the table has no column for it."""
    absent = [n for n in scale.all_items() if n not in set(present) and n in catalogue()]
    found = {}
    for name in absent:
        assumption = catalogue()[name].assumed
        if assumption and positions[assumption.convention]:
            found[name] = (assumption.value, assumption.convention)
        elif name in CHARTED_BY_EXCEPTION and positions["P5"]:
            found[name] = ("none", "P5")
    return found


def prepared(states: pl.DataFrame, scale: Scale, positions: Mapping[str, bool]) -> pl.LazyFrame:
    """The columns a scale asks for, in its own order; those the table lacks are unknown or assumed."""
    taken = assumed(scale, states.columns, positions)
    picked: list[pl.Expr] = []
    for name in scale.all_items():
        term = vocabulary()[name]
        if term.span:
            picked += _span_columns(name, states, term)
        elif name in states.columns:
            picked.append(pl.col(name))
        else:
            picked.append(_constant(term, taken[name][0] if name in taken else None))
    return states.lazy().select(pl.repeat(0, pl.len(), dtype=pl.UInt8).alias("__row"), *picked)


def _span_columns(name: str, states: pl.DataFrame, term: Term) -> list[pl.Expr]:
    ends = []
    for end, limit in ((lo(name), term.limits[0]), (hi(name), term.limits[1])):
        unbounded = float("-inf") if end == lo(name) else float("inf")
        default = unbounded if limit is None else float(limit)
        known = pl.col(end).cast(pl.Float64).fill_null(default) if end in states.columns else pl.lit(default)
        ends.append(known.alias(end))
    return ends


def _constant(term: Term, value: str | None) -> pl.Expr:
    if value is None:
        return pl.lit(None, dtype=dtype(term)).alias(term.name)
    item = catalogue()[term.name]
    return pl.lit(item.cell(item.encode(value)), dtype=dtype(term)).alias(term.name)


def evaluated(frame: pl.LazyFrame, scale: Scale) -> pl.LazyFrame:
    """The prepared table with a column (or two, for an interval) for every definition, domain and the grade."""
    for columns in _passes(scale):
        frame = frame.with_columns(columns)
    return frame


_made: dict[int, tuple[Scale, tuple[tuple[pl.Expr, ...], ...]]] = {}
"""The columns of each scale met so far, by the object it is: its trees are too deep to compare."""


def _passes(scale: Scale) -> tuple[tuple[pl.Expr, ...], ...]:
    """The columns of a scale in passes over the table: definitions, domains, the grade."""
    if id(scale) not in _made:
        passes = [tuple(c for d in group for c in definition_columns(d)) for group in stages(scale.definitions)]
        if scale.domains:
            passes.append(tuple(c for ladder in scale.domains for c in _grade_columns(ladder, ladder.name)))
        if scale.grade is not None:
            passes.append(tuple(_grade_columns(scale.grade, "__grade")))
        else:
            assert scale.score is not None
            value = span(scale.score)
            passes.append((value.lo.alias(lo("__grade")), value.hi.alias(hi("__grade"))))
        _made[id(scale)] = scale, tuple(passes)
    return _made[id(scale)][1]


def _grade_columns(ladder: Ladder, name: str) -> list[pl.Expr]:
    value = ladder_span(ladder)
    return [value.lo.cast(pl.Int8).alias(lo(name)), value.hi.cast(pl.Int8).alias(hi(name))]


def grade_scale(
    states: pl.DataFrame, scale: Scale, positions: Mapping[str, bool], *, reasons: bool = False
) -> pl.DataFrame:
    """The interval of one scale over a table: columns <outcome>_min and _max, and _reason if asked."""
    return _graded(states, scale, positions, reasons).collect().drop("__row")


def _graded(states: pl.DataFrame, scale: Scale, positions: Mapping[str, bool], reasons: bool) -> pl.LazyFrame:
    """The plan of one scale; `__row` keeps the height where a table has no column that is asked for."""
    name_low, name_high = columns(scale)
    frame = evaluated(prepared(states, scale, positions), scale)
    low, high = pl.col(lo("__grade")), pl.col(hi("__grade"))
    if scale.kind == "score":
        low, high = (pl.when(end.is_finite()).then(end) for end in (low, high))
    if not positions["C7"]:
        low, high = (pl.when(low == high).then(end) for end in (low, high))
    wanted = [low.alias(name_low), high.alias(name_high)]
    if reasons and scale.kind == "grade":
        frame = with_places(frame, scale)
        wanted.append(reason(scale).alias(name_low.removesuffix("_min") + "_reason"))
    return frame.select("__row", *wanted)


def chosen(families: Sequence[str] | str, changed: Mapping[str, bool] | None = None) -> list[Scale]:
    """The scales of some families, in the order asked. Raises DataError for a family that does not exist."""
    names = [families] if isinstance(families, str) else list(dict.fromkeys(families))
    if not names:
        raise DataError("no scale is named; `icans scales` lists them")
    return [scale for name in names for scale in family(name, changed)]


def grade_states(
    states: pl.DataFrame,
    families: Sequence[str] | str = DEFAULT_FAMILY,
    *,
    conventions: Mapping[str, bool] | None = None,
    reasons: bool = False,
) -> pl.DataFrame:
    """Grade every row of a table of states.

    states       typed as `record.states.read_states` gives it; columns no scale asks for are ignored
    families     what `icans scales` lists, 'astct-2019' by default
    conventions  switches to change, {'C1': False}; all of them stand in the manual
    reasons      also a column <outcome>_reason in words

    Returns a table of the same height: <outcome>_min and <outcome>_max (Int8, 0 to 5) for each scale. The
    interval holds the grade of every way the gaps could be filled. A scale of which the table has no column at
    all is left out. Raises DataError for an unknown family or convention.
    """
    positions = switches(conventions)
    plans = [
        _graded(states, scale, positions, reasons)
        for scale in chosen(families, conventions)
        if applies(scale, states.columns)
    ]
    found = [frame.drop("__row") for frame in pl.collect_all(plans)]
    return pl.concat(found, how="horizontal") if found else pl.DataFrame(height=states.height)


def deciding_conventions(
    states: pl.DataFrame, families: Sequence[str] | str, changed: Mapping[str, bool] | None = None
) -> pl.Series:
    """The column `conventions`: for each row the switches that decided its grades, 'C1;C8', empty where none did.

    A switch decided where its other position gives another interval for any of the scales.
    """
    positions = switches(changed)
    scales = [s for s in chosen(families, changed) if applies(s, states.columns)]
    found = [grade_scale(states, scale, positions) for scale in scales]
    parts: list[pl.Series] = []
    for name in positions:
        flipped = {**positions, name: not positions[name]}
        differs = pl.repeat(False, states.height, eager=True)
        for scale, now in zip(scales, found, strict=True):
            if name in _asked_switches(scale, states.columns, positions):
                other = grade_scale(states, scale_named(scale.name, flipped), flipped)
                differs |= _differs(now, other)
        if differs.any():
            parts.append(pl.select(pl.when(differs).then(pl.lit(name)).alias(name)).to_series())
    if not parts:
        return pl.Series("conventions", [""] * states.height, dtype=pl.String)
    return pl.select(pl.concat_str(parts, separator=";", ignore_nulls=True).alias("conventions")).to_series()


def _asked_switches(scale: Scale, present: Iterable[str], positions: Mapping[str, bool]) -> set[str]:
    return set(scale.switches) | {convention for _, convention in assumed(scale, present, positions).values()}


def _differs(now: pl.DataFrame, other: pl.DataFrame) -> pl.Series:
    low, high = now.columns
    return now[low].ne_missing(other[low]) | now[high].ne_missing(other[high])
