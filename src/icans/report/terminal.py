"""A review as a page in the terminal, readable at 80 columns and without colour.

from rich.console import Console
from icans.report.terminal import show
show(review, Console())
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from icans.report import content, guidance, why
from icans.report.guidance_terminal import show_section
from icans.report.strip import strip
from icans.report.terminal_list import MARKS, heading, item, listed, numbered_sources

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from icans.grading.answer import Hit
    from icans.patient_review import Review


def show(review: Review, console: Console) -> None:
    """Print the page: who, grades and gaps, what to do, course, reasons, the rest of the guidance, scores, sources."""
    _header(review, console)
    for verdict in content.verdicts(review):
        _verdict(verdict, console)
    first, others = guidance.parts(review)
    used = content.sources(review, [c for part in (*first, *others) for c in part.cited])
    numbers = content.numbers_of(used)
    for part in first:
        show_section(part, console, numbers)
    _course(review, console)
    for verdict in content.verdicts(review):
        _why(verdict, console)
    for part in others:
        show_section(part, console, numbers)
    listed(console, "Episodes", [_episode(row) for row in content.episodes(review)])
    listed(console, "Notices", content.notices(review))
    _scores(review, console)
    _reading(review, console)
    numbered_sources(used, console)
    _switches(review, console)
    console.print(Text(content.NOT_A_DEVICE, "dim"))


def _header(review: Review, console: Console) -> None:
    console.print(Text(content.name_of(review), "bold"))
    console.print(Text(" · ".join(f"{what} {words}" for what, words in content.facts(review)), "dim"))


def _episode(row: tuple[str, ...]) -> str:
    """An episode in one sentence, from a row of `content.episodes`."""
    name, onset, peak, peak_time, end, duration = row
    lasted = f", {duration}" if duration else ""
    return f"{name} from {onset} to {end}{lasted}; peak {peak}, {peak_time}".replace("to goes on", "on, goes on")


def _verdict(verdict: content.Verdict, console: Console) -> None:
    console.print()
    console.print(Text.assemble((verdict.name, "bold"), "  ", (f" {verdict.grade} ", "bold reverse")))
    times = [
        f"since {verdict.since}" if verdict.since else "",
        f"peak {verdict.peak}" if verdict.peak else "",
    ]
    if any(times):
        console.print(Text("  " + " · ".join(t for t in times if t), "dim"))
    if (answer := verdict.answer) is None:
        return
    for missing in answer.what_if:
        console.print(item(Text(missing.sentence, "bold"), "? "))
    if answer.determinate and answer.has_gaps:
        console.print(item(f"Some items were not recorded; whatever they are, the grade stays {verdict.grade}."))


def _why(verdict: content.Verdict, console: Console) -> None:
    """The reasons of a grade: the rules that decide, those of which one applies, what was taken for granted."""
    if (answer := verdict.answer) is None:
        return
    heading(console, f"Why {verdict.name} is {verdict.grade}")
    for hit in why.settled(answer):
        console.print(_rule(hit))
    for label, hits in why.alternatives(answer):
        console.print(item(f"{label}, one of: {why.one_of(hits)}", "? "))
    if answer.assumed:
        console.print(item(Text(f"taken for granted: {'; '.join(answer.assumed)}", "dim"), "~ "))
    for name, words in answer.conventions:
        console.print(item(Text(f"{name}: {words}", "dim"), "~ "))


def _rule(hit: Hit) -> RenderableType:
    """What a rule says, from which inputs, from where."""
    words = Text(hit.says)
    if hit.inputs:
        words.append(f": {why.reasons(hit)}")
    words.append(f" ({why.rests_on(hit)}; ", "dim")
    words.append(hit.mark, MARKS.get(hit.mark, ""))
    words.append(f"{f', {hit.convention}' if hit.convention else ''})", "dim")
    return item(words, "> ")


def _course(review: Review, console: Console) -> None:
    lines = strip(review, console.width)
    if lines:
        heading(console, "Course")
        for line in lines:
            console.print(line, no_wrap=True, crop=True)


def _scores(review: Review, console: Console) -> None:
    rows = content.scores(review)
    if not rows and not content.neighbours(review):
        return
    heading(console, "Scores and related toxicities")
    for name, value, inputs, missing, source in rows:
        words = Text.assemble((name, "bold"), f": {value}")
        words.append(f". {inputs}" if inputs else "")
        words.append(f". Missing: {missing}" if missing else "")
        words.append(f" ({source})", "dim")
        console.print(item(words))
    for said in content.neighbours(review):
        console.print(item(Text(said)))


def _reading(review: Review, console: Console) -> None:
    log = review.log
    listed(console, "Problems: these rows were left out", log.problems)
    listed(console, "Taken for granted or repaired in reading", log.notices)
    listed(console, "Read", content.read_in_short(log.used))
    listed(console, "Not used", [f"{why}: {n}" for why, n in log.skipped.items()])


def _switches(review: Review, console: Console) -> None:
    on = [name for name, _, position, _ in content.switches(review) if position == "on"]
    off = [name for name, _, position, _ in content.switches(review) if position == "off"]
    said = [f"{word}: {', '.join(names)}" for word, names in (("on", on), ("off", off)) if names]
    if said:
        console.print()
        console.print(Text("Conventions " + "; ".join(said)))
