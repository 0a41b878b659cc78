"""exp and log on a graphics card, with the same ends as the processor's; see `compiler.elementary`."""

from __future__ import annotations

import math

from icans.mechanism.solver.model_functions import compiled


@compiled
def exp(x: float) -> float:
    """e**x; 0 below -700, infinite above 709."""
    return 0.0 if x < -700.0 else (math.inf if x > 709.0 else math.exp(x))


@compiled
def log(x: float) -> float:
    """ln x for x > 0; not a number for 0 and below."""
    value = math.log(x if x > 0.0 else 1.0)
    return value if x > 0.0 else math.nan
