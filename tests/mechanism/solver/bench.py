"""A model made of small problems whose solutions are known; parameters switch the difficult ones on."""

from __future__ import annotations

import numpy as np

from mechanism.kernels import made

BENCH = """
model bench
  // Logistic growth: 1/(1 + (1/g0 - 1) exp(-t)).
  g0 = 0.1; g = g0; g' = g*(1 - g)

  // A circle: cos t, -sin t, times u0.
  u0 = 1; u = u0; v = 0; u' = v; v' = -u

  // Time in the equation: w0 exp(-sin t).
  w0 = 1; w = w0; w' = -w*cos(time)

  // Kaps: exp(-2t), exp(-t) for any stiffness 1/eps.
  eps = 1; y1 = 1; y2 = 1
  y1' = -(1/eps + 2)*y1 + y2^2/eps
  y2' = y1 - y2*(1 + y2)

  // A drug: absorbed from a depot, or infused, and eliminated.
  ka = 2; ke = 0.5; V = 4; depot = 0; central = 0; var in_central = 0
  depot' = -ka*depot
  central' = ka*depot + in_central - ke*central
  concentration := central/V

  // Robertson's reactions, if on is 1.
  on = 0; r1 = 1; r2 = 0; r3 = 0
  slow := on*0.04*r1; fast := on*1e4*r2*r3; faster := on*3e7*r2^2
  r1' = -slow + fast
  r2' = slow - fast - faster
  r3' = faster

  // Without end at t = 1/blow: 1/(1 - blow t).
  blow = 0; q = 1; q' = blow*q^2
  high := piecewise(1, q > 5, 0); always := 3
end
"""
QUIET = {"g0": 0.0, "u0": 0.0, "w0": 0.0}
"""Parameters with which only Kaps's problem, the drug and what is switched on move."""


def bench():
    return made(BENCH)


def absorbed(t: np.ndarray, dose: float, at: float, ka: float = 2.0, ke: float = 0.5) -> np.ndarray:
    """The amount in the blood after a dose into the depot: dose ka/(ka - ke) (exp(-ke t) - exp(-ka t))."""
    after = np.maximum(np.asarray(t) - at, 0.0)
    return dose * ka / (ka - ke) * (np.exp(-ke * after) - np.exp(-ka * after))


def given(t: np.ndarray, dose: float, at: float, ke: float = 0.5) -> np.ndarray:
    """The amount in the blood after a dose into it; just before the dose at its own time."""
    after = np.asarray(t) - at
    return np.where(after > 0, dose * np.exp(-ke * np.maximum(after, 0.0)), 0.0)


def infused(t: np.ndarray, rate: float, start: float, end: float, ke: float = 0.5) -> np.ndarray:
    """The amount in the blood by an infusion: rate/ke (1 - exp(-ke t)) while it runs."""
    t = np.asarray(t)
    running = np.clip(t - start, 0.0, end - start)
    return rate / ke * (1 - np.exp(-ke * running)) * np.exp(-ke * np.maximum(t - end, 0.0))
