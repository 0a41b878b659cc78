"""Commands on what to do next: advise, plan, workup, sepsis, dose, guidelines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from icans.cli.app import app
from icans.cli.grading import Mapping, Source, Switches

Patient = Annotated[str | None, Parameter(help="Which patient, where there are several.")]
At = Annotated[str | None, Parameter(help="At this moment, 2026-03-09T08:00Z; the last one by default.")]
KeepGoing = Annotated[bool, Parameter(help="Use what could be read where some rows could not.")]
Json = Annotated[Path | None, Parameter(help="Also write the answer as JSON.")]


@app.command
def advise(
    source: Annotated[Path, Parameter(help="A table of states (.csv, .parquet), or the record of a patient.")],
    *,
    guideline: Annotated[
        str, Parameter(help="One or more of `icans guidelines`, with commas; `label` is that of the product.")
    ] = "asco-2021",
    out: Annotated[
        Path | None, Parameter(help="Where to write the table: .csv or .parquet; else to the screen.")
    ] = None,
    patient: Patient = None,
    at: At = None,
    on: Annotated[str | None, Parameter(help="The day whose label counts, for a table; the newest by default.")] = None,
    convention: Switches = (),
    mapping: Mapping = None,
    html: Annotated[Path | None, Parameter(help="Also write the comparison for one patient as a page.")] = None,
    json: Json = None,
    keep_going: KeepGoing = False,
) -> None:
    """What guidelines say: for every row of a table of states, or for one patient side by side.

    Each action carries its rule, source and mark. What depends on something unknown is called possible.

    Example: icans advise examples/patient-007 --guideline asco-2021,ebmt-2022,nccn,label
    """
    from icans.commands import advise as command

    command.run(
        source, guideline=guideline, patient=patient, at=at, on=on, convention=convention, mapping=mapping,
        out=out, html=html, json=json, keep_going=keep_going,
    )  # fmt: skip


@app.command
def plan(
    *,
    product: Annotated[str, Parameter(help="The CAR-T product: axi-cel, or a brand name.")],
    infusion: Annotated[str, Parameter(help="When the cells were given, 2026-03-02T10:00Z.")],
    jurisdiction: Annotated[str, Parameter(help="Whose rules on driving and staying near count: US or other.")] = "US",
    setting: Annotated[str, Parameter(help="inpatient or outpatient.")] = "inpatient",
    on: Annotated[str | None, Parameter(help="The day whose rules count; the day of the infusion by default.")] = None,
    chart: Annotated[Path | None, Parameter(help="Write the chart: .svg; .png or .pdf with icans[png].")] = None,
    ics: Annotated[Path | None, Parameter(help="Write the calendar (iCalendar).")] = None,
    json: Json = None,
) -> None:
    """The monitoring plan: what to watch, when and how often, and the rules on driving and staying near.

    Example: icans plan --product axi-cel --infusion 2026-03-02T10:00Z --ics plan.ics
    """
    from icans.commands import plan as command

    command.run(
        product=product, infusion=infusion, jurisdiction=jurisdiction, setting=setting, on=on, chart=chart, ics=ics,
        json=json,
    )  # fmt: skip


@app.command
def workup(
    source: Source,
    *,
    patient: Patient = None,
    at: At = None,
    mapping: Mapping = None,
    json: Json = None,
    keep_going: KeepGoing = False,
) -> None:
    """What else could explain the signs: done, missing, abnormal, too old; and tests that could harm.

    Example: icans workup examples/patient-007
    """
    from icans.commands import workup as command

    command.run(source, patient=patient, at=at, keep_going=keep_going, mapping=mapping, json=json)


@app.command
def sepsis(
    source: Source,
    *,
    patient: Patient = None,
    at: At = None,
    mapping: Mapping = None,
    json: Json = None,
    keep_going: KeepGoing = False,
) -> None:
    """CRS or sepsis: the evidence for and against, with likelihood ratios where they were published.

    Example: icans sepsis examples/patient-007
    """
    from icans.commands import sepsis as command

    command.run(source, patient=patient, at=at, keep_going=keep_going, mapping=mapping, json=json)


@app.command
def dose(
    drug: Annotated[str | None, Parameter(help="A drug; none to see what is held.")] = None,
    *,
    weight: Annotated[float | None, Parameter(help="kg.")] = None,
    age: Annotated[float | None, Parameter(help="Years.")] = None,
    scheme: Annotated[str | None, Parameter(help="One of the schemes of the drug.")] = None,
    gfr: Annotated[float | None, Parameter(help="Kidney function, mL/min.")] = None,
) -> None:
    """The dose of a drug, with its arithmetic, cap, interval, cautions and source.

    Example: icans dose tocilizumab --weight 70
    """
    from icans.commands import dose as command

    command.run(drug, weight=weight, age=age, scheme=scheme, gfr=gfr)


@app.command
def guidelines(
    name: Annotated[str | None, Parameter(help="Show every rule of one guideline.")] = None,
) -> None:
    """What guidelines are encoded: version, evidence, what is left out and why; with a name, every rule.

    Example: icans guidelines asco-2021
    """
    from icans.commands import guidelines as command

    command.run(name)
