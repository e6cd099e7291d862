"""Asks the record plane for a chart, over FHIR, with the user's own token."""
