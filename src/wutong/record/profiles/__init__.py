"""Is this resource valid? Structure, types, formats, cardinality, required codes of FHIR R4; pure.

Compiled from the official definitions. The base specification's invariants (FHIRPath) come later, in a module beside.
"""

from wutong.record.profiles.check import Issue, check
from wutong.record.profiles.references import patient_references, references

__all__ = ["Issue", "check", "patient_references", "references"]
