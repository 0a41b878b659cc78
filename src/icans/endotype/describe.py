"""The manual page of the endotypes: `docs/endotypes.md` is what `markdown()` gives."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from icans.endotype.table import GROUPS, MarkerEntry, table
from icans.grading.wording import unit_words
from icans.record.catalogue import catalogue
from icans.rules.manual import as_table

_INTRODUCTION = """\
# Endotypes

An endotype says what drives a patient's toxicity: cytokines, the vessel wall, or both. Here it is read from the
markers of a record; the [virtual patients](mechanism.md) of the same names are made to differ in this way, so
`crs-driven` and `endotheliopathy` (also called `endothelial`) there are the models of *CRS-driven* and *endothelial*
here. This page is made from `src/icans/endotype/markers.yaml` (`python -m icans.endotype.describe`).

**It is a hypothesis. No treatment follows from it, and it cancels nothing: whatever a guideline says MUST be done
stays.**

| High cytokines | Activated vessel wall | Reading |
|---|---|---|
| yes | no | CRS-driven |
| no | yes | endothelial |
| yes | yes | mixed |
| no | no | not enough known: the markers tell nothing of the cause |
| anything that a missing marker could change | | not enough known, with what is possible and what would decide |

A side is *yes* with one marker above its line, *no* only with every marker of it known and at or below. A marker that
was never measured, is too old or cannot be used is unknown, never normal. So one marker can make a *yes*, and it
takes all to make a *no*; most records end in *not enough known*, which is the honest answer.

```python
from icans.endotype import endotype
from icans.guidance.situation_of import situation_of
from icans.record.read import read

found = endotype(situation_of(read("examples/patient-007")))
print(found.reading, found.possible, found.decides)
```
"""


def markdown() -> str:
    """The page, in Markdown: sides, lines, published levels, hypotheses, cautions, what is left out."""
    known = table()
    parts = [_INTRODUCTION, _sides(), _lines(known.markers), _levels(known.markers), _notes(known.markers)]
    parts += [_before(), _hypotheses(), _bullets("To be kept in mind", (*known.cautions, known.scales_why))]
    parts.append(_bullets("Left out, and why", known.unsure))
    parts.append(_bullets("Sources", (f"**{key}** {text}" for key, text in known.sources.items())))
    return "\n".join(parts)


def _sides() -> str:
    rows = [(s.label, s.name, s.cited.short) for s in table().sides]
    words = "The first two make the reading; the third is shown beside it.\n"
    return f"## Sides\n\n{words}\n" + as_table(("side", "markers of", "source"), rows)


def _lines(markers: Iterable[MarkerEntry]) -> str:
    rows = [
        (f"`{m.item}`", str(m.side), f"`{m.above_text}`", str(m.line), m.unusable)
        for m in markers
        if m.above is not None
    ]
    words = "Interleukin 6 that was measured before the first tocilizumab is used as it is.\n"
    return f"## Lines\n\n{words}\n" + as_table(
        ("marker", "side", "above its line where", "in words", "cannot be used"), rows
    )


def _levels(markers: Iterable[MarkerEntry]) -> str:
    rows = []
    for m in (m for m in markers if m.levels):
        by_group = {level.group: f"{level.median:g} ± {level.spread:g}" for level in m.levels}
        unit = unit_words(catalogue()[m.item].unit)
        rows.append((f"`{m.item}`, {unit}", *(by_group.get(group, "") for group in GROUPS), m.cited.short))
    words = (
        "Median ± interquartile range of 49 controls and 62 patients, 19 of them with toxicity. The columns were "
        "inferred from run-together text: read the paper before using a number.\n"
    )
    return f"## Published levels\n\n{words}\n" + as_table(("marker", *GROUPS, "source"), rows)


def _notes(markers: Iterable[MarkerEntry]) -> str:
    rows = [(f"`{m.item}`", m.note, m.cited.short) for m in markers if m.note]
    return "## What else is published\n\n" + as_table(("marker", "finding", "source"), rows)


def _before() -> str:
    known = table()
    words = (
        "`easix_before_lymphodepletion` is calculated where nobody stated it: LDH, creatinine and platelets as they "
        f"were when the first drug of lymphodepletion was given, at most {known.drug_days:g} days before the cells; "
        f"each value at most {known.laboratory_days:g} days older than that. Source: {known.before_cited.short}"
    )
    return f"## EASIX before lymphodepletion\n\n{words}\n"


def _hypotheses() -> str:
    rows = [(f"`{h.id}`", ", ".join(readings), h.says, h.cited.short) for h, readings in table().hypotheses]
    words = "What a reading would mean, were it true. None of it is guidance.\n"
    return f"## Hypotheses\n\n{words}\n" + as_table(("id", "readings", "says", "source"), rows)


def _bullets(title: str, lines: Iterable[str]) -> str:
    return f"## {title}\n\n" + "\n".join(f"- {' '.join(words.split())}" for words in lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(markdown())
