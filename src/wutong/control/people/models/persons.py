"""Persons, what identifies them, and the source records linked to them (house 6.1, "Patient and person")."""

from django.db import models
from django.db.models import Q

from wutong.core import ids


class Person(models.Model):
    """A healthcare recipient: one human being, one eHR number."""

    class Sex(models.TextChoices):
        MALE = "M"
        FEMALE = "F"
        UNKNOWN = "U"

    class Precision(models.TextChoices):
        YEAR = "Y"
        MONTH = "M"
        DAY = "D"

    class State(models.TextChoices):
        ACTIVE = "active"
        SUSPENDED = "suspended"
        WITHDRAWN = "withdrawn"
        DECEASED = "deceased"

    person_id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    ehr_number = models.CharField(max_length=12, unique=True)
    family_name = models.CharField(max_length=100)
    given_name = models.CharField(max_length=100, blank=True)
    name_zh = models.CharField(max_length=100, blank=True)
    birth_date = models.DateField(null=True)
    birth_precision = models.CharField(max_length=1, choices=Precision.choices, default=Precision.DAY)
    sex = models.CharField(max_length=1, choices=Sex.choices, default=Sex.UNKNOWN)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    is_verified = models.BooleanField(default=False)
    masked_document = models.CharField(max_length=20, blank=True)
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey("people.Provider", models.PROTECT, db_column="registered_by", null=True)

    class Meta:
        db_table = "person"
        indexes = [models.Index("birth_date", "family_name", name="person_by_birth_and_name")]

    def __str__(self) -> str:
        return self.ehr_number


class IdentityDocument(models.Model):
    """Keyed by the keyed hash of its number: the one place where a document's uniqueness is kept."""

    trace = models.BinaryField(primary_key=True)  # Sealer.trace of kind, issuer (but of an HKID), number; 32 bytes
    kind = models.CharField(max_length=10)  # domain dossier 3.5: ID, BC, ED, ...
    person_id = models.UUIDField(db_index=True)
    sealed = models.BinaryField()  # Sealer.seal(number, context="identity_document/<kind>")

    class Meta:
        db_table = "identity_document"

    def __str__(self) -> str:
        return self.kind


class SourceRecord(models.Model):
    """A dated link from a sender's Patient to the person it describes; unmerging ends a link."""

    pk = models.CompositePrimaryKey("patient_id", "link_id")
    patient_id = models.UUIDField()
    link_id = models.UUIDField(default=ids.new)
    person_id = models.UUIDField(db_index=True)
    provider = models.ForeignKey("people.Provider", models.PROTECT)
    linked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=60)

    class Meta:
        db_table = "source_record"
        constraints = [
            models.UniqueConstraint(fields=["patient_id"], condition=Q(ended_at=None), name="source_record_one_person")
        ]

    def __str__(self) -> str:
        return str(self.patient_id)


class Contact(models.Model):
    """How a person wants to be told (domain dossier 2.4: exactly one channel, or refusal of access notices)."""

    class Channel(models.TextChoices):
        EMAIL = "email"
        SMS = "sms"
        POST = "post"

    person_id = models.UUIDField(primary_key=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=30, blank=True)
    address = models.TextField(blank=True)
    district = models.CharField(max_length=5, blank=True)
    language = models.CharField(max_length=10, default="en")
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.EMAIL)
    refuses_access_notices_since = models.DateTimeField(null=True)

    class Meta:
        db_table = "contact"

    def __str__(self) -> str:
        return self.channel


class Representative(models.Model):
    """Who may decide for a person who is under age or incapable, and what shows it (domain dossier 2.3).

    The rank in the order of the law is the relation's (core/representation.py).
    """

    class Capacity(models.TextChoices):
        UNDER_AGE = "under-age"
        INCAPABLE = "incapable"

    pk = models.CompositePrimaryKey("person_id", "representative_id")
    person_id = models.UUIDField()
    representative_id = models.UUIDField(default=ids.new)
    acting_person_id = models.UUIDField(db_index=True)
    relation = models.CharField(max_length=30)
    capacity = models.CharField(max_length=10, choices=Capacity.choices, default=Capacity.UNDER_AGE)
    evidence = models.CharField(
        max_length=30, blank=True, default=""
    )  # court-order, guardianship-order, doctor-statement, ...
    evidence_on = models.DateField(null=True)  # the day that it bears
    since_at = models.DateTimeField()
    until = models.DateField(null=True)  # the last day, in the territory; null: no end
    ended_at = models.DateTimeField(null=True)
    recorded_by = models.UUIDField(null=True)  # the officer's account; null: on the host
    confirmed_by = models.UUIDField(null=True)

    class Meta:
        db_table = "representative"
        constraints = [
            models.CheckConstraint(
                condition=Q(capacity="under-age") | (~Q(evidence="") & Q(evidence_on__isnull=False)),
                name="representative_of_an_incapable_person_has_evidence",
            ),
            models.CheckConstraint(
                condition=Q(recorded_by=None, confirmed_by=None)
                | (Q(recorded_by__isnull=False, confirmed_by__isnull=False) & ~Q(recorded_by=models.F("confirmed_by"))),
                name="representative_recorded_by_two_people",
            ),
        ]

    def __str__(self) -> str:
        return self.relation


class MatchReview(models.Model):
    """A deposit whose particulars disagree with the index: kept for a human to look at, never refused for it."""

    pk = models.CompositePrimaryKey("person_id", "review_id")
    person_id = models.UUIDField()
    review_id = models.UUIDField(default=ids.new)
    patient_id = models.UUIDField()
    provider = models.ForeignKey("people.Provider", models.PROTECT)
    differences = models.JSONField()
    raised_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "match_review"

    def __str__(self) -> str:
        return str(self.review_id)
