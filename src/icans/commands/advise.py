"""`icans advise`: a table of states in, the same with what a guideline says; or one patient, guidelines compared."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

import orjson
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
from icans.report.as_json import plain
from icans.report.files import as_csv, check_folder, check_table_name, write_table, write_whole
from icans.report.screen import console

_TABLE = (".csv", ".tsv", ".txt", ".parquet", ".pq")


def run(
    source: Path, *, guideline: str, patient: str | None, at: str | None, on: str | None, convention: Sequence[str],
    mapping: Path | None, out: Path | None, html: Path | None, json: Path | None, keep_going: bool,
) -> None:  # fmt: skip
    """Advise on a table of states, or on one patient of a record."""
    changed = parse_switches(convention)
    names = [name.strip() for name in guideline.split(",") if name.strip()]
    _check_names(names, changed)
    if mapping is None and source.suffix.lower() in _TABLE and source.is_file():
        _refuse({"--html": html, "--json": json, "--at": at, "--patient": patient}, "one patient, and this is a table")
        _table(source, names, _day(on), changed, out, keep_going)
        return
    if out is not None and source.exists():
        raise DataError("--out takes a table of states; for one patient there is --html")
    _refuse({"--on": on}, "a table; for one patient the day is that of --at")
    for path in (html, json):
        if path is not None:
            check_folder(path)
    records = read(source, keep_going=keep_going, mapping=mapping)
    situation = situation_of(records, patient, at=moment(at), conventions=changed)
    advices, silent = compared(situation, names, conventions=changed)
    for words in (*silent, *_out_of_place(names, situation.product, situation.now.date(), changed)):
        print(f"icans: {words}", file=sys.stderr)
    if not advices:
        raise DataError("none of the guidelines that were named speaks of this patient")
    name = situation.records.patients["label"][0] or situation.patient
    if len(advices) == 1:
        advice_terminal.show_one(advices[0], console(), name)
    else:
        advice_terminal.show(compare(advices), console(), name)
    if html is not None:
        write_whole(html, advice_html.page(compare(advices), name))
        console().print(f"written: {html}")
    if json is not None:
        write_whole(json, orjson.dumps(plain([asdict(a) for a in advices]), option=orjson.OPT_INDENT_2))
        console().print(f"written: {json}")


def _refuse(given: Mapping[str, object], words: str) -> None:
    """Raise DataError for an option that has no meaning here, rather than leave it aside in silence."""
    for option, value in given.items():
        if value is not None:
            raise DataError(f"{option} is for {words}")


def _out_of_place(
    names: Sequence[str], product: str | None, on: date | None, changed: Mapping[str, bool]
) -> Iterator[str]:
    """A sentence for each guideline named outright that is for another product or another time."""
    for name in names:
        if name in library.families():
            continue
        chosen = library.guideline(name, changed=changed)
        if product is not None and chosen.products and product not in chosen.products:
            yield f"{name} is for {', '.join(chosen.products)}, not for {product}; it is shown because it was named"
        if on is not None and not chosen.holds_on(on, None):
            yield f"{name} was not in force on {on}; it is shown because it was named"


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
        if out.resolve() == source.resolve():
            raise DataError(f"{out}: is the table itself; name another file, so that nothing is overwritten")
    for words in _out_of_place(names, None, on, changed):
        print(f"icans: {words}", file=sys.stderr)
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
    lines = [*states.log.problems, *states.log.notices, *_contradictions(states.typed)]
    found: dict[str, str] = {}
    for name in names:
        if name not in library.families():
            chosen = library.guideline(name, changed=changed)
            for item, (value, convention) in taken(chosen, states.typed.columns, switches(changed)).items():
                found[f"{catalogue()[item].column} = {value}"] = convention
    if found:
        words = ", ".join(f"{what} ({convention})" for what, convention in found.items())
        lines.append(f"the table has no column for these, so they are taken as: {words}")
    lines += _half_filled(states.typed, switches(changed))
    for line in lines:
        print(f"icans: {line}", file=sys.stderr)


def _half_filled(typed: pl.DataFrame, positions: Mapping[str, bool]) -> Iterator[str]:
    """Columns that could have been left out, but whose empty cells are unknown now that they are there."""
    for name in typed.columns:
        item = catalogue().get(name)
        if item is None or item.assumed is None or not positions[item.assumed.convention]:
            continue
        if empty := typed[name].null_count():
            yield (
                f"'{item.column}' is empty in {empty} of {typed.height} rows: unknown, which may leave answers open; "
                f"fill it in, or leave the column out to have {item.assumed.value} taken ({item.assumed.convention})"
            )


def _contradictions(typed: pl.DataFrame) -> Iterator[str]:
    """Counts of tocilizumab that cannot be together; the more cautious reading is taken."""
    checks = (
        ("toci_doses_24h", pl.col("toci_doses_24h") > pl.col("toci_doses_total"), "more doses in 24 h than in all"),
        ("hours_since_last_toci", pl.col("toci_doses_total") == 0, "hours since a dose, and no dose in all"),
    )
    for name, wrong, words in checks:
        if {name, "toci_doses_total"} <= set(typed.columns):
            rows = typed.filter(wrong.fill_null(False) & pl.col(name).is_not_null()).height
            if rows:
                yield f"{rows} rows have {words} ({name}); check them, the more cautious reading is taken"


def _summary(advised: pl.DataFrame) -> str:
    """'Tocilizumab: GIVE in 12 ...; intensive care: YES in 3': how often each answer."""
    parts = []
    for label, column in (("tocilizumab", "toci"), ("steroid", "steroid_level"), ("intensive care", "icu")):
        name = next(c for c in advised.columns if c.endswith(column))
        counts = advised.drop_nulls(name).group_by(name).len().sort(name).rows()
        parts.append(f"{label}: " + ", ".join(f"{word} in {number}" for word, number in counts))
    return "; ".join(parts)
