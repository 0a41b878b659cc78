"""The prevention of seizures on the page: for whom, how much, the kidneys, and what speaks against it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from icans.guidance.findings.cohorts import Figure
from icans.guidance.findings.prophylaxis import Kidney, Prophylaxis
from icans.report.guidance_pathway import dose_words
from icans.report.guidance_section import Line
from icans.report.words import capital


def prophylaxis_lines(found: Prophylaxis | None) -> list[Line]:
    """For whom it is considered, the dose, the kidneys, published results; none where it surely is not considered."""
    if found is None or found.considered is False:
        return []
    if found.treat.met:
        return [Line(capital(found.treat.says), rules=(found.treat.id,), cited=(found.treat.cited,))]
    return [_first(found), *([_kidney(found.kidney)] if found.kidney else []), *figure_lines(found.figures)]


def _first(found: Prophylaxis) -> Line:
    basis = found.reasons or tuple(w for w in found.who if w.met is None)
    unknown = dict.fromkeys(label for w in basis if w.met is None for label in w.missing)
    reasons = "; ".join(w.label for w in found.reasons) or f"depends on {', '.join(unknown)}, not known"
    given = {True: "It is being given.", False: "The record shows no dose of it lately.", None: ""}[found.running]
    past = f"Now outside of the days of one source: {found.window.says}." if found.window.met is False else ""
    more = tuple(w for w in (f"{dose_words(found.dose)}.", given, past) if w)
    tag = found.strength if found.considered else f"{found.strength}, possible"
    cited = tuple(dict.fromkeys((*(w.cited for w in basis), *found.dose.cited)))
    says = f"{found.dose.label} against seizures"
    return Line(says, tag, "consider", more, tuple(w.id for w in basis), cited, (f"{capital(reasons)}.",))


def _kidney(kidney: Kidney) -> Line:
    more = tuple(w for w in (_told(kidney.inputs), _gaps(kidney.missing)) if w)
    return Line(kidney.says, "kidneys", "plain", more, (), (kidney.cited,))


def figure_lines(figures: Iterable[Figure], most: int = 5) -> list[Line]:
    """Published results beside a reading, the first few."""
    shown = tuple(figures)[:most]
    return [Line(f"{capital(f.people)}: {f.says}", "published", "plain", (), (), (f.cited,)) for f in shown]


def _told(inputs: Mapping[str, str]) -> str:
    told = "; ".join(f"{label} {value}" for label, value in inputs.items())
    return f"{told}." if told else ""


def _gaps(missing: Iterable[str]) -> str:
    named = ", ".join(missing)
    return f"Not known: {named}." if named else ""
