"""The table of parameters: what the review prints, read without loss, with sources."""

from __future__ import annotations

import re
from typing import Any

import pytest

from icans.errors import DataError, RuleError
from icans.mechanism.definition import parameters
from icans.mechanism.definition.parameters import EVIDENCE, parameter, quantities, table, unit_id
from record.real_data import DATA, needs

REVIEW = DATA.parent / "mechanism" / "literature.md"
_RANGE = re.compile(r"(-?[\d.]+(?:e\d+)?)-(-?[\d.]+(?:e\d+)?)")
_UNITS = {"ug/L free": "ug/L", "0/1": "-"}  # 'free' is said by the meaning; a yes or no has no unit


def rows_of_the_review() -> list[list[str]]:
    text = REVIEW.read_text("utf-8").split("### 2.12")[1].split("## 3. Drugs")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    return [row for row in rows if row[0] != "name" and not row[0].startswith("---")]


@needs(REVIEW)
def test_all_258_parameters_of_the_review_are_there_as_printed():
    printed = rows_of_the_review()
    assert len(printed) == 258
    for name, value, unit, _, plausible, log_sd, identifiability, _ in printed:
        found, limits = parameter(name), _RANGE.fullmatch(plausible)
        assert limits is not None
        assert (found.value, found.unit) == (float(value), _UNITS.get(unit, unit)), name
        assert (found.low, found.high) == (float(limits[1]), float(limits[2])), name
        assert found.log_sd == (None if log_sd == "fixed" else float(log_sd)), name
        assert found.identifiability == identifiability, name


@needs(REVIEW)
def test_a_mark_is_never_better_than_that_of_the_review():
    for name, *_, source in rows_of_the_review():
        tag = source.strip("[]").split(":")[0].split(" ")[0]
        if parameter(name).evidence == "verified":
            assert tag == "verified" or name == "Va", name  # Va: 'as ka_a', which is verified


def test_the_recommended_random_effects_have_a_spread():
    # Section 2.12, last paragraph: 24 effects, va and vr sharing that of vl.
    effects = (
        "f_bl rho K_A k_kill d_E p_IFN p_GM k_m p6 p1 pC pF vdm A2_0 A1_0 wE1 wET kJl kTin kG p1b p6bA vl EI50 va vr"
    )
    assert all(parameter(name).log_sd for name in effects.split())


def test_every_row_says_unit_meaning_source_and_mark():
    for p in table():
        assert p.unit, p.name
        assert p.meaning, p.name
        assert p.source, p.name
        assert p.evidence in EVIDENCE


def test_a_literal_of_an_equation_is_a_parameter_of_its_own():
    # 2.1: P(0) = f_bl D_cell / 5e6; 2.8: NT/60; 2.9: pr/(3 + pr), 0.5 + 0.5 H; 2.10: exp(0.012 (age - 60)).
    literals = {"V_blood": 5e6, "NT_max": 60, "K_pr": 3, "s_G": 0.5, "age_D": 0.012, "age_ref": 60}
    # Section 4: 25 N/(0.15 + N); 97.5; 1.75 x albumin; the items' weights add up to 1.
    literals |= {"NE_max": 25, "NE_half": 0.15, "SpO2_0": 97.5, "protein_per_albumin": 1.75}
    assert {name: parameter(name).value for name in literals} == literals
    for item in ("orientation", "naming", "command", "writing", "attention"):
        assert sum(parameter(f"w_{item}_{part}").value for part in "lar") == pytest.approx(1.0)


def test_names_are_unique_across_both_tables():
    names = [thing.name for thing in (*table(), *quantities())]
    assert len(names) == len(set(names))


def test_an_unknown_name_is_told_with_the_nearest():
    with pytest.raises(DataError, match=r"no parameter k_kil; did you mean k_kill"):
        parameter("k_kil")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("-", "dimensionless"),
        ("1/d", "per_day"),
        ("pg/mL/d per cell/uL", "pg_per_mL_per_day_per_cell_per_uL"),
        ("mmHg per g/L", "mmHg_per_gram_per_litre"),
        ("per 10 mL", "per_ten_mL"),
        ("1e9/L", "giga_per_litre"),
        ("ug/kg/min", "ug_per_kg_per_minute"),
    ],
)
def test_a_unit_of_the_tables_has_its_name_in_the_model(written: str, name: str):
    assert unit_id(written) == name


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"value": "two"}, r"row 2 \(k_x\): could not convert string to float: 'two'"),
        ({"evidence": "sure"}, r"row 2 \(k_x\): evidence must be one of verified, memory, assumed, covariate"),
        ({"low": None}, r"row 2 \(k_x\)"),
    ],
)
def test_a_row_that_cannot_be_read_is_told(monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], words: str):
    good = {"name": "k_x", "value": "1", "unit": "1/d", "meaning": "m", "low": "0", "high": "2", "log_sd": ""}
    good |= {"identifiability": "D", "source": "s", "evidence": "assumed", "group": "g"}
    monkeypatch.setattr(parameters, "_rows", lambda name: [good | change])
    with pytest.raises(RuleError, match=words):
        parameters.table.__wrapped__()


def test_a_name_that_stands_there_twice_is_told(monkeypatch: pytest.MonkeyPatch):
    row = {"name": "k_x", "value": "1", "unit": "1/d", "meaning": "m", "low": "0", "high": "2", "log_sd": ""}
    row |= {"identifiability": "D", "source": "s", "evidence": "assumed", "group": "g"}
    monkeypatch.setattr(parameters, "_rows", lambda name: [row, row])
    with pytest.raises(RuleError, match="k_x stands there twice"):
        parameters.table.__wrapped__()
