"""The catalogue of items as a page of the manual: `docs/items.md` is what `markdown()` gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from icans.record.catalogue import Drug, Item, Product, catalogue, drugs, products
from icans.record.units import accepted

_INTRODUCTION = """\
# Items

Everything that can be recorded, as `src/icans/record/items/` lists it. The same is shown by `icans items`.
This page is made from those files, and a test keeps the two alike.

- **Item** is the name in the column `item` of a record. A table of states may use it or its
  [other name](#columns-with-another-name).
- **Values**: a number has a unit; other spellings and units that can be converted are listed
  [further down](#units-that-are-accepted). A *list* takes several words, separated by semicolons, or `none`.
- **Possible** is what a value can be; outside it, the row is an error. **Plausible** is what is to be expected;
  outside it, the value is kept and marked.
- **Valid** is how long a value stands for the patient after it was seen. Then it is unknown. Empty: for ever.
  These times are a choice of this catalogue, not a published rule.
- **Worst** is what counts of several values in a window: the highest or the lowest; of a choice, the one listed last
  where it says *last*, first where it says *first*; of a list everything that any of them holds. Empty: the latest.
- **Codes** are those we are sure of. A missing code does not mean that none exists.
"""
_HEAD = "| Item | What it is | Values | Possible | Plausible | Valid | Worst | Codes |"
_RULE = "|---|---|---|---|---|---|---|---|"
_SYSTEMS = {"loinc": "LOINC", "snomed": "SNOMED CT", "omop": "OMOP"}


def markdown() -> str:
    """The page, in Markdown: items by group, their other names, units, drugs and products."""
    parts = [_INTRODUCTION]
    by_group = groupby(catalogue().values(), key=lambda item: item.group)
    for group, items in _joined(by_group):
        parts.append(f"## {group[:1].upper()}{group[1:]}\n\n{_HEAD}\n{_RULE}\n" + "\n".join(map(_row, items)) + "\n")
    parts += [_columns(), _flags(), _assumed(), _units(), _drugs(), _products()]
    return "\n".join(parts)


def _joined(groups: Iterable[tuple[str, Iterator[Item]]]) -> list[tuple[str, list[Item]]]:
    """The groups in the order of their first item, each once."""
    found: dict[str, list[Item]] = {}
    for group, items in groups:
        found.setdefault(group, []).extend(items)
    return list(found.items())


def _row(item: Item) -> str:
    what = _cell(item.label + (f". {item.note}" if item.note else ""))
    cells = (
        f"`{item.name}`",
        what,
        _values(item),
        _range(item.limits),
        _range(item.plausible),
        f"{item.valid_hours:g} h" if item.valid_hours else "",
        _worst(item),
        _codes(item),
    )
    return "| " + " | ".join(cells) + " |"


def _cell(words: str) -> str:
    return words.replace("|", "\\|")


def _values(item: Item) -> str:
    if item.kind == "yes_no":
        return "yes, no"
    if item.values:
        return ("list of: " if item.kind == "set" else "") + ", ".join(f"`{v}`" for v in item.values)
    kind = "whole number" if item.kind == "whole" else "number"
    return kind if item.unit in (None, "1") else f"{kind}, `{item.unit}`"


def _range(ends: tuple[float | None, float | None]) -> str:
    low, high = ends
    if low is None and high is None:
        return ""
    if high is None:
        return f"{low:g} or more"
    return f"{high:g} or less" if low is None else f"{low:g} to {high:g}"


def _worst(item: Item) -> str:
    if item.kind == "choice":
        return {"high": "last", "low": "first"}.get(item.worse or "", "")
    if item.kind == "set":
        return "all"
    ends = ("yes", "no") if item.kind == "yes_no" else ("highest", "lowest")
    return {"high": ends[0], "low": ends[1]}.get(item.worse or "", "")


def _codes(item: Item) -> str:
    return "; ".join(f"{_SYSTEMS.get(s, s)} {', '.join(codes)}" for s, codes in item.codes.items())


def _columns() -> str:
    other = [item for item in catalogue().values() if item.column != item.name]
    rows = "\n".join(f"| `{item.column}` | `{item.name}` |" for item in other)
    return (
        "## Columns with another name\n\nIn a table of states these columns are understood as well; so is "
        f"`capd_item_responses` ([readers](readers.md#a-table-of-states)).\n\n| Column | Item |\n|---|---|\n{rows}\n"
    )


def _flags() -> str:
    by_flag: dict[str, list[str]] = {}
    for item in catalogue().values():
        if item.flag:
            by_flag.setdefault(item.flag, []).append(f"`{item.name}`")
    rows = "\n".join(f"| `{flag}` | {', '.join(items)} |" for flag, items in by_flag.items())
    return (
        "## Other causes\n\nA finding of these items that somebody attributed to another cause sets the flag.\n\n"
        f"| Flag | Findings |\n|---|---|\n{rows}\n"
    )


def _assumed() -> str:
    found = [(i.name, i.assumed) for i in catalogue().values() if i.assumed]
    rows = "\n".join(f"| `{name}` | {a.value} | [{a.convention}](grading.md#conventions) |" for name, a in found if a)
    return (
        "## Taken for granted\n\nOnly where nothing at all was recorded on the item, never for one gap among "
        "values.\n\n"
        f"| Item | Taken as | Convention |\n|---|---|---|\n{rows}\n"
    )


def _units() -> str:
    by_units: dict[tuple[str, ...], list[str]] = {}
    for item in catalogue().values():
        if item.kind in ("number", "whole") and item.unit and len(accepted(item)) > 1:
            by_units.setdefault(accepted(item), []).append(f"`{item.name}`")
    rows = "\n".join(
        f"| {', '.join(items)} | {', '.join(f'`{u}`' for u in units)} |" for units, items in by_units.items()
    )
    return (
        "## Units that are accepted\n\nBy their UCUM names, the item's own first. Common spellings (`mmHg`, `°C`, "
        "`K/uL`, `mcg/min`) are understood too; they stand in `units.yaml`.\n\n"
        f"| Items | Units |\n|---|---|\n{rows}\n"
    )


def _drugs() -> str:
    rows = "\n".join(
        f"| `{d.name}` | {', '.join(d.classes).replace('_', ' ')} | {_words(d)} |" for d in drugs().values()
    )
    return (
        "## Drugs\n\nNames in the column `drug` of a record. Antipyretics, anticytokine drugs and steroids can mask a "
        "fever; vasopressors and inotropes count as pressure support. A drug that is not listed is kept and shown, and "
        f"counts as neither.\n\n| Drug | Classes | Also understood |\n|---|---|---|\n{rows}\n"
    )


def _products() -> str:
    rows = "\n".join(f"| `{p.name}` | {p.label} | {_words(p)} |" for p in products().values())
    return f"## Products\n\n| Product | Name | Also understood |\n|---|---|---|\n{rows}\n"


def _words(entry: Drug | Product) -> str:
    return _cell(", ".join(entry.synonyms))
