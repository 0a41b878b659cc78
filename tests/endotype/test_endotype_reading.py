"""The endotype: one reading only where no gap could change it, and never more than a hypothesis."""

from __future__ import annotations

from itertools import product

import pytest

from icans.endotype import Endotype, endotype
from icans.endotype.answer import CRS_DRIVEN, ENDOTHELIAL, MIXED, NOT_ENOUGH, READINGS
from icans.endotype.table import table
from made import record
from made_evidence import situation

LOW = {"ferritin": 10000, "il6": 1000, "ang2": 2500, "vwf_antigen": 250, "easix_before_lymphodepletion": 4.67}
"""Every marker of the two sides at its line, which is not above it."""
HIGH = {"ferritin": 10001, "il6": 1001, "ang2": 2501, "vwf_antigen": 251, "easix_before_lymphodepletion": 4.68}
CYTOKINES = ("ferritin", "il6")
WALL = ("ang2", "vwf_antigen", "easix_before_lymphodepletion")


def read(**known: object) -> Endotype:
    return endotype(situation(**{"toci_doses_total": 0, **known}))


@pytest.mark.parametrize("name", CYTOKINES)
def test_one_cytokine_above_its_line_and_a_quiet_vessel_wall_are_crs_driven(name):
    assert read(**{**LOW, name: HIGH[name]}).reading == CRS_DRIVEN


@pytest.mark.parametrize("name", WALL)
def test_one_marker_of_the_vessel_wall_above_its_line_and_low_cytokines_are_endothelial(name):
    assert read(**{**LOW, name: HIGH[name]}).reading == ENDOTHELIAL


@pytest.mark.parametrize(("cytokine", "wall"), list(product(CYTOKINES, WALL)))
def test_one_of_each_is_mixed_whatever_else_is_missing(cytokine, wall):
    found = read(**{cytokine: HIGH[cytokine], wall: HIGH[wall]})
    assert (found.reading, found.possible, found.decides) == (MIXED, (MIXED,), ())


def test_with_every_marker_at_its_line_the_markers_tell_nothing():
    found = read(**LOW)
    assert (found.reading, found.possible) == (NOT_ENOUGH, (NOT_ENOUGH,))
    assert any("none is above its line" in words for words in found.why)


def test_an_empty_record_leaves_every_reading_open_and_says_what_would_decide():
    found = read()
    assert (found.reading, found.possible) == (NOT_ENOUGH, READINGS)
    asked = " ".join(found.decides)
    assert all(word in asked for word in ("Ferritin", "Interleukin 6", "Angiopoietin 2", "EASIX before"))


def test_a_missing_marker_that_could_change_the_reading_leaves_it_open():
    found = read(ferritin=20000, ang2=1000)
    assert (found.reading, found.possible) == (NOT_ENOUGH, (CRS_DRIVEN, MIXED))
    assert any("above its line: mixed" in words for words in found.decides)
    assert any("not above: CRS-driven" in words for words in found.decides)


@pytest.mark.parametrize("gap", [*LOW])
@pytest.mark.parametrize("others", [LOW, HIGH, {**LOW, "ferritin": 10001}, {**LOW, "ang2": 2501}])
def test_the_possible_readings_are_those_of_every_way_to_fill_the_gap(gap, others):
    known = {name: value for name, value in others.items() if name != gap}
    ways = {read(**known, **{gap: value[gap]}).reading for value in (LOW, HIGH)}
    assert set(read(**known).possible) == ways


@pytest.mark.parametrize("doses", [1, None])
def test_interleukin_6_after_tocilizumab_cannot_make_cytokines_high(doses):
    found = read(**{**LOW, "il6": 5000, "toci_doses_total": doses})
    assert found.reading == NOT_ENOUGH
    assert set(found.possible) == {CRS_DRIVEN, NOT_ENOUGH}
    assert any("rises after it" in words for words in found.why)
    assert any("cannot be used" in words for words in found.decides)


@pytest.mark.parametrize(("measured", "reading"), [(99, MIXED), (101, NOT_ENOUGH)])
def test_interleukin_6_measured_before_the_first_tocilizumab_is_used(measured, reading):
    seen = record((measured, "il6", 5000), given=[{"drug": "tocilizumab", "start": 100}])
    assert endotype(situation(seen, il6=5000, ang2=3000, toci_doses_total=1)).reading == reading


def test_interleukin_6_that_is_low_after_tocilizumab_is_still_low():
    assert read(**{**LOW, "toci_doses_total": 2, "ang2": 3000}).reading == ENDOTHELIAL


def test_a_marker_that_is_too_old_is_unknown_and_shown_with_its_time():
    found = endotype(situation(record((10, "ang2", 9000)), hours=200, ferritin=20000))
    marker = next(m for m in found.markers if m.name == "ang2")
    assert (marker.status, marker.words, marker.above) == ("too old", "9000 pg/mL", None)
    assert found.reading == NOT_ENOUGH


def test_easix_of_now_is_shown_and_held_against_nothing():
    # 400 * 2 / 20 = 40, far above 4.67, which is for before lymphodepletion
    found = read(ldh=400, creatinine=2, platelets=20)
    assert found.scores["EASIX"] == "40"
    assert found.possible == READINGS
    assert "before lymphodepletion" in found.cautions[-1]


def test_injured_nerve_cells_are_shown_beside_and_do_not_enter_the_reading():
    found = read(**LOW, nfl_z=2.1)
    assert found.reading == NOT_ENOUGH
    assert {s.name: s.holds for s in found.sides}["nerve cells"] is True


def test_nfl_in_children_cannot_be_used():
    sides = {s.name: s.holds for s in read(nfl_z=3, age=9).sides}
    assert sides["nerve cells"] is None
    assert {s.name: s.holds for s in read(nfl_z=3, age=18).sides}["nerve cells"] is True


# What a reading may never do


@pytest.mark.parametrize("known", [{}, LOW, HIGH])
def test_every_reading_says_first_that_it_cancels_nothing(known):
    assert read(**known).cautions[0].startswith("A reading cancels nothing: every MUST of a guideline stays")


def test_hypotheses_have_no_action_and_no_strength_and_none_is_given_where_not_enough_is_known():
    for hypothesis, _ in table().hypotheses:
        assert set(vars(hypothesis)) == {"id", "says", "cited"}
        assert "MUST" not in hypothesis.says
    assert read(**LOW).hypotheses == ()
    assert read().hypotheses == ()
    assert [h.id for h in read(**{**LOW, "ferritin": 10001}).hypotheses] == ["END-H1", "END-H2"]
    assert [h.id for h in read(**{**LOW, "ang2": 2501}).hypotheses] == ["END-H3", "END-H4"]
    assert [h.id for h in read(**HIGH).hypotheses] == ["END-H1", "END-H2", "END-H3", "END-H4"]


# Published levels, as printed


@pytest.mark.parametrize(
    ("item", "levels"),
    [
        ("svcam1", [(77, 27), (176, 283), (203, 362), (359, 455), (498, 1078)]),
        ("stnfr1", [(291, 106), (2467, 2076), (2678, 2350), (4252, 4733), (3052, 4096)]),
        ("st2", [(11, 8), (42, 42), (59, 170), (210, 241), (187, 515)]),
        ("ang2", [(1188, 660), (1439, 999), (2058, 2566), (2826, 3660), (1959, 1640)]),
        ("sc5b9", [(199, 66), (516, 403), (472, 424), (689, 795), (685, 284)]),
        ("vwf_antigen", [(107, 33), (162, 137), (185, 136), (226, 111), (211, 98)]),
        ("adamts13", [(100, 12), (90, 20), (75, 20), (74, 24), (65, 29)]),
        ("alpha2_antiplasmin", [(88, 45), (112, 31), (108, 29), (92, 27), (100, 15)]),
        ("pai1", [(27, 16), (29, 20), (32, 31), (39, 32), (41, 40)]),
    ],
)
def test_the_published_levels_stand_beside_a_marker(item, levels):
    marker = next(m for m in read().markers if m.name == item)
    assert [(level.median, level.spread) for level in marker.levels] == levels
    assert [level.group for level in marker.levels] == [
        "controls", "before the cells", "24 to 48 h", "onset of toxicity", "after treatment",
    ]  # fmt: skip


def test_what_could_not_be_split_or_was_only_recalled_is_left_out():
    left_out = " ".join(table().unsure)
    assert all(word in left_out for word in ("sTie2", "Thrombomodulin", "NETs", "MCP-1", "IL-15"))
    assert not {m.item for m in table().markers} & {"mcp1", "il15", "gm_csf", "il2_receptor"}
