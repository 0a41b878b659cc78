"""`icans score`: one score or scale from values given on the command line."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from rich.table import Table

from icans.errors import DataError
from icans.grading.explain import explain
from icans.grading.features import features
from icans.grading.grade import dtype
from icans.grading.library import family, names, scale_named, vocabulary
from icans.grading.scale import Scale
from icans.grading.score import score
from icans.grading.wording import grade_words
from icans.record.catalogue import Item, catalogue, nearest
from icans.record.units import UnitError, convert
from icans.report.screen import console
from icans.report.why import settled
from icans.rules.vocabulary import hi, lo


def run(name: str, values: Sequence[str]) -> None:
    """Show the score (or every scale of the family) for `--item value` pairs; what is left out is unknown."""
    found = [scale_named(name)] if name in names() else list(family(name))
    state = _state(found, values)
    for scale in found:
        console().print(_score_table(state, scale) if scale.kind == "score" else _grade_table(state, scale))


def _state(found: Sequence[Scale], values: Sequence[str]) -> pl.DataFrame:
    values = [part for word in values for part in (word.split("=", 1) if word.startswith("--") else [word])]
    if len(values) % 2 or any(not v.startswith("--") for v in values[::2]):
        raise DataError("values are given in pairs: --item value, for example --orientation 4")
    asked = [n for scale in found for n in scale.all_items()]
    columns: dict[str, pl.Series] = {}
    for key, text in zip(values[::2], values[1::2], strict=True):
        name = _item_named(key.removeprefix("--"), asked)
        if name in columns or lo(name) in columns:
            raise DataError(f"{key} is given twice")
        if name in features():
            columns |= {end: pl.Series(end, [_number(key, text)]) for end in (lo(name), hi(name))}
        else:
            columns[name] = pl.Series(name, [_typed(catalogue()[name], text)], dtype=dtype(vocabulary()[name]))
    return pl.DataFrame(columns) if columns else pl.DataFrame({"day": pl.Series([None], dtype=pl.Float64)})


def _item_named(key: str, asked: Sequence[str]) -> str:
    """The item a short option means: its name, its column, or its name without the part all share (ice_...)."""
    word = key.replace("-", "_")
    by_word: dict[str, str] = {}
    for name in asked:
        for known in (name.split("_", 1)[-1], name.split("_", 1)[0]):
            by_word.setdefault(known, name)
    for name in asked:
        by_word[catalogue()[name].column if name in catalogue() else name] = by_word[name] = name
    if word not in by_word:
        raise DataError(
            f"'--{key}' is nothing this score asks for.{nearest(word, by_word)} It asks: {', '.join(asked)}"
        )
    return by_word[word]


def _number(key: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise DataError(f"{key} is a number, in the unit that the rules of the scale name") from None


def _typed(item: Item, text: str) -> object:
    number, _, unit = text.strip().partition(" ")
    try:
        if item.kind in ("number", "whole"):
            value = item.encode(number)
            value = convert(value, unit.strip(), item) if unit else value
        else:
            value = item.encode(text)
    except (ValueError, UnitError) as error:
        raise DataError(f"--{item.name}: {error}") from None
    if not item.is_plausible(value):
        low, high = item.plausible
        raise DataError(
            f"--{item.name}: a plausible value lies from {low} to {high} {item.unit or ''}; where the unit is another, "
            "write it with the value, for example --temperature '101 [degF]'"
        )
    if not item.is_possible(value):
        raise DataError(f"--{item.name}: a value lies between {item.limits[0]} and {item.limits[1]} {item.unit or ''}")
    return item.cell(value)


def _score_table(state: pl.DataFrame, scale: Scale) -> Table:
    found = score(state, scale)
    table = _table(found.title)
    if found.min is None and found.max is None:
        table.add_row("score", "unknown")
    else:
        ends = [("below" if e is None else f"{e:.4g}") for e in (found.min, found.max)]
        table.add_row("score", ends[0] if found.min == found.max else f"{ends[0]} to {ends[1]}")
    if found.band:
        table.add_row("meaning", found.band)
    table.add_row("from", ", ".join(f"{k} {v}" for k, v in found.inputs.items()) or "nothing")
    if found.missing:
        table.add_row("not known", ", ".join(found.missing))
    table.add_row("formula", found.formula)
    table.add_row("source", f"{found.source} ({found.mark})")
    return table


def _grade_table(state: pl.DataFrame, scale: Scale) -> Table:
    answer = explain(state, scale.name)
    table = _table(answer.title)
    table.add_row("grade", grade_words(answer.min, answer.max))
    for hit in settled(answer):
        table.add_row("because", f"{hit.says} [{hit.source}; {hit.where}; {hit.mark}]".replace("[", "\\["))
    for what in answer.what_if:
        table.add_row("unknown", what.sentence)
    for words in answer.assumed:
        table.add_row("taken as", words)
    return table


def _table(title: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", show_header=False, box=None, pad_edge=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    return table
