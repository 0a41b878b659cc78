"""`icans simulate`: a virtual patient in; a page, a table, a chart, a record out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from icans.commands.patient import Options
from icans.commands.virtual import Virtual, virtual_patient
from icans.errors import DataError
from icans.mechanism.bedside.chart import Facts
from icans.mechanism.bedside.record_folder import write_record
from icans.mechanism.treatment.regimen import Order, orders
from icans.mechanism.treatment.scenarios import Scenario, scenarios_named
from icans.record.names import find_product
from icans.report.files import check_folder, check_table_name, write_table, write_whole
from icans.report.image import drawn
from icans.report.screen import console
from icans.report.small_multiples import small_multiples
from icans.report.story import NOT_A_PREDICTION, Comparison, Story
from icans.report.story_chart import story_chart
from icans.report.story_html import page
from icans.report.story_of_patient import endotype_notes, story
from icans.report.story_terminal import show, show_comparison
from icans.simulated_patient import SimulatedPatient, Treatment, simulate_patients

MOST_DAYS = 3650.0


@dataclass(frozen=True)
class Targets:
    """Where results go; None: not wanted (the page is written in any case)."""

    out: Path | None = None
    html: Path | None = None
    chart: Path | None = None
    record: Path | None = None


def run(
    patient: Options,
    *,
    days: float,
    drug: Sequence[str],
    compare: str | None,
    seed: int | None,
    targets: Targets,
) -> None:
    """Simulate, write the files and show a summary. Nothing is written where something is wrong."""
    if not 0 < days <= MOST_DAYS:
        raise DataError(f"--days is {days:g}; expected a number above 0, {MOST_DAYS:g} at most")
    _check(targets, compare)
    who = virtual_patient(patient)
    given = tuple(order for text in drug for order in orders(text))
    scenarios = scenarios_named(compare) if compare else ()
    marketed = find_product((patient.product or "").replace("_", "-"))
    facts = Facts(age=who.value("age"), weight=who.value("weight"), product=marketed, about=who.title)
    found = simulate_patients(_treatments(scenarios, given), who.parameters, facts, days=days, seed=seed)
    notes = (*who.notes, *endotype_notes(patient.endotype))
    shown = _comparison(who, found, notes) if compare else story(found[0], who.title, _subtitle(found[0]), notes)
    written = _write(targets, shown, found)
    if isinstance(shown, Story):
        show(shown, console(), written)
    else:
        show_comparison(shown, console(), written)


def _check(targets: Targets, compare: str | None) -> None:
    for path in (targets.html, targets.chart, targets.record):
        if path is not None:
            check_folder(path)
    if targets.out is not None:
        check_table_name(targets.out)
    if targets.record is not None and compare:
        raise DataError("--record is for one patient; leave out --compare, or give the drugs with --drug")
    files = [path.resolve() for path in (targets.out, targets.html, targets.chart, targets.record) if path is not None]
    if len(set(files)) < len(files):
        raise DataError("two outputs name the same file; give each its own")


def _treatments(scenarios: Sequence[Scenario], given: tuple[Order, ...]) -> list[Treatment]:
    if not scenarios:
        return [("as given", {}, given)]
    return [(s.label, s.parameters, (*given, *s.orders())) for s in scenarios]


def _comparison(who: Virtual, found: Sequence[SimulatedPatient], notes: Sequence[str]) -> Comparison:
    return Comparison(who.title, NOT_A_PREDICTION, tuple(story(one, one.label, _given(one), notes) for one in found))


def _given(one: SimulatedPatient) -> str:
    return "; ".join(order.in_words() for order in one.orders) or "no drugs"


def _subtitle(one: SimulatedPatient) -> str:
    return f"{_given(one)} · {NOT_A_PREDICTION}"


def _table(found: Sequence[SimulatedPatient]) -> pl.DataFrame:
    """One row a scenario and time, every quantity of the model a column."""
    frames = [one.trajectories.frame().drop("patient") for one in found]
    return pl.concat(
        frame.select(pl.lit(one.label).alias("scenario"), pl.all()) for one, frame in zip(found, frames, strict=True)
    )


def _write(targets: Targets, shown: Story | Comparison, found: Sequence[SimulatedPatient]) -> list[Path]:
    """Everything is made first and written then, so that a file that cannot be made leaves none."""
    html = targets.html or Path("simulation.html")
    contents: list[tuple[Path, str | bytes]] = [(html, page(shown))]
    if targets.chart is not None:
        svg = story_chart(shown) if isinstance(shown, Story) else small_multiples(shown)
        contents.append((targets.chart, drawn(targets.chart, svg)))
    charted = found[0].chart if targets.record is not None else None
    for path, content in contents:
        write_whole(path, content)
    if targets.out is not None:
        write_table(targets.out, _table(found))
    if targets.record is not None and charted is not None:
        write_record(targets.record, charted)
    return [path for path in (html, targets.chart, targets.out, targets.record) if path is not None]
