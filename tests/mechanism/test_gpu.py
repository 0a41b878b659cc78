"""A graphics card gives what the processor gives: on Numba's simulator of one, and on a card where there is one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from icans.errors import DataError
from icans.mechanism.compiler import cuda_layout
from icans.mechanism.simulation import gpu
from icans.mechanism.simulation.model_loading import load
from icans.mechanism.simulation.patients import Simulation
from icans.mechanism.treatment.regimen import Dose
from mechanism.compiler.test_kernel import EVERY_OPERATION
from mechanism.kernels import icans, made
from mechanism.simulated_card import Asked, Found, on_simulated_card, simulated
from mechanism.solver.bench import BENCH, QUIET, absorbed, bench

pytest.importorskip("numba.cuda", reason="this Numba has no simulator of a card")

DAYS = np.linspace(0.0, 4.0, 9)
DOSED = Asked(
    BENCH,
    # Stiff ones, and one who fails at day 1/0.45.
    QUIET | {"u0": [1.0, 0.0, 2.0, 0.0, 1.0], "eps": [1.0, 1e-6, 1.0, 1e-2, 1.0], "blow": [0.0, 0.0, 0.0, 0.45, 0.0]},
    stops=(4.0,),
    times=DAYS.tolist(),
    outputs=("depot", "concentration", "y1", "u", "in_central", "q", "central"),
    doses=(Dose(1.0, "depot", 8.0), Dose(1.5, "in_central", 6.0), Dose(3.0, "in_central", -6.0)),
)
TREATED = Asked(
    "",
    {"burden": [25.0, 400.0], "NE": [0.0, 0.1]},
    stops=(2.0,),
    times=(0.0, 0.7, 2.0),
    outputs=("IL6", "P", "ICE", "Temp", "MAP", "EEG_frequency"),
    doses=(Dose(0.5, "toc1", 640.0), Dose(1.0, "in_dex", 40.0)),
)


@pytest.fixture(scope="module")
def card() -> Found:
    return on_simulated_card(DOSED)


@pytest.fixture(scope="module")
def processor() -> Found:
    bench()
    return simulated(DOSED, "cpu")


def assert_alike(card: Found, processor: Found) -> None:
    """exp and log of card and processor differ in the last place, and steps a little longer or shorter follow."""
    for one, other in ((card.values, processor.values), (card.states, processor.states)):
        np.testing.assert_array_equal(np.isnan(one), np.isnan(other))
        largest = np.nanmax(np.abs(other).reshape(-1, other.shape[-1]), axis=0)
        assert np.nanmax(np.abs(one - other) / np.where(largest > 0, largest, 1.0)) < 1e-9
    assert card.failures == processor.failures
    assert np.abs(card.steps - processor.steps).max() <= 1


def test_a_card_gives_what_the_processor_gives(card, processor):
    assert_alike(card, processor)


def test_a_card_gives_what_the_processor_gives_for_the_model_of_this_package():
    icans()
    assert_alike(on_simulated_card(TREATED), simulated(TREATED, "cpu"))


def test_every_operation_on_a_card():
    """On a short way: this made-up model leaves the numbers on which its roots and logarithms are defined."""
    names = ("x", "y", "z", "a", "b", "c", "d", "e", "f", "level")
    asked = Asked(EVERY_OPERATION, {"k": [0.7, 2.0]}, (0.01,), (0.0, 0.005, 0.01), names, [Dose(0.005, "level", 0.3)])
    made(EVERY_OPERATION)
    assert_alike(on_simulated_card(asked), simulated(asked, "cpu"))


def test_doses_on_a_card_follow_their_formulas(card):
    """Within 1e-4 of the maximum: an amount in a depot, and 6/d infused from 1.5 to 3 days beside what is absorbed."""
    depot = np.where(DAYS > 1.0, 8.0 * np.exp(-2.0 * np.maximum(DAYS - 1.0, 0.0)), 0.0)
    infused = 12.0 * (-np.expm1(-0.5 * np.maximum(DAYS - 1.5, 0.0)) + np.expm1(-0.5 * np.maximum(DAYS - 3.0, 0.0)))
    central = absorbed(DAYS, 8.0, at=1.0) + infused
    for patient in (0, 1, 2, 4):
        np.testing.assert_allclose(card.values[patient, :, 0], depot, atol=8e-4)
        np.testing.assert_allclose(card.values[patient, :, 1], central / 4.0, atol=1e-4 * central.max() / 4.0)


def test_a_patient_who_fails_on_a_card_is_named_and_the_others_go_on(card):
    (failure,) = card.failures
    assert failure.startswith("patient 3 at day 2.22222: ")
    assert failure.endswith("the state that failed is q")
    assert np.isfinite(card.values[3, DAYS < 2.2]).all()
    assert np.isnan(card.values[3, DAYS > 2.3]).all()
    assert np.isfinite(card.values[[0, 1, 2, 4]]).all()


@pytest.mark.parametrize("chunk", [1, 2])
def test_chunks_do_not_matter_on_a_card(card, chunk):
    found = on_simulated_card(replace(DOSED, chunk=chunk))
    np.testing.assert_array_equal(found.values, card.values)
    np.testing.assert_array_equal(found.states, card.states)
    assert found.failures == card.failures
    assert found.progress == [(min(done + chunk, 5), 5) for done in range(0, 5, chunk)]


def test_stopping_and_going_on_on_a_card(processor):
    """Without outputs up to the first stop, as for the steady start."""
    later = DAYS[DAYS >= 2.5]
    found = on_simulated_card(replace(DOSED, stops=(2.5, 4.0), times=later.tolist()))
    kept = [0, 1, 2, 4]
    largest = np.abs(processor.values[kept]).max(axis=(0, 1))
    error = np.abs(found.values[kept] - processor.values[kept][:, DAYS >= 2.5]) / np.where(largest > 0, largest, 1.0)
    assert error.max() < 1e-4


def test_a_model_too_large_for_the_memory_beside_the_threads(card, tmp_path, monkeypatch):
    monkeypatch.setenv("ICANS_CACHE", str(tmp_path))  # so that the text is made anew
    found = on_simulated_card(replace(DOSED, beside=0))
    (text,) = tmp_path.glob("cuda-*/cuda.py")
    assert "S[" not in text.read_text()
    np.testing.assert_array_equal(found.values, card.values)


def test_what_fits_beside_the_threads():
    """Two rows of 32 numbers of 8 bytes for each state: 96 states fill the 48 KiB that every card grants."""
    assert 96 * 2 * 32 * 8 == 48 * 1024
    assert cuda_layout.near_blocks(96) == {"STAGE", "SLOPE"}
    assert cuda_layout.near_blocks(97) == set()


def test_lines_of_the_model_come_just_before_they_are_needed():
    written = (
        "@compiled\ndef rates(W):\n    for lane in range(LANES):\n"
        "        x0 = W[0 + lane]\n        x1 = W[32 + lane]\n        v0 = (x1 * x1)\n        v1 = (v0 + x0)\n"
        "        W[64 + lane] = v0\n        W[96 + lane] = (v1 * v0)\n"
    )
    assert cuda_layout.for_threads(written, set(), 2) == (
        "@compiled\ndef rates(W):\n    apart()\n    for lane in range(1):\n"
        "        x1 = W[32 + lane]\n        v0 = (x1 * x1)\n        W[64 + lane] = v0\n"
        "        x0 = W[0 + lane]\n        v1 = (v0 + x0)\n        W[96 + lane] = (v1 * v0)\n"
    )


def test_loops_over_states_take_six_at_once():
    """14 states: two rounds of six, and two states after them."""
    written = "@compiled\ndef f(W):\n    for q in range(STATES * LANES):\n        W[K1 + q] = W[STAGE + q]\n"
    text = cuda_layout.for_threads(written, {"STAGE"}, 14)
    lanes = 32
    W, S = {}, {q: float(q) for q in range(14 * lanes)}
    body = text.split("threadIdx.x :]\n")[1]
    exec("if True:\n" + body, {"W": W, "S": S, "K1": 7, "STAGE": 0, "LANES": lanes})
    assert {7 + q: float(q) for q in range(0, 14 * lanes, lanes)} == W
    assert body.count("S[STAGE") == 6 + 2


def test_without_a_card(monkeypatch):
    monkeypatch.setattr(gpu, "available", lambda: False)
    with pytest.raises(DataError, match=r"no graphics card was found.*pip install 'icans\[gpu\]'"):
        Simulation(load(), {}, device="gpu")
    assert not gpu.on_gpu("auto", 10**6)
    assert not Simulation(load(), {}, device="auto").on_gpu


def test_with_a_card_many_patients_go_to_it(monkeypatch):
    monkeypatch.setattr(gpu, "available", lambda: True)
    assert [gpu.on_gpu("auto", n) for n in (1, gpu.MANY - 1, gpu.MANY)] == [False, False, True]
    assert not gpu.on_gpu("cpu", 10**6)


def test_a_device_that_nobody_knows():
    with pytest.raises(DataError, match="there is no device 'gpus'; did you mean gpu"):
        gpu.on_gpu("gpus", 1)


@pytest.mark.skipif(not gpu.available(), reason="no graphics card here")
@pytest.mark.parametrize("asked", [DOSED, TREATED])
def test_on_a_card_that_is_there(asked, processor):
    icans()
    assert_alike(simulated(asked, "gpu"), processor if asked is DOSED else simulated(asked, "cpu"))
