"""Somebody reads one resource by its id, or one of its versions. Page: docs/flows/read_record.md."""

import re
from uuid import UUID

from wutong.core import ids
from wutong.core.access import Act
from wutong.core.answers import Gone, Missing, Refused
from wutong.core.categories import CATEGORIES_OF_TYPE
from wutong.core.events import Event
from wutong.record.flows import person_projection
from wutong.record.flows.plane import Plane
from wutong.record.gate.facts import Target
from wutong.record.gate.open import Ask, Opened, open_record
from wutong.record.store import read as store_read
from wutong.record.store.rows import Stored

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")  # FHIR's own rule
_VERSION = re.compile(r"[1-9][0-9]{0,8}")


async def read_record(
    plane: Plane, token: bytes, resource_type: str, resource_id: str
) -> Stored | Refused | Missing | Gone:
    """The current version; a person's own id gives the index's projection of the person as a Patient."""
    opened = await open_row(plane, token, resource_type, resource_id, Event.RECORD_READ)
    if isinstance(opened, Refused):
        return opened
    wanted = row_id(resource_id)
    if resource_type == "Patient" and wanted == opened.person_id:
        particulars = await store_read.projection(opened, plane.store)
        return person_projection.as_patient(particulars) if particulars else Missing(f"Patient/{resource_id}")
    found = await store_read.read(opened, plane.store, resource_type, wanted)
    return _there(found, f"{resource_type}/{resource_id}")


async def read_version(
    plane: Plane, token: bytes, resource_type: str, resource_id: str, version: str
) -> Stored | Refused | Missing | Gone:
    """One version."""
    opened = await open_row(plane, token, resource_type, resource_id, Event.RECORD_HISTORY)
    if isinstance(opened, Refused):
        return opened
    number = int(version) if _VERSION.fullmatch(version) else 0
    found = await store_read.version(opened, plane.store, resource_type, row_id(resource_id), number)
    return _there(found, f"{resource_type}/{resource_id}/_history/{version}")


def _there(found: Stored | None, name: str) -> Stored | Missing | Gone:
    if found is None:
        return Missing(name)
    return Gone(name, found.etag) if found.is_deleted else found


async def open_row(plane: Plane, token: bytes, resource_type: str, resource_id: str, event: Event) -> Opened | Refused:
    """Ask the gate for one resource by its id."""
    wanted = row_id(resource_id)
    row = Target(resource_type=resource_type, resource_id=wanted)
    target = Target(patient_id=wanted) if resource_type == "Patient" else row
    categories = CATEGORIES_OF_TYPE.get(resource_type, frozenset())
    # What is no id at all is a stranger's free text, which has no place in the trail.
    asked = resource_id if _ID.fullmatch(resource_id) else "?"
    detail = {"asked": f"{resource_type}/{asked}"}
    return await open_record(plane.gate, token, Ask(Act.READ, event, target, categories, detail=detail))


def row_id(resource_id: str) -> UUID:
    """A row nobody can have is still asked for, so that the attempt is in the trail like any other."""
    return ids.read(resource_id) or ids.NOBODY
