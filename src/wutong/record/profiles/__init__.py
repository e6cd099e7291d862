"""Is this resource valid? Structure, types, formats, cardinality, required codes, safe narrative of FHIR R4; pure.

Compiled from the official definitions. The base specification's invariants (FHIRPath) will join `rules.py`.
"""

from wutong.record.profiles.check import check
from wutong.record.profiles.issues import MOST_ISSUES, Issue
from wutong.record.profiles.references import patient_references, references

__all__ = ["MOST_ISSUES", "Issue", "check", "patient_references", "references"]
