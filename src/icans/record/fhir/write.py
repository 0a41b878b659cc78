"""Write the record of one patient as a FHIR R4 Bundle that `read_fhir` reads back to the same record."""

from __future__ import annotations

from icans.errors import DataError
from icans.record.fhir.resource_of import Json, administration, infusion, observation, patient
from icans.record.record import Records

BASE = "http://example.org/fhir"
_PATIENT = "patient"


def write_bundle(records: Records) -> Json:
    """The record of one patient as a Bundle of type collection, ready for JSON.

    Read back, it gives the same observations, therapies and facts; only `source` names the new resources, and
    a fact that is not known may be filled from an observation (weight, height). Of several rows with one item
    and time only one comes back. Raises DataError unless `records` holds exactly one patient.
    """
    if records.patients.height != 1:
        raise DataError(f"A Bundle holds the record of one patient; there are {records.patients.height}.")
    who = records.patients.row(0, named=True)
    seen = enumerate(records.observations.iter_rows(named=True), start=1)
    given = enumerate(records.therapies.iter_rows(named=True), start=1)
    resources = [patient(who, _PATIENT)]
    if who["infusion"] is not None:
        resources.append(infusion(who, "infusion", _PATIENT))
    resources += [observation(row, f"observation-{number}", _PATIENT) for number, row in seen]
    resources += [administration(row, f"medication-{number}", _PATIENT) for number, row in given]
    entries = [{"fullUrl": f"{BASE}/{r['resourceType']}/{r['id']}", "resource": r} for r in resources]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}
