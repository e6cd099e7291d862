"""All that a decision may rest on (wutong.core.access): who asks, about whom, and what is known of both."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from wutong.core.care import Trace
from wutong.core.closings import NOTHING, Closed
from wutong.core.representation import Representation
from wutong.core.strength import ONE_TIME_CODE


class CallerKind(StrEnum):
    """Who speaks: a provider's system, a signed-in professional, or a signed-in patient."""

    SYSTEM = "system"
    PROFESSIONAL = "professional"
    PATIENT = "patient"


@dataclass(frozen=True)
class Caller:
    """Who a live token belongs to."""

    kind: CallerKind
    caller_id: UUID
    provider_id: UUID | None = None
    provider_code: str = ""
    session_id: UUID | None = None
    person_id: UUID | None = None  # whose portal a patient's session opens
    profession: str = ""
    registered_until: date | None = None
    may_register: bool = False
    provider_is_active: bool = False
    provider_is_deemed: bool = False
    strength: str = ""  # how strongly a person signed in (wutong.core.strength); a system's secret has none


@dataclass(frozen=True)
class PersonFacts:
    """The person asked about and the ids of all source records linked today."""

    person_id: UUID
    is_active: bool
    patient_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class ConsentFacts:
    """The person's word that holds for the caller's provider: about it alone, or about more than it (`group_id`).

    `scope`: "provider"; or "group", "programme" or "whoever" treats the person.
    """

    is_given: bool
    valid_until: date | None = None
    version: int = 1
    scope: str = "provider"
    group_id: UUID | None = None

    def in_force(self, today: date) -> bool:
        """A one-year consent ends with the same date next year; an indefinite one has no end."""
        return self.is_given and (self.valid_until is None or today <= self.valid_until)


@dataclass(frozen=True)
class LookFacts:
    """An open look of this caller at this person: stated purpose, within its thirty minutes."""

    look_id: UUID
    purpose: str
    closes_at: datetime


@dataclass(frozen=True)
class EmergencyFacts:
    """The newest grant of emergency access of this caller, at this provider, in this session, at this person.

    Its look, which has the grant's own id, may not have begun yet.
    """

    grant_id: UUID
    categories: frozenset[str]
    closes_at: datetime
    is_opened: bool


@dataclass(frozen=True)
class DirectoryRow:
    """A row of a depositor's directory: an Organization, a Practitioner, a PractitionerRole or a Location."""

    resource_type: str
    resource_id: UUID
    depositor_id: UUID


@dataclass(frozen=True)
class Facts:
    """All that a decision may rest on, read in one statement."""

    caller: Caller | None
    person: PersonFacts | None = None
    representation: Representation | None = None  # how the caller's own person stands to the person asked about
    consent: ConsentFacts | None = None
    look: LookFacts | None = None
    emergency: EmergencyFacts | None = None
    closed: Closed = NOTHING  # to this caller, by the person's own word
    care: tuple[Trace, ...] = ()  # what may show that the caller's provider cares for the person; asked for to open
    roles: Mapping[str, str] = field(default_factory=dict)  # the matrix of the day: category -> G, R or -
    role_sources: Mapping[str, str] = field(default_factory=dict)  # category -> "published", "reconstructed", "decided"
    depositor_id: UUID | None = None
    directory_row: DirectoryRow | None = None  # asked for by its id
    named_in: frozenset[str] = frozenset()  # categories of the person's rows, from its own depositor, that name it
    names_row: bool = False  # the question names a row by its id
    names_patient: bool = False  # the question names a patient, whether the register knows one or not
    brings_patient: bool = False  # the deposit itself brings the Patient that it is about
    deposit_requires_sharing_consent: bool = True
    emergency_is_on: bool = False
    emergency_needs: str = ONE_TIME_CODE  # how strongly one must have signed in for it
