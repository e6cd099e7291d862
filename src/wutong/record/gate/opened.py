"""What the gate hands out."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from wutong.core.access import Ground, Scope
from wutong.core.care import Evidence
from wutong.core.facts import Caller


@dataclass(frozen=True)
class Opened:
    """A decided, audited and committed permission; every function of the store takes it first."""

    caller: Caller
    ground: Ground
    scope: Scope
    tickets: tuple[str, ...]
    person_id: UUID | None = None
    row_patient_id: UUID | None = None
    look_id: UUID | None = None
    care: Evidence | None = None  # of `$open` and `$access`: what shows that the provider cares for the person
    closes_at: datetime | None = None
    emergency_until: datetime | None = None
    open_categories: frozenset[str] = frozenset()
    roles: tuple[tuple[str, str], ...] = ()
    role_sources: tuple[tuple[str, str], ...] = ()
    withheld: frozenset[str] = frozenset()  # categories that the person has closed

    def joined(self, other: "Opened") -> "Opened":
        """One permission for a deposit about several patients: all the tickets together."""
        patients = self.scope.patient_ids + other.scope.patient_ids
        return replace(self, scope=replace(self.scope, patient_ids=patients), tickets=self.tickets + other.tickets)
