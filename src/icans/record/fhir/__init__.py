"""FHIR R4: read a record from bundles, resources or bulk data, and write one as a Bundle."""

from icans.record.fhir.reader import read_fhir, read_resources
from icans.record.fhir.write import write_bundle

__all__ = ["read_fhir", "read_resources", "write_bundle"]
