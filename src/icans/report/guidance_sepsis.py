"""The part 'CRS or sepsis' of the page: the evidence for and against, in short."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from icans.guidance.recorded import Recorded
from icans.guidance.sepsis.answer import CRS, INFECTION, NEITHER, UNKNOWN, UNUSABLE, Sepsis, Standing
from icans.guidance.sepsis.answer import Line as Finding
from icans.guidance.sepsis.ratio import percent
from icans.report.content import labels
from icans.report.guidance_clock import Clock
from icans.report.guidance_section import Line, Section, grouped

_TONES = {"MUST": "must", "CONSIDER": "consider", "OPTIONAL": "plain", "MUST_NOT": "never"}


def crs_or_sepsis(found: Sepsis, clock: Clock) -> Section:
    """The part: what holds whatever the evidence says, then the evidence by where it points, then what is unknown."""
    return Section(
        "sepsis",
        "CRS or sepsis",
        tuple(found.cautions),
        grouped(
            (
                ("Whatever the evidence says", [_standing(s) for s in found.standing if s.holds is not False]),
                ("Points to infection", [_finding(f, clock) for f in found.pointing(INFECTION)]),
                ("Points to CRS", [_finding(f, clock) for f in found.pointing(CRS)]),
                ("Probability of an infection", _posterior(found)),
            )
        ),
        tuple(_in_short(found)),
    )


def _standing(rule: Standing) -> Line:
    inputs = "; ".join(f"{label} {value}" for label, value in rule.inputs.items())
    unknown = f"Applies or not: {', '.join(labels(rule.missing))} decides, not known." if rule.holds is None else ""
    tag = rule.strength.replace("_", " ") + ("" if rule.holds else ", possible")
    more = tuple(w for w in (f"{inputs}." if inputs else "", unknown) if w)
    return Line(rule.says, tag, _TONES.get(rule.strength, "plain"), more, (rule.id,), (rule.cited,))


def _finding(line: Finding, clock: Clock) -> Line:
    seen = "; ".join(_seen(r, clock) for r in line.recorded if r.words is not None)
    ratio = f"Likelihood ratio of this result: {line.ratio:.3g}." if line.ratio is not None else ""
    more = tuple(w for w in (f"{seen}." if seen else "", line.says, ratio, line.note) if w)
    return Line(line.finding, "", "plain", more, (line.id,), (line.cited,))


def _seen(recorded: Recorded, clock: Clock) -> str:
    old = f", too old ({clock.from_now(recorded.time)})" if recorded.status == "too old" and recorded.time else ""
    return f"{recorded.label} {recorded.words}{old}"


def _posterior(found: Sepsis) -> Sequence[Line]:
    if (p := found.posterior) is None:
        return ()
    said = f"{percent(p.value)}, {percent(p.low)} to {percent(p.high)}: {p.of}"
    return [Line(said, "", "plain", (p.arithmetic, p.limits), (), (p.cited,))]


def _in_short(found: Sepsis) -> Iterator[str]:
    if found.posterior is None and found.no_posterior:
        yield found.no_posterior
    for direction, words in ((NEITHER, "Speaks for neither"), (UNUSABLE, "Cannot be used here"), (UNKNOWN, "Unknown")):
        if lines := found.pointing(direction):
            yield f"{words}: {'; '.join(line.finding for line in lines)}."
    yield "The whole table with its studies: icans sepsis."
