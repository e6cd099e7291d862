"""The door for FHIR R4 over HTTP: one file per interaction; it translates and holds no rule."""
