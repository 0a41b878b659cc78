"""The example 'Add a drug' of the manual, added to a copy of the model just as it stands there."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml

from icans.mechanism.definition import check, compose, parameters
from icans.mechanism.definition.statements import MODEL
from icans.mechanism.treatment import drugs, regimen

PAGE = (Path(__file__).parents[2] / "docs" / "mechanism.md").read_text(encoding="utf-8")
CACHES = [parameters.table, parameters.quantities, parameters._by_name, compose.sbml_text, check.exceptions]


def block(title: str) -> str:
    found = re.search(rf'^```text title="{re.escape(title)}"\n(.*?)^```$', PAGE, re.MULTILINE | re.DOTALL)
    assert found, title
    return found[1]


@pytest.fixture
def without_drug() -> str:
    """The SBML of the model as it is."""
    return compose.sbml_text()


@pytest.fixture
def with_drug(tmp_path, monkeypatch):
    """A copy of the model with the drug of the example; what reads the model reads the copy."""
    home = tmp_path / "mechanism"
    shutil.copytree(MODEL.parent, home, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    model = home / "model"
    (model / "drugs" / "examplimab.ant").write_text(block("examplimab.ant"), encoding="utf-8")
    _insert(model / "icans.ant", block("icans.ant"))
    for line in block("cytokines.ant").splitlines():
        _replace(model / "cytokines.ant", line)
    for table in ("parameters.csv", "quantities.csv"):
        with (model / table).open("a", encoding="utf-8") as file:
            file.write(block(table))
    for module in ("compose", "parameters", "annotate", "check"):
        where = {"icans.mechanism": home, "icans.mechanism.definition": home / "definition"}
        monkeypatch.setattr(f"icans.mechanism.definition.{module}.files", where.__getitem__)
    for cached in CACHES:
        cached.cache_clear()
    yield home
    for cached in CACHES:
        cached.cache_clear()


def _insert(top: Path, line: str) -> None:
    """Below the other drugs."""
    before, last, after = top.read_text(encoding="utf-8").rpartition('  import "drugs/')
    rest_of_line, _, following = after.partition("\n")
    top.write_text(f"{before}{last}{rest_of_line}\n{line}{following}", encoding="utf-8")


def _replace(file: Path, line: str) -> None:
    """The line that says what the same quantity is."""
    name = line.partition(" ")[0]
    text, count = re.subn(rf"^{name} := .*$", line, file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert count == 1, name
    file.write_text(text, encoding="utf-8")


def test_the_model_with_the_drug_of_the_example_is_in_order(with_drug):
    assert check.check() == []


def test_the_drug_of_the_example_lowers_fever_and_does_nothing_at_a_dose_of_zero(without_drug, with_drug):
    roadrunner = pytest.importorskip("roadrunner")

    def fever(sbml: str, dose: float | None) -> float:
        engine = roadrunner.RoadRunner(sbml)
        if dose is not None:
            engine["exa"] = dose
        return float(engine.simulate(0, 14, 57, ["time", "Temp"])[:, 1].max())

    with_it = compose.sbml_text()
    assert fever(with_it, 100.0) < fever(with_it, 0.0) - 0.2
    assert fever(with_it, 0.0) == pytest.approx(fever(without_drug, None), abs=1e-4)


def test_a_dose_text_of_the_drug_of_the_example_is_understood(monkeypatch):
    (entry,) = yaml.safe_load(block("drugs.yaml"))
    drug = drugs._drug(entry)
    known = {**drugs.drugs(), drug.name: drug}
    monkeypatch.setattr("icans.mechanism.treatment.drugs.drugs", lambda: known)
    drugs._by_word.cache_clear()
    try:
        (dose,) = regimen.doses(drug.usual, 80)
        assert (dose.time, dose.target, dose.amount) == (2.0, "exa", 100.0)
    finally:
        drugs._by_word.cache_clear()
