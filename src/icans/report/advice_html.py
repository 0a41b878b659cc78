"""Guidelines side by side as one self-contained HTML page: the table of differences, then each in full.

from icans.report.advice_compare import compare
from icans.report.advice_html import page
Path("advice.html").write_text(page(compare(advices), "patient-007"), encoding="utf-8")
"""

from __future__ import annotations

from icans.report import content
from icans.report.advice_compare import Comparison
from icans.report.guidance_to_do import to_do
from icans.report.pages import template
from icans.report.words import day, moment


def page(table: Comparison, name: str = "") -> str:
    """The page as text; everything is escaped.

    name  what the patient is called, where that is to be shown
    """
    parts = [to_do(a, f"{a.guideline}: {a.citation}") for a in table.advices]
    first = table.advices[0]
    used = content.sources_of(c for part in parts for c in part.cited)
    return template("advice.html").render(
        name=name or "Advice",
        moment=", ".join(w for w in (day(first.day), moment(first.now)) if w),
        not_a_device=content.NOT_A_DEVICE,
        columns=table.columns,
        table=table,
        parts=parts,
        sources=used,
        numbers=content.numbers_of(used),
    )
