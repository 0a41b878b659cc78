"""What several guidelines say of one patient, side by side: a column a guideline, a row a question."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

from icans.guidance.actions import STEROID, actions
from icans.guidance.advice import Advice, Advised
from icans.report.advice_reasons import behind
from icans.report.advice_refusal import NOT_BEFORE
from icans.report.advice_replies import QUESTIONS, is_about, replies
from icans.report.words import in_order, interval, outcome_name

NOT_NAMED = "not named"
_ANSWERED = ("TOCI", "ICU_ADMIT", "ICU_TRANSFER")
"""What the three questions answer already; so do the steroid regimens."""


@dataclass(frozen=True)
class Cell:
    """What one guideline answers to one question.

    says     the answer in a word or two; more: dose, regimen or what is possible; rules: the ids behind it
    same_as  what two answers are compared by
    differs  whether it is another answer than that of the first guideline
    """

    says: str
    more: str = ""
    rules: tuple[str, ...] = ()
    same_as: Hashable = ""
    differs: bool = False

    @property
    def is_silent(self) -> bool:
        """True where the guideline does not name it."""
        return self.says == NOT_NAMED


@dataclass(frozen=True)
class Row:
    """A question with the answer of each guideline; agree: all say the same."""

    question: str
    cells: tuple[Cell, ...]

    @property
    def agree(self) -> bool:
        """True where no answer differs from the first."""
        return not any(cell.differs for cell in self.cells)

    @property
    def partly(self) -> bool:
        """True where some guideline does not name it."""
        return any(cell.is_silent for cell in self.cells)


@dataclass(frozen=True)
class Comparison:
    """The table, and the advice behind each column.

    columns  the names of the guidelines
    rows     grades, the three questions, then every action that all of them name, and not alike
    partly   the actions that only some of them name
    same     the actions that all of them tell alike, in words
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    partly: tuple[Row, ...]
    same: tuple[str, ...]
    advices: tuple[Advice, ...]

    @property
    def in_short(self) -> str:
        """On what they differ, in one or two sentences."""
        apart = [row.question for row in self.rows if not row.agree]
        said = f"They differ on: {'; '.join(apart)}." if apart else "On what all of them name they say the same."
        return f"{said} {len(self.partly)} more actions are named by some only." if self.partly else said

    def key(self, mark: str) -> str:
        """What the mark of a cell means."""
        return f"{mark} marks an answer other than that of {self.columns[0]}, the first named."

    def by_answer(self, row: Row) -> list[tuple[Cell, list[str], list[str]]]:
        """Each answer of a row once, with the guidelines that give it and all their rules."""
        found: dict[Hashable, tuple[Cell, list[str], list[str]]] = {}
        for name, cell in zip(self.columns, row.cells, strict=True):
            _, names, rules = found.setdefault(cell.same_as, (cell, [], []))
            names.append(name)
            rules += [rule for rule in cell.rules if rule not in rules]
        return list(found.values())


def compare(advices: Sequence[Advice]) -> Comparison:
    """The table of the advice of several guidelines for the same patient and moment, at least one."""
    rows = [_row("Grades", [_grades(a) for a in advices])]
    rows += [_row(question, [_reply(a, place) for a in advices]) for place, question in enumerate(QUESTIONS)]
    others = [_row(actions()[code].label, [_action(a, code) for a in advices]) for code in _codes(advices)]
    return Comparison(
        tuple(a.guideline for a in advices),
        (*rows, *(row for row in others if not row.agree and not row.partly)),
        tuple(row for row in others if row.partly),
        tuple(f"{row.question} ({row.cells[0].says})" for row in others if row.agree),
        tuple(advices),
    )


def _row(question: str, cells: Sequence[Cell]) -> Row:
    first = cells[0].same_as
    return Row(question, tuple(replace(cell, differs=cell.same_as != first) for cell in cells))


def _grades(advice: Advice) -> Cell:
    words = ", ".join(f"{outcome_name(o)} {interval(*advice.grades[o])}" for o in in_order(advice.grades))
    return Cell(words, same_as=words)


def _reply(advice: Advice, place: int) -> Cell:
    found = replies(advice)
    if not found:
        return Cell(NOT_NAMED, same_as=NOT_NAMED)
    reply = found[place]
    asked = [a for a in advice.actions if is_about(a, QUESTIONS[place])]
    rules = tuple(dict.fromkeys(r.rule for a in asked for r in behind(a)))
    # Not to ask for a thing and to advise against it come to the same for the patient.
    ways = (advice.tocilizumab, advice.steroid, advice.icu)[place]
    # A steroid regimen is named by its code, which has its dose; tocilizumab by a code for every dose.
    doses = frozenset(a.dose for a in asked if a.code == "TOCI" and a.strength != "MUST_NOT")
    # That it may be given at another time is another answer, other reasons to wait are not.
    until = reply.more if reply.more.startswith(NOT_BEFORE) else ""
    same_as = (frozenset("NONE" if w == "MUST_NOT" else w for w in ways), doses, until)
    return Cell(reply.says, reply.more, rules, same_as)


def _codes(advices: Sequence[Advice]) -> list[str]:
    """Every other action that some guideline tells, in the order of what is done."""
    told = {a.code for advice in advices for a in advice.actions}
    return [c for c, action in actions().items() if c in told and c not in _ANSWERED and action.kind != STEROID]


def _action(advice: Advice, code: str) -> Cell:
    found = [a for a in advice.actions if a.code == code]
    if not found:
        return Cell(NOT_NAMED, same_as=NOT_NAMED)
    says = " or ".join(_strength(a) for a in found)
    more = next((a.dose for a in found if a.dose), "")
    rules = tuple(dict.fromkeys(r.rule for a in found for r in behind(a)))
    return Cell(says, more, rules, f"{says} {more}")


def _strength(advised: Advised) -> str:
    return advised.strength.replace("_", " ") + ("" if advised.certain else ", possible")
