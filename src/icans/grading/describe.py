"""The manual page of the scales, written from their files: every rule with its source and mark.

    python -m icans.grading.describe > docs/scales.md

It shows the text of the files, not the compiled rules, so that entries a convention switches off stand in it too.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files

from icans.grading.conventions import conventions
from icans.grading.features import Feature, features
from icans.rules.document import documents
from icans.rules.manual import Document, as_table, definitions, line, named, source, value

_INTRODUCTION = """\
# Scales

Everything `icans` can grade, rule by rule. This page is written from the files of the scales
(`python -m icans.grading.describe`); it is a reference, not advice for treating a patient.

A list of grades is read from the top: the first line whose condition holds gives the grade. A condition on something
nobody recorded is unknown; then this line and the lines below stay possible, and the grade is an interval. A grade
written as `[2, 4]` is left open by the publication itself.

Each rule carries a mark: **verified** (found in a stored copy of the source named), **from memory** (of the source
named, to be checked against it before clinical use) or **convention** (a choice made here, see
[conventions](#conventions)). Sources are named by key, with the place in them; the list stands under each scale.
"""


def markdown() -> str:
    """The whole page as Markdown, ending with a line break."""
    shown = list(_documents())
    parts = [_INTRODUCTION, _contents(document for document, _ in shown)]
    parts += [_scale(document, sources) for document, sources in shown]
    parts += [_features(features().values()), _conventions()]
    return "\n".join(parts)


def _documents() -> Iterator[tuple[Document, Mapping[str, str]]]:
    """Each scale with its sources; a document without any uses those of the first in its file."""
    folder = files("icans.grading").joinpath("scales")
    for file in sorted((f for f in folder.iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name):
        found = documents(file.read_text("utf-8"), file.name)
        shared = found[0].get("sources") or {}
        for document in found:
            yield document, document.get("sources") or shared


def _contents(shown: Iterable[Document]) -> str:
    rows = [
        (f"[{d['title']}](#{d['scale']})", f"`{d['scale']}`", f"`{d['family']}`", d.get("population", ""))
        for d in shown
    ]
    return as_table(("scale", "name", "family, as `--scale` takes it", "for"), rows)


def _scale(document: Document, sources: Mapping[str, str]) -> str:
    parts = [f'<a id="{document["scale"]}"></a>\n\n## {document["title"]}\n', f"{line(document['citation'])}\n"]
    if "define" in document:
        parts += ["### Definitions\n", definitions(document["define"])]
    if "score" in document:
        parts += ["### Score\n", _score(document)]
    for domain in document.get("domains", ()):
        parts += [f"### {domain['label']} (`{domain['name']}`)\n", _rules(domain["grades"])]
    if "grade" in document:
        parts += ["### Grade\n", _rules(document["grade"])]
    if "notices" in document:
        parts += ["### Notices\n", _rules(document["notices"])]
    if "unsure" in document:
        parts += ["### Left open\n", "\n".join(f"- {line(words)}" for words in document["unsure"]) + "\n"]
    parts += ["### Sources\n", _sources(document, sources)]
    return "\n".join(parts)


def _rules(entries: Sequence[Document]) -> str:
    rows = [
        (
            f"`{value(e['grade'])}`" if "grade" in e else "",
            f"{line(e['says'])}<br>`{e['id']}`",
            f"`{line(e['when'])}`" if "when" in e else "otherwise",
            source(e),
            f"{e['mark']}, {e['convention']}" if e.get("convention") else e["mark"],
        )
        for e in entries
    ]
    return as_table(("grade", "says", "when", "source", "mark"), rows)


def _score(document: Document) -> str:
    words = document.get("formula") or document["score"]
    lines = [
        f"{line(words)}\n", f"`{line(document['score'])}`\n",
        f"Source: {source(document)}. Mark: {document['mark']}.\n",
    ]  # fmt: skip
    if document.get("bands"):
        rows = [(f"{b['from']:g} to {b['to']:g}", b["label"]) for b in document["bands"]]
        lines.append(as_table(("range", "called"), rows))
    return "\n".join(lines)


def _sources(document: Document, sources: Mapping[str, str]) -> str:
    """The sources a scale names anywhere, written out."""
    return "\n".join(f"- {key}: {line(text)}" for key, text in named(document, sources).items()) + "\n"


def _features(shown: Iterable[Feature]) -> str:
    rows = [
        (f"`{f.name}`", f"{f.label}, {f.unit}", _taken(f), f"{f.source}; *{f.where}*" if f.where else f.source, f.mark)
        for f in shown
    ]
    words = "Quantities over the course of a record. A day without a value is unknown, so each is an interval.\n"
    return f"## Features\n\n{words}\n" + as_table(("name", "is", "how", "source", "mark"), rows)


def _taken(feature: Feature) -> str:
    first, last = feature.days
    window = f"days {first} to {last}" if last is not None else f"from day {first} on"
    of = f" of `{feature.of}`" if feature.of else ""
    tests = ": " + ", ".join(f"`{test}`" for test in feature.tests) if feature.tests else ""
    bridge = f"; breaks under {feature.bridge_hours:g} h do not count" if feature.bridge_hours else ""
    return f"{feature.how.replace('_', ' ')}{of}, {window}{tests}{bridge}"


def _conventions() -> str:
    rows = [
        (c.id, c.name, line(c.when_on), line(c.when_off), "on" if c.default else "off") for c in conventions().values()
    ]
    words = "Choices made where the publications are silent or ambiguous: `--convention C1=off`.\n"
    return f"## Conventions\n\n{words}\n" + as_table(("id", "name", "on", "off", "by default"), rows)


if __name__ == "__main__":
    sys.stdout.write(markdown())
