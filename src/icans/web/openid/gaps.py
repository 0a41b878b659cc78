"""What a chart that came in part leaves open: nothing taken earlier is changed that rests on what lacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from icans.record.fhir.codes import code_data
from icans.web.openid.chart import Chart

Json = dict[str, Any]

_GIVEN = "MedicationAdministration"
_INFUSION = frozenset((_GIVEN, "Medication", "Procedure"))
_SEEN = frozenset(("Observation", "QuestionnaireResponse"))
_EVERYTHING = _INFUSION | _SEEN | {"Condition"}
_RESTS_ON: Mapping[str, frozenset[str]] = {
    "product": _INFUSION,
    "infusion": _INFUSION,
    "weight": _INFUSION | _SEEN,
    "height": _INFUSION | _SEEN,
    "developmental_delay": _EVERYTHING,
}
"""Fact -> the kinds from which the record room derives it; a weight is that nearest to the infusion. Sex and label
stand in the Patient alone."""


@dataclass(frozen=True)
class Gaps:
    """facts, resources: those of which what was taken earlier is neither corrected nor taken back."""

    facts: frozenset[str] = frozenset()
    resources: frozenset[str] = frozenset()

    def hold(self, resource: str, change: Mapping[str, Any]) -> bool:
        """Whether a change to what was taken earlier must wait for a whole chart."""
        return resource in self.resources or (change["kind"] == "fact" and change["item"] in self.facts)


WHOLE = Gaps()


def gaps(chart: Chart, infusion: bool) -> Gaps:
    """What cannot be told from a chart. infusion: whether it says when that was; else age is that when first seen."""
    unnamed = frozenset(_unnamed(chart))
    wanting = {*chart.lacking, *chart.cut, *chart.strange} - {"Medication"}
    wanting |= {"Medication"} if unnamed else set()
    rests_on = {**_RESTS_ON, "age": _INFUSION if infusion else _EVERYTHING}
    facts = frozenset(fact for fact, kinds in rests_on.items() if kinds & wanting)
    return Gaps(facts, unnamed | frozenset(_sets(chart)))


def _unnamed(chart: Chart) -> Iterator[str]:
    """Administrations whose drug stands in a Medication that is not here. One that is void needs no drug to be void."""
    known = {r["id"] for r in chart.resources if r["resourceType"] == "Medication"}
    void = code_data()["left_out"][_GIVEN]
    for one in chart.resources:
        if one["resourceType"] == _GIVEN and one.get("status") not in void and _points_away(one, known):
            yield f"{_GIVEN}/{one['id']}"


def _points_away(one: Json, known: set[str]) -> bool:
    reference = one.get("medicationReference")
    target = reference.get("reference") if isinstance(reference, dict) else None
    if "medicationCodeableConcept" in one or not isinstance(target, str) or target.startswith("#"):
        return False
    return target.split("/_history/")[0].rpartition("/")[2] not in known


def _sets(chart: Chart) -> Iterator[str]:
    """Conditions that last together make one value, so that some of them alone do not."""
    if {"Condition"} & {*chart.cut, *chart.strange}:
        yield from (f"Condition/{r['id']}" for r in chart.resources if r["resourceType"] == "Condition")
