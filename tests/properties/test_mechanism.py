"""What is true of every virtual patient: whatever his parameters and whatever he is given, numbers stay possible."""

from __future__ import annotations

import re

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from icans.errors import DataError
from icans.mechanism import load, simulate
from icans.mechanism.definition.parameters import table
from icans.mechanism.treatment.regimen import Dose

FRACTIONS = ["EA", "W", "J", "G", "As", "Fl", "Fa", "Fr", "Fm", "R", "Rb"]
SLACK = 1e-6  # of a state's size: what the tolerance of the solver allows
DEPOTS = ["toc1", "sil1", "len1", "dex", "mp", "anad", "anap", "lev"]
TARGETS = [*DEPOTS, *(f"in_{name}" for name in DEPOTS), "in_Vp", "NE"]
MOST = {"in_Vp": 3.0, "NE": 2.0}
LONGEST = 20.0


@st.composite
def parameter_sets(draw) -> dict[str, np.ndarray]:
    """Eight patients with every parameter anywhere in its plausible range."""
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    known = {**load().constants}
    return {
        p.name: generator.uniform(p.low, p.high, 8)
        for p in table()
        if p.name in known and np.isfinite([p.low, p.high]).all() and p.low < p.high
    }


@st.composite
def schedules(draw) -> list[Dose]:
    """Doses and infusions of anything at any time; each infusion ends."""
    found: list[Dose] = []
    for _ in range(draw(st.integers(0, 6))):
        target, time = draw(st.sampled_from(TARGETS)), draw(st.floats(0, LONGEST))
        amount = draw(st.floats(0, MOST.get(target, 2000.0)))
        found.append(Dose(time, target, amount))
        if target.startswith("in_") or target == "NE":
            found.append(Dose(time + draw(st.floats(0.01, 5.0)), target, -amount))
    return found


@settings(max_examples=40, deadline=None)
@given(parameter_sets(), schedules())
def test_states_stay_finite_not_negative_and_within_their_bounds_or_the_error_says_who_when_and_what(people, doses):
    try:
        found = simulate(people, doses, days=LONGEST, times=np.linspace(0, LONGEST, 81), outputs=load().states)
    except DataError as error:
        pattern = r"patient \d+ at day -?[\d.e-]+: .*; the state that failed is (\w+)"
        for problem in error.problems:
            said = re.fullmatch(pattern, problem)
            assert said, problem
            assert said[1] in load().states
        return
    size = np.abs(found.values).max(axis=1, keepdims=True) + 1e-3
    assert np.isfinite(found.values).all()
    assert (found.values >= -SLACK * size).all()
    for name in FRACTIONS:
        assert (found[name] <= 1 + SLACK).all(), name


@settings(max_examples=20, deadline=None)
@given(st.floats(0, LONGEST), st.sampled_from(TARGETS))
def test_a_dose_of_zero_changes_nothing(time, target):
    untreated = simulate({"burden": 200.0}, days=LONGEST, times=[LONGEST], outputs=load().states)
    nothing = simulate(
        {"burden": 200.0}, [Dose(time, target, 0.0)], days=LONGEST, times=[LONGEST], outputs=load().states
    )
    # Not to the bit: a dose is a stop, and a stop changes how steps fall.
    np.testing.assert_allclose(nothing.values, untreated.values, rtol=1e-4, atol=1e-9)
