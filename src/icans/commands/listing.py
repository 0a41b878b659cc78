"""`icans scales`, `icans items`, `icans conventions`: what the platform knows, with its sources."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from icans.errors import DataError
from icans.grading.conventions import conventions as all_conventions
from icans.grading.library import family, names, scale_named
from icans.grading.library import scales as all_scales
from icans.grading.scale import Scale
from icans.grading.wording import unit_words
from icans.record.catalogue import Item, catalogue
from icans.report.screen import console
from icans.rules.ladder import Entry


def scales(name: str | None) -> None:
    """A line for each scale; with the name of a family, every rule of it."""
    if name is not None:
        for scale in [scale_named(name)] if name in names() else family(name):
            _rules(scale)
        return
    rows = table("family", "gives", "title", "source")
    for scale in all_scales():
        rows.add_row(scale.family, scale.outcome, scale.title, scale.citation)
    console().print(rows)


def _rules(scale: Scale) -> None:
    out = console()
    out.print(f"\n[bold]{scale.title}[/bold]\n{scale.citation}")
    if scale.kind == "score":
        out.print(f"{scale.formula}  ({scale.source}; {scale.mark})", markup=False)
    for band in scale.bands:
        out.print(f"  {band.low:g} to {band.high:g}: {band.label}", markup=False)
    for ladder in (*scale.domains, *([scale.grade] if scale.grade else [])):
        out.print(f"\n{ladder.label if ladder is not scale.grade else 'Grade'}, the first that holds:", style="bold")
        for entry in ladder.entries:
            out.print(_rule(entry))
    for words in scale.unsure:
        out.print(f"  left open: {words}", markup=False)


def _rule(entry: Entry) -> Text:
    """'  3  one vasopressor ...' and below it, dim, its condition, source and mark."""
    marks = ", ".join(w for w in (entry.mark, entry.convention) if w)
    where = f"{entry.source}; {entry.where}" if entry.where else entry.source
    return Text.assemble(
        (f"  {entry.value_text:<8}", "bold"), entry.says, "\n",
        (f"          {' '.join(entry.when_text.split()) or 'otherwise'}\n          {where} [{marks}]", "dim"),
    )  # fmt: skip


def items(word: str | None) -> None:
    """A line for each item, or for those with a word in name, label or group."""
    found = [i for i in catalogue().values() if word is None or word.lower() in f"{i.name} {i.label} {i.group}".lower()]
    if not found:
        raise DataError(f"no item has '{word}' in its name, label or group; `icans items` lists all")
    rows = table("item", "what it is", "unit or words", "plausible", "valid", "codes")
    for item in found:
        rows.add_row(item.name, item.label, _words(item), _range(item), _valid(item), _codes(item))
    console().print(rows)


def _words(item: Item) -> str:
    if item.kind == "yes_no":
        return "yes, no"
    return ", ".join(item.values) or unit_words(item.unit) or ("whole number" if item.kind == "whole" else "number")


def _range(item: Item) -> str:
    low, high = item.plausible if item.plausible != (None, None) else item.limits
    if low is None and high is None:
        return ""
    return f"{'' if low is None else f'{low:g}'} to {'' if high is None else f'{high:g}'}".strip()


def _valid(item: Item) -> str:
    return f"{item.valid_hours:g} h" if item.valid_hours else ""


def _codes(item: Item) -> str:
    return "; ".join(f"{system.upper()} {', '.join(codes)}" for system, codes in item.codes.items())


def conventions() -> None:
    """Each switch with what it does on and off, and where it stands."""
    rows = table("id", "name", "on", "off", "default")
    for c in all_conventions().values():
        rows.add_row(c.id, c.name, c.when_on, c.when_off, "on" if c.default else "off")
    console().print(rows)


def table(*columns: str) -> Table:
    """An empty table of the listings: no lines, the first column whole, the others folded."""
    rows = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for place, column in enumerate(columns):
        rows.add_column(column, overflow="fold", no_wrap=place == 0)
    return rows
