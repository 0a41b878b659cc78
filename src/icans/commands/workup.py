"""`icans workup`: what else could explain the signs of one patient, and what is still open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

import orjson
from rich.console import Console
from rich.text import Text

from icans.commands.options import moment
from icans.guidance.cited import Cited
from icans.guidance.situation_of import situation_of
from icans.guidance.workup.ledger import (
    CLOSED,
    EXCLUDED,
    NOT_EXCLUDED,
    NOT_TESTED,
    PRESENT,
    TIERS,
    TOO_OLD,
    TREATED,
    GatedTest,
    Line,
    Workup,
)
from icans.guidance.workup.workup import workup
from icans.record.read import read
from icans.report import words
from icans.report.as_json import plain
from icans.report.files import check_folder, write_whole
from icans.report.screen import console
from icans.report.terminal_list import heading, item

FORMAT = "icans workup 1"
_SIGNS = {PRESENT: "!", NOT_EXCLUDED: "?", TOO_OLD: "?", NOT_TESTED: "?", TREATED: "+", EXCLUDED: "+"}
_STYLES = {PRESENT: "bold red", NOT_EXCLUDED: "bold", TOO_OLD: "bold", NOT_TESTED: "bold", TREATED: "", EXCLUDED: ""}


def run(
    source: Path, *, patient: str | None, at: str | None, keep_going: bool, mapping: Path | None, json: Path | None
) -> None:
    """Show the work-up of one patient; with `json`, write it as well. Nothing is written where reading fails."""
    if json is not None:
        check_folder(json)
    records = read(source, keep_going=keep_going, mapping=mapping)
    found = workup(situation_of(records, patient, at=moment(at)))
    if json is not None:
        write_whole(json, as_json(found))
    show(found, console())


def as_json(found: Workup) -> bytes:
    """The answer as UTF-8 JSON: the fields of `Workup`, times in UTC, unknown as null."""
    whole = asdict(found) | {name: [line.id for line in getattr(found, name)] for name in ("remain", "present")}
    return orjson.dumps(plain({"format": FORMAT, **whole}), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def show(found: Workup, out: Console) -> None:
    """Print the page: what may be said of ICANS, tests that must wait, the causes tier by tier with open ones first."""
    out.print(Text.assemble(("Work-up", "bold"), f"  {found.patient}, {words.moment(found.now)}"))
    out.print(Text.assemble((found.says, "bold"), (_source("", found.cited), "dim")))
    if found.since is not None:
        out.print(f"The signs began or grew worse at {words.moment(found.since)}.")
    if waiting := [test for test in found.tests if test.is_blocked]:
        heading(out, "Tests that must wait")
        for test in waiting:
            out.print(item(_test(test), "x "))
    for tier, title in TIERS.items():
        heading(out, title[:1].upper() + title[1:])
        for line in sorted(found.tier(tier), key=lambda line: line.status in CLOSED):
            out.print(item(_line(line), f"{_SIGNS[line.status]} "))
    out.print(Text("\n! present   ? open   + excluded or treated", "dim"))


def _test(test: GatedTest) -> Text:
    text = Text(test.label, "bold")
    for hold in test.holds:
        text.append(f"\n{hold.says}{_read(hold.inputs)}" + _source("", hold.cited), "" if hold.known else "dim")
    return text


def _line(line: Line) -> Text:
    status = f"{line.status}{', suspected' if line.suspected else ''}"
    text = Text.assemble(
        (line.label, "bold"), "  ", (status, _STYLES[line.status]), f"\n{line.why}{_read(line.inputs)}"
    )
    for more in () if line.status in CLOSED else _next(line):
        text.append(f"\n{more}")
    text.append(_source(line.id, line.cited), "dim")
    return text


def _next(line: Line) -> Iterator[str]:
    """What to do about a cause that is not closed."""
    if line.old:
        yield "Last seen: " + ", ".join(f"{what} {words.moment(time)}" for what, time in line.old.items())
    if line.status == PRESENT:
        yield f"Do: {line.act}."
    else:
        yield f"Test: {'; '.join(line.tests)}."
    if line.caution:
        yield f"Caution: {line.caution}"
    if line.note:
        yield line.note
    for fact in line.evidence:
        yield f"{fact.says}{_source('', fact.cited)}"


def _read(inputs: Mapping[str, str]) -> str:
    return f" ({'; '.join(f'{label}: {value}' for label, value in inputs.items())})" if inputs else ""


def _source(rule: str, cited: Cited) -> str:
    """Mark and reading, with the source in full where it is a publication."""
    marks = ", ".join(w for w in (cited.mark, cited.convention) if w)
    where = f"{cited.source}; {cited.where} " if cited.mark != "convention" else ""
    return f"\n{rule}: {where}[{marks}]" if rule else f" [{marks}]"
