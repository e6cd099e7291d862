"""A patient asks how much a record holds, before deciding who may look at it. Page: docs/flows/count_record.md."""

from uuid import UUID

from wutong.core.access import Act
from wutong.core.answers import Refused
from wutong.core.categories import CATEGORY_NAMES
from wutong.core.events import Event
from wutong.record.flows.plane import Plane
from wutong.record.gate.facts import Target
from wutong.record.gate.open import Ask, open_record
from wutong.record.store import read as store_read


async def count_record(plane: Plane, token: bytes, patient_id: UUID) -> dict[str, int] | Refused:
    """The number of items in each data category, those without any included, in the order of the categories."""
    ask = Ask(Act.COUNT, Event.RECORD_COUNT, Target(patient_id=patient_id), frozenset(CATEGORY_NAMES))
    opened = await open_record(plane.gate, token, ask)
    if isinstance(opened, Refused):
        return opened
    found = await store_read.counts(opened, plane.store)
    return {code: found.get(code, 0) for code in CATEGORY_NAMES}
