"""`icans dose`: one dose with its arithmetic, or what doses are held."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from icans.commands.listing import table
from icans.guidance.doses.calculate import Dose, dose
from icans.guidance.doses.library import doses_of, drugs
from icans.report.screen import console


def run(drug: str | None, *, weight: float | None, age: float | None, scheme: str | None, gfr: float | None) -> None:
    """Print the dose of a drug in one scheme, and its other schemes in short; without a drug, what is held.

    weight in kg, age in years, gfr in mL/min. Raises DataError for a drug or scheme that is not held.
    """
    if drug is None:
        _held()
        return
    asked = dose(drug, weight=weight, age=age, scheme=scheme, gfr=gfr)
    _whole(asked)
    if scheme is None:
        others = [name for name in doses_of(drug).schemes if name != asked.scheme]
        _in_short([dose(drug, weight=weight, age=age, scheme=name, gfr=gfr) for name in others])


def _held() -> None:
    rows = table("drug", "schemes")
    for held in sorted(drugs().values(), key=lambda d: d.drug):
        rows.add_row(held.drug, ", ".join(held.schemes))
    console().print(rows)


def _whole(asked: Dose) -> None:
    console().print(Text(f"{asked.label}: {asked.words}", style="bold"))
    rows = Table.grid(padding=(0, 2, 0, 0))
    for name, words in _lines(asked):
        rows.add_row(Text(f"  {name}", style="dim"), Text(words, style="dim" if name == "source" else ""))
    console().print(rows)


def _lines(asked: Dose) -> list[tuple[str, str]]:
    """(what it is, in words) of everything there is to say of a dose, each source once."""
    every = (*asked.cited, *(note.cited for note in asked.cautions))
    lines = [
        ("because", asked.arithmetic),
        ("not known", " and ".join(asked.missing)),
        ("how often", asked.interval),
        ("limit", asked.maximum),
        *(("step", words) for words in asked.steps),
        ("use", asked.use),
        ("scheme", asked.scheme),
        *(("note", note.says) for note in asked.cautions),
        *(("source", short) for short in dict.fromkeys(cited.short for cited in every)),
    ]
    return [(name, words) for name, words in lines if words]


def _in_short(others: list[Dose]) -> None:
    if not others:
        return
    console().print("\nOther schemes; --scheme NAME shows one in full", style="bold")
    rows = table("scheme", "use", "dose", "how often", "mark")
    for other in others:
        rows.add_row(other.scheme, other.use, other.words, other.interval, other.cited[0].mark if other.cited else "")
    console().print(rows)
