"""Changes of the role matrix: what officers proposed, how it ended, whether it can still hold, and whom it touches."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import Case, Count, DateTimeField, F, QuerySet, When

from wutong.control.people.models import Affiliation, Professional, Provider, RoleChange, RoleChangeCell
from wutong.control.people.queries.roles import Cell, versions_on
from wutong.core import clock
from wutong.core.access import RoleAccess


class Stale(StrEnum):
    """Why a proposal cannot be approved any more."""

    DAY_PASSED = "day-passed"
    MATRIX_CHANGED = "matrix-changed"


@dataclass(frozen=True)
class CellChange:
    """One cell of a proposal; `seen_version` is the one that it starts from (0: the cell said nothing)."""

    profession: str
    category: str
    old: RoleAccess
    new: RoleAccess
    seen_version: int

    @property
    def cell(self) -> Cell:
        """Which one."""
        return self.profession, self.category


@dataclass(frozen=True)
class Decision:
    """How a proposal ended."""

    outcome: str
    decided_by: UUID
    decided_at: datetime
    note: str


@dataclass(frozen=True)
class Change:
    """A proposal; without a decision it waits for one."""

    change_id: UUID
    valid_from: date
    reason: str
    drafted_by: UUID
    drafted_at: datetime
    cells: tuple[CellChange, ...]
    decision: Decision | None

    @property
    def is_open(self) -> bool:
        """Whether it waits."""
        return self.decision is None


def change(change_id: UUID) -> Change | None:
    """One proposal."""
    return next(iter(_changes(RoleChange.objects.filter(role_change_id=change_id))), None)


def changes(*, limit: int, offset: int = 0) -> list[Change]:
    """Those that wait, the oldest first; then those that ended, the last first."""
    rows = RoleChange.objects.annotate(
        waits_since=Case(When(decision=None, then="drafted_at"), output_field=DateTimeField())
    )
    ordered = rows.order_by(F("waits_since").asc(nulls_last=True), "-decision__decided_at", "role_change_id")
    return _changes(ordered[offset : offset + limit])


def waiting() -> int:
    """How many proposals wait for a second officer."""
    return RoleChange.objects.filter(decision=None).count()


def proposed(wanted: Mapping[Cell, RoleAccess], day: date) -> list[CellChange]:
    """What is wanted of some cells, compared with what they say on `day`; without those that say so already."""
    held = versions_on(day)
    found = []
    for (profession, category), new in wanted.items():
        version = held.get((profession, category))
        old = version.access if version else RoleAccess.NONE
        if new is not old:
            found.append(CellChange(profession, category, old, new, version.number if version else 0))
    return found


def staleness(found: Change) -> Stale | None:
    """Why a proposal that waits cannot be approved any more; None where it can."""
    if found.valid_from < clock.today():
        return Stale.DAY_PASSED
    held = versions_on(found.valid_from)
    numbers = {cell: version.number for cell, version in held.items()}
    is_as_seen = all(numbers.get(each.cell, 0) == each.seen_version for each in found.cells)
    return None if is_as_seen else Stale.MATRIX_CHANGED


def accounts_touched(professions: Iterable[str], day: date) -> dict[str, int]:
    """How many active accounts of these professions may open records on `day`, by profession."""
    rows = Professional.objects.filter(
        profession__in=set(professions),
        registered_until__gte=day,
        account__is_active=True,
        account__affiliations__role=Affiliation.Role.CLINICIAN,
        account__affiliations__ended_at=None,
        account__affiliations__provider__state=Provider.State.ACTIVE,
    )
    return dict(rows.values_list("profession").annotate(Count("account_id", distinct=True)))


def _changes(rows: QuerySet[RoleChange]) -> list[Change]:
    return [_change(row) for row in rows.select_related("decision").prefetch_related("cells")]


def _change(row: RoleChange) -> Change:
    cells = sorted(row.cells.all(), key=lambda cell: (cell.profession, cell.category))
    decision = getattr(row, "decision", None)
    return Change(
        row.role_change_id,
        row.valid_from,
        row.reason,
        row.drafted_by_id,
        row.drafted_at,
        tuple(_cell(each) for each in cells),
        Decision(decision.outcome, decision.decided_by_id, decision.decided_at, decision.note) if decision else None,
    )


def _cell(row: RoleChangeCell) -> CellChange:
    old, new = RoleAccess.of(row.old_access), RoleAccess.of(row.access)
    return CellChange(row.profession, row.category, old, new, row.seen_version)
