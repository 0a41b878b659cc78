"""One graded state explained: the rules that set it, what is unknown, and what that could change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from math import isfinite
from typing import Any

import polars as pl

from icans.grading.answer import Answer, DomainAnswer, Hit
from icans.grading.conventions import conventions, switches
from icans.grading.features import features
from icans.grading.grade import assumed, evaluated, prepared
from icans.grading.library import open_scale, scale_named
from icans.grading.reasons import PLACE, items_of_definition, items_of_entry, items_of_node, names_in
from icans.grading.scale import Scale
from icans.grading.score import is_covered
from icans.grading.what_if import what_ifs
from icans.grading.wording import grade_words, value_words
from icans.record.catalogue import catalogue
from icans.rules.condition import condition
from icans.rules.definition import Definition
from icans.rules.ladder import Entry, Ladder
from icans.rules.span import span
from icans.rules.vocabulary import hi, lo

_ABSENT = ("no", "none", "0")


def explain(
    state: pl.DataFrame,
    scale_name: str,
    *,
    conventions: Mapping[str, bool] | None = None,
    time: datetime | None = None,
    day: float | None = None,
) -> Answer:
    """The answer of one scale for one state (a table of one row), with its reasons.

    Besides the interval it says which rules apply and from which values, which missing items matter and what
    each of them could change, and which conventions decided the answer (the switched one gives another).
    Raises DataError for an unknown scale or convention.
    """
    positions = switches(conventions)
    scale = scale_named(scale_name, conventions)
    frame = prepared(state, scale, positions)
    row = _truths(frame, scale)
    low, high = int(row[lo("__grade")]), int(row[hi("__grade")])
    domains = tuple(_domain(ladder, scale, row) for ladder in scale.domains)
    return Answer(
        scale.name, scale.outcome, scale.title, low, high, domains,
        tuple(_deciding(scale, domains, row, (low, high))),
        what_ifs(state, scale, positions, (low, high)),
        tuple(_conventions(state, scale, positions, (low, high))),
        tuple(_assumed(state, scale, positions, row)),
        tuple(_hit(n, scale, row, None) for n in scale.notices if row[f"?{n.id}"] is True),
        time, day,
    )  # fmt: skip


def _truths(frame: pl.LazyFrame, scale: Scale) -> dict[str, Any]:
    """The one row as a mapping: items, definitions, domains, and `?<rule id>` for the truth of every rule."""
    asked: list[pl.Expr] = []
    for entry in _entries(scale):
        if entry.when is not None:
            asked.append(condition(entry.when).alias(f"?{entry.id}"))
    for ladder in scale.ladders():
        for entry in ladder.entries:
            asked.append(span(entry.low).lo.cast(pl.Int8).alias(f"<{entry.id}"))
            asked.append(span(entry.high).hi.cast(pl.Int8).alias(f">{entry.id}"))
    return evaluated(frame, scale).with_columns(asked).collect().row(0, named=True)


def _entries(scale: Scale) -> Iterator[Entry]:
    for ladder in scale.ladders():
        yield from ladder.entries
    yield from scale.notices


def _reached(ladder: Ladder, row: Mapping[str, Any]) -> Iterator[Entry]:
    """The entries that hold or may hold, down to the first that surely does."""
    for entry in ladder.entries:
        truth = True if entry.when is None else row[f"?{entry.id}"]
        if truth is not False:
            yield entry
        if truth is True:
            return


def _domain(ladder: Ladder, scale: Scale, row: Mapping[str, Any]) -> DomainAnswer:
    hits = tuple(_hits(ladder, scale, row))
    names = dict.fromkeys(n for e in _reached(ladder, row) for n in items_of_entry(e, scale) if n in catalogue())
    missing = tuple(n for n in names if row[n] is None and not is_covered(n, row))
    return DomainAnswer(ladder.name, ladder.label, row[lo(ladder.name)], row[hi(ladder.name)], hits, missing)


def _hits(ladder: Ladder, scale: Scale, row: Mapping[str, Any]) -> Iterator[Hit]:
    """The rules of a list that apply, down into the lists they hand over to; where several may, none is certain."""
    reached = list(_reached(ladder, row))
    for entry in reached:
        if (inner := scale.handed_to(entry)) is not None:
            found = _hits(inner, scale, row)
        else:
            found = iter([_hit(entry, scale, row, (int(row[f"<{entry.id}"]), int(row[f">{entry.id}"])), ladder)])
        yield from (replace(hit, certain=hit.certain and len(reached) == 1) for hit in found)


def _hit(
    entry: Entry, scale: Scale, row: Mapping[str, Any], grade: tuple[int, int] | None, ladder: Ladder | None = None
) -> Hit:
    inputs = _inputs(entry, scale, row)
    if ladder is not None and entry.when is None:
        # The last entry of a list has no condition: what speaks for it is what the others asked in vain.
        asked = {label: words for one in ladder.entries for label, words in _inputs(one, scale, row).items()}
        inputs = {label: words for label, words in asked.items() if words not in _ABSENT} or asked
    return Hit(
        entry.id, _filled(entry.says, row), grade, inputs, entry.source, entry.where, entry.mark, entry.convention
    )


def _filled(says: str, row: Mapping[str, Any]) -> str:
    """A sentence with the interval of each name in braces put in its place."""
    return PLACE.sub(lambda name: grade_words(row[lo(name[1])], row[hi(name[1])]), says)


def _inputs(entry: Entry, scale: Scale, row: Mapping[str, Any]) -> dict[str, str]:
    """label -> value of the known items an entry asks for; parts of a total are shown as the total."""
    asked = set(names_in(entry))
    found: dict[str, str] = {}
    for definition in scale.definitions:
        if definition.name in asked and lo(definition.name) in row and _is_told(definition, scale, row):
            found[definition.label] = grade_words(row[lo(definition.name)], row[hi(definition.name)])
    for name in items_of_entry(entry, scale):
        item = catalogue().get(name)
        if name in features() and isfinite(row[lo(name)]) and isfinite(row[hi(name)]):
            found[features()[name].label] = grade_words(row[lo(name)], row[hi(name)])
        if item is None or row[name] is None or item.part_of or item.label in found:
            continue
        # An attribution that was not made is no reason for anything.
        if not name.endswith("_other_cause") or row[name]:
            found[item.label] = value_words(name, row[name])
    return found


def _is_told(definition: Definition, scale: Scale, row: Mapping[str, Any]) -> bool:
    """True where something is known that the number of a definition rests on, and it is bounded."""
    known = any(row.get(name) is not None for name in items_of_definition(definition, scale))
    return known and isfinite(row[lo(definition.name)]) and isfinite(row[hi(definition.name)])


def _deciding(
    scale: Scale, domains: Sequence[DomainAnswer], row: Mapping[str, Any], found: tuple[int, int]
) -> Iterator[Hit]:
    """The rule of the final list, then the rules of the domains that set the grade.

    These are the domains that surely reach its lower end. At grade 0 it is everything that was looked at. What is
    only possible because nobody looked is left to the what-ifs.
    """
    assert scale.grade is not None
    low, high = found
    final = list(scale.grade.entries)
    worst_only = final[-1].id if len(final) <= 2 else None
    totals = {d.label for d in scale.definitions}
    yield from (hit for hit in _hits(scale.grade, scale, row) if hit.id != worst_only)
    for domain in domains:
        if domain.min == low > 0:
            yield from (hit for hit in domain.hits if hit.grade and hit.grade[1] > 0)
        elif high == 0:
            yield from (hit for hit in domain.hits if hit.inputs)
        elif low == 0 and domain.max > 0:
            yield from (hit for hit in domain.hits if hit.grade != (0, 0) and (hit.certain or totals & set(hit.inputs)))


def _conventions(
    state: pl.DataFrame, scale: Scale, positions: Mapping[str, bool], found: tuple[int, int]
) -> Iterator[tuple[str, str]]:
    """The switches that decided: with the other position the interval is another one. All are tried in one table."""
    asked = [name for name in conventions() if name in scale.switches]
    if not asked:
        return
    tried = pl.DataFrame({name: [positions[name] ^ (name == flipped) for flipped in asked] for name in asked})
    freed = open_scale(scale.name)
    frame = prepared(state, freed, positions).join(tried.lazy(), how="cross")
    graded = evaluated(frame, freed).select(lo("__grade"), hi("__grade")).collect()
    for name, other in zip(asked, graded.rows(), strict=True):
        if other != found:
            yield name, conventions()[name].text(positions[name])


def _assumed(state: pl.DataFrame, scale: Scale, positions: Mapping[str, bool], row: Mapping[str, Any]) -> Iterator[str]:
    """What was taken for granted among what the rules asked of this state: the conventions that say so."""
    lists = (*scale.domains, *([scale.grade] if scale.grade else []))
    asked = {name for ladder in lists for name in _asked(ladder, scale, row)}
    taken = assumed(scale, state.columns, positions)
    for convention in dict.fromkeys(c for name, (_, c) in taken.items() if name in asked):
        yield f"{conventions()[convention].when_on} ({convention})"


def _asked(ladder: Ladder, scale: Scale, row: Mapping[str, Any]) -> Iterator[str]:
    """The items that were asked for: by the conditions down to the first that surely holds, and by their values."""
    for entry in ladder.entries:
        truth = True if entry.when is None else row[f"?{entry.id}"]
        if entry.when is not None:
            yield from items_of_node(entry.when, scale)
        if truth is not False and (inner := scale.handed_to(entry)) is not None:
            yield from _asked(inner, scale, row)
        elif truth is not False:
            yield from (n for value in (entry.low, entry.high) for n in items_of_node(value, scale))
        if truth is True:
            return
