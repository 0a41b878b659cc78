"""How sure a rate is."""

from __future__ import annotations

import math

from scipy.special import ndtri

LEVEL = 0.95
"""The level of confidence of the intervals."""


def wilson(count: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a proportion: `count` among `of`, which is above 0.

    It stays inside 0 to 1 and is right at 0 and `of` too. Source: Wilson 1927, J Am Stat Assoc 22:209.
    """
    z = float(ndtri(0.5 + LEVEL / 2))
    share, spread = count / of, z * z / of
    middle = share + spread / 2
    reach = z * math.sqrt(share * (1 - share) / of + spread / (4 * of))
    low, high = (middle - reach) / (1 + spread), (middle + reach) / (1 + spread)
    return (0.0 if count == 0 else low), (1.0 if count == of else high)
