"""FHIR resources in PostgreSQL. Every function takes the gate's `Opened` first."""
