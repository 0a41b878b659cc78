"""The checker of guidelines: sound ones pass, and each fault that can be made in one is found and named."""

from __future__ import annotations

from pathlib import Path

import pytest

from icans.guidance import library
from icans.guidance.check import GridReport, check, holding
from icans.guidance.grid import grid, values_of
from icans.guidance.guideline import Guideline
from icans.guidance.guideline_file import read_guideline
from icans.guidance.vocabulary import vocabulary
from icans.rules.document import documents

RIGHT = (Path(__file__).parents[1] / "bad_data" / "guidelines" / "right.yaml").read_text("utf-8")
MANUAL = (Path(__file__).parents[2] / "docs" / "guidelines.md").read_text("utf-8")
SOURCE = "source: {key: S1, where: table 9}, mark: verified"


def made(text: str) -> Guideline:
    (raw,) = documents(text, "made.yaml")
    return read_guideline(raw, "made.yaml", vocabulary(), {"G1": True})


def with_rule(rule: str) -> GridReport:
    """The report of the right guideline with one more rule."""
    return check(made(RIGHT.replace("rules:\n", f"rules:\n  - {{{rule}, says: something, {SOURCE}}}\n")))


@pytest.mark.parametrize("name", library.names())
def test_every_guideline_is_sound(name: str):
    assert check(library.guideline(name)).words() == ()


@pytest.mark.parametrize("name", library.names())
def test_every_rule_holds_in_some_state_and_stands_in_the_manual(name: str):
    guideline = library.guideline(name)
    held = holding(guideline, grid(guideline))
    idle = {rule.id for rule in guideline.every_rule() if not held[rule.id].any()}
    assert idle == set(check(guideline).waiting)
    assert [rule.id for rule in guideline.every_rule() if f"`{rule.id}`" not in MANUAL] == []


def test_the_right_guideline_is_sound():
    assert check(made(RIGHT)).sound


def test_a_rule_that_can_hold_in_no_state_is_found():
    found = with_rule("id: X, when: crs >= 2 and crs < 2, strength: MUST, actions: [EEG]")
    assert found.never == ("X",)
    assert found.words() == ("made-up: X holds in no state of the grid",)


def test_an_entry_hidden_by_those_above_it_is_found():
    entry = f"      - {{id: X, when: crs < 0.5, strength: CONSIDER, actions: [TOCI], says: something, {SOURCE}}}\n"
    text = RIGHT.replace("      - {id: MADE-T2", f"{entry}      - {{id: MADE-T2")
    assert check(made(text)).never == ("X",)


def test_what_must_and_must_not_be_done_in_one_state_is_found_with_such_a_state():
    found = with_rule("id: X, when: crs >= 4 and neutrophils < 0.5, strength: MUST_NOT, actions: [LABS_CRS]")
    (one,) = found.contradictions
    assert (one.action, one.must, one.must_not) == ("LABS_CRS", "MADE-1", "X")
    assert "CRS grade 4" in one.state
    assert "×10⁹/L" in one.state
    assert one.states > 0


def test_a_longer_must_not_code_forbids_its_action_too():
    found = with_rule("id: X, when: crs >= 1, strength: MUST, actions: [TOCI]")
    assert found.contradictions == ()  # TOCI is forbidden without CRS only
    text = RIGHT.replace(
        "when: crs < 1, strength: MUST_NOT, actions: [TOCI]",
        "when: crs < 3, strength: MUST_NOT, actions: [TOCI_OVER_CAP]",
    )
    text = text.replace(
        "rules:\n", f"rules:\n  - {{id: X, when: crs >= 1, strength: MUST, actions: [TOCI], says: a, {SOURCE}}}\n"
    )
    (one,) = check(made(text)).contradictions
    assert (one.action, one.must, one.must_not) == ("TOCI_OVER_CAP", "X", "MADE-T1")


def test_a_state_without_an_answer_is_found():
    text = RIGHT.replace("crs >= 1, strength: MUST", "crs >= 4, strength: MUST")
    text = text.replace(
        "{id: MADE-T2, strength: CONSIDER, actions: [TOCI]", "{id: MADE-T2, strength: NONE, actions: []"
    )
    found = check(made(text))
    assert found.without_answer == ("CRS grade 1, ICANS grade 0", "CRS grade 2, ICANS grade 0")


def test_a_rule_said_twice_is_found():
    found = with_rule("id: X, part: crs, when: crs >= 1, strength: MUST, actions: [LABS_CRS]")
    assert found.repeats == (("X", "MADE-1"),)


def test_a_rule_that_waits_for_a_convention_is_named_and_no_fault():
    found = check(library.guideline("asco-2021"))
    changed = {"G2": False, "G3": False}
    held = holding(other := library.guideline("asco-2021", changed=changed), grid(other))
    assert found.sound
    assert found.waiting
    assert [id for id in found.waiting if not held[id].any()] == []


def test_the_grid_has_every_pair_of_grades_and_every_value_that_rules_tell_apart():
    guideline = library.guideline("asco-2021")
    states = grid(guideline)
    assert states.select("crs__lo", "icans__lo").n_unique() == 25
    # Below, at and above each limit: 8 h since the last dose, 72 h of fever, 4 doses in all.
    for name, limit in (("hours_since_last_toci", 8), ("fever_hours", 72), ("toci_doses_total", 4)):
        values = set(states[name].drop_nulls())
        assert limit in values
        assert min(values) < limit < max(values)
    assert set(values_of(guideline)) >= {"crs", "icans", "current_steroid", "oxygen_device"}


def test_the_grid_is_the_same_every_time_and_has_no_impossible_state():
    guideline = library.guideline("asco-2021")
    states = grid(guideline)
    assert states.equals(grid(guideline))
    assert states.filter(states["toci_doses_24h"] > states["toci_doses_total"]).height == 0
    none = states.filter(states["toci_doses_total"] == 0)
    assert none["hours_since_last_toci"].null_count() == none.height
