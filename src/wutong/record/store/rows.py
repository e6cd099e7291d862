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
