"""The manual page of the guidelines, written from their files: every rule with its condition, source and mark.

python -m icans.guidance.describe > docs/guidelines.md

It shows the text of the files, not the compiled rules, so that entries a convention switches off stand in it too.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files

from icans.guidance.actions import TIERS, Action, actions
from icans.guidance.guideline import COMMON
from icans.rules.document import documents
from icans.rules.manual import Document, as_table, definitions, line, named, source

_INTRODUCTION = """\
# Guidelines

Everything `icans advise` can answer from, rule by rule. This page is written from the files of the guidelines
(`python -m icans.guidance.describe`); it is a reference, not advice for treating a patient.

**Rules stand alone**: all that hold apply. A **list** gives one answer: the first entry whose condition holds decides.
A condition on something nobody recorded is unknown; then this entry and those below it stay possible. Strengths:
**must** and **must not**, **consider**, and **optional** where the guideline is silent, so that either is accepted.
The [common rules](#common) hold with every guideline.

Each line carries a mark: **verified** (found in a stored copy of the source named, often a secondary one), **from
memory** (of the source named, to be checked against it before clinical use) or **convention** (a choice made here).
`crs` and `icans` are the grades by the scale that each guideline names ([scales](scales.md)); other names are
[items](items.md).
"""
_NAMES = {"MUST": "must", "MUST_NOT": "must not", "CONSIDER": "consider", "OPTIONAL": "optional", "NONE": "nothing"}
_DETAILS = ("drug", "dose", "route", "interval", "maximum", "duration")


def markdown() -> str:
    """The whole page as Markdown, ending with a line break."""
    shown = list(guideline_documents())
    return "\n".join([_INTRODUCTION, _contents(shown), *(_guideline(d) for d in shown), _actions(actions().values())])


def guideline_documents() -> Iterator[Document]:
    """The documents of every guideline file as they are written, the common rules first."""
    folder = files("icans.guidance").joinpath("guidelines")
    named = [f for f in folder.iterdir() if f.name.endswith(".yaml")]
    for file in sorted(named, key=lambda f: (f.name != f"{COMMON}.yaml", f.name)):
        yield from documents(file.read_text("utf-8"), file.name)


def _contents(shown: Iterable[Document]) -> str:
    rows = [
        (
            f"[{line(d['title'])}](#{d['guideline']})", f"`{d['guideline']}`",
            ", ".join(d.get("products") or ()) or "any", str(d["jurisdiction"]), period(d["in_force"]), evidence(d),
        )
        for d in shown
    ]  # fmt: skip
    return as_table(("guideline", "name", "products", "where", "in force", "lines by mark"), rows)


def period(days: Sequence[object]) -> str:
    """'from 2021-11-01', 'from 2021-11-01 until 2025-06-01', 'start not known'."""
    start, end = days
    since = f"from {start}" if start else "start not known"
    return f"{since} until {end}" if end else since


def evidence(document: Document) -> str:
    """'12 verified, 30 from memory': the marks of the rules and entries of a guideline as it is written."""
    if "rows_of" in document:
        return f"as {document['rows_of']}"
    marks = [str(rule["mark"]) for rule in rules_of(document)]
    return ", ".join(f"{marks.count(m)} {m}" for m in ("verified", "from memory", "convention") if m in marks)


def rules_of(document: Document) -> Iterator[Document]:
    """Every rule, then every entry of the lists, of a guideline as it is written."""
    yield from document.get("rules") or ()
    for one in document.get("lists") or ():
        yield from one["entries"]


def _guideline(document: Document) -> str:
    name = document["guideline"]
    lines = [f"Name `{name}`, revision {document['revision']}. {_grades(document)}"]
    if document.get("grades_note"):
        lines.append(line(document["grades_note"]))
    if "rows_of" in document:
        lines.append(f"Its rules are those of [`{document['rows_of']}`](#{document['rows_of']}).")
    parts = [f'<a id="{name}"></a>\n\n## {line(document["title"])}\n', f"{line(document['citation'])}\n"]
    parts.append("\n\n".join(lines) + "\n")
    if document.get("define"):
        parts += ["### Definitions\n", definitions(document["define"])]
    if document.get("rules"):
        parts += ["### Rules\n", _rules(document["rules"])]
    for one in document.get("lists") or ():
        parts += [f"### {one['label']}: the first that holds\n", _rules(one["entries"])]
    if document.get("unsure"):
        parts += ["### Left out, and why\n", "\n".join(f"- {line(words)}" for words in document["unsure"]) + "\n"]
    return "\n".join([*parts, "### Sources\n", _sources(document)])


def _grades(document: Document) -> str:
    grades = document["grades"]
    return f"CRS by `{grades['crs']}`, neurotoxicity by `{grades['icans']}`."


def _rules(entries: Sequence[Document]) -> str:
    rows = [
        (
            _NAMES[e["strength"]], "<br>".join(_told(a) for a in e.get("actions") or ()),
            f"{line(e['says'])}<br>`{e['id']}`", f"`{line(e['when'])}`" if "when" in e else "otherwise",
            source(e), f"{e['mark']}, {e['convention']}" if e.get("convention") else e["mark"],
        )
        for e in entries
    ]  # fmt: skip
    return as_table(("strength", "actions", "says", "when", "source", "mark"), rows)


def _told(told: str | Document) -> str:
    if isinstance(told, str):
        return f"`{told}`"
    own = ", ".join(line(told[key]) for key in _DETAILS if key in told)
    return f"`{told['code']}`: {own}"


def _actions(listed: Iterable[Action]) -> str:
    every = list(listed)
    words = (
        "What can be advised, in the order in which it is done. A rule may say another dose, interval or length; "
        "of a steroid regimen the dexamethasone equivalent of a day tells which of two is the stronger.\n"
    )
    parts = [f"## Actions\n\n{words}"]
    for tier in TIERS:
        rows = [_action(action) for action in every if action.tier == tier]
        parts += [f"### {tier[0].upper()}{tier[1:]}\n", as_table(("code", "action", "details", "source", "mark"), rows)]
    return "\n".join(parts)


def _action(action: Action) -> tuple[str, ...]:
    details = ", ".join(action.details.values())
    strength = f"{action.dex_mg_per_day:g} mg dexamethasone a day" if action.kind else ""
    source = f"{action.cited.source}; {action.cited.where}" if action.cited.where else action.cited.source
    told = f"**{action.label}**. {line(action.does)}"
    return f"`{action.code}`", told, "; ".join(w for w in (details, strength) if w), source, action.cited.mark


def _sources(document: Document) -> str:
    """The sources a guideline names anywhere, written out."""
    sources = document["sources"]
    listed = sources if "rows_of" in document else named(document, sources)
    return "\n".join(f"- {key}: {line(text)}" for key, text in listed.items() if not key.startswith("__")) + "\n"


if __name__ == "__main__":
    sys.stdout.write(markdown())
