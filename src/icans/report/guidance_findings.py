"""The part 'Seizures, EEG and MRI' of the page: what the stated findings meet, and which grade they bear on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from icans.guidance.findings.bearing import Bearing
from icans.guidance.findings.criterion import Judged
from icans.guidance.findings.eeg import EegReading
from icans.guidance.findings.mri import MriReading
from icans.guidance.findings.prophylaxis import Prophylaxis
from icans.report.guidance_prophylaxis import figure_lines, prophylaxis_lines
from icans.report.guidance_section import Line, Section, grouped
from icans.report.words import capital


def findings(guarding: Prophylaxis | None, eeg: EegReading | None, mri: MriReading | None) -> Section | None:
    """The part; None where nothing was stated and nothing is to be said of prevention."""
    groups = grouped(
        (
            ("Preventing seizures", prophylaxis_lines(guarding)),
            ("EEG as stated", eeg_lines(eeg)),
            ("MRI as stated", mri_lines(mri)),
        )
    )
    notes = ("Findings are read as somebody stated them. They change no grade until the record holds them.",)
    return Section("findings", "Seizures, EEG and MRI", (), groups, notes) if groups else None


def eeg_lines(found: EegReading | None) -> list[Line]:
    """What was stated of an EEG: the description, the criteria that are met, the step, what bears on the grade."""
    if found is None or not found.stated:
        return []
    lines = [Line(f"{found.description.rstrip('.')}.")] if found.description else []
    lines += [*_met(found.criteria), *_open(found.criteria, "Cannot be judged")]
    if found.step is not None:
        ends = dict.fromkeys((found.step.says[0], found.step.says[-1])) if found.step.says else {}
        lines.append(Line(f"Severity, step by step: {', up to '.join(ends)}", cited=(found.step.cited,)))
    return [*lines, *_bearings(found.bearings), *_met(found.notes), *figure_lines(found.figures)]


def mri_lines(found: MriReading | None) -> list[Line]:
    """What was stated of an MRI: the patterns that are there, the kind of the lesion, what bears on the grade."""
    if found is None or not found.stated:
        return []
    kinds = [*_met(found.kinds), *_open(found.kinds, "The leading lesion may be")]
    open_patterns = _open(found.patterns, "Cannot be judged")
    return [*_met(found.present), *open_patterns, *kinds, *_bearings(found.bearings), *figure_lines(found.figures)]


def _met(judged: Iterable[Judged]) -> list[Line]:
    return [_judged(one) for one in judged if one.met]


def _judged(judged: Judged) -> Line:
    inputs = "; ".join(f"{label} {value}" for label, value in judged.inputs.items())
    more = tuple(w for w in (f"{capital(judged.says)}.", judged.note) if w)
    why = (f"{inputs}.",) if inputs else ()
    return Line(judged.label, "met", "consider", more, (judged.id,), (judged.cited,), why)


def _open(judged: Iterable[Judged], lead: str) -> list[Line]:
    """One line for all that cannot be judged, with what is not known of each."""
    open_ = [one for one in judged if one.met is None]
    if not open_:
        return []
    named = ", ".join(dict.fromkeys(one.label for one in open_))
    missing = ", ".join(dict.fromkeys(label for one in open_ for label in one.missing))
    cited = tuple(dict.fromkeys(j.cited for j in open_))
    more = (f"Not known: {missing}.",) if missing else ()
    return [Line(f"{lead}: {named}", "open", "maybe", more, tuple(j.id for j in open_), cited)]


def _bearings(found: Sequence[Bearing]) -> list[Line]:
    """What bears on the ICANS grade, one by one; what may, in one line."""
    sure = [_bearing(b) for b in found if b.finding.met]
    return sure + _open([b.finding for b in found], "May bear on the ICANS grade")


def _bearing(bearing: Bearing) -> Line:
    finding = bearing.finding
    grade = f"ICANS grade {bearing.grade} goes with it." if bearing.grade is not None else ""
    record = f"The grade does not hold it yet. {capital(bearing.record)}" if bearing.is_to_record else ""
    more = tuple(w for w in (f"{capital(finding.says)}.", grade, record) if w)
    tone = "must" if bearing.is_to_record else "consider"
    return Line(finding.label, "bears on ICANS", tone, more, (finding.id,), (finding.cited,))
