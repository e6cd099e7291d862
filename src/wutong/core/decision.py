"""What is asked and what a decision answers: the words that the rules share. The rules: access.py, own_record.py."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from wutong.core.care import Evidence
from wutong.core.facts import DirectoryRow


class Act(StrEnum):
    """What the caller wants to do."""

    OPEN = "open"
    ACCESS = "access"
    READ = "read"
    WRITE = "write"
    COUNT = "count"  # how many items of each category there are, and nothing of what they say


class Ground(StrEnum):
    """The rule that allowed it; written in the audit entry and shown to the patient."""

    CARE = "care"
    EMERGENCY = "emergency"
    OWN_DEPOSIT = "own-deposit"
    REGISTRATION = "registration"
    REFERENCE = "reference"
    OWN_RECORD = "own-record"
    REPRESENTATIVE = "representative"
    CARER = "carer"


@dataclass(frozen=True)
class Scope:
    """What the ticket opens: rows of patients in these categories, rows of this depositor, or one directory row.

    A directory row with patients opens where a row of theirs that is not `closed` names it.
    """

    patient_ids: tuple[UUID, ...] = ()
    categories: frozenset[str] = frozenset()
    depositor_id: UUID | None = None
    directory_row: DirectoryRow | None = None
    closed: frozenset[str] = frozenset()  # parts that the person keeps to themselves (closings.Closed.parts)


@dataclass(frozen=True)
class Allowed:
    """Allowed, on which ground, and how far; `care`: to open, what shows that the provider cares for the person."""

    ground: Ground
    scope: Scope
    look_id: UUID | None = None
    care: Evidence | None = None
    authorised: tuple[UUID, ...] = ()  # the authorisations by one-time code that it rests on
