"""Whether the person of a chart can be the one whom the ward has under the same number, which alone is not enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from icans.store import entries
from icans.web.openid.refusal import Refusal

_YEARS_APART = 1
"""Whole years by which the ages may differ: an age by hand may be that of another day. Our choice."""
_INFUSIONS_APART = timedelta(days=1)
"""An infusion by hand may have the time of its order or of its end. Our choice."""
_TELLING = frozenset(("age", "infusion"))
"""Facts by which people can be told apart; a sex that fits says little. Our choice."""


def check_same(db: Connection, patient_id: str, facts: Sequence[Mapping[str, Any]]) -> None:
    """Raises Refusal (409) where sex, age or infusion contradict what the ward knows, or neither of the last two is
    known to both, so that nobody can say.

    facts  entries of the chart
    """
    here = {row["item"]: row for row in db.execute(entries.current(patient_id)).mappings() if row["kind"] == "fact"}
    there = {row["item"]: row for row in facts}
    both = [item for item in ("sex", "age", "infusion") if item in here and item in there]
    apart = ", ".join(item for item in both if _differ(item, here[item], there[item]))
    if apart:
        raise Refusal(
            409, f"A patient with this number is on the ward already, and the chart says something else of: {apart}.",
            "Nothing was taken. Look whether it is the same person. If so, correct what is wrong on the ward, "
            "then open the app out of the chart again.",
            why=f"contradicts: {apart}",
        )  # fmt: skip
    if not _TELLING & set(both):
        raise Refusal(
            409, "A patient with this number is on the ward already, but nothing tells whether it is the same person.",
            "Nothing was taken. Enter age or infusion of the patient on the ward, "
            "then open the app out of the chart again.",
            why="nothing to compare",
        )  # fmt: skip


def _differ(item: str, here: Mapping[Any, Any], there: Mapping[str, Any]) -> bool:
    if item == "age":
        return abs(int(here["value"]) - int(there["value"])) > _YEARS_APART
    if item == "infusion":
        return abs(datetime.fromisoformat(here["text"]) - datetime.fromisoformat(there["text"])) > _INFUSIONS_APART
    return here["text"] != there["text"]
