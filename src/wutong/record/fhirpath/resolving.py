"""What a reference points to, as far as it can be known without reading it: by its own words, or in what is contained.

Source: HL7 FHIR R4, fhirpath page (`resolve`), references page.
"""

import re
from functools import lru_cache
from typing import Any

from wutong.record.definitions import r4
from wutong.record.fhirpath.nodes import Node, is_kind, node_of, step

_REFERENCE = re.compile(r"(?:[^#?]{0,2000}/)?([A-Z][A-Za-z]{1,63})/([A-Za-z0-9\-.]{1,64})(?:/_history/[^/]{1,64})?")
_KEPT, _LONGEST_KEPT = 4096, 120  # of an upload most are the same few; what is longer could be made to fill the memory


def target(node: Node, whole: Any) -> Node | None:
    """The resource that a node refers to: what is contained in `whole`; any other is known by type and id alone."""
    value = node[0]
    reference = value.get("reference") if type(value) is dict else value
    if type(reference) is str and reference.startswith("#"):
        return _contained(whole, reference[1:])
    if type(reference) is str and (literal := _read(reference)):
        return {"resourceType": literal[0], "id": literal[1]}, literal[0], None
    kind = value.get("type") if type(value) is dict else None
    return ({"resourceType": kind}, kind, None) if type(kind) is str and r4().is_resource(kind) else None


def leads_to(node: Node, whole: Any, wanted: str) -> bool:
    """Whether what a node refers to is known to be of a type."""
    found = target(node, whole)
    return found is not None and is_kind(found[1], wanted)


def _contained(whole: Any, name: str) -> Node | None:
    inner = step([node_of(whole, "Resource")], "contained")
    return next((each for each in inner if type(each[0]) is dict and each[0].get("id") == name), None)


def _read(reference: str) -> tuple[str, str] | None:
    return _kept(reference) if len(reference) <= _LONGEST_KEPT else _literal(reference)


def _literal(reference: str) -> tuple[str, str] | None:
    """Type and id that a reference names; None where R4 has no such type."""
    found = _REFERENCE.fullmatch(reference)
    return (found[1], found[2]) if found and r4().is_resource(found[1]) else None


_kept = lru_cache(maxsize=_KEPT)(_literal)
