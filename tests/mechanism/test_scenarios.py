"""The scenarios are the rows of table 5.2 in the literature review of the model."""

from __future__ import annotations

import re

import numpy as np
import pytest

from icans.errors import DataError
from icans.mechanism.definition.compose import antimony_text
from icans.mechanism.simulation.in_silico import simulate
from icans.mechanism.simulation.trajectories import Trajectories
from icans.mechanism.treatment.scenarios import scenario, scenarios, scenarios_named

# Row by row: what is given to a patient of 80 kg: how often, where, how much, first and last day. Where the table
# names no end, seven days of anakinra and four of dexamethasone reproduce its numbers.
TABLE = {
    "untreated": (),
    "tocilizumab": (1, "toc1", 640, 3, 3),
    "tocilizumab-day-0": (1, "toc1", 640, 0, 0),
    "dexamethasone": (16, "dex", 10, 5, 8.75),
    "dexamethasone-late": (16, "dex", 10, 6.25, 10),
    "methylprednisolone": (3, "mp", 1000, 5, 7),
    "anakinra": (28, "anad", 100, 5, 11.75),
    "anakinra-iv": (56, "anap", 200, 5, 11.875),
    "anakinra-prophylaxis": (28, "anad", 100, 0.5, 7.25),
    "gm-csf-knockout": (),
    "lenzilumab": (1, "len1", 1800, 0, 0),
    "siltuximab": (1, "sil1", 880, 3, 3),  # 11 x 80
}


def test_every_row_of_the_table_is_a_scenario():
    assert set(scenarios()) == {*TABLE, "levetiracetam", "tocilizumab-dexamethasone"}
    assert len({s.source for s in scenarios().values()}) == 14


@pytest.mark.parametrize("name", TABLE)
def test_what_a_scenario_gives(name):
    given = scenario(name).changes(80.0)
    expected = TABLE[name]
    if not expected:
        assert given == ()
        return
    number, target, amount, first, last = expected
    assert {(dose.target, dose.amount) for dose in given} == {(target, amount)}
    assert (len(given), given[0].time, given[-1].time) == (number, first, last)


def test_levetiracetam_is_loaded_and_then_kept():
    given = scenario("levetiracetam").changes(80.0)
    assert [(d.time, d.amount) for d in given[:3]] == [(0.0, 1500.0), (0.5, 750.0), (1.0, 750.0)]
    assert given[-1].time == 29.5


def test_the_joint_scenario_is_the_two_together():
    both = {*scenario("tocilizumab").changes(80.0), *scenario("dexamethasone").changes(80.0)}
    assert set(scenario("tocilizumab-dexamethasone").changes(80.0)) == both


def test_only_the_knockout_changes_the_cells():
    assert {s.name: s.parameters for s in scenarios().values() if s.parameters} == {"gm-csf-knockout": {"ko": 0.95}}
    assert re.search(r"^\s*ko = ", antimony_text(), re.MULTILINE)


def test_scenarios_by_their_names():
    assert [s.name for s in scenarios_named("untreated, Tocilizumab")] == ["untreated", "tocilizumab"]
    assert scenario("GM-CSF knockout").name == "gm-csf-knockout"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("untreated,tocilizumb", "there is no scenario 'tocilizumb'. Is it 'tocilizumab'? Known are: untreated, "),
        ("untreated,,tocilizumab", "a scenario has no name; write them as 'untreated,tocilizumab'"),
        ("", "a scenario has no name"),
        ("untreated,untreated", "scenario 'untreated' is named twice; name it once"),
    ],
)
def test_a_name_that_is_none(words, told):
    with pytest.raises(DataError) as caught:
        scenarios_named(words)
    assert told in str(caught.value)


# Table 5.2: areas of days 3 to 14 as ratios to untreated (plasma IL-6, brain IL-1, brain IL-6, microglia, CSF IL-6,
# barrier gap, and what ICE lacks to 10), lowest ICE, days with ICE below 9.5, probability of a seizure. CD28, 200 mL.
ROWS = {
    "untreated": (1, 1, 1, 1, 1, 1, 1, 3.0, 6.7, 0.089),
    "tocilizumab": (4.9, 0.97, 1.04, 0.97, 1.15, 0.96, 0.80, 3.9, 6.2, 0.080),
    "tocilizumab-day-0": (4.9, 0.96, 1.03, 0.97, 1.14, 0.95, 0.80, 3.9, 6.2, 0.080),
    "dexamethasone": (0.70, 0.43, 0.26, 0.64, 0.27, 0.56, 0.25, 7.0, 3.6, 0.019),
    "dexamethasone-late": (0.91, 0.62, 0.45, 0.79, 0.46, 0.74, 0.60, 3.7, 4.8, 0.041),
    "methylprednisolone": (0.72, 0.58, 0.44, 0.73, 0.45, 0.62, 0.34, 6.5, 4.4, 0.026),
    "anakinra": (0.78, 0.75, 0.59, 0.77, 0.59, 0.62, 0.40, 6.1, 4.6, 0.032),
    "anakinra-iv": (0.77, 0.72, 0.40, 0.73, 0.41, 0.61, 0.26, 7.4, 4.1, 0.021),
    "anakinra-prophylaxis": (0.47, 0.22, 0.11, 0.21, 0.11, 0.16, 0.02, 9.9, 0, 0.006),
    "gm-csf-knockout": (0.18, 0.31, 0.21, 0.34, 0.20, 0.46, 0.03, 9.8, 0, 0.007),
    "lenzilumab": (0.13, 0.25, 0.14, 0.26, 0.14, 0.39, 0.03, 9.9, 0, 0.006),
    "siltuximab": (71, 0.97, 0.95, 0.97, 0.92, 0.95, 0.82, 3.8, 6.2, 0.081),
    "levetiracetam": (1, 1, 1, 1, 1, 1, 1, 3.0, 6.7, 0.018),
    "tocilizumab-dexamethasone": (3.4, 0.42, 0.30, 0.62, 0.38, 0.54, 0.15, 8.2, 3.0, 0.017),
}


@pytest.fixture(scope="module")
def simulated() -> Trajectories:
    """One patient a scenario, in the order of ROWS, every hour."""
    named = [scenario(name) for name in ROWS]
    ko = np.array([s.parameters.get("ko", 0.0) for s in named])
    outputs = ["IL6", "IL1b", "IL6b", "G", "IL6c", "gap", "ICE", "P_seizure"]
    times = np.linspace(0.0, 30.0, 721)
    return simulate({"burden": 200.0, "ko": ko}, [s.changes(80.0) for s in named], times=times, outputs=outputs)


@pytest.mark.parametrize("name", ROWS)
def test_a_scenario_gives_its_row_of_the_table(name, simulated):
    row, place = ROWS[name], list(ROWS).index(name)
    days, ice = simulated.times, simulated["ICE"]
    inside = (days >= 3) & (days <= 14)
    courses = [*(simulated[quantity] for quantity in ["IL6", "IL1b", "IL6b", "G", "IL6c", "gap"]), 10.0 - ice]
    for quantity, expected in zip(courses, row[:7], strict=True):
        area = np.trapezoid(quantity[:, inside], days[inside], axis=1)
        # Half a unit of the last digit printed, and 1 % for the rounding of the reference itself.
        assert area[place] / area[0] == pytest.approx(expected, abs=0.006, rel=0.012)
    assert ice[place].min() == pytest.approx(row[7], abs=0.06)
    assert np.trapezoid((ice[place] < 9.5).astype(float), days) == pytest.approx(row[8], abs=0.11)
    assert simulated["P_seizure"][place, -1] == pytest.approx(row[9], abs=0.0008)
