"""The manual page of the work-up, written from its files: every cause with its conditions, source and mark.

python -m icans.guidance.workup.describe > docs/workup.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib.resources import files

from icans.guidance.cited import Cited
from icans.guidance.workup.cause import CONDITIONS, Cause, Gate
from icans.guidance.workup.ledger import TIERS
from icans.guidance.workup.library import Library, Tier, library, readings
from icans.rules.manual import as_table

_ASKED = {
    "rules_in": "present",
    "suspect": "suspected",
    "rules_out": "excluded",
    "rules_out_weakly": "excluded by the weaker test",
    "treated": "treated empirically",
    "explains": "explains every finding",
}


def markdown() -> str:
    """The whole page as Markdown, ending with a line break."""
    shelf = library()
    introduction = files("icans.guidance.workup").joinpath("introduction.md").read_text("utf-8")
    parts = [introduction, _attribution(shelf)]
    parts += [_tier(tier) for tier in shelf.tiers]
    parts += [_gates(shelf.gates), _readings(), _unsure(shelf)]
    return "\n".join(parts)


def _attribution(shelf: Library) -> str:
    rule = shelf.attribution
    rows = [
        ("the work-up is due", _code(rule.asked.text), _source(rule.asked.cited)),
        ("a found cause explains every finding", _code(rule.explained.text), _source(rule.explained.cited)),
        ("provisional, supported, rejected", "as above", _source(rule.cited)),
    ]
    return "### Its own rules\n\n" + as_table(("what", "when", "source and mark"), rows)


def _tier(tier: Tier) -> str:
    parts = [f"## Causes: {TIERS[tier.name]}\n"]
    if tier.definitions:
        rows = [
            (_code(d.name), d.label, _code(d.text or "1 where the first line of its list holds, else 0"),
             f"{d.source}; {d.where} [{d.mark}]")
            for d in tier.definitions
        ]  # fmt: skip
        parts.append(as_table(("name", "what it is", "condition or number", "source and mark"), rows))
    for window in tier.windows:
        more = " + ".join(f"{weight:.4g} × `{item}`" for item, weight in window.weights.items())
        also = f", or of {more} seen together" if more else ""
        parts.append(f"`{window.name}`: {window.take} of `{window.item}`{also} over {window.hours:g} h (W3).\n")
    parts += [_cause(cause) for cause in tier.causes]
    return "\n".join(parts)


def _cause(cause: Cause) -> str:
    lines = [f"### {cause.label[:1].upper()}{cause.label[1:]} (`{cause.id}`)\n"]
    lines.append(f"- present: {cause.present_when}\n- excluded: {cause.excluded_when}")
    lines += [f"- rule, {_ASKED[key]}: {_code(cause.texts[key])}" for key in CONDITIONS if key in cause.texts]
    if cause.drugs:
        lines.append(f"- drugs: {', '.join(_code(name) for name in sorted(cause.drugs.names))}")
    if cause.joins:
        lines.append(f"- sums up: {TIERS[cause.joins]}")
    lines.append(f"- test: {'; '.join(cause.tests)}\n- then: {cause.act}")
    if cause.caution:
        lines.append(f"- caution: {cause.caution}")
    if cause.gate:
        lines.append(f"- its tests need: {_code(cause.gate)}, see [tests that must wait](#tests-that-must-wait)")
    if cause.fresh:
        lines.append("- results from before the signs do not exclude it (W5)")
    if cause.note:
        lines.append(f"- {cause.note}")
    lines += [f"- {fact.says} ({_source(fact.cited)})" for fact in cause.evidence]
    return "\n".join([*lines, f"- source: {_source(cause.cited)}", ""])


def _gates(gates: Iterable[Gate]) -> str:
    parts = ["## Tests that must wait\n"]
    for gate in gates:
        rows = [
            (_code(hold.id), _code(hold.text), hold.blocked, hold.unknown, _source(hold.cited)) for hold in gate.holds
        ]
        head = ("id", "must hold", "where it does not", "where it is unknown", "source and mark")
        parts.append(f"### {gate.label[:1].upper()}{gate.label[1:]} (`{gate.id}`)\n\n{as_table(head, rows)}")
    return "\n".join(parts)


def _readings() -> str:
    rows = [(entry["id"], entry["label"], entry["says"]) for entry in readings().values()]
    return "## Readings\n\nChoices of this platform where its sources leave room.\n\n" + as_table(
        ("id", "about", "reading"), rows
    )


def _unsure(shelf: Library) -> str:
    listed = [words for tier in shelf.tiers for words in tier.unsure] + list(shelf.unsure)
    return "## Left out\n\n" + "\n".join(f"- {words}" for words in listed) + "\n"


def _code(text: str) -> str:
    return f"`{' '.join(text.split())}`"


def _source(cited: Cited) -> str:
    return cited.short


if __name__ == "__main__":
    sys.stdout.write(markdown())
