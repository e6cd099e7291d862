"""Grants of emergency access, their reviews, and the messages to privacy officers. Grants and reviews never change."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length, Trim
from django.db.models.lookups import GreaterThanOrEqual

from wutong.core.emergency import KINDS, LASTS, LEAST_WORDS, OUTCOMES


class EmergencyGrant(models.Model):
    """Emergency access of one professional, in one session, to the named categories of one person, for an hour."""

    pk = models.CompositePrimaryKey("person_id", "grant_id")
    person_id = models.UUIDField()
    grant_id = models.UUIDField()  # also the id of the look that it allows
    account_id = models.UUIDField()
    provider = models.ForeignKey("people.Provider", models.PROTECT)
    session_id = models.UUIDField()
    profession = models.CharField(max_length=5)
    kind = models.CharField(max_length=20)  # why the patient could not be asked: core.emergency.KINDS
    reason = models.TextField()  # in the professional's own words
    categories = ArrayField(models.CharField(max_length=5))
    granted_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    due_on = models.DateField()  # the last day for its review, in the territory

    class Meta:
        db_table = "emergency_grant"
        indexes = [
            models.Index("due_on", name="emergency_grant_by_due"),
            models.Index("provider", "granted_at", name="emergency_grant_by_provider"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("granted_at"), closes_at__lte=F("granted_at") + LASTS),
                name="emergency_grant_lasts_an_hour",
            ),
            models.CheckConstraint(
                condition=GreaterThanOrEqual(Length(Trim("reason")), LEAST_WORDS), name="emergency_grant_says_why"
            ),
            models.CheckConstraint(condition=Q(categories__len__gt=0), name="emergency_grant_names_categories"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="emergency_grant_is_of_a_kind"),
        ]

    def __str__(self) -> str:
        return str(self.grant_id)


class EmergencyReview(models.Model):
    """How a privacy officer closed a case: once, by the key."""

    pk = models.CompositePrimaryKey("person_id", "grant_id")
    person_id = models.UUIDField()
    grant_id = models.UUIDField()
    account_id = models.UUIDField()
    provider = models.ForeignKey("people.Provider", models.PROTECT)  # whose officer it was
    outcome = models.CharField(max_length=20)  # core.emergency.OUTCOMES
    note = models.TextField(blank=True)
    reviewed_at = models.DateTimeField()

    class Meta:
        db_table = "emergency_review"
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="justified") | Q(GreaterThanOrEqual(Length(Trim("note")), LEAST_WORDS)),
                name="emergency_review_says_why",
            ),
            models.CheckConstraint(condition=Q(outcome__in=OUTCOMES), name="emergency_review_has_an_outcome"),
        ]

    def __str__(self) -> str:
        return self.outcome


class OfficerNotice(models.Model):
    """One e-mail to one privacy officer about one case; it names nobody."""

    pk = models.CompositePrimaryKey("person_id", "grant_id", "account_id")
    person_id = models.UUIDField()
    grant_id = models.UUIDField()
    account_id = models.UUIDField()
    notice_id = models.UUIDField()
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "officer_notice"

    def __str__(self) -> str:
        return str(self.notice_id)
