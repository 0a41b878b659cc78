"""The FHIR R4 service: resources in and out of the store, searches, transactions, grades, the audit log."""
