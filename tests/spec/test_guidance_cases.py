"""The worked cases of what to do, as YAML a clinician can read, through the guideline file and the plain function.

A case has the state (items in words), the expected grades, tocilizumab, steroid and intensive care, and three lists:

    must_do          every one is advised as due
    should_consider  every one is offered as an option, never as due
    must_not         none of them is advised

A variant names only what its change decides: `due` is advised, `absent` is not.
"""

from __future__ import annotations

from typing import Any

import pytest

from guidance_states import SPEC, cases, row, typed, variants
from icans.guidance.table import advise_states
from icans.record.catalogue import catalogue
from plain_asco import advise

CASES = list(cases())
VARIANTS = list(variants())
GUIDELINE = "asco-2021"


def advised(case: dict[str, Any]) -> dict[str, Any]:
    found = advise_states(typed([case["state"]]), GUIDELINE).row(0, named=True)
    return {**found, **{name: split(found[name]) for name in ("must_do", "should_consider", "must_not", "possible")}}


def split(codes: str | None) -> set[str]:
    return {code for code in (codes or "").split(";") if code}


def answer(expected: dict[str, Any]) -> dict[str, Any]:
    """What a case expects, by the columns of the advised table; a part that it does not name is left out."""
    found: dict[str, Any] = {f"{name}_grade": grade for name, grade in expected.get("grades", {}).items()}
    if "tocilizumab" in expected:
        found |= {"toci": expected["tocilizumab"]["level"], "toci_mg": expected["tocilizumab"].get("mg")}
    if "steroid" in expected:
        found |= {"steroid_level": expected["steroid"]["level"], "steroid_regimen": expected["steroid"]["regimen"]}
    if "intensive_care" in expected:
        found["icu"] = expected["intensive_care"]
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['id']} {case['title']}")
def test_a_worked_case(case: dict[str, Any]):
    found, expected = advised(case), case["expected"]
    wanted = answer(expected)
    assert {name: comparable(found[name]) for name in wanted} == {n: comparable(v) for n, v in wanted.items()}
    assert set(expected["must_do"]) - found["must_do"] == set()
    assert set(expected["should_consider"]) - found["should_consider"] == set()
    assert set(expected["should_consider"]) & found["must_do"] == set()
    assert set(expected["must_not"]) & (found["must_do"] | found["should_consider"]) == set()
    assert set(expected["must_not"]) - found["must_not"] == set()


@pytest.mark.parametrize("case", VARIANTS, ids=lambda case: f"{case['id']} {case['title']}")
def test_a_variant(case: dict[str, Any]):
    found = advised(case)
    wanted = answer(case["expected"])
    assert {name: comparable(found[name]) for name in wanted} == {n: comparable(v) for n, v in wanted.items()}
    assert set(case["due"]) - found["must_do"] == set()
    assert set(case["absent"]) & (found["must_do"] | found["should_consider"]) == set()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_plain_function_agrees_with_a_worked_case(case: dict[str, Any]):
    found, wanted = advise(row(case["state"])), answer(case["expected"])
    assert {n: comparable(getattr(found, n)) for n in wanted} == {n: comparable(v) for n, v in wanted.items()}
    expected = case["expected"]
    assert set(expected["must_do"]) - split(found.must_do) == set()
    assert set(expected["should_consider"]) - split(found.should_consider) == set()
    assert set(expected["must_not"]) - split(found.must_not) == set()


@pytest.mark.parametrize("case", [c for c in CASES if "ABC_FIRST" in c["expected"]["must_do"]], ids=lambda c: c["id"])
def test_life_support_is_named_first(case: dict[str, Any]):
    found = advise_states(typed([case["state"]]), GUIDELINE)
    assert found["must_do"][0].split(";")[0] == "ABC_FIRST"


def comparable(value: object) -> object:
    """A settled grade or a dose of a table as a whole number; everything else as it is."""
    if isinstance(value, str) and value.isdigit():
        return int(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def test_there_are_forty_cases_in_the_order_of_the_reference():
    assert sorted(case["id"] for case in CASES) == [f"MC-{n:02d}" for n in range(1, 41)]


def test_every_name_of_a_case_exists():
    used = {name for case in (*CASES, *VARIANTS) for name in case["state"]}
    assert used - set(catalogue()) == set()


def test_every_file_of_cases_is_read():
    assert {case["file"] for case in (*CASES, *VARIANTS)} == {path.stem for path in SPEC.glob("*.yaml")}
