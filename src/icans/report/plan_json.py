"""A monitoring plan as JSON, for other programs.

The keys, always in this order; times are ISO 8601 in UTC, days count from the infusion, null is not known:

    format      "icans plan 1"
    product, product_label, infusion, on, jurisdiction, inpatient, crs, icans
    timing      [{product, population, target, costimulation, figures: [{of, what, low, high, range, cited}]}]
    windows     [{id, toxicity, label, first_day, last_day, start, end, peak, watch, cited}]
    checks      [{id, label, short, spans: [{first_day, last_day, start, end, kind, every, words, sure, cited}],
                  by_grade: {before, 0, 1, 2, 3: words}, items, alarm, note}]
    rules       [{id, what, label, last_day, until, words, extended, cited}]
    notes       [words]

cited: {source, where, mark, convention}. every: [shortest, longest] in hours.
"""

from __future__ import annotations

from dataclasses import asdict

import orjson

from icans.guidance.monitoring.answer import Plan
from icans.report.as_json import plain

FORMAT = "icans plan 1"


def plan_json(plan: Plan) -> bytes:
    """The plan as UTF-8 JSON, indented, as described above."""
    whole = plain({"format": FORMAT, **asdict(plan)})
    return orjson.dumps(whole, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
