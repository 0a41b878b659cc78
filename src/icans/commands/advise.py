"""`icans advise`: a table of states in, the same with what a guideline says; or one patient, guidelines compared."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import polars as pl

from icans.commands.options import moment
from icans.errors import DataError
from icans.grading.conventions import parse_switches, switches
from icans.guidance import library
from icans.guidance.evaluate import taken
from icans.guidance.situation_of import situation_of
from icans.guidance.table import advise_states
from icans.patient_guidance import compared
from icans.record.catalogue import catalogue
from icans.record.read import read
from icans.record.states import States, read_states
from icans.report import advice_html, advice_terminal
from icans.report.advice_compare import compare
from icans.report.files import as_csv, check_folder, check_table_name, write_table, write_whole
from icans.report.screen import console

_TABLE = (".csv", ".tsv", ".txt", ".parquet", ".pq")


def run(
    source: Path, *, guideline: str, patient: str | None, at: str | None, on: str | None, convention: Sequence[str],
    mapping: Path | None, out: Path | None, html: Path | None, keep_going: bool,
) -> None:  # fmt: skip
    """Advise on a table of states, or on one patient of a record."""
    changed = parse_switches(convention)
    names = [name.strip() for name in guideline.split(",") if name.strip()]
    _check_names(names, changed)
    if mapping is None and source.suffix.lower() in _TABLE and source.is_file():
        _table(source, names, _day(on), changed, out, keep_going)
        return
    if out is not None:
        raise DataError("--out takes a table of states; for one patient there is --html")
    if html is not None:
        check_folder(html)
    records = read(source, keep_going=keep_going, mapping=mapping)
    situation = situation_of(records, patient, at=moment(at), conventions=changed)
    advices, silent = compared(situation, names, conventions=changed)
    for words in silent:
        print(f"icans: {words}", file=sys.stderr)
    if not advices:
        raise DataError("none of the guidelines that were named speaks of this patient")
    if len(advices) == 1:
        advice_terminal.show_one(advices[0], console())
    else:
        advice_terminal.show(compare(advices), console())
    if html is not None:
        write_whole(html, advice_html.page(compare(advices)))
        console().print(f"written: {html}")


def _check_names(names: Sequence[str], changed: Mapping[str, bool]) -> None:
    if not names:
        raise DataError("no guideline is named; `icans guidelines` lists them")
    for name in names:
        if name not in library.families():
            library.guideline(name, changed=changed)


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DataError("--on is a day, written 2026-03-02") from None


def _table(
    source: Path, names: Sequence[str], on: date | None, changed: Mapping[str, bool], out: Path | None, keep_going: bool
) -> None:
    if out is not None:
        check_table_name(out)
    states = read_states(source, keep_going=keep_going, implausible=not switches(changed)["P12"])
    _tell(states, names, changed)
    parts = [advise_states(states.typed, name, conventions=changed, on=on) for name in names]
    if len(names) > 1:
        parts = [p.rename(lambda c, n=name: f"{_stem(n)}_{c}") for p, name in zip(parts, names, strict=True)]
    result = pl.concat([_kept_apart(states.original, parts), *parts], how="horizontal")
    if out is None:
        sys.stdout.write(as_csv(result).write_csv())
    else:
        write_table(out, result)
        print(f"{out}: {result.height} rows. {_summary(parts[0])}")


def _kept_apart(original: pl.DataFrame, parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The table as it came; a column with the name of an answer is kept as <name>_given."""
    taken_names = {column for part in parts for column in part.columns}
    renamed = {column: f"{column}_given" for column in original.columns if column in taken_names}
    if twice := [new for new in renamed.values() if new in original.columns]:
        raise DataError(f"the table has a column '{twice[0]}' already; rename it, so that nothing is overwritten")
    for old, new in renamed.items():
        print(f"icans: the column '{old}' of the table is kept as '{new}'", file=sys.stderr)
    return original.rename(renamed)


def _stem(name: str) -> str:
    return name.replace("-", "_").replace("@", "_")


def _tell(states: States, names: Sequence[str], changed: Mapping[str, bool]) -> None:
    """To the error stream: what the reader says, and what is taken for granted."""
    lines = [*states.log.problems, *states.log.notices]
    found: dict[str, str] = {}
    for name in names:
        if name not in library.families():
            chosen = library.guideline(name, changed=changed)
            for item, (value, convention) in taken(chosen, states.typed.columns, switches(changed)).items():
                found[f"{catalogue()[item].column} = {value}"] = convention
    if found:
        words = ", ".join(f"{what} ({convention})" for what, convention in found.items())
        lines.append(f"the table has no column for these, so they are taken as: {words}")
    for line in lines:
        print(f"icans: {line}", file=sys.stderr)


def _summary(advised: pl.DataFrame) -> str:
    """'Tocilizumab: GIVE in 12 ...; intensive care: YES in 3': how often each answer."""
    parts = []
    for label, column in (("tocilizumab", "toci"), ("steroid", "steroid_level"), ("intensive care", "icu")):
        name = next(c for c in advised.columns if c.endswith(column))
        counts = advised.drop_nulls(name).group_by(name).len().sort(name).rows()
        parts.append(f"{label}: " + ", ".join(f"{word} in {number}" for word, number in counts))
    return "; ".join(parts)
