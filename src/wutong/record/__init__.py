"""The record plane: FHIR over HTTP, lean and async. It never imports the people plane, nor Django."""
