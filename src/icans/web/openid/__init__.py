"""Sign-in by an OpenID provider, and the launch out of a record system (SMART on FHIR)."""
