"""`icans model`: the equations, parameters, products, checks and exchange formats of the model."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.text import Text

from icans.commands.listing import table as plain_table
from icans.commands.patient import Options
from icans.commands.virtual import virtual_patient
from icans.errors import DataError
from icans.mechanism.definition import parameters as parameter_table
from icans.mechanism.definition.export import antimony, omex, sbml
from icans.mechanism.definition.products import ParameterSet
from icans.mechanism.definition.statements import FORMULA, RATE, START, Statement, statements, used_by
from icans.mechanism.definition.statements import of as statements_of
from icans.mechanism.nearest import nearest
from icans.mechanism.simulation.model_loading import load
from icans.mechanism.simulation.steady import steady_start
from icans.mechanism.treatment.drugs import drugs as all_drugs
from icans.mechanism.treatment.regimen import orders
from icans.mechanism.treatment.scenarios import scenarios as all_scenarios
from icans.report.files import check_folder, write_whole
from icans.report.screen import console

_WRITERS = {"antimony": antimony, "sbml": sbml, "omex": omex}
_ENDINGS = {"antimony": ".ant", "sbml": ".xml", "omex": ".omex"}
_LEFT = {RATE: "d{}/dt", FORMULA: "{}", START: "{} at day 0"}


def show(name: str | None) -> None:
    """All quantities, a line each; or one quantity or parameter: equation, meaning, what it uses and who uses it."""
    if name is None:
        _all_quantities()
        return
    known = {p.name: p for p in parameter_table.table()}
    found = statements_of(name)
    if not found and name not in known:
        raise DataError(f"the model has no quantity or parameter '{name}'; {nearest(name, [*_names(), *known])}")
    screen = console()
    screen.print(f"[bold]{name}[/bold]")
    if name in known:
        p = known[name]
        screen.print(f"{p.meaning}: {p.value:g} {p.unit}; {p.source} [{p.evidence}]", markup=False)
    for q in parameter_table.quantities():
        if q.name == name:
            screen.print(f"{q.meaning}, {q.unit}", markup=False)
    for statement in found:
        screen.print(_equation(statement))
    uses = sorted({symbol for s in found for symbol in s.uses} & known.keys())
    for symbol in uses:
        p = known[symbol]
        screen.print(Text(f"  {symbol:<8} {p.value:>8g} {p.unit:<12} {p.meaning}", style="dim"))
    users = used_by().get(name, ())
    screen.print("acts on: " + (", ".join(users) or "nothing"), markup=False)


def _names() -> list[str]:
    return list(dict.fromkeys(s.name for s in statements()))


def _equation(statement: Statement) -> Text:
    left = _LEFT[statement.kind].format(statement.name)
    lines = [f"  {left} = {statement.text}"]
    lines += [f"    {words}" for words in (statement.words, statement.about) if words]
    return Text("\n".join(lines), style="" if statement.kind != START else "dim")


def _all_quantities() -> None:
    rows = plain_table("quantity", "is", "stands in", "about")
    for name in _names():
        kinds = {s.kind for s in statements_of(name)}
        words = next((s.words or s.about for s in statements_of(name) if s.words or s.about), "")
        rows.add_row(name, "state" if RATE in kinds else "formula", statements_of(name)[0].file, words)
    console().print(rows)


def parameters(word: str | None) -> None:
    """The table of parameters, or those with a word in name, meaning or group."""
    found = [
        p for p in parameter_table.table() if word is None or word.lower() in f"{p.name} {p.meaning} {p.group}".lower()
    ]
    if not found:
        raise DataError(f"no parameter has '{word}' in its name, meaning or group; `icans model parameters` lists all")
    rows = plain_table("name", "value", "unit", "range", "log-sd", "learnable", "meaning", "source")
    for p in found:
        span = f"{p.low:g}-{p.high:g}"
        spread = "" if p.log_sd is None else f"{p.log_sd:g}"
        source = f"{p.source} [{p.evidence}]"
        rows.add_row(p.name, f"{p.value:g}", p.unit, span, spread, p.identifiability, p.meaning, Text(source))
    console().print(rows)


def scenarios() -> None:
    """Every scenario with its doses."""
    rows = plain_table("scenario", "what", "doses", "changes", "mark")
    for scenario in all_scenarios().values():
        changes = ", ".join(f"{name} {value:g}" for name, value in scenario.parameters.items())
        rows.add_row(scenario.name, scenario.label, "; ".join(scenario.doses), changes, scenario.evidence)
    console().print(rows)


def drugs() -> None:
    """Every drug with an example of a dose."""
    rows = plain_table("drug", "routes", "example", "source", "mark")
    for drug in all_drugs().values():
        routes = ", ".join(route.name for route in drug.routes)
        rows.add_row(drug.name, routes, drug.usual, drug.source, drug.evidence)
    console().print(rows)


def products() -> None:
    """Every product and what it changes in the table."""
    from icans.mechanism.definition.products import products as all_products

    _changes(all_products().values())


def endotypes() -> None:
    """Every endotype and what it changes in the table."""
    from icans.mechanism.definition.products import endotypes as all_endotypes

    _changes(all_endotypes().values())


def _changes(rows: Iterable[ParameterSet]) -> None:
    listed = plain_table("name", "also called", "what", "changes", "source")
    for row in rows:
        changes = ", ".join(f"{name} {value:g}" for name, value in row.changes.items())
        listed.add_row(row.name, ", ".join(row.aliases), row.label, changes, row.source)
    console().print(listed)


def check() -> None:
    """Check the model and tell every finding; exits with 1 where there is one."""
    from icans.mechanism.definition.check import check as findings

    found = findings()
    for finding in found:
        console().print(f"- {finding}", markup=False)
    if found:
        sys.exit(1)
    count = len(parameter_table.table())
    console().print(f"the model is in order: {len(_names())} quantities, {count} parameters, no finding")


def export(formats: str, out: Path | None, patient: Options, drug: Sequence[str]) -> None:
    """Write the model in one or several formats, with a patient's values and steady start and his doses."""
    wanted = [word.strip().lower() for word in formats.split(",")]
    for word in wanted:
        if word not in _ENDINGS:
            raise DataError(f"--format {word}: no such format; {nearest(word, _ENDINGS)}")
    targets = {word: _target(out, _ENDINGS[word], several=len(wanted) > 1) for word in wanted}
    for path in targets.values():
        check_folder(path)
    who = virtual_patient(patient)
    doses = [dose for text in drug for order in orders(text) for dose in order.doses(who.value("weight"))]
    model = load()
    states = steady_start(model, who.parameters)[0][0]
    start = dict(zip(model.states, map(float, states), strict=True))
    for word, path in targets.items():
        write_whole(path, _WRITERS[word](who.parameters, doses, start))
    console().print("written: " + ", ".join(map(str, targets.values())))


def _target(out: Path | None, ending: str, several: bool) -> Path:
    if out is None:
        return Path(f"icans{ending}")
    return out / f"icans{ending}" if several else out
