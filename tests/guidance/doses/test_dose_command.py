"""`icans dose` as a user meets it: one dose in full, the other schemes in short, what is held."""

from __future__ import annotations

from typing import Any

import pytest

from icans.commands.dose import run
from icans.errors import DataError


def shown(capsys: pytest.CaptureFixture[str], drug: str | None, **asked: Any) -> str:
    given: dict[str, Any] = {"weight": None, "age": None, "scheme": None, "gfr": None, **asked}
    run(drug, **given)
    return " ".join(capsys.readouterr().out.split())


def test_one_dose_with_arithmetic_interval_limit_and_source(capsys: pytest.CaptureFixture[str]):
    text = shown(capsys, "tocilizumab", weight=70.0)
    for words in (
        "Tocilizumab: 560 mg IV over 1 h", "because 8 mg/kg × 70 kg = 560 mg", "how often at least 8 h between doses",
        "limit at most 3 doses in any 24 h and 4 doses in total", "note Diverticular disease", "[verified]",
        "Other schemes",
    ):  # fmt: skip
        assert words in text


def test_a_scheme_that_is_named_stands_alone(capsys: pytest.CaptureFixture[str]):
    text = shown(capsys, "methylprednisolone", scheme="mp500_q12h", age=61.0)
    assert "step 60 mg every 12 h until CRS is grade 1" in text
    assert "Other schemes" not in text


def test_what_is_not_known_is_said(capsys: pytest.CaptureFixture[str]):
    assert "not known weight and age" in shown(capsys, "dexamethasone")


def test_without_a_drug_it_lists_what_is_held(capsys: pytest.CaptureFixture[str]):
    text = shown(capsys, None)
    assert "tocilizumab standard, cartox" in text
    assert "levetiracetam prevention, status" in text


def test_an_unknown_drug_is_an_error_with_the_nearest_name():
    with pytest.raises(DataError, match="Is it 'levetiracetam'"):
        run("levetiracetan", weight=None, age=None, scheme=None, gfr=None)
