"""Somebody reads one resource by its id, or one of its versions. Page: docs/flows/read_record.md."""

import re
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

from wutong.core import ids
from wutong.core.access import Act, Ground
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
_NOBODY = frozenset[UUID]()
_Found = TypeVar("_Found")
Asked = tuple[str, str, Event]  # type and id of a row, and what the trail calls it
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
    asked = resource_type, resource_id, Event.RECORD_READ
    found = await where_named(
        plane, token, asked, opened, lambda by: store_read.read(by, plane.store, resource_type, wanted)
    )
    return _there(found, f"{resource_type}/{resource_id}")


async def read_version(
    plane: Plane, token: bytes, resource_type: str, resource_id: str, version: str
) -> Stored | Refused | Missing | Gone:
    """One version."""
    opened = await open_row(plane, token, resource_type, resource_id, Event.RECORD_HISTORY)
    if isinstance(opened, Refused):
        return opened
    number = int(version) if _VERSION.fullmatch(version) else 0
    asked, wanted = (resource_type, resource_id, Event.RECORD_HISTORY), row_id(resource_id)
    found = await where_named(
        plane, token, asked, opened, lambda by: store_read.version(by, plane.store, resource_type, wanted, number)
    )
    return _there(found, f"{resource_type}/{resource_id}/_history/{version}")


def _there(found: Stored | None, name: str) -> Stored | Missing | Gone:
    if found is None:
        return Missing(name)
    return Gone(name, found.etag) if found.is_deleted else found


async def where_named(
    plane: Plane, token: bytes, asked: Asked, opened: Opened, look: Callable[[Opened], Awaitable[_Found]]
) -> _Found:
    """What `look` finds under `opened`; of a directory's row, else under the next record that is open and names it.

    A record may name it in what its person has closed alone: what names it elsewhere must not depend on that.
    """
    tried = frozenset[UUID]()
    while not (found := await look(opened)) and opened.ground is Ground.REFERENCE and opened.person_id:
        tried |= {opened.person_id}
        following = await open_row(plane, token, *asked, but_not=tried)
        if isinstance(following, Refused) or following.person_id in tried:
            break
        opened = following
    return found


async def open_row(
    plane: Plane,
    token: bytes,
    resource_type: str,
    resource_id: str,
    event: Event,
    *,
    but_not: frozenset[UUID] = _NOBODY,
) -> Opened | Refused:
    """Ask the gate for one resource by its id; `but_not` as of `Ask`."""
    wanted = row_id(resource_id)
    row = Target(resource_type=resource_type, resource_id=wanted)
    target = Target(patient_id=wanted) if resource_type == "Patient" else row
    categories = CATEGORIES_OF_TYPE.get(resource_type, frozenset())
    # What is no id at all is a stranger's free text, which has no place in the trail.
    asked = resource_id if _ID.fullmatch(resource_id) else "?"
    detail = {"asked": f"{resource_type}/{asked}"}
    ask = Ask(Act.READ, event, target, categories, detail=detail, but_not=but_not)
    return await open_record(plane.gate, token, ask)


def row_id(resource_id: str) -> UUID:
    """A row nobody can have is still asked for, so that the attempt is in the trail like any other."""
    return ids.read(resource_id) or ids.NOBODY
