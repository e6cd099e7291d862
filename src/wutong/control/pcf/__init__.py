"""Door: FHIR Consent <-> flow, the Consent Registry of IHE PCF (Privacy Consent on FHIR)."""
