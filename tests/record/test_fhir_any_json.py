"""Whatever the JSON of a resource holds, reading ends with a record or a DataError, never with a crash."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from fhir_made import PATIENT, SNOMED, concept, condition, drug, observation, procedure, quantity
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from icans.errors import DataError
from icans.record.fhir import read_fhir

WHOLE: list[dict[str, Any]] = [
    PATIENT | {"identifier": [{"system": "urn:mrn", "value": "7"}], "meta": {"profile": ["x"]}},
    observation(
        "59408-5",
        id="o",
        meta={"lastUpdated": "2025-03-04T08:00:00Z"},
        valueQuantity=quantity(93, "%"),
        component=[{"code": concept("3151-8"), "valueQuantity": quantity(6, "L/min")}],
        device={"reference": "Device/d"},
        referenceRange=[{"high": quantity(100, "%")}],
        extension=[{"url": "urn:icans:attribution", "valueString": "sepsis"}],
    ),
    {
        "resourceType": "Device",
        "id": "d",
        "type": concept("336623009", SNOMED),
        "deviceName": [{"name": "x"}],
    },
    drug("")
    | {
        "contained": [{"resourceType": "Medication", "id": "x", "code": {"text": "Siltuximab"}}],
        "medicationReference": {"reference": "#x"},
        "medicationCodeableConcept": None,
        "dosage": {"rateRatio": {"numerator": quantity(8, "mg"), "denominator": quantity(2, "h")}},
    },
    condition({"text": "Papilledema"}, abatementDateTime="2025-03-09"),
    procedure({"text": "Intubation"}, performedPeriod={"start": "2025-03-04", "end": "2025-03-05"}),
    {
        "resourceType": "QuestionnaireResponse",
        "subject": {"reference": "Patient/p1"},
        "authored": "2025-03-07T08:00:00Z",
        "item": [{"linkId": "ice", "item": [{"linkId": "ice_naming", "answer": [{"valueInteger": 2}]}]}],
    },
    {"resourceType": "Encounter", "hospitalization": {"dischargeDisposition": {"text": "died"}}},
]
BUNDLE = {
    "resourceType": "Bundle",
    "type": "searchset",
    "link": [{"relation": "next"}],
    "entry": [{"fullUrl": f"http://example.org/{n}", "resource": resource} for n, resource in enumerate(WHOLE)],
}
LEAVES = st.sampled_from([None, True, 0, -1, 1e308, 3.5, "", "x", "9999-12-31T23:59:59-14:00", "0001", [], {}, [[]]])


def places(node: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) in a JSON value."""
    keys = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    return [place for key in keys for place in ((node, key), *places(node[key]))]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_json_crashes_the_reader(data: st.DataObject, tmp_path: Path):
    bundle = copy.deepcopy(BUNDLE)
    for _ in range(data.draw(st.integers(1, 3))):
        container, key = data.draw(st.sampled_from(places(bundle)))
        container[key] = copy.deepcopy(data.draw(LEAVES))
    path = tmp_path / "any.json"
    path.write_text(json.dumps(bundle))
    with suppress(DataError):
        read_fhir(path, keep_going=True)


def test_the_whole_bundle_is_understood(tmp_path: Path):
    path = tmp_path / "whole.json"
    path.write_text(json.dumps(BUNDLE))
    log = read_fhir(path).log
    assert log.used["MedicationAdministration siltuximab"] == 1
    assert log.used["QuestionnaireResponse ice_naming"] == 1
    assert not any("mistake" in reason for reason in log.skipped)
