"""Why a grade is what it is, in words: the rules that surely apply, and those of which one does."""

from __future__ import annotations

from collections.abc import Sequence

from icans.grading.answer import Answer, Hit
from icans.report.words import interval


def settled(answer: Answer) -> list[Hit]:
    """The deciding rules that surely apply."""
    return [hit for hit in answer.decided_by if hit.certain]


def alternatives(answer: Answer) -> list[tuple[str, list[Hit]]]:
    """Domain -> the deciding rules of which one applies, nobody knows which; none where grade 0 is possible.

    At grade 0 a list of rules that may apply is a list of the scale; the what-ifs say it shorter.
    """
    if answer.min == 0:
        return []
    lists = [*((d.label, d.hits) for d in answer.domains), ("Overall", _overall(answer))]
    open_rules = [(label, [h for h in hits if h in answer.decided_by and not h.certain]) for label, hits in lists]
    return [(label, hits) for label, hits in open_rules if hits]


def _overall(answer: Answer) -> list[Hit]:
    ids = {hit.id for domain in answer.domains for hit in domain.hits}
    return [hit for hit in answer.decided_by if hit.id not in ids]


def one_of(hits: Sequence[Hit]) -> str:
    """Rules of which one applies, in one line: `ICE 3 to 6 (grade 2) or ICE 0 to 2 (grade 3)`."""
    return " or ".join(h.says if h.grade is None or "grade" in h.says else _graded(h.says, h.grade) for h in hits)


def _graded(says: str, grade: tuple[int, int]) -> str:
    return f"{says} (grade {interval(*grade)})"


def reasons(hit: Hit) -> str:
    """The inputs of a rule in one line: `Temperature 39.1 °C; Oxygen nasal cannula`."""
    return "; ".join(f"{label} {value}" for label, value in hit.inputs.items())


def rests_on(hit: Hit) -> str:
    """Source and place of a rule in one line."""
    return ", ".join(words for words in (hit.source, hit.where) if words)
