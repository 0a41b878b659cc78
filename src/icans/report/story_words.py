"""Numbers, shares and lengths of time of a simulation page, as a reader says them."""

from __future__ import annotations

import numpy as np

_LEAST = 5e-7


def number_words(value: float, digits: int = 3) -> str:
    """A number with so many digits that count, never in powers of ten: 1,390; 44; 0.51."""
    if not np.isfinite(value) or abs(value) < _LEAST:
        return "0" if np.isfinite(value) else f"{value:g}"
    rounded = float(f"{value:.{digits - 1}e}")
    decimals = max(digits - 1 - int(np.floor(np.log10(abs(rounded)))), 0)
    return f"{rounded:,.{min(decimals, 6)}f}".replace("-", "−")


def short(value: float) -> str:
    """A number of three digits and two decimals at most, without zeros at its end: 0.2, 5, 36.7."""
    words = number_words(round(value, 2))
    return words.rstrip("0").rstrip(".") if "." in words else words


def percent(share: float) -> str:
    """A share of 0 to 1: 9.1%, 36%, 0.54%; what is less than a thousandth: under 0.1%."""
    return f"{number_words(100 * share, 2)}%" if share >= 0.001 else "under 0.1%"


def lasting(days: float) -> str:
    """How long: `4.7 days`, `9 h`, `48 min`."""
    if days >= 1 or days <= 0:
        return f"{number_words(days, 2)} days"
    minutes = max(round(days * 1440), 1)
    return f"{minutes} min" if minutes < 60 else f"{short(round(minutes / 60, 1))} h"
