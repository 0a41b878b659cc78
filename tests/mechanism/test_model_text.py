"""The model as text: readable parts, put together without renaming, the same in SBML."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from icans.errors import RuleError
from icans.mechanism.definition import compose
from icans.mechanism.definition.parameters import quantities, table
from mechanism.document_tables import fits, measured, printed
from mechanism.other_program import run, states

MODEL = Path(compose.__file__).parents[1] / "model"
PARTS = sorted(str(p.relative_to(MODEL)) for p in MODEL.rglob("*.ant"))

# Section 2.1 of the literature review: 37 disease states; section 3: 15 drug states; and the integral of the hazard.
DISEASE = (
    "P Et Eb M B IFN GM Ma IL6 IL1 CRP Fer Temp Vp Vi Ap EA W A2 A1 VC J "
    "Wb Ca NT NM G As IL1b IL6b IL1c IL6c Glu Fl Fa Fr Fm"
)
QUANTITIES = ("CART", "IFN", "IL6", "Temp", "CRP", "MAP", "A2", "J", "IL6c", "G", "ICE", "P_seizure")
DRUGS = "toc1 toc2 tocb SR sil1 sil2 len1 dex mp R Rb anad anap anac lev"


def test_the_model_has_the_states_of_the_review_under_their_names():
    assert set(states()) == {*DISEASE.split(), *DRUGS.split(), "Hz"}
    assert (len(DISEASE.split()), len(DRUGS.split())) == (37, 15)


def test_the_top_file_tells_the_story_and_brings_in_every_part_once():
    imported = re.findall(r'import "(.+)"', (MODEL / "icans.ant").read_text("utf-8"))
    assert sorted([*imported, "icans.ant"]) == PARTS


@pytest.mark.parametrize("part", PARTS)
def test_no_part_holds_the_value_or_unit_of_a_parameter(part: str):
    names = {p.name for p in table()}
    text = re.sub(r"//.*", "", (MODEL / part).read_text("utf-8"))
    assigned = set(re.findall(r"^\s*(\w+) :?= ", text, re.MULTILINE))
    assert not assigned & names
    assert part == "icans.ant" or " has " not in text


def test_names_are_the_papers_and_carry_no_name_of_a_part():
    assert not [name for name in (p.name for p in (*table(), *quantities())) if "__" in name]


def test_an_equation_reads_as_in_the_review():
    text = compose.antimony_text()
    assert "IL1' = k1*(IL1_0 - IL1) + p1*(Ma - Ma0)*(1 + a11*H1)*(1 - E_c*R)" in text
    assert "  k1 = 24.0; k1 has per_day  // IL-1 clearance (half-life 42 min)" in text


def test_changed_values_and_closing_statements_stand_in_the_text():
    text = compose.antimony_text({"k1": 30.0}, ["B = 7"])
    assert "  k1 = 30.0;" in text
    assert text.endswith("\n  B = 7\nend\n")


@pytest.fixture
def own_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the model's folder, which compose.py reads instead."""
    shutil.copytree(MODEL, tmp_path / "model")
    monkeypatch.setattr(compose, "_folder", lambda: tmp_path / "model")
    return tmp_path / "model"


def test_a_missing_part_is_named(own_model: Path):
    (own_model / "glia.ant").unlink()
    with pytest.raises(RuleError, match=r'import "glia.ant": there is no such file'):
        compose.antimony_text()


def test_text_that_is_not_antimony_is_told_with_its_line(own_model: Path):
    (own_model / "networks.ant").write_text("Fl' = rl*(1 - \n", "utf-8")
    with pytest.raises(RuleError, match=r"not valid Antimony: .*line \d+"):
        compose._translated(compose.antimony_text())


@pytest.mark.parametrize("file", ["glia.ant", "drugs/anakinra.ant", "parameters.csv", "identifiers.csv"])
def test_any_change_of_a_file_changes_the_fingerprint(own_model: Path, file: str):
    before = compose.fingerprint()
    with (own_model / file).open("a", encoding="utf-8") as text:
        text.write("\n")
    assert before != compose.fingerprint()


def test_the_fingerprint_needs_no_antimony():
    import subprocess
    import sys

    code = (
        "import sys; from icans.mechanism.definition.compose import fingerprint as f; f(); "
        "print('antimony' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_a_healthy_body_rests_for_60_days():
    healthy = compose._translated(compose.antimony_text({"burden": 0.0, "D_cell": 0.0}))
    course = run(healthy, 60.0, states(), step=1.0)
    # The hazard of a seizure is not nil in health: hmax/(1 + exp((EI50 - 1)/kEI)) a day, integrated in Hz.
    for name in set(states()) - {"Hz"}:
        assert np.ptp(course[name]) <= 1e-12 * max(1.0, abs(course[name][0])), name


@pytest.fixture(scope="module")
def typical() -> dict[str, np.ndarray]:
    """The CD28 patient with 200 mL, by libRoadRunner."""
    return run(compose._translated(compose.antimony_text({"burden": 200.0})), 30.0, QUANTITIES)


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_the_typical_patient_is_that_of_the_review(typical: dict[str, np.ndarray], quantity: str):
    rows = [row for row in printed() if row.run == ("crs-driven", (), "untreated", (), 30.0)]
    mine = [row for row in rows if row.quantity == quantity and row.over is None and row.table == "5.1"]
    assert mine
    for row in mine:
        found = measured(row, typical["time"], typical, typical)
        assert fits(row, found), f"{row}: {found}"
