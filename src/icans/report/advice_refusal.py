"""Why tocilizumab is not to be given, and until when, in a few words: off the rules that forbid it."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from icans.guidance import library
from icans.guidance.advice import Advice, Reason
from icans.guidance.guideline import Guideline, Rule
from icans.guidance.truth import truths
from icans.guidance.vocabulary import label_of
from icans.report.words import hour
from icans.rules.expression import Compare, Node, Number, Quantity, walk

NOT_BEFORE = "not before"
"""How a refusal begins that ends at a time."""
_CODE = "TOCI"
_SINCE, _IN_ALL, _IN_A_DAY = "hours_since_last_toci", "toci_doses_total", "toci_doses_24h"


def refusal(advice: Advice) -> str:
    """`not before 20:00 UTC, 8 h after the last dose`; where several rules may forbid it, each; '' where none does."""
    bans = [a for a in advice.actions if a.strength == "MUST_NOT" and a.code.startswith(_CODE)]
    reasons = [r for a in bans for r in a.reasons if r.certain] or [r for a in bans for r in a.reasons]
    return ", or ".join(dict.fromkeys(_why(reason, advice) for reason in reasons))


def _why(reason: Reason, advice: Advice) -> str:
    if list(reason.inputs) == [label_of("crs")]:
        return "no CRS"
    found = _rule(reason.rule, advice)
    if found is not None and label_of(_SINCE) in reason.inputs:
        return _too_early(reason, found[0], advice.now)
    if found is not None and label_of(_IN_A_DAY) in reason.inputs:
        return _cap(reason, *found)
    return reason.says.rstrip(".")


def _rule(name: str, advice: Advice) -> tuple[Rule, Guideline] | None:
    """The rule of a reason as the guideline has it; None for a guideline that is not in the library."""
    if advice.guideline not in library.names():
        return None
    guideline = library.guideline(advice.guideline)
    return next(((rule, guideline) for rule in guideline.every_rule() if rule.id == name), None)


def _too_early(reason: Reason, rule: Rule, now: datetime) -> str:
    """The moment the interval of the rule is over."""
    since = _number(reason, _SINCE)
    nodes = walk(rule.when) if rule.when is not None else ()
    interval = next((hours for node in nodes if (hours := _limit(node)) is not None), None)
    if since is None or interval is None:
        return reason.says.rstrip(".")
    # The hours come rounded in words: to the minute they are what was recorded.
    minutes = round((interval - since) * 60)
    return f"{NOT_BEFORE} {hour(now + timedelta(minutes=minutes), now)}, {interval:g} h after the last dose"


def _limit(node: Node) -> float | None:
    """The hours of `hours_since_last_toci < hours`."""
    if not isinstance(node, Compare) or node.operator != "<":
        return None
    left, right = node.left, node.right
    asked = isinstance(left, Quantity) and left.term.name == _SINCE
    return right.value if asked and isinstance(right, Number) else None


def _cap(reason: Reason, rule: Rule, guideline: Guideline) -> str:
    """Which cap is reached: that of all doses stays, that of a day does not."""
    in_all, in_a_day = _number(reason, _IN_ALL), _number(reason, _IN_A_DAY)
    if in_all is None or rule.when is None:
        return f"cap reached, {reason.says.rstrip('.')}"
    without = pl.DataFrame({_IN_ALL: [in_all], _IN_A_DAY: [0.0]})
    if truths(without, {"cap": rule.when}, guideline.definitions)["cap"]:
        return f"cap reached, {in_all:g} doses in all were given: no further dose"
    return f"cap reached, {in_a_day:g} doses in the last 24 h: not before the first of them is 24 h back"


def _number(reason: Reason, item: str) -> float | None:
    """The number that a reason names of an item, which it has in words with its unit."""
    words = reason.inputs.get(label_of(item), "").split()
    return float(words[0]) if words else None
