"""The reasons of an action in words: what each rule says, and the inputs that speak for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from icans.guidance.advice import Advised, Reason
from icans.record.catalogue import catalogue
from icans.report.words import capital

_NEGATIVE = ("no", "none", "room air", "awake")
_BACKGROUND = ("age", "weight", "car_t_product")
"""What is asked for only to read something else by."""


def behind(advised: Advised) -> tuple[Reason, ...]:
    """The rules that surely tell it; where none of them surely does, all that may."""
    return tuple(r for r in advised.reasons if r.certain) or advised.reasons


def because(reasons: Iterable[Reason], does: str) -> Iterator[str]:
    """What each rule says and the inputs it was judged by; what was told is not told again."""
    seen: set[tuple[str, str]] = set()
    for reason in reasons:
        inputs = speaking(reason.inputs)
        told = "; ".join(f"{label} {words}" for label, words in inputs.items() if (label, words) not in seen)
        seen |= set(inputs.items())
        says = capital(reason.says).rstrip(".")
        if says.lower() == does.lower().rstrip("."):
            says = "Told for"
        yield f"{says}: {told}." if told else f"{says}."


def speaking(inputs: Mapping[str, str]) -> dict[str, str]:
    """The inputs that speak for a rule, findings first; those that say no only where there are no others."""
    others = {label: words for label, words in inputs.items() if not _says_no(words)}
    return dict(sorted((others or inputs).items(), key=_place))


def _says_no(words: str) -> bool:
    number, _, unit = words.partition(" ")
    return words in _NEGATIVE or (number == "0" and not unit.startswith("to "))


def _place(one: tuple[str, str]) -> int:
    """A finding that is there, then what was measured, then what is only read along; each in the order of the rule."""
    label, words = one
    if label in (catalogue()[name].label for name in _BACKGROUND):
        return 2
    return 0 if words == "yes" else 1
