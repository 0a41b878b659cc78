"""Commands on records: review, grade, score, and what can be graded and recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from icans.cli.app import app

Switches = Annotated[
    tuple[str, ...],
    Parameter(
        name="--convention",
        negative="",
        help="Set a convention, C1=off; may be repeated. `icans conventions` lists them.",
    ),
]
Source = Annotated[Path, Parameter(help="A folder of CSV files, a FHIR bundle or NDJSON, or a cohort table.")]
Mapping = Annotated[Path | None, Parameter(help="YAML file that says what the columns of a cohort table mean.")]


@app.command
def review(
    source: Source,
    *,
    patient: Annotated[str | None, Parameter(help="Which patient, where there are several.")] = None,
    at: Annotated[
        str | None, Parameter(help="Explain this moment, 2026-03-09T08:00Z; the last one by default.")
    ] = None,
    every: Annotated[float | None, Parameter(help="Grade windows of so many hours, not every moment.")] = None,
    guideline: Annotated[str, Parameter(help="Whose advice is shown; `icans guidelines` lists them.")] = "asco-2021",
    convention: Switches = (),
    mapping: Mapping = None,
    html: Annotated[Path | None, Parameter(help="Where to write the page (default: review-PATIENT.html).")] = None,
    json: Annotated[Path | None, Parameter(help="Where to write the JSON (default: review-PATIENT.json).")] = None,
    chart: Annotated[Path | None, Parameter(help="Also write the chart: .svg; .png or .pdf with icans[png].")] = None,
    pdf: Annotated[Path | None, Parameter(help="Also write the page for the paper chart; needs icans[serve].")] = None,
    keep_going: Annotated[bool, Parameter(help="Use what could be read where some rows could not.")] = False,
) -> None:
    """Review one patient: grades with reasons and what is unknown, what to do next, and what to rule out.

    Prints a page and writes it as one HTML file and as JSON.

    Example: icans review examples/patient-007
    """
    from icans.commands import review as command

    command.run(
        source, patient=patient, at=at, every=every, guideline=guideline, convention=convention, mapping=mapping,
        html=html, json=json, chart=chart, pdf=pdf, keep_going=keep_going,
    )  # fmt: skip


@app.command
def grade(
    table: Annotated[Path, Parameter(help="A table of states, one row each: CSV or Parquet.")],
    *,
    out: Annotated[
        Path | None, Parameter(help="Where to write the grades, .csv or .parquet; CSV to the screen.")
    ] = None,
    scale: Annotated[str, Parameter(help="Scales, separated by commas. `icans scales` lists them.")] = "astct-2019",
    convention: Switches = (),
    reasons: Annotated[bool, Parameter(help="Add a column with the reason of each grade.")] = True,
    mapping: Mapping = None,
    every: Annotated[float | None, Parameter(help="With --mapping: windows of so many hours.")] = None,
    keep_going: Annotated[bool, Parameter(help="Take cells that are not understood as unknown.")] = False,
) -> None:
    """Grade every row of a table of states: an interval [min, max] for each scale, with the reason.

    All other columns pass through untouched. With --mapping, TABLE is a long or hourly cohort table instead, and
    its states are formed first.

    Example: icans grade states.csv --out graded.csv --scale astct-2019,lee-2014
    """
    from icans.commands import grade as command

    command.run(
        table, out=out, scale=scale, convention=convention, reasons=reasons, mapping=mapping, every=every,
        keep_going=keep_going,
    )  # fmt: skip


@app.command
def score(
    name: Annotated[str, Parameter(help="A score or scale, such as ice, capd, easix or astct-2019-icans.")],
    *values: Annotated[str, Parameter(allow_leading_hyphen=True, help="--item value, with a unit if it has one.")],
) -> None:
    """Calculate one score from values given here; what is left out is unknown and leaves an interval.

    Example: icans score ice --orientation 4 --naming 3 --commands 1 --writing 0 --attention 1

    Example: icans score easix --ldh 450 --creatinine "176.8 umol/L" --platelets 30
    """
    from icans.commands import score as command

    command.run(name, values)


@app.command
def scales(
    name: Annotated[str | None, Parameter(help="Show the rules of one family of scales.")] = None,
) -> None:
    """What can be graded, with the sources; with a name, every rule of that family.

    Example: icans scales astct-2019
    """
    from icans.commands import listing

    listing.scales(name)


@app.command
def items(
    group: Annotated[str | None, Parameter(help="Only items with this word in name, label or group.")] = None,
) -> None:
    """What can be recorded: units, codes, plausible ranges, how long a value stays valid.

    Example: icans items ice
    """
    from icans.commands import listing

    listing.items(group)


@app.command
def conventions() -> None:
    """The choices made where the publications are silent, and how to switch them.

    Example: icans grade states.csv --convention C8=off
    """
    from icans.commands import listing

    listing.conventions()
