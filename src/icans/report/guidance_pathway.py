"""The emergency pathways on the page: status epilepticus by minutes, raised pressure in the skull, with their doses."""

from __future__ import annotations

from collections.abc import Iterable

from icans.guidance.doses.calculate import Dose
from icans.guidance.findings.criterion import Judged
from icans.guidance.findings.pathway import Act, Pathway, Stage
from icans.report.guidance_section import Line, Section, grouped
from icans.report.words import capital


def pathway(found: Pathway) -> Section | None:
    """A pathway that is running, or may be: what is due now, what comes next, what must not be done; else None."""
    if not found.running and not (found.running is None and any(t.met for t in (*found.triggers, *found.watch))):
        return None
    minute = f"Minute {found.minute:g} since it began." if found.minute is not None else ""
    because = "; ".join(t.says for t in (*found.triggers, *found.watch) if t.met)
    later = [s for s in found.stages if s not in found.now and s.phase != "past" and s.applies.met is not False]
    return Section(
        f"pathway-{found.name}",
        found.title,
        tuple(w for w in (f"Because: {because}." if because else "", minute) if w),
        grouped(
            (
                *((f"Now: {s.applies.label}{_minutes(s)}", _acts(s.acts)) for s in found.now),
                ("At the same time", [_judged(j, "consider") for j in found.beside]),
                ("Not to be done", [_judged(j, "never") for j in found.never]),
                *((f"Then: {s.applies.label}{_minutes(s)}", _acts(s.acts)) for s in later),
                *((f"Another published way: {v.applies.label}", _acts(v.acts)) for v in found.variants),
            )
        ),
    )


def _minutes(stage: Stage) -> str:
    if stage.start is None:
        return ""
    return f", minute {stage.start:g}" + (f" to {stage.end:g}" if stage.end is not None else " and on")


def _acts(acts: Iterable[Act]) -> list[Line]:
    return [_act(a) for a in acts if a.applies.met is not False]


def _act(act: Act) -> Line:
    lead = "One of: " if act.choose_one and len(act.doses) > 1 else ""
    doses = f"{lead}{'; '.join(dose_words(d) for d in act.doses)}." if act.doses else ""
    asked = act.applies
    if_known = f"It depends on what is not known: {', '.join(asked.missing)}." if asked.met is None else ""
    says = f"{capital(asked.says)}." if asked.says and asked.says.lower() != asked.label.lower() else ""
    more = tuple(w for w in (says, doses, if_known) if w)
    tag, tone = ("", "must") if asked.met else ("possible", "maybe")
    return Line(asked.label, tag, tone, more, (asked.id,), (asked.cited,))


def dose_words(dose: Dose) -> str:
    """A dose in one line: 'Lorazepam 4 mg IV (0.1 mg/kg × 70 kg = 7 mg, at most 4 mg)'."""
    sum_ = f" ({dose.arithmetic})" if dose.arithmetic else ""
    return f"{dose.label} {dose.words}{sum_}"


def _judged(judged: Judged, tone: str) -> Line:
    missing = f"Not known: {', '.join(judged.missing)}." if judged.missing else ""
    tag = "" if judged.met else "possible"
    return Line(capital(judged.says or judged.label), tag, tone, (missing,) if missing else (), (judged.id,),
                (judged.cited,))  # fmt: skip
