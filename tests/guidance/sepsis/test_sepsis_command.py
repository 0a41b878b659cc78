"""`icans sepsis`: the page in the terminal and the JSON."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from icans.commands.sepsis import as_json, run, show
from icans.errors import DataError
from icans.guidance.sepsis.sepsis import sepsis
from made import record
from made_evidence import situation

EXAMPLE = Path(__file__).parents[3] / "examples" / "patient-007"


def page(**known: Any) -> str:
    out = StringIO()
    show(sepsis(situation(record((100, "crp", 80)), **known)), Console(file=out, width=80))
    return out.getvalue()


def test_the_page_fits_80_columns_and_begins_with_the_standing_rules():
    words = page(temperature=38.5, neutrophils=0.2)
    assert max(len(line) for line in words.splitlines()) <= 80
    assert words.index("Febrile neutropenia") < words.index("MUST NOT") < words.index("Not known")


def test_the_page_says_whether_the_protocol_applies_now():
    assert "MUST  Febrile" in page(temperature=38.5, neutrophils=0.2)
    assert "MUST, not now  Febrile" in page(temperature=37.0, neutrophils=0.2, fever_masking_therapy="none")
    assert "MUST, may apply  Febrile" in page(temperature=38.5)


def test_the_page_says_that_antibiotics_go_on_where_a_drug_hides_the_fever():
    words = page(temperature=36.8, neutrophils=0.2, fever_masking_therapy="tocilizumab", fever_last_48h="yes")
    said = " ".join(words.split())
    assert "MUST Febrile neutropenia with a fever that a drug may hide now" in said
    assert "antibiotics go on. They are not stopped because the fever is gone" in said
    assert "not now" not in said
    assert "SEP-S4" in said


def test_the_page_shows_the_arithmetic_of_the_probability():
    words = " ".join(page(cytokine_infection_model="positive").split())
    assert "p = 0.101 and LR = 5.81" in words
    assert "39 %, from 26 % to 55 % with the interval of the prior alone" in words
    assert "No probability is given" in " ".join(page().split())


def test_the_json_has_every_line_and_says_unknown_with_null():
    found = json.loads(as_json(sepsis(situation())))
    assert found["format"] == "icans sepsis 1"
    assert [x["id"] for x in found["lines"]][:2] == ["SEP-1", "SEP-2"]
    assert found["posterior"] is None
    assert found["standing"][0]["holds"] is None


def test_a_record_is_read_and_written(tmp_path):
    out = tmp_path / "evidence.json"
    run(EXAMPLE, patient=None, at=None, keep_going=False, mapping=None, json=out)
    assert json.loads(out.read_bytes())["patient"] == "patient-007"


def test_a_folder_that_is_not_there_is_told_before_anything_is_read(tmp_path):
    with pytest.raises(DataError, match="there is no folder"):
        run(EXAMPLE, patient=None, at=None, keep_going=False, mapping=None, json=tmp_path / "no" / "x.json")
