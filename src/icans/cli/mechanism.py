"""Commands on the mechanism: simulate, population, model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from icans.cli.app import app
from icans.commands.patient import NOBODY, Options

Days = Annotated[float, Parameter(help="How long, in days after the infusion.")]
Drugs = Annotated[
    tuple[str, ...],
    Parameter(name="--drug", negative="", help="A drug, as 'tocilizumab 8 mg/kg day 3'; may be repeated."),
]


@app.command
def simulate(
    patient: Options = NOBODY,
    *,
    days: Days = 30.0,
    drug: Drugs = (),
    compare: Annotated[
        str | None, Parameter(help="Scenarios side by side: untreated,tocilizumab. `icans model scenarios` lists them.")
    ] = None,
    out: Annotated[Path | None, Parameter(help="Write every quantity over time: .parquet or .csv.")] = None,
    html: Annotated[Path | None, Parameter(help="Where to write the page (default: simulation.html).")] = None,
    chart: Annotated[Path | None, Parameter(help="Also write the chart: .svg; .png or .pdf with icans[png].")] = None,
    record: Annotated[
        Path | None, Parameter(help="Write the patient's record, a folder that `icans review` reads.")
    ] = None,
    seed: Annotated[
        int | None, Parameter(help="Draw measurement noise and seizures for the record and its grades.")
    ] = None,
) -> None:
    """Simulate one virtual patient from the infusion to the bedside, untreated or treated.

    Prints a summary and writes one HTML page. It is a model's typical patient and no prediction of anybody's course.

    Example: icans simulate --burden 200 --drug "dexamethasone 10 mg every 6 h day 5 to 9"

    Example: icans simulate --compare untreated,tocilizumab,dexamethasone,anakinra,gm-csf-knockout
    """
    from icans.commands import simulate as command

    targets = command.Targets(out, html, chart, record)
    command.run(patient, days=days, drug=drug, compare=compare, seed=seed, targets=targets)


@app.command
def population(
    patient: Options = NOBODY,
    *,
    n: Annotated[int, Parameter(help="How many virtual patients.")] = 1000,
    seed: Annotated[int, Parameter(help="Patient i depends on the seed and on i alone.")] = 1,
    days: Days = 30.0,
    drug: Drugs = (),
    device: Annotated[str, Parameter(help="cpu, gpu (a graphics card), or auto: a card where there is one.")] = "auto",
    out: Annotated[Path | None, Parameter(help="Write one row a patient: .parquet.")] = None,
    courses: Annotated[Path | None, Parameter(help="Write the courses, one row a patient and time: .parquet.")] = None,
) -> None:
    """Simulate many virtual patients, drawn from the distributions of the model's parameters.

    Prints how often and how badly they fall ill. A million patients need no more memory than ten thousand, and a run
    that was interrupted goes on where it stopped when the same command is given again.

    Example: icans population --product cd28 --n 10000 --seed 1 --out pop.parquet
    """
    from icans.commands import population as command

    command.run(patient=patient, n=n, seed=seed, days=days, drug=drug, device=device, out=out, courses=courses)


model = App(name="model", help="The model itself: its equations, parameters, checks and exchange formats.")
app.command(model)


@model.command
def show(
    name: Annotated[str | None, Parameter(help="A quantity or a parameter; all quantities without one.")] = None,
) -> None:
    """What a quantity is: its equation, unit, what it depends on and what depends on it.

    Example: icans model show IL6
    """
    from icans.commands import model as command

    command.show(name)


@model.command
def parameters(
    group: Annotated[str | None, Parameter(help="Only parameters with this word in name, meaning or group.")] = None,
) -> None:
    """Every parameter: value, unit, plausible range, spread, whether data can tell it, source.

    Example: icans model parameters glia
    """
    from icans.commands import model as command

    command.parameters(group)


@model.command
def products() -> None:
    """The CAR-T products, and how they differ from the table."""
    from icans.commands import model as command

    command.products()


@model.command
def endotypes() -> None:
    """The endotypes: what can drive the toxicity of a virtual patient."""
    from icans.commands import model as command

    command.endotypes()


@model.command
def scenarios() -> None:
    """The scenarios of `icans simulate --compare`."""
    from icans.commands import model as command

    command.scenarios()


@model.command(name="drugs")
def model_drugs() -> None:
    """The drugs, with an example of a dose of each."""
    from icans.commands import model as command

    command.drugs()


@model.command
def check() -> None:
    """Check the model: SBML, units, parameters and their sources. Exits with 1 where something is wrong.

    Example: icans model check
    """
    from icans.commands import model as command

    command.check()


@model.command
def export(
    patient: Options = NOBODY,
    *,
    format: Annotated[str, Parameter(help="antimony, sbml or omex; several with commas.")] = "sbml",
    out: Annotated[
        Path | None, Parameter(help="The file, or the folder for several (default: icans.ant, ...).")
    ] = None,
    drug: Drugs = (),
) -> None:
    """Write the model with a patient's values, and his doses as events, for COPASI, libRoadRunner, AMICI, Tellurium.

    Example: icans model export --format antimony,sbml,omex --burden 200 --drug "tocilizumab 8 mg/kg day 3"
    """
    from icans.commands import model as command

    command.export(format, out, patient, drug)
