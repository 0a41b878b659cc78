"""What does not fit is refused in words: what was wrong, what is near, what to do."""

from __future__ import annotations

import numpy as np
import pytest

from icans.errors import DataError
from icans.mechanism.simulation.in_silico import simulate, start
from icans.mechanism.simulation.patients import Simulation
from icans.mechanism.treatment.regimen import Dose
from mechanism.solver.bench import bench

SIZE = len(bench().states)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"Ke": 1.0}, "the model has no parameter 'Ke'; did you mean ke"),
        ({"blwo": 1.0}, "the model has no parameter 'blwo'; did you mean blow?"),
        ({"zzzz": 1.0}, "the model has no parameter 'zzzz'; there are "),
        ({"central": 1.0}, "the model has no parameter 'central'; did you mean in_central?"),
        ({"ke": np.nan}, "parameter 'ke' is not a finite number"),
        ({"ke": [1.0, np.inf]}, "parameter 'ke' is not a finite number"),
        ({"ke": "fast"}, "parameter 'ke' is not a number"),
        ({"ke": None}, "parameter 'ke' is not a finite number"),
        ({"ke": [1.0, 2.0], "ka": [1.0, 2.0, 3.0]}, "different numbers of patients: [2, 3]"),
        ({"ke": [1.0], "ka": [1.0, 2.0]}, "different numbers of patients: [1, 2]"),
        ({"ke": [[1.0, 2.0]]}, "different numbers of patients"),
    ],
)
def test_parameters(parameters, words):
    with pytest.raises(DataError) as caught:
        Simulation(bench(), parameters)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("doses", "words"),
    [
        ([Dose(1.0, "centrl", 1.0)], "a dose into 'centrl': no such state or input; did you mean central"),
        ([Dose(1.0, "ke", 1.0)], "a dose into 'ke': no such state or input; "),
        ([Dose(1.0, "concentration", 1.0)], "a dose into 'concentration': no such state or input"),
        ([Dose(1.0, "time", 1.0)], "a dose into 'time': no such state or input"),
        ([Dose(1.0, "central", np.nan)], "a dose into 'central' has a time or an amount that is not a finite number"),
        ([Dose(np.nan, "central", 1.0)], "a dose into 'central' has a time or an amount that is not a finite number"),
        ([Dose(np.inf, "central", 1.0)], "a dose into 'central' has a time or an amount that is not a finite number"),
        ([[Dose(1.0, "central", 1.0)]] * 3, "there are doses for 3 patients, but 2 patients"),
    ],
)
def test_doses(doses, words):
    with pytest.raises(DataError) as caught:
        Simulation(bench(), {"ke": [1.0, 2.0]}, doses).advance(2.0)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("outputs", "words"),
    [
        (["centrl"], "the model has no quantity 'centrl'; did you mean central"),
        (["u", "Concentration"], "the model has no quantity 'Concentration'; did you mean concentration"),
        (["ke"], "the model has no quantity 'ke'; "),
    ],
)
def test_outputs(outputs, words):
    with pytest.raises(DataError) as caught:
        Simulation(bench(), {}).advance(1.0, [1.0], outputs)
    assert words in str(caught.value)


def test_a_quantity_that_was_not_asked_for():
    run = Simulation(bench(), {}).advance(1.0, [1.0], ["central", "u"])
    with pytest.raises(DataError, match=r"these trajectories do not hold 'centrl'; did you mean central\?"):
        _ = run["centrl"]


@pytest.mark.parametrize("times", [[1.0, 1.0], [2.0, 1.0], [-0.1, 1.0], [0.0, 5.1], [np.nan], [1.0, np.nan], [np.inf]])
def test_times(times):
    with pytest.raises(DataError, match="output times must rise and lie between day 0 and day 5"):
        Simulation(bench(), {}).advance(5.0, times)


@pytest.mark.parametrize("to", [2.9, -1.0, np.nan, np.inf])
def test_days_that_cannot_be_reached(to):
    run = Simulation(bench(), {})
    run.advance(3.0)
    with pytest.raises(DataError, match=r"cannot be reached: the simulation stands at day 3"):
        run.advance(to)


@pytest.mark.parametrize("days", [0.0, -1.0, np.nan, np.inf])
def test_how_many_days(days):
    with pytest.raises(DataError, match="days must be a number above 0, and it is "):
        simulate({"burden": 100.0}, days=days)


def test_what_is_past_cannot_be_treated():
    run = Simulation(bench(), {"ke": [1.0, 2.0]})
    run.advance(3.0)
    with pytest.raises(DataError, match="a dose cannot be given before day 3"):
        run.give([Dose(2.999, "central", 1.0)])
    assert run.doses == [(), ()]


@pytest.mark.parametrize("patient", [2, -1])
def test_nobody_else_can_be_treated(patient):
    run = Simulation(bench(), {"ke": [1.0, 2.0]})
    with pytest.raises(DataError, match=f"there is no patient {patient}; there are 2, counted from 0"):
        run.give([Dose(1.0, "central", 1.0)], [0, patient])
    assert run.doses == [(), ()]


@pytest.mark.parametrize("shape", [(2, SIZE - 1), (3, SIZE), (SIZE,)])
def test_states_of_another_shape(shape):
    with pytest.raises(DataError, match=rf"expected 2 patients by {SIZE} states"):
        Simulation(bench(), {"ke": [1.0, 2.0]}, states=np.zeros(shape))


@pytest.mark.parametrize("rtol", [0.0, -1e-5, np.nan, np.inf])
def test_tolerances(rtol):
    with pytest.raises(DataError, match="relative tolerance must be a number above 0"):
        Simulation(bench(), {}, rtol=rtol)


def test_the_front_door_says_the_same():
    with pytest.raises(DataError, match=r"the model has no parameter 'burdn'; did you mean burden"):
        start({"burdn": 100.0})
    with pytest.raises(DataError, match=r"the model has no quantity 'IL-6'; did you mean IL6"):
        simulate({"burden": 100.0}, outputs=["IL-6"])
