"""`icans sepsis`: CRS or sepsis in one patient, the evidence for and against, and what no evidence changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import orjson
from rich.console import Console
from rich.text import Text

from icans.commands.options import moment
from icans.guidance.cited import Cited
from icans.guidance.recorded import TOO_OLD, UNKNOWN
from icans.guidance.sepsis.answer import CRS, INFECTION, NEITHER, UNUSABLE, Line, Rate, Sepsis, Standing, Study
from icans.guidance.sepsis.answer import UNKNOWN as OPEN
from icans.guidance.sepsis.ratio import percent
from icans.guidance.sepsis.sepsis import sepsis
from icans.guidance.situation_of import situation_of
from icans.guidance.vocabulary import label_of
from icans.record.read import read
from icans.report import words
from icans.report.as_json import plain
from icans.report.files import check_folder, write_whole
from icans.report.screen import console
from icans.report.terminal_list import heading, item, listed

FORMAT = "icans sepsis 1"
_HEADS = {INFECTION: "Points to infection", CRS: "Points to CRS", NEITHER: "Points neither way",
          UNUSABLE: "Cannot be used", OPEN: "Not known"}  # fmt: skip

_NO_INTERVAL = "no interval, for the numbers of patients behind it are not known here"


def run(
    source: Path, *, patient: str | None, at: str | None, keep_going: bool, mapping: Path | None, json: Path | None
) -> None:
    """Show the evidence of one patient; with `json`, write it as well. Nothing is written where reading fails."""
    if json is not None:
        check_folder(json)
    records = read(source, keep_going=keep_going, mapping=mapping)
    found = sepsis(situation_of(records, patient, at=moment(at)))
    if json is not None:
        write_whole(json, as_json(found))
    show(found, console())


def as_json(found: Sepsis) -> bytes:
    """The answer as UTF-8 JSON: the fields of `Sepsis`, times in UTC, unknown as null."""
    whole = plain({"format": FORMAT, **asdict(found)})
    return orjson.dumps(whole, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def show(found: Sepsis, out: Console) -> None:
    """Print the page: the standing rules, the evidence by where it points, the probability, how often infection is."""
    out.print(Text.assemble(("CRS or sepsis", "bold"), f"  {found.patient}, {words.moment(found.now)}"))
    heading(out, "Whatever the evidence says")
    for rule in found.standing:
        out.print(item(_standing(rule)))
    for direction, title in _HEADS.items():
        if lines := found.pointing(direction):
            heading(out, title)
            for line in lines:
                out.print(item(_line(line)))
    heading(out, "Probability")
    for text in _probability(found):
        out.print(item(text))
    heading(out, "How often infection is, whatever the findings")
    for rate in found.rates:
        out.print(item(_rate(rate)))
    listed(out, "To be kept in mind", found.cautions)
    listed(out, "Left out", found.left_out)


def _standing(rule: Standing) -> Text:
    applies = {True: "", False: ", not now", None: ", may apply"}[rule.holds]
    text = Text.assemble((rule.strength.replace("_", " ") + applies, "bold"), f"  {rule.says}")
    if seen := "; ".join(f"{label} {value}" for label, value in rule.inputs.items()):
        text.append(f"\n{seen}")
    if rule.holds is None:
        text.append(f"\nNot known: {'; '.join(label_of(i) for i in rule.missing)}.", "bold")
    return Text.assemble(text, _source(rule.id, rule.cited))


def _line(line: Line) -> Text:
    text = Text.assemble((line.finding, "bold"), f"  {line.says}")
    if seen := "; ".join(_recorded(line)):
        text.append(f"\n{seen}")
    # Of what the record does not tell, only the numbers that could count are worth the space.
    for study in (s for s in line.studies if line.direction != OPEN or s.shares):
        text.append(f"\nPublished: {_study(study)}", "dim")
    if line.note:
        text.append(f"\n{line.note}", "dim")
    return Text.assemble(text, _source(line.id, line.cited))


def _recorded(line: Line) -> Iterator[str]:
    for said in line.recorded:
        if said.status != UNKNOWN:
            seen = f", {words.moment(said.time)}" if said.time else ""
            yield f"{said.label}: {said.words}{seen}" + (", too old" if said.status == TOO_OLD else "")


def _study(study: Study) -> str:
    shares = ", ".join(f"{what} {share.words}" for what, share in study.shares.items())
    found = study.ratios
    none = f"no ratio: {study.why_none}"
    numbers = f"{found.positive_words}; {found.negative_words}; {_NO_INTERVAL}" if found else none
    return "; ".join(w for w in (f"{study.name}: {shares or study.words}", numbers) if w)


def _probability(found: Sepsis) -> Iterator[str]:
    result = found.posterior
    if result is None:
        yield found.no_posterior or ""
        return
    yield (
        f"{percent(result.value)}, from {percent(result.low)} to {percent(result.high)} with the interval of the prior "
        f"alone: {result.of}. {result.arithmetic}. Prior: {result.prior.words}."
    )
    yield f"{result.limits} {result.cited.short}"


def _rate(rate: Rate) -> Text:
    return Text.assemble(f"{rate.of}: {rate.share.words}", _source(rate.id, rate.cited))


def _source(rule: str, cited: Cited) -> tuple[str, str]:
    return f"\n{rule}: {cited.short}", "dim"
