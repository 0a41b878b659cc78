"""The oxygen a patient needs: from the saturation on room air to the least support that holds it.

The lungs are described by one number, P/F, the oxygen pressure in arterial blood over the inspired fraction. It
follows from the saturation on room air, and so falls with the water in the lungs as that does; it is assumed to stay
as it is when the inspired fraction is raised. Numbers and sources: `observations.yaml`, oxygen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from icans.mechanism.bedside.observation_models import oxygen


@dataclass(frozen=True)
class Support:
    """What a patient breathes.

    flow        L/min; None on room air
    fio2        inspired oxygen fraction, 0 to 1
    saturation  on this support, %
    """

    device: str
    flow: float | None
    fio2: float
    saturation: float

    @property
    def s_f(self) -> float:
        """S/F, the saturation in % over the inspired fraction: 476 for 100 % on room air."""
        return self.saturation / self.fio2


def support(room_air: float) -> Support:
    """The least support on which the saturation reaches the target, or the most there is.

    room_air  saturation on room air, %, between 0 and 100
    """
    ladder = oxygen()["ladder"]
    ratio = pressure(room_air) / float(ladder[0]["fio2"])
    found: Support | None = None
    for step in ladder:
        fio2 = float(step["fio2"])
        held = room_air if found is None else saturation(ratio * fio2)
        found = Support(step["device"], step.get("flow"), fio2, held)
        if held >= oxygen()["target"]["value"]:
            break
    assert found is not None
    return found


def saturation(pressure: float) -> float:
    """Oxygen saturation in % at an oxygen pressure in mmHg. Source: Severinghaus 1979, from memory."""
    curve = oxygen()["curve"]
    return 100.0 / (1.0 + curve["cubic"] / (pressure**3 + curve["linear"] * pressure))


def pressure(saturation: float) -> float:
    """The oxygen pressure in mmHg at a saturation in %: `saturation` turned round. 100 % counts as 99.9 %."""
    curve = oxygen()["curve"]
    part = min(saturation, 99.9) / 100.0
    half = curve["cubic"] * part / (1.0 - part) / 2.0
    # p^3 + b p = 2 h has one real root, by Cardano.
    root = float(np.sqrt(half**2 + (curve["linear"] / 3.0) ** 3))
    return float(np.cbrt(half + root) + np.cbrt(half - root))
