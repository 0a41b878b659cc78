"""Every cause of the work-up, ruled in, ruled out and open, as `causes.yaml` beside this file says it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from icans.guidance.workup.ledger import PRESENT, STATUSES
from icans.guidance.workup.library import library
from made_workup import NOW, line_of, worked_up

CASES = yaml.safe_load((Path(__file__).parent / "causes.yaml").read_text("utf-8"))


def cases() -> Iterator[Any]:
    for cause, listed in CASES.items():
        for case in listed:
            yield pytest.param(cause, case, id=f"{cause}: {case['name']}")


@pytest.mark.parametrize(("cause", "case"), list(cases()))
def test_status(cause: str, case: Mapping[str, Any]) -> None:
    product = {"product": case["product"]} if "product" in case else {}
    found = worked_up(case["seen"], case.get("given", ()), now=case.get("now", NOW), **product)
    line = line_of(found, cause)
    assert (line.status, line.suspected, line.weak) == (
        case["status"], case.get("suspected", False), case.get("weak", False)
    )  # fmt: skip


def test_every_cause_has_cases_and_every_case_a_cause() -> None:
    assert {cause.id for cause in library().causes} == set(CASES)


@pytest.mark.parametrize("cause", library().causes, ids=lambda cause: cause.id)
def test_the_cases_of_a_cause_reach_all_it_can_be(cause: Any) -> None:
    reached = {case["status"] for case in CASES[cause.id]}
    assert reached <= set(STATUSES)
    assert "rules_in" not in cause.nodes or PRESENT in reached
    assert "rules_out" not in cause.nodes or "excluded" in reached
    assert "suspect" not in cause.nodes or any(case.get("suspected") for case in CASES[cause.id])


AMOUNT = re.compile(r"\d (mg|g|mL)\b(?!/)")  # of a drug; mg/L and mg/m² are levels and doses of the past


@pytest.mark.parametrize("cause", library().causes, ids=lambda cause: cause.id)
def test_an_amount_of_a_drug_is_for_adults_and_says_that_none_is_held_for_a_child(cause: Any) -> None:
    told = (cause.act, *cause.tests, cause.present_when, cause.excluded_when, cause.caution or "", cause.note or "")
    for words in told:
        if AMOUNT.search(words):
            assert "for adults" in words, words
            assert "no dose for a child is held here" in words, words


@pytest.mark.parametrize("cause", library().causes, ids=lambda cause: cause.id)
def test_of_nothing_nothing_is_claimed(cause: Any) -> None:
    line = line_of(worked_up({}, product="axi-cel"), cause.id)
    # Day 10 is known, and excludes the day of the infusion.
    assert line.status == ("excluded" if cause.id == "A-INFUSION" else "not tested")
    assert line.tests
    assert line.why
    assert line.cited.mark
    assert not line.suspected
