"""What a request wants changed, as the door read it, and what became of it. Source: HL7 FHIR R4, http page."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from wutong.core.json_patch import Operation
from wutong.record.patches import PathPatch
from wutong.record.searching.reading import Question

MOST_BYTES = 20 * 1024 * 1024  # of an upload, and of what a patch makes of a resource
MOST_ANSWERED = 32 * 1024 * 1024  # of all that one answer holds, which is in memory whole


class Method(StrEnum):
    """How an entry is to be carried out, by its HTTP verb."""

    DELETE = "DELETE"
    CREATE = "POST"
    UPDATE = "PUT"
    PATCH = "PATCH"


class Outcome(StrEnum):
    """What became of it."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"
    FOUND = "found"  # a conditional create whose resource is there
    ABSENT = "absent"  # a delete of what is deleted, or of what a condition did not find


@dataclass(frozen=True)
class Condition:
    """A search that names one resource; `text` is its one spelling, by which it is locked, `place` where it stands."""

    text: str
    search: Question
    place: str = ""


@dataclass(frozen=True)
class Link:
    """A reference of a resource as it was sent: the object that holds it, under which name; rewritten there."""

    holder: dict[str, Any]
    name: str
    text: str
    condition: Condition | None = None


@dataclass(frozen=True)
class Change:
    """One change that is asked for. `resource_id` is None where the server gives an id or a condition names one."""

    place: str
    method: Method
    resource_type: str
    resource: dict[str, Any] = field(default_factory=dict)
    resource_id: UUID | None = None
    condition: Condition | None = None
    patch: Sequence[Operation] | PathPatch = ()
    if_match: frozenset[int] | None = None  # versions of which one is to be the newest
    must_be_absent: bool = False  # If-None-Match: *
    full_url: str = ""
    links: Sequence[Link] = ()

    def of(self, resource_id: UUID) -> "Change":
        """The same of the resource with this id."""
        return replace(self, resource_id=resource_id)

    def where(self, condition: Condition) -> "Change":
        """The same of the resource that the condition finds."""
        return replace(self, condition=condition)


@dataclass(frozen=True)
class Kept:
    """What became of one change."""

    resource_type: str
    resource_id: UUID | None  # None: a condition found nothing to delete
    version: int
    stored_at: datetime
    outcome: Outcome
    body: bytes = b""
    patient_id: UUID | None = None
