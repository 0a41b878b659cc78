"""Every line of ASCO 2021 and of the common rules in a state where it holds and in one where it does not.

With the cases of the other guidelines beside them, no line of any guideline is without a case, or without a place in
the manual.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from answers import QUIET, fired_rows, table

from guidance_states import typed
from icans.grading.conventions import switches
from icans.guidance.evaluate import fired, with_grades, with_taken
from icans.guidance.library import common_rules, guideline, names

HERE = Path(__file__).parent
MANUAL = HERE.parents[1] / "docs" / "guidelines.md"
REFERENCE = "asco-2021"
SAYS = ("holds", "not", "open")


def cases_of(file: str) -> dict[str, list[dict[str, Any]]]:
    read = yaml.safe_load((HERE / file).read_text("utf-8"))
    return {name: cases for name, cases in read.items() if name != "given"}


OWN = cases_of("asco_rules.yaml")
CASES = [case for cases in OWN.values() for case in cases]


def off(case: Mapping[str, Any]) -> tuple[str, ...]:
    """The conventions that a case switches off."""
    return tuple(case.get("off", ()))


def state(case: Mapping[str, Any]) -> dict[str, Any]:
    return case.get("state", {})


@cache
def held_with(conventions_off: tuple[str, ...]) -> dict[int, dict[str, bool | None]]:
    """Whether each line holds, by the place of its case: all cases with the same conventions in one table."""
    changed = dict.fromkeys(conventions_off, False)
    asked = {place: case for place, case in enumerate(CASES) if off(case) == conventions_off}
    states = table((case["crs"], case["icans"], state(case)) for case in asked.values())
    one = guideline(REFERENCE, changed=changed)
    rows = fired(with_taken(states, one, switches(changed)), one).collect().to_dicts()
    return dict(zip(asked, rows, strict=True))


def named(cases: Iterable[Mapping[str, Any]], *kinds: str) -> set[str]:
    return {id for case in cases for kind in kinds for id in case.get(kind, ())}


@pytest.mark.parametrize("place", range(len(CASES)), ids=lambda place: CASES[place]["title"])
def test_the_lines_of_asco_and_the_common_rules(place: int):
    case = CASES[place]
    held = held_with(off(case))[place]
    said = {kind: case.get(kind, []) for kind in SAYS}
    assert any(said.values())
    assert [id for id in said["holds"] if held[id] is not True] == []
    assert [id for id in said["not"] if held[id] is not False] == []
    assert [id for id in said["open"] if held[id] is not None] == []


def test_the_grades_named_in_a_case_are_possible_in_its_state():
    ungraded = typed([{**QUIET, **state(case)} for case in CASES])
    one = guideline(REFERENCE)
    rows = with_grades(ungraded, one, switches()).rows(named=True)
    wrong = {
        (case["title"], grade): (row[f"{grade}__lo"], row[f"{grade}__hi"])
        for case, row in zip(CASES, rows, strict=True)
        for grade in ("crs", "icans")
        if not row[f"{grade}__lo"] <= case[grade] <= row[f"{grade}__hi"]
    }
    assert wrong == {}


def test_titles_tell_cases_apart():
    assert len({case["title"] for case in CASES}) == len(CASES)


REGIMENS = (
    "dex10_q24h", "dex10_q12h", "dex10_q6_12h", "dex10_q6h", "dex20_q6h", "mp1_mg_kg_q12h", "mp2_mg_kg_day",
    "mp500_q12h", "mp1000_daily", "mp1000_1_2x_day", "mp1000_bid", "mp1000_tid",
)  # fmt: skip


@pytest.mark.parametrize("regimen", REGIMENS)
def test_a_steroid_goes_on_at_grade_2_of_either_and_not_below_or_in_a_haemorrhage(regimen: str):
    given = {"current_steroid": regimen}
    states = [(2, 0, given), (0, 2, given), (1, 1, given), (2, 2, {**given, "intracranial_hemorrhage": True})]
    rows = fired_rows(REFERENCE, states)
    assert [row[f"PR-running-{regimen}"] for row in rows] == [True, True, False, False]
    assert [row["PR-running-none"] for row in rows] == [False, False, True, True]


def ids_of(name: str) -> set[str]:
    one = common_rules() if name == "common" else guideline(name)
    return {rule.id for rule in one.every_rule()}


@pytest.mark.parametrize("name", ["asco-2021", "common"])
def test_every_line_holds_in_one_case_and_does_not_in_another(name: str):
    own = ids_of(name) - (ids_of("common") if name != "common" else set())
    assert own - named(OWN[name], "holds") == set()
    assert own - named(CASES, "not") == set()


def test_no_line_of_any_guideline_is_without_a_case():
    others = [case for cases in cases_of("other_guidelines.yaml").values() for case in cases]
    every = ids_of("common").union(*map(ids_of, names()))
    assert every - named((*CASES, *others), "holds") == set()
    assert named((*CASES, *others), *SAYS) - every == set()


@pytest.mark.parametrize("name", [*names(), "common"])
def test_every_line_is_in_the_manual(name: str):
    manual = MANUAL.read_text("utf-8")
    assert [id for id in sorted(ids_of(name)) if f"`{id}`" not in manual] == []
