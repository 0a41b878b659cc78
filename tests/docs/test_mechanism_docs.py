"""The manual of the mechanism is proved: generated pages are new, every name is there, its numbers are the model's."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from icans.mechanism import simulate
from icans.mechanism.bedside.observation_models import readings
from icans.mechanism.definition.compose import sbml_text
from icans.mechanism.definition.parameters import quantities, table
from icans.mechanism.definition.products import endotype, endotypes, product, products
from icans.mechanism.definition.statements import MODEL, statements
from icans.mechanism.describe import equations, parameters
from icans.mechanism.describe.symbols import symbol
from icans.mechanism.treatment.drugs import drugs
from icans.mechanism.treatment.regimen import orders
from icans.mechanism.treatment.scenarios import scenarios
from icans.population.settings import settings

DOCS = Path(__file__).parents[2] / "docs"
NAMES = [*(q.name for q in quantities()), *(p.name for p in table())]


def text(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


def rows(page: str, first: str) -> list[list[str]]:
    """The rows of the table whose head begins with `first`, cells without their blanks."""
    found = re.search(rf"^\| {re.escape(first)} \|.*\n\|[-|]+\n((?:\|.*\n)+)", text(page), re.MULTILINE)
    assert found, f"{page} has no table '{first}'"
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in found[1].splitlines()]


@pytest.mark.parametrize(
    ("page", "made", "what"),
    [
        ("mechanism-equations.md", equations.markdown, "equations"),
        ("parameters.md", parameters.markdown, "parameters"),
    ],
)
def test_a_generated_page_is_what_the_model_says_now(page, made, what):
    assert text(page) == made(), f"make it again: python -m icans.mechanism.describe {what} > docs/{page}"


def test_every_equation_of_the_model_is_on_the_page_of_equations():
    blocks = "".join(re.findall(r"^```math\n(.*?)^```$", text("mechanism-equations.md"), re.MULTILINE | re.DOTALL))
    rates = re.findall(r"^\\frac\{\\text\{d\}(.*?)\}\{\\text\{d\}t\} &=", blocks, re.MULTILINE)
    formulas = [line.partition(" &=")[0] for line in blocks.splitlines() if " &=" in line and "{d}t}" not in line]
    said = {kind: [symbol(s.name) for s in statements() if s.kind == kind] for kind in ("rate", "formula")}
    assert rates == said["rate"]
    assert formulas[3:] == said["formula"]  # after the three short-hands at the top


def test_every_rule_of_the_compiled_model_was_read_from_its_text():
    import libsbml

    document = libsbml.readSBMLFromString(sbml_text())
    ruled = {rule.getVariable() for rule in document.getModel().getListOfRules()}
    assert ruled == {s.name for s in statements() if s.kind != "start"}


def test_every_quantity_is_named_with_its_meaning_where_its_equation_stands():
    page = text("mechanism-equations.md")
    for quantity in quantities():
        assert f"| `{quantity.name}` | {quantity.meaning} |" in page, quantity.name


def test_no_two_names_share_a_symbol():
    assert len({symbol(name) for name in NAMES}) == len(set(NAMES))


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("k_a", r"k_{\text{a}}"), ("rho", r"\rho"), ("IL6_0", r"\text{IL6}_{0}"), ("lamLb", r"\lambda_{\text{Lb}}"),
        ("sgb0", r"\sigma_{\text{b0}}"), ("Phi0", r"\Phi_{0}"), ("EI50", r"\text{EI}_{50}"), ("Et", r"\text{Et}"),
    ],
)  # fmt: skip
def test_a_symbol_is_that_of_the_paper(name, latex):
    assert symbol(name) == latex


def test_every_parameter_stands_in_the_manual_with_value_source_and_mark():
    page = text("parameters.md")
    for p in table():
        lines = re.findall(rf"^\| `{p.name}` \| .*$", page, re.MULTILINE)
        line = next(line for line in lines if f"*{p.evidence}*: {p.source}" in line)
        value = re.search(r"\*\*(\S+)\*\*", line)
        assert value, p.name
        assert float(value[1]) == pytest.approx(p.value, rel=1e-5), p.name


@pytest.mark.parametrize("page", ["parameters.md", "simulate.md"])
def test_every_product_endotype_scenario_and_drug_is_in_the_manual(page):
    words = text(page)
    for name in (*products(), *endotypes(), *scenarios()):
        assert f"`{name}`" in words, name
    for drug in drugs().values():
        assert drug.name in words
        assert f"`{drug.usual}`" in words


def test_every_reading_is_in_the_manual():
    for name in readings():
        assert f"| `{name}` |" in text("parameters.md")


def test_every_part_of_the_model_has_its_section():
    files = sorted(str(f.relative_to(MODEL)) for f in MODEL.rglob("*.ant"))
    holds_equations = {s.file for s in statements()}
    for file in files:
        if file in holds_equations and "/" not in file:
            assert f"`{file}`" in text("mechanism.md"), file


def test_names_of_the_model_in_the_prose_exist():
    known = {*NAMES, *products(), *endotypes(), *scenarios(), *drugs()}
    for word in re.findall(r"`([A-Za-z]\w*)`", text("mechanism.md")):
        if "_" in word or re.search(r"\d", word):
            assert word in known | {"for_example"} or word.endswith(("_exa",)), word


def test_the_dose_texts_of_the_manual_are_understood():
    for words in re.findall(r"`([a-z]+ [\d.]+ (?:mg|g|ug|L|mL)\S* [^`]*day [^`]*)`", text("simulate.md")):
        assert orders(words), words


def test_day_5_to_9_ends_before_day_9_as_the_manual_says():
    assert "16 doses, the last at day 8.75" in text("simulate.md")
    (order,) = orders("dexamethasone 10 mg every 6 h day 5 to 9")
    assert (len(order.times), order.times[-1]) == (16, 8.75)
    (daily,) = orders("dexamethasone 10 mg daily day 5 to 9")
    (through,) = orders("dexamethasone 10 mg every 6 h day 5 through 8")
    assert (len(daily.times), through.times) == (4, order.times)


def test_the_table_of_typical_patients_is_what_the_model_gives():
    for name, *cells in rows("mechanism.md", "Endotype"):
        found = simulate(endotype(name.strip("`")), times=np.linspace(0.0, 30.0, 1201))
        course = {key: found[key][0] for key in ("CART", "IL6", "Temp", "MAP", "J", "IL6c", "ICE", "P_seizure")}
        low, percent = {"MAP", "J", "ICE"}, {"P_seizure"}
        for (key, values), cell in zip(course.items(), cells, strict=True):
            worst = values.min() if key in low else values.max()
            said = cell.removesuffix(" %")
            decimals = len(said.partition(".")[2])
            # Rounded to what is printed, and large values to three digits.
            within = max(0.5 * 10.0**-decimals, 0.005 * float(said) if float(said) >= 100 else 0.0)
            assert (100 if key in percent else 1) * worst == pytest.approx(float(said), abs=1.02 * within), (name, key)


def test_burden_shapes_the_course_more_than_dose():
    base = product("cd28") | {"burden": 200.0}
    dose = {p.name: p.value for p in table()}["D_cell"]
    by_dose = simulate(base | {"D_cell": np.array([0.2, 4.0]) * dose}, outputs=["IL6"])["IL6"]
    by_burden = simulate(base | {"burden": np.array([10.0, 200.0])}, outputs=["IL6"])["IL6"]
    assert by_dose[1].max() / by_dose[0].max() < 2
    assert by_burden[1].max() / by_burden[0].max() == pytest.approx(30, rel=0.1)


def test_movement_after_bcma_cells_falls_as_the_manual_says():
    said = re.search(r"movement falls to (\S+) on day 30 and\s+(\S+) on day 90", text("mechanism.md"))
    assert said
    found = simulate(endotype("bcma-motor"), days=90, times=[30.0, 90.0], outputs=["Fm"])
    assert found["Fm"][0] == pytest.approx([float(said[1]), float(said[2])], abs=0.005)


def test_the_table_of_covariates_is_that_of_the_population():
    shown = {re.sub(r"`|,.*", "", row[0]): row[1:5] for row in rows("simulate.md", "Before the infusion")}
    for covariate in settings().covariates:
        said = [float(cell) for cell in shown[covariate.name]]
        assert said == [covariate.median, covariate.log_sd, covariate.low, covariate.high], covariate.name


def test_the_columns_of_a_population_are_in_the_manual(tmp_path):
    from icans.cli import app

    app(["population", "--n", "2", "--days", "3", "--out", str(tmp_path / "p.parquet")], result_action="return_value")
    words = text("simulate.md")
    for column in pl.read_parquet_schema(tmp_path / "p.parquet"):
        assert f"`{column.removesuffix('_day')}`" in words, column
