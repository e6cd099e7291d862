"""What the store hands out."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Stored:
    """One version of one resource; `body` is FHIR JSON in UTF-8 with identity numbers masked.

    Of a deletion there is a version without a body.
    """

    resource_type: str
    resource_id: UUID
    version: int
    stored_at: datetime
    depositor_id: UUID
    body: bytes
    patient_id: UUID | None = None
    is_deleted: bool = False

    @property
    def etag(self) -> str:
        """The version as FHIR's weak ETag."""
        return f'W/"{self.version}"'


@dataclass(frozen=True)
class Found:
    """Which resource a condition names, and its version; `patient_id` None: it is in its depositor's directory.

    Its body is read where it is answered with alone: a thousand conditions could name one of 20 MiB.
    """

    resource_type: str
    resource_id: UUID
    version: int
    stored_at: datetime
    patient_id: UUID | None

    @property
    def place(self) -> tuple[UUID | None, str, UUID]:
        """Where its row is."""
        return self.patient_id, self.resource_type, self.resource_id
