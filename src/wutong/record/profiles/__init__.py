"""Is this resource valid? Structure, types, formats, cardinality, codes, narrative, constraints of FHIR R4; pure.

Compiled from the official definitions.
"""

from wutong.record.profiles.addresses import addresses
from wutong.record.profiles.check import check
from wutong.record.profiles.issues import MOST_ISSUES, Issue
from wutong.record.profiles.references import patient_references, place_of, places_of, references

__all__ = [
    "MOST_ISSUES",
    "Issue",
    "addresses",
    "check",
    "patient_references",
    "place_of",
    "places_of",
    "references",
]
