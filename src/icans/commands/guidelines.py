"""`icans guidelines`: what is encoded, where it holds, its evidence, and what is left out and why."""

from __future__ import annotations

from collections.abc import Iterable

from rich.table import Table
from rich.text import Text

from icans.commands.listing import table
from icans.errors import DataError
from icans.guidance.actions import actions
from icans.guidance.describe import evidence, guideline_documents, period
from icans.guidance.guideline import COMMON, Guideline, Rule, Told
from icans.guidance.library import common_rules, families, guideline, names
from icans.report.screen import console
from icans.rules.definition import Definition

_SHOWN = {"MUST": "must", "MUST_NOT": "must not", "CONSIDER": "consider", "OPTIONAL": "optional", "NONE": "nothing"}

_LISTS = {
    "tocilizumab": "Tocilizumab", "steroid_crs": "Steroid for CRS", "steroid_icans": "Steroid for neurotoxicity",
    "steroid_running": "Steroid that runs already",
    "icu": "Intensive care",
}  # fmt: skip


def run(name: str | None) -> None:
    """A line for each guideline; with a name every rule of it, with a family (`label`) those of all its members.

    Raises DataError where there is no guideline of that name.
    """
    if name is None:
        _listed()
        return
    for one in _named(name):
        _whole(one)


def _named(name: str) -> Iterable[Guideline]:
    if name == COMMON:
        return [common_rules()]
    if name in families():
        return [g for g in (guideline(n) for n in names()) if g.family == name]
    try:
        return [guideline(name)]
    except DataError as error:
        raise DataError(f"{error}; `icans guidelines` lists them") from None


def _listed() -> None:
    rows = table("name", "title", "products", "where", "in force", "lines by mark", "left out")
    for d in guideline_documents():
        rows.add_row(
            d["guideline"], d["title"], ", ".join(d.get("products") or ()) or "any", d["jurisdiction"],
            period(d["in_force"]), evidence(d), str(len(d.get("unsure") or ())),
        )  # fmt: skip
    console().print(rows)
    console().print("\nThe rules of common hold with every guideline.")
    console().print("`icans guidelines NAME` shows each line of one, and what is left out.")


def _whole(one: Guideline) -> None:
    out = console()
    out.print(f"\n[bold]{one.title}[/bold]\n{one.citation}")
    out.print(f"{one.name}, revision {one.revision}; {one.jurisdiction}; {period(one.in_force)}", markup=False)
    out.print(f"CRS by {one.grades['crs']}, neurotoxicity by {one.grades['icans']}", markup=False)
    if one.grades_note:
        out.print(one.grades_note, markup=False)
    common = None if one.name == COMMON else common_rules()
    _definitions([d for d in one.definitions if common is None or d not in common.definitions])
    _rules("Rules, all that hold apply:", [r for r in one.rules if common is None or r not in common.rules])
    for name, entries in one.lists.items():
        _rules(f"{_LISTS[name]}, the first that holds:", entries)
    for words in one.unsure:
        out.print(f"  left out: {' '.join(words.split())}", markup=False)


def _definitions(listed: Iterable[Definition]) -> None:
    """The names that conditions use, with what they mean."""
    rows = Table.grid(padding=(0, 2, 0, 2))
    for one in listed:
        meaning = " ".join(one.text.split()) or "by the list in the manual"
        rows.add_row(one.name, Text.assemble(one.label, (f"\n{meaning}", "dim")))
    if rows.row_count:
        console().print("\nNames used in the conditions:", style="bold")
        console().print(rows)


def _rules(head: str, rules: Iterable[Rule]) -> None:
    rows = Table.grid(padding=(0, 2, 0, 2))
    for rule in rules:
        rows.add_row(Text(_SHOWN[rule.strength], style="bold"), _rule(rule))
    if rows.row_count:
        console().print(f"\n{head}", style="bold")
        console().print(rows)


def _rule(rule: Rule) -> Text:
    """What a rule says, and below it, dim, its actions, condition, source and id."""
    told = "; ".join(_told(one) for one in rule.told)
    below = [told, rule.when_text or "otherwise", rule.cited.short, rule.id]
    return Text.assemble(rule.says, ("".join(f"\n{words}" for words in below if words), "dim"))


def _told(told: Told) -> str:
    """The action in words, with what the rule says otherwise of it."""
    own = ", ".join(told.details.values())
    return f"{actions()[told.code].label} ({own})" if own else actions()[told.code].label
