"""The arithmetic of diagnostic numbers: proportions with their interval, likelihood ratios, a posterior.

Nothing here knows a marker. What cannot be computed is None, with the words why.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

_Z = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True)
class Proportion:
    """A share of patients, 0 to 1.

    count, of  the patients behind it; None where they are not known
    low, high  the 95 % interval of Wilson; None where the number of patients is not known: none is made up
    """

    value: float
    count: int | None = None
    of: int | None = None
    low: float | None = None
    high: float | None = None

    @property
    def words(self) -> str:
        """'9 of 11, 82 % (95 % interval 52 to 95 %)'; '100 % (no interval)' without a number of patients."""
        if self.count is None or self.of is None or self.low is None or self.high is None:
            return f"{percent(self.value)} (no interval)"
        return (
            f"{self.count} of {self.of}, {percent(self.value)} "
            f"(95 % interval {100 * self.low:.0f} to {percent(self.high)})"
        )


def percent(value: float) -> str:
    """0.174 as '17 %'; one decimal below 10 %, so that a small probability does not read as none."""
    return f"{100 * value:.2g} %" if value < 0.1 else f"{100 * value:.0f} %"


def counted(count: int, of: int) -> Proportion:
    """`count` of `of` patients with the interval of Wilson. Raises ValueError where it is no part of a whole."""
    if of < 1 or not 0 <= count <= of:
        raise ValueError("a proportion is a count from 0 to the number of patients, which is 1 or more")
    low, high = wilson(count, of)
    return Proportion(count / of, count, of, low, high)


def wilson(count: int, of: int) -> tuple[float, float]:
    """The 95 % interval of Wilson of a proportion (Wilson 1927): usable for few patients and for 0 or all of them."""
    share, z2 = count / of, _Z * _Z
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z / (1 + z2 / of) * sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True)
class Ratios:
    """The likelihood ratios of a test, with the arithmetic in words.

    positive, negative  as they are used: bounded by the cap and the floor; None where they cannot be computed
    """

    positive: float | None
    negative: float | None
    positive_words: str
    negative_words: str


def ratios(sensitivity: float, specificity: float, *, cap: float, floor: float) -> Ratios:
    """LR+ = sensitivity / (1 - specificity) and LR- = (1 - sensitivity) / specificity.

    sensitivity, specificity  shares from 0 to 1
    cap    the largest LR+ that a single study is believed; floor: the smallest LR-
    """
    positive, plus = _positive(sensitivity, specificity, cap)
    negative, minus = _negative(sensitivity, specificity, floor)
    return Ratios(positive, negative, plus, minus)


def _positive(sensitivity: float, specificity: float, cap: float) -> tuple[float | None, str]:
    if specificity >= 1:
        return None, "LR+ cannot be computed: with a specificity of 100 % it would be divided by 0"
    raw = sensitivity / (1 - specificity)
    words = f"LR+ = sensitivity / (1 − specificity) = {sensitivity:g} / (1 − {specificity:g}) = {raw:.1f}"
    return min(raw, cap), words + (f", capped at {cap:g} (one study)" if raw > cap else "")


def _negative(sensitivity: float, specificity: float, floor: float) -> tuple[float | None, str]:
    if specificity <= 0:
        return None, "LR− cannot be computed: with a specificity of 0 it would be divided by 0"
    raw = (1 - sensitivity) / specificity
    words = f"LR− = (1 − sensitivity) / specificity = (1 − {sensitivity:g}) / {specificity:g} = {raw:.3g}"
    return max(raw, floor), words + (f", not below {floor:g} (small sample)" if raw < floor else "")


def updated(prior: float, ratio: float) -> float:
    """The posterior of a prior above 0 and a likelihood ratio above 0: 1 / (1 + (1 - p) / p / LR)."""
    return 1 / (1 + (1 - prior) / prior / ratio)
