"""What is given and what is read, as tables of the manual: drugs, scenarios, readings, findings."""

from __future__ import annotations

from icans.mechanism.bedside.observation_models import Reading, findings
from icans.mechanism.bedside.observation_models import readings as all_readings
from icans.mechanism.describe.tables import table
from icans.mechanism.treatment.drugs import Drug
from icans.mechanism.treatment.drugs import drugs as all_drugs
from icans.mechanism.treatment.scenarios import scenarios as all_scenarios

_ERRORS = {"normal": "normal", "log_normal": "log-normal", "chance": "yes or no, with this probability"}


def drugs() -> str:
    """The drugs, how each is given, and where its concentrations stand."""
    words = (
        "Brand names are understood too. A dose by weight stops at the most of its drug. How to write a dose:\n"
        "[dose texts](simulate.md#dose-texts).\n"
    )
    rows = [
        (
            f"`{drug.name}`",
            ", ".join(route.name for route in drug.routes),
            f"`{drug.usual}`",
            f"{drug.most:g} {drug.unit}" if drug.most else "",
            _seen(drug),
            f"*{drug.evidence}*: {drug.source}",
        )
        for drug in all_drugs().values()
    ]
    head = ("Drug", "Given", "Usual dose", "Most by weight", "Concentrations", "Source")
    return f"## Drug doses\n\n{words}\n" + table(head, rows)


def _seen(drug: Drug) -> str:
    places = (("plasma", drug.plasma), ("CNS", drug.cns))
    return ", ".join(f"{place} `{seen.name}`, {seen.unit}" for place, seen in places if seen)


def scenarios() -> str:
    """The scenarios by name."""
    words = (
        "For `--compare`. Where a source names no end of a treatment, the end is ours: 7 days of anakinra, 4 of\n"
        "dexamethasone, 30 of levetiracetam.\n"
    )
    rows = [
        (
            f"`{own.name}`",
            own.label,
            "; ".join(f"`{text}`" for text in own.doses),
            ", ".join(f"`{name}` {value:g}" for name, value in own.parameters.items()),
            own.evidence,
        )
        for own in all_scenarios().values()
    ]
    return f"## Scenarios\n\n{words}\n" + table(("Name", "Is", "Doses", "Changes", "Mark"), rows)


def readings() -> str:
    """How the signs are read from the model: error, limits, delay; and the limits at which a finding is one."""
    words = (
        "How a laboratory or a ward sees a quantity: its value with an error, within the limits of the assay.\n"
        "Without a seed there is no error. A reading outside the limits is written as `<2` or `>5000`. A sample of\n"
        "the CSF shows what was there 4 hours before.\n"
    )
    rows = [_reading(own) for own in all_readings().values()]
    head = ("Reading", "Is", "Of", "Unit", "Error", "Limits", "Source")
    return f"## Readings\n\n{words}\n" + table(head, rows) + "\n" + _findings()


def _reading(own: Reading) -> tuple[str, ...]:
    spread = "" if own.error == "chance" else f", sd {own.sd:g}"
    limits = [f"below {own.lloq:g}"] if own.lloq is not None else []
    limits += [f"above {own.uloq:g}"] if own.uloq is not None else []
    limits += [f"floor {own.floor:g}"] if own.floor is not None else []
    limits += [f"at most {own.ceiling:g}"] if own.ceiling is not None else []
    shown = {"1": "", "Cel": "°C", "mm[Hg]": "mmHg"}.get(own.unit, own.unit)
    told = f"{_ERRORS[own.error]}{spread}"
    source = f"*{own.evidence}*: {own.source}"
    return f"`{own.name}`", own.label, f"`{own.of}`", shown, told, ", ".join(limits), source


def _findings() -> str:
    """The limits at which a state of the model is written down as a finding."""
    words = {
        "fever_from": "fever; of another cause where it is there at the infusion",
        "unarousable_below": "cannot be roused; ICE is then 0",
        "motor_sign_below": "slowed movement",
        "diffuse_oedema_above": "diffuse oedema on imaging",
        "hypotension_below": "low pressure, a finding",
    }
    rows = [(said, *_limit(name)) for name, said in words.items()]
    return "When the chart calls it a finding:\n\n" + table(("Finding", "Where", "Source"), rows)


def _limit(name: str) -> tuple[str, str]:
    limit = findings()[name]
    side = name.rpartition("_")[2]
    return f"`{limit['of']}` {side} {limit['value']:g}", f"*{limit['evidence']}*: {limit['source']}"
