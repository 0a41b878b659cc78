"""The compiled kernel calculates what the plain NumPy module says, and the integration agrees with SciPy's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from icans.mechanism.compiler.compiled import Compiled
from icans.mechanism.compiler.equations import equations
from icans.mechanism.compiler.sbml import read_sbml
from icans.mechanism.definition.compose import sbml_text
from icans.mechanism.simulation.patients import Simulation
from icans.mechanism.treatment.regimen import Dose
from mechanism.compiler.expressions import by_numpy
from mechanism.kernels import Array, Lanes, icans, made

EVERY_OPERATION = """
model every_operation
  x = 0.3; y = 1.2; z = 2; k = 0.7; n = 1.6; var level = 0.4
  a := exp(-x)*ln(y + 1) + sqrt(y)*abs(x - y) + floor(3*z)/ceil(y + 0.5)
  b := sin(x) + cos(y)*tan(0.3*z) + tanh(z) + asin(tanh(x)) + acos(0.3*tanh(y)) + atan(z)
  c := y^n/(k^n + y^n) + z^3 + z^-2 + y^x + max(x, y, z) - min(x, y, z)
  d := piecewise(a, x < y && !(z <= 1), b, x == y || z != z, c)
  // Conditions on constants alone, on doses alone, on nothing, and on constants and states together.
  e := piecewise(1, k < 1, 2) + piecewise(10, level > 0.5, 20) + piecewise(100, true, 200) + piecewise(x, n < k, y)
  f := k*exp(n) + 1/k + piecewise(5, k < 1 && x < y, 6) + piecewise(7, !(n < k || x > y), 8) + (k < 1) + (x < y)
  x' = -a*x + k*time; y' = b - y/k; z' = c*level - d - e*z + f
end
"""


def lanes_at(model: Compiled, states: Array, time: Array, **parameters: Array | float) -> Lanes:
    """states  (states, lanes), put where rates are calculated; the step has length 1."""
    lanes = Lanes(model, **parameters)
    lanes.block("STEP", 1)[:] = 1.0
    for block in ("STATE", "STAGE"):
        lanes.put(dict(zip(model.states, states, strict=True)), time, block)
    return lanes


def plain_rates(model: Compiled, states: Array, time: Array, **parameters: Array | float) -> Array:
    named = {**model.constants, **model.inputs, **parameters}
    rates = model.plain.rates(time, states, named)
    return np.stack([np.broadcast_to(r, states.shape[1:]) for r in rates])


def scattered(model: Compiled, seed: int) -> tuple[Array, Array]:
    """Eight states far from rest: what a simulation meets on eight days, each value up to 30 % off."""
    rng, days = np.random.default_rng(seed), np.linspace(1.0, 15.0, 8)
    if model is not icans():
        return rng.uniform(0.1, 3.0, (len(model.states), 8)), days
    met = Simulation(model, {"burden": 300.0}, GIVEN).advance(15.0, days, model.states)
    return met.values[0].T * np.exp(rng.uniform(-0.3, 0.3, (len(model.states), 8))), days


GIVEN = [Dose(day, target, 8.0) for day in (0.5, 4.0) for target in ("toc1", "sil1", "dex", "mp", "anad", "lev")]
MODELS = {"every operation": lambda: made(EVERY_OPERATION), "icans": icans}
model = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
seed = pytest.mark.parametrize("seed", [1, 2, 3])


@model
@seed
def test_the_rates_are_those_of_the_plain_module(model, seed):
    """To 1e-12 of the size of a rate: the fastest turn over about 60 times a day, so of 60 times the state."""
    states, days = scattered(model(), seed)
    lanes = lanes_at(model(), states, days)
    expected = plain_rates(model(), states, days)
    for function in (lanes.kernel.rates, lanes.kernel.linearise):
        lanes.block("SLOPE")[:] = np.nan
        function(lanes.W)
        size = np.abs(expected) + 60 * np.abs(states)
        assert np.all(np.abs(lanes.block("SLOPE")[:-1] - expected) <= 1e-12 * size)
        np.testing.assert_array_equal(lanes.block("SLOPE")[-1], 1.0, err_msg="time runs as time does")


@model
@seed
def test_the_calculated_quantities_are_those_of_the_plain_module(model, seed):
    states, days = scattered(model(), seed)
    lanes = lanes_at(model(), states, days)
    lanes.kernel.observe(lanes.W)
    told = {**model().constants, **model().inputs}
    seen = lanes.block("SEEN", len(model().assigned))
    for row, expected in enumerate(model().plain.assigned(days, states, told)):
        np.testing.assert_allclose(seen[row], expected, rtol=1e-10, atol=1e-12, err_msg=model().assigned[row])


@model
@seed
@pytest.mark.parametrize("h", [1e-3, 0.1, 5.0])
def test_an_implicit_step_solves_with_the_true_jacobian(model, seed, h):
    """(I - h/4 J) x = b by the generated elimination, with J by complex steps through the plain module."""
    states, days = scattered(model(), seed)
    lanes = lanes_at(model(), states, days)
    lanes.block("STEP", 1)[:] = h
    lanes.kernel.linearise(lanes.W)
    right = np.random.default_rng(seed).normal(size=lanes.block("SLOPE").shape)
    lanes.block("SLOPE")[:] = right
    lanes.kernel.solve(lanes.W)
    for lane in range(lanes.width):
        jacobian = by_complex_steps(model(), states[:, lane], days[lane])
        matrix = np.eye(len(jacobian)) - h / 4 * jacobian
        solved = lanes.block("SLOPE")[:, lane]
        # Measured as a residual, row by row, so that an ill-conditioned matrix is no excuse and no obstacle.
        size = np.abs(matrix) @ np.abs(solved) + np.abs(right[:, lane])
        assert np.all(np.abs(matrix @ solved - right[:, lane]) <= 1e-9 * size)


@seed
def test_every_entry_of_the_models_jacobian(seed):
    """All 54 x 54 places: those that the compiler leaves out are zero, and the others are right to 1e-9."""
    ready = equations(read_sbml(sbml_text()))
    assert ready.states[:-1] == icans().states
    states, days = scattered(icans(), seed)
    for lane in range(0, 8, 3):
        told = {
            **icans().constants,
            **icans().inputs,
            **dict(zip(ready.states, [*states[:, lane], days[lane]], strict=True)),
        }
        kept = dict(zip(ready.kept, by_numpy(list(ready.kept.values()), told), strict=True))
        entries = by_numpy(list(ready.jacobian.values()), {**told, **kept})
        found = np.zeros((len(ready.states), len(ready.states)))
        for place, entry in zip(ready.jacobian, entries, strict=True):
            found[place] = entry
        np.testing.assert_allclose(found, by_complex_steps(icans(), states[:, lane], days[lane]), rtol=1e-9, atol=1e-12)


def by_complex_steps(model: Compiled, states: Array, day: float) -> Array:
    """The derivatives of all rates by all states and time, by columns; the last row is that of time."""
    size = len(states) + 1
    moved = np.tile(np.append(states, day).astype(complex)[:, None], size) + 1e-30j * np.eye(size)
    # NumPy's own |x| and floor know no complex numbers that stand for a small step.
    text = (model.where / "plain.py").read_text().replace("np.abs(", "absolute(").replace("np.floor(", "whole(")
    module: dict[str, Any] = {"absolute": lambda x: np.where(x.real < 0, -x, x), "whole": lambda x: np.floor(x.real)}
    exec(text, module)
    rates = module["rates"](moved[-1], moved[:-1], {**model.constants, **model.inputs})
    rows = [np.imag(np.broadcast_to(np.asarray(r, complex), size)) / 1e-30 for r in rates]
    return np.stack([*rows, np.zeros(size)])


def test_the_untreated_typical_patient_agrees_with_scipy():
    """SciPy's LSODA at 1e-9 on the plain module: within 1e-4 of each state's maximum at the default tolerance."""
    days = np.linspace(0.0, 30.0, 121)
    run = Simulation(icans(), {"burden": 200.0})
    start, named = run.states[0].copy(), run.named()
    ours = run.advance(30.0, days, icans().states)
    there = solve_ivp(
        lambda t, y: icans().plain.rates(t, y, named), (0, 30), start, "LSODA", days, rtol=1e-9, atol=1e-11
    )
    for name, expected in zip(icans().states, there.y, strict=True):
        np.testing.assert_allclose(ours[name][0], expected, atol=1e-4 * np.abs(expected).max(), err_msg=name)
    assert 100 < ours.steps[0] < 300, "an explicit method would need the 390 of section 5.5 of the review"


def test_the_model_is_complete_in_the_kernel():
    """Nothing of the plain module is missing: states, and calculated quantities in the same order."""
    assert icans().states == icans().plain.STATES
    assert icans().assigned == icans().plain.ASSIGNED
    assert len(icans().states) + 1 == icans().kernel.STATES
