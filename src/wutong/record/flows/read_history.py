"""Somebody reads the versions of a resource, or of all resources of a type. Page: docs/flows/read_history.md."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from wutong.core.access import Act
from wutong.core.answers import Missing, Refused
from wutong.core.categories import CATEGORIES_OF_TYPE
from wutong.core.events import Event
from wutong.record.flows.plane import Plane
from wutong.record.flows.problems import fault
from wutong.record.flows.read_record import open_row, row_id, where_named
from wutong.record.gate.facts import Target
from wutong.record.gate.open import Ask, Opened, open_record
from wutong.record.store import history
from wutong.record.store.history import Pages, Versions
from wutong.record.store.search import TooCostly


async def read_history(
    plane: Plane, token: bytes, resource_type: str, resource_id: str, pages: Pages
) -> Versions | Refused | Missing:
    """A page of the versions of one resource, newest first, deletions among them; raises Unacceptable."""
    opened = await open_row(plane, token, resource_type, resource_id, Event.RECORD_HISTORY)
    if isinstance(opened, Refused):
        return opened
    wanted = row_id(resource_id)

    async def part(by: Opened) -> Versions | None:
        """None: a part of nothing, which must not look like an empty part of something."""
        found = await history.of_resource(by, plane.store, resource_type, wanted, pages)
        is_there = found.rows or (await history.of_resource(by, plane.store, resource_type, wanted, Pages(1))).rows
        return found if is_there else None

    with _in_time():
        asked = resource_type, resource_id, Event.RECORD_HISTORY
        return await where_named(plane, token, asked, opened, part) or Missing(f"{resource_type}/{resource_id}")


async def read_type_history(
    plane: Plane, token: bytes, resource_type: str, patient_id: UUID | None, pages: Pages
) -> Versions | Refused:
    """A page of the versions of a type: of what the provider deposited, or of one patient; raises Unacceptable."""
    categories = CATEGORIES_OF_TYPE.get(resource_type, frozenset())
    target, detail = Target(patient_id=patient_id), {"asked": resource_type}
    opened = await open_record(
        plane.gate, token, Ask(Act.READ, Event.RECORD_HISTORY, target, categories, detail=detail)
    )
    if isinstance(opened, Refused):
        return opened
    with _in_time():
        return await history.of_type(opened, plane.store, resource_type, pages, has_patient=patient_id is not None)


@contextmanager
def _in_time() -> Iterator[None]:
    try:
        yield
    except TooCostly:
        sentence = (
            "This history takes too long. Ask for less of it: _since=…, fewer versions a page (_count), a patient."
        )
        raise fault("too-costly", sentence, status=422) from None
