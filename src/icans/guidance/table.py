"""Advice for a table of states: one row a state, any number of rows, in one pass of Polars, column by column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import polars as pl

from icans.grading.conventions import switches
from icans.guidance import library
from icans.guidance.actions import STEROID
from icans.guidance.doses import amount
from icans.guidance.evaluate import fired, with_grades, with_taken
from icans.guidance.guideline import Guideline, Rule
from icans.guidance.resolve import FORBIDDEN, Group, answered, codes, groups, possible_name, told_name
from icans.guidance.words import either, listed, packed
from icans.rules.vocabulary import hi, lo

COLUMNS = (
    "crs_grade", "icans_grade", "toci", "toci_mg", "steroid_level", "steroid_regimen", "icu", "must_do",
    "should_consider", "must_not", "possible", "rule_ids",
)  # fmt: skip
"""What is added to a table; the codes of a cell are separated by semicolons, in the order of what is done."""
_WORDS: Mapping[str, Mapping[str, str]] = {
    "tocilizumab": {"MUST": "GIVE", "CONSIDER": "CONSIDER", "OPTIONAL": "OPTIONAL"},
    STEROID: {"MUST": "GIVE", "CONSIDER": "CONSIDER", "OPTIONAL": "OPTIONAL"},
    "icu": {"MUST": "YES", "CONSIDER": "CONSIDER", "OPTIONAL": "CONSIDER"},
}
_ELSE = {"tocilizumab": "DO_NOT_GIVE", STEROID: "NONE", "icu": "NO"}
_DEAD = 5
_PLACE = "__place"
_GIVEN = "__given"


def advise_states(
    states: pl.DataFrame, name: str = library.DEFAULT, *, conventions: Mapping[str, bool] | None = None,
    on: date | None = None,
) -> pl.DataFrame:  # fmt: skip
    """What a guideline says of every row of a table of states.

    states  typed as `record.states.read_states` gives it
    name    what `icans guidelines` lists; of a family (`label`) each row has the guideline of its product, and a row
            whose product is not known has none
    on      the day that counts, for a family

    Returns a table of the same height with COLUMNS. A cell with more than one answer has them joined with ' or ':
    what is unknown decides between them. `must_do`, `should_consider` and `must_not` hold what is certain, `possible`
    what is told in some way of filling the gaps. Raises DataError for an unknown guideline or convention.
    """
    positions = switches(conventions)
    if name not in library.families():
        chosen = library.guideline(name, changed=positions)
        return _nothing(0) if states.is_empty() else _advised(states, chosen, positions)
    parts = [pl.DataFrame(schema={_PLACE: pl.UInt32, **_KINDS})]
    numbered = states.with_row_index(_PLACE)
    known = "car_t_product" in states.columns
    for product in states["car_t_product"].unique().to_list() if known else [None]:
        rows = numbered.filter(pl.col("car_t_product").eq_missing(product)) if known else numbered
        own = _guideline_of(name, product, on, positions)
        answer = _nothing(rows.height) if own is None else _advised(rows.drop(_PLACE), own, positions)
        parts.append(answer.insert_column(0, rows[_PLACE]))
    return pl.concat(parts).sort(_PLACE).drop(_PLACE)


def _guideline_of(name: str, product: str | None, on: date | None, positions: Mapping[str, bool]) -> Guideline | None:
    if product is None or not library.has(name, product, on):
        return None
    return library.guideline(name, product=product, on=on, changed=positions)


_KINDS: Mapping[str, pl.DataType] = {name: pl.Float64() if name == "toci_mg" else pl.String() for name in COLUMNS}


def _nothing(height: int) -> pl.DataFrame:
    return pl.DataFrame({name: pl.Series([None] * height, dtype=kind) for name, kind in _KINDS.items()})


def _advised(states: pl.DataFrame, guideline: Guideline, positions: Mapping[str, bool]) -> pl.DataFrame:
    """Rows in which the same rules hold have the same answer, so each answer is put into words once."""
    graded = with_taken(with_grades(states, guideline, positions), guideline, positions)
    truths = fired(graded, guideline).collect()
    keys = truths.select(packed(truths)).with_row_index(_PLACE)
    bits = keys.columns[1:]
    first = keys.unique(bits, keep="first", maintain_order=True)
    answers = _answered(truths[first[_PLACE]], guideline).hstack(first.select(bits))
    found = keys.join(answers, on=bits, how="left", maintain_order="left")
    return _finished(found, graded)


def _answered(truths: pl.DataFrame, guideline: Guideline) -> pl.DataFrame:
    frame = answered(truths.lazy(), guideline)
    told = set(frame.collect_schema().names())
    answers = frame.select(*_answers(guideline), *_actions(guideline, told), _rules(guideline)).collect()
    return answers.with_columns((pl.col("toci") != _ELSE["tocilizumab"]).alias(_GIVEN))


def _answers(guideline: Guideline) -> Iterator[pl.Expr]:
    """The answers of the lists in words."""
    by_name = {group.name: group for group in groups(guideline)}
    for name, column in (("tocilizumab", "toci"), (STEROID, "steroid_level"), ("icu", "icu")):
        group = by_name[name]
        words = [_WORDS[name].get(rule.strength, _ELSE[name]) for rule in group.entries]
        yield either(_possible(group), words).alias(column)
    regimens = [_regimen(rule, by_name[STEROID]) for rule in by_name[STEROID].entries]
    yield either(_possible(by_name[STEROID]), regimens).alias("steroid_regimen")


def _possible(group: Group) -> list[pl.Expr]:
    return [pl.col(possible_name(group.name, rule.id)) for rule in group.entries]


def _regimen(rule: Rule, group: Group) -> str:
    return next((told.code for told in rule.told if told.code in group.codes), "NONE")


def _actions(guideline: Guideline, told: set[str]) -> Iterator[pl.Expr]:
    """Codes that are certain, by strength, and those that are only possible."""

    def column(code: str, strength: str) -> pl.Expr:
        name = told_name(code, strength)
        return pl.col(name) if name in told else pl.lit(False)

    named = codes(guideline)
    offered = [code for code in named if told_name(code, "OPTIONAL") in told]
    must = [column(code, "MUST").fill_null(False) for code in offered]
    at_all = [column(code, "OPTIONAL") for code in offered]
    weaker = [a.fill_null(False) & ~m for a, m in zip(at_all, must, strict=True)]
    yield listed(must, offered).alias("must_do")
    yield listed(weaker, offered).alias("should_consider")
    yield listed([a.is_null() for a in at_all], offered).alias("possible")
    banned = [code for code in named if told_name(code, FORBIDDEN) in told]
    yield listed([column(code, FORBIDDEN).fill_null(False) for code in banned], banned).alias("must_not")


def _rules(guideline: Guideline) -> pl.Expr:
    """The rules that surely apply and tell something; a steroid that was joined away tells nothing."""
    telling = [rule for rule in guideline.every_rule() if rule.told]
    joined = {rule.id for group in groups(guideline) if group.name == STEROID for rule in group.entries}
    held = [
        pl.col(rule.id).fill_null(False) & (pl.col(possible_name(STEROID, rule.id)) if rule.id in joined else True)
        for rule in telling
    ]
    return listed(held, [rule.id for rule in telling]).alias("rule_ids")


def _finished(found: pl.DataFrame, graded: pl.DataFrame) -> pl.DataFrame:
    """The answers of each row with its grades and milligrams; after death nothing is advised."""
    mg = _milligrams(graded)
    dead = graded.select(_is_dead(graded.columns).alias("dead"))["dead"]
    table = found.with_columns(
        *(_grade(graded, outcome) for outcome in ("crs", "icans")),
        pl.when(_GIVEN).then(pl.lit(mg)).cast(pl.Float64).alias("toci_mg"),
    )
    if dead.any():
        kept = ("crs_grade", "icans_grade")
        table = table.with_columns(pl.when(~dead).then(pl.col(c)).alias(c) for c in COLUMNS if c not in kept)
    return table.select(COLUMNS)


def _is_dead(columns: list[str]) -> pl.Expr:
    dead = (pl.col(lo("crs")) >= _DEAD) | (pl.col(lo("icans")) >= _DEAD)
    if "death_cause" in columns:
        dead |= (pl.col("death_cause") != "none").fill_null(False)
    return dead.fill_null(False)


def _milligrams(graded: pl.DataFrame) -> pl.Series:
    if "weight" not in graded.columns:
        return pl.Series([None] * graded.height, dtype=pl.Float64)
    return graded.select(amount("tocilizumab").alias("mg"))["mg"]


def _grade(graded: pl.DataFrame, outcome: str) -> pl.Series:
    """'2', or '0 to 2' where it is not settled."""
    ends = graded.select(pl.col(lo(outcome)).cast(pl.UInt8).alias("lo"), pl.col(hi(outcome)).cast(pl.UInt8).alias("hi"))
    words = [f"{low}" if low == high else f"{low} to {high}" for low in range(_DEAD + 1) for high in range(_DEAD + 1)]
    place = pl.col("lo").cast(pl.UInt32) * (_DEAD + 1) + pl.col("hi")
    return ends.select(pl.lit(pl.Series(words)).gather(place).alias(f"{outcome}_grade")).to_series()
