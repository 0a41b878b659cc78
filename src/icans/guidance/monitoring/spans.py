"""A check over the days of a plan: which cells of the table apply, and from when to when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from icans.guidance.monitoring.answer import PlannedCheck, Span
from icans.guidance.monitoring.cells import BEFORE, Cell
from icans.guidance.monitoring.checks import CheckRow, Limits

COLUMNS = {"before": BEFORE, "0": 0, "1": 1, "2": 2, "3": 3}
"""The columns of the table of frequencies; 3 is grade 3 and above."""
LASTING = ("every", "continuous")


def planned(
    row: CheckRow, infusion: datetime, *, inpatient: bool, crs: int, icans: int, limits: Limits, sure: bool
) -> PlannedCheck:
    """The check as a plan holds it, for grades that last over the days of the plan's horizon."""
    level = min({"crs": crs, "icans": icans, "either": max(crs, icans)}[row.by], 3)
    setting = "inpatient" if inpatient else "outpatient"
    here = [c for c in row.cells if c.setting in (None, setting)]
    spans = tuple(_spans(_strongest([c for c in here if c.at <= level]), infusion, limits, sure))
    words = {name: _column(here, at) for name, at in COLUMNS.items()}
    return PlannedCheck(row.id, row.label, row.short, spans, words, row.items(), row.alarm, row.note)


def _column(cells: Sequence[Cell], at: int) -> str:
    """What a column of the table says: its own cells; what holds already at a lower grade where it has none."""
    own = [c for c in cells if c.at == at]
    if not own and at > 0:
        return _column(cells, at - 1)
    return "; ".join(_with_days(c) for c in own)


def _with_days(cell: Cell) -> str:
    """'every 15 min to hour 1', 'daily to day 14'."""
    if cell.days is None or cell.at != 0 or cell.kind not in (*LASTING, "visit"):
        return cell.words
    last = cell.days[1]
    end = f"hour {last * 24:g}" if last < 1 else f"day {last:g}"
    return cell.said(f"{cell.how} to {end}")


def _strongest(cells: Sequence[Cell]) -> list[Cell]:
    """The cells without those that one of a higher grade takes the place of."""
    lasting = max((c.at for c in cells if _firm(c) and c.kind in LASTING), default=0)
    firm = max((c.at for c in cells if _firm(c)), default=0)
    return [c for c in cells if not _covered(c, lasting if c.kind in LASTING else firm)]


def _firm(cell: Cell) -> bool:
    return cell.when is None and not cell.ask and not cell.optional


def _covered(cell: Cell, top: int) -> bool:
    """Whether a cell of grade `top` says it all. Short stretches after the infusion and later ones stay."""
    if not 0 <= cell.at < top or (cell.kind in LASTING and not _firm(cell)):
        return False
    return cell.days is None or cell.days[0] < 1 <= cell.days[1]


def _spans(cells: Sequence[Cell], infusion: datetime, limits: Limits, sure: bool) -> Iterator[Span]:
    for cell in cells:
        certain = sure and cell.when is None and not cell.ask and not cell.optional
        for first, last in _stretches(cell, limits):
            start, end = infusion + timedelta(days=first), infusion + timedelta(days=last)
            yield Span(first, last, start, end, cell.kind, cell.every, cell.words, certain, cell.cited)


def _stretches(cell: Cell, limits: Limits) -> list[tuple[float, float]]:
    if cell.kind == "moments":
        return [(day, day) for day in cell.moments]
    if cell.at == BEFORE:
        return [(-limits.baseline_days, 0.0)]
    return [cell.days or (0.0, limits.horizon_days)]
