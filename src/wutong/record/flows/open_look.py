"""A professional states why, and the record opens for thirty minutes. Page: docs/flows/open_look.md.

In an emergency it opens for as long as was granted: docs/flows/break_glass.md.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wutong.core.access import EMERGENCY, Act, Ground, RoleAccess, openable
from wutong.core.answers import Reason, Refused
from wutong.core.care import Evidence
from wutong.core.categories import CATEGORY_NAMES
from wutong.core.events import Event
from wutong.record.flows.plane import Plane
from wutong.record.gate.facts import Target
from wutong.record.gate.open import Ask, Opened, Statement, open_record


@dataclass(frozen=True)
class CategoryAccess:
    """Whether one data category is open to the caller, and why not.

    `access` is what the role matrix of the day says of the caller's profession, `source` where that is from; both are
    left out where the record as a whole is closed.
    """

    code: str
    is_open: bool
    access: RoleAccess | None = None
    source: str = ""
    reason: Reason | None = None


@dataclass(frozen=True)
class Access:
    """What the caller would see of a person; `reason` says why nothing opens at all.

    `care`: what shows that the caller's provider cares for the person; None: to open, the caller must say why.
    """

    categories: tuple[CategoryAccess, ...]
    reason: Reason | None = None
    closes_at: datetime | None = None
    emergency_until: datetime | None = None
    care: Evidence | None = None


async def open_look(plane: Plane, token: bytes, patient_id: UUID, statement: Statement) -> Opened | Refused:
    """Begin a look (or go on with the one that is open for the same purpose)."""
    event = Event.EMERGENCY_OPEN if statement.purpose == EMERGENCY else Event.RECORD_OPEN
    ask = Ask(Act.OPEN, event, _opening(patient_id), statement=statement)
    return await open_record(plane.gate, token, ask)


async def describe_access(plane: Plane, token: bytes, patient_id: UUID) -> Access | Refused:
    """Each category with open or closed and why; a stranger to the register learns nothing."""
    answer = await open_record(plane.gate, token, Ask(Act.ACCESS, Event.RECORD_ACCESS, _opening(patient_id)))
    if isinstance(answer, Opened):
        return _by_category(answer)
    if answer.reason in {Reason.NO_TOKEN, Reason.NO_RULE, Reason.NOT_REGISTERED}:
        return answer
    closed = tuple(CategoryAccess(code, is_open=False, reason=answer.reason) for code in CATEGORY_NAMES)
    return Access(closed, reason=answer.reason)


def _opening(patient_id: UUID) -> Target:
    return Target(patient_id=patient_id, with_care=True)


def _by_category(opened: Opened) -> Access:
    categories = tuple(_category(opened, code) for code in CATEGORY_NAMES)
    closes_at = opened.closes_at or opened.emergency_until
    return Access(categories, closes_at=closes_at, emergency_until=opened.emergency_until, care=opened.care)


def _category(opened: Opened, code: str) -> CategoryAccess:
    is_open = code in opened.open_categories
    return CategoryAccess(
        code,
        is_open=is_open,
        access=RoleAccess.of(dict(opened.roles).get(code, "")),
        source=dict(opened.role_sources).get(code, ""),
        reason=None if is_open else _why_closed(opened, code),
    )


def _why_closed(opened: Opened, code: str) -> Reason:
    roles, is_by_emergency = dict(opened.roles), opened.look_id is None or opened.ground is Ground.EMERGENCY
    if code in opened.withheld and code in openable(roles):
        return Reason.CATEGORY_WITHHELD
    if opened.emergency_until and is_by_emergency and code in openable(roles):
        return Reason.CATEGORY_NOT_NAMED
    return Reason.CATEGORY_RESTRICTED if roles.get(code) == "R" else Reason.CATEGORY_CLOSED
