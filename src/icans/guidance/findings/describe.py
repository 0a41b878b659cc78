"""The manual page of the findings, written from their files: every criterion with its condition, source and mark.

python -m icans.guidance.findings.describe > docs/findings.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence

from icans.guidance.cited import Cited
from icans.guidance.findings.bearing import BearingRule
from icans.guidance.findings.cohorts import cohorts
from icans.guidance.findings.criterion import Criterion
from icans.guidance.findings.eeg import eeg_rules
from icans.guidance.findings.files import common, opened, text_of
from icans.guidance.findings.mri import mri_rules
from icans.guidance.findings.pathway_file import ActRule, StageRule, pathway_rules
from icans.guidance.findings.prophylaxis import ProphylaxisRules, prophylaxis_rules
from icans.guidance.findings.terms import GROUPS, terms
from icans.rules.definition import Definition
from icans.rules.manual import as_table

INTRODUCTION = "introduction.md"
PATHWAYS = ("status_epilepticus", "raised_pressure")


def markdown() -> str:
    """The whole page as Markdown, ending with a line break."""
    parts = [text_of(INTRODUCTION), _terms(), _common(), _eeg(), _mri()]
    parts += [_pathway(name) for name in PATHWAYS]
    parts += [_prophylaxis(prophylaxis_rules()), _cohorts()]
    return "\n".join(parts)


def _code(text: str) -> str:
    return f"`{' '.join(text.split())}`" if text else ""


def _source(cited: Cited) -> str:
    return f"{cited.source}; {cited.where}" if cited.where else cited.source


def _mark(cited: Cited) -> str:
    return ", ".join(w for w in (cited.mark, cited.convention) if w)


def _criteria(title: str, criteria: Iterable[Criterion]) -> str:
    rows = [
        (_code(c.id), f"{c.label}: {c.says}" + (f". {c.note}" if c.note else ""), _code(c.when.text), _source(c.cited),
         _mark(c.cited))
        for c in criteria
    ]  # fmt: skip
    return f"{title}\n\n" + as_table(("Id", "What it says", "When", "Source", "Mark"), rows)


def _terms() -> str:
    parts = ["## Terms of the EEG\n"]
    for group, words in GROUPS.items():
        rows = [
            (t.id, t.label, t.says, _code(t.when.text), _source(t.cited), _mark(t.cited)) for t in terms().groups[group]
        ]
        parts.append(f"### {words}\n\n" + as_table(("Term", "In full", "Meaning", "When", "Source", "Mark"), rows))
    return "\n".join(parts)


def _common() -> str:
    return "## Definitions\n\nThe criteria below ask for these.\n\n" + _definitions(common())


def _own(file: str) -> str:
    """The definitions of one file, with their heading; nothing where it has none of its own."""
    own = [d for d in opened(file).definitions if d not in common()]
    return f"Definitions:\n\n{_definitions(own)}" if own else ""


def _definitions(definitions: Iterable[Definition]) -> str:
    rows = [
        (_code(d.name), d.label, _code(d.text), f"{d.source}; {d.where}" if d.where else d.source, d.mark)
        for d in definitions
    ]
    return as_table(("Name", "Meaning", "When", "Source", "Mark"), rows)


def _eeg() -> str:
    rules = eeg_rules()
    assert rules.step.ladder is not None
    steps = [(e.value_text, e.says, _code(e.when_text), e.source, e.mark) for e in rules.step.ladder.entries]
    return "\n".join(
        [
            _criteria("## EEG\n\n### Criteria", rules.criteria),
            "### Step of severity\n\nThe first line that holds gives the step. It is of this platform, and no grade.\n",
            as_table(("Step", "What it says", "When", "Source", "Mark"), steps),
            _bearings("### What bears on the ICANS grade", rules.bearings),
            _criteria("### Notes", rules.notes),
            _unsure(rules.unsure),
        ]
    )


def _mri() -> str:
    rules = mri_rules()
    return "\n".join(
        [
            f"## MRI\n\n{_own('mri.yaml')}",
            _criteria("### Patterns on MRI", rules.patterns),
            _criteria("### Kind of the leading lesion", (*rules.kinds, rules.shine_through)),
            _criteria("### Published ADC, × 10⁻³ mm²/s", rules.references),
            _bearings("### What MRI bears on the ICANS grade", rules.bearings),
            _unsure(rules.unsure),
        ]
    )


def _bearings(title: str, rules: Iterable[BearingRule]) -> str:
    rows = [
        (_code(r.criterion.id), r.criterion.says, _code(r.criterion.when.text), "" if r.grade is None else str(r.grade),
         _code(r.recorded.text) if r.recorded else "", _source(r.criterion.cited), _mark(r.criterion.cited))
        for r in rules
    ]  # fmt: skip
    return f"{title}\n\n" + as_table(
        ("Id", "What it says", "When", "Grade", "The record holds it when", "Source", "Mark"), rows
    )


def _pathway(name: str) -> str:
    rules = pathway_rules(name)
    parts = [f"## {rules.title}\n", _own(f"pathways/{name}.yaml")]
    parts += [_criteria("### What starts it", (*rules.triggers, *rules.watch))]
    parts += ["### Step by step\n\n" + as_table(_ACTS, _acts(rules.stages))]
    if rules.variants:
        parts.append("### Other published ways\n\n" + as_table(_ACTS, _acts(rules.variants)))
    if rules.beside:
        parts.append(_criteria("### In parallel", rules.beside))
    if rules.never:
        parts.append(_criteria("### What must not be done", rules.never))
    return "\n".join([*parts, _unsure(rules.unsure)])


_ACTS = ("Id", "Stage", "What to do", "When", "Doses", "Source", "Mark")


def _acts(stages: Iterable[StageRule]) -> Iterator[Sequence[str]]:
    for stage in stages:
        for act in stage.acts:
            c = act.criterion
            when = c.when.text or stage.criterion.when.text
            yield (
                _code(c.id), _stage(stage), f"{c.label}: {c.says}", _code(when), _doses(act), _source(c.cited),
                _mark(c.cited),
            )  # fmt: skip


def _stage(stage: StageRule) -> str:
    name = f"{stage.criterion.label} (`{stage.criterion.id}`)"
    if stage.start is None:
        return name
    until = f"to {stage.end:g} min" if stage.end is not None else "min and later"
    return f"{name}, {stage.start:g} {until}"


def _doses(act: ActRule) -> str:
    words = ", ".join(f"{drug} `{scheme}`" for drug, scheme in act.doses)
    return f"one of: {words}" if act.choose_one else words


def _prophylaxis(rules: ProphylaxisRules) -> str:
    text = (
        f"## Prevention of seizures\n\nThe drug is {rules.drug}, its dose stands under `{rules.scheme}` in the "
        "[doses](doses.md). Every source says *consider*, none says *must*.\n"
    )
    parts = [text, _criteria("### For whom it is considered", rules.who)]
    parts += [_criteria("### When", (rules.window, rules.treat)), _unsure(rules.unsure)]
    return "\n".join(parts)


def _cohorts() -> str:
    names = {"eeg": "EEG", "mri": "MRI", "prophylaxis": "prevention"}
    rows = [
        (names[f.test], f.people, f.says, _code(f.when.text), _source(f.cited), _mark(f.cited))
        for f in cohorts().figures
    ]
    head = ("Of", "Who was studied", "What was found", "Shown when", "Source", "Mark")
    return "## Published figures\n\n" + as_table(head, rows) + "\n" + _unsure(cohorts().unsure)


def _unsure(words: Sequence[str]) -> str:
    return "Left out:\n\n" + "\n".join(f"- {w}" for w in words) + "\n" if words else ""


if __name__ == "__main__":
    sys.stdout.write(markdown())
