"""What a person was asked for, gave by a code, and ended; of all this only the number of wrong codes changes."""

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length, Trim
from django.db.models.lookups import GreaterThanOrEqual

from wutong.control.authorisation.codes import KINDS, LASTS, MOST_WRONG
from wutong.core.emergency import LEAST_WORDS

LONGEST = timedelta(hours=4)


class AuthorisationRequest(models.Model):
    """A professional, in one session, asks a person to open restricted categories by a code, good for minutes."""

    pk = models.CompositePrimaryKey("person_id", "request_id")
    person_id = models.UUIDField()
    request_id = models.UUIDField()  # also what the code is made from, and the id of the authorisation
    account_id = models.UUIDField()
    provider = models.ForeignKey("people.Provider", models.PROTECT)
    session_id = models.UUIDField()
    profession = models.CharField(max_length=5)
    kind = models.CharField(max_length=20)  # what it is needed for: codes.KINDS
    reason = models.TextField()  # in the professional's own words
    categories = ArrayField(models.CharField(max_length=5))
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    wrong_codes = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "authorisation_request"
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("asked_at"), expires_at__lte=F("asked_at") + LASTS),
                name="authorisation_request_lasts_minutes",
            ),
            models.CheckConstraint(
                condition=GreaterThanOrEqual(Length(Trim("reason")), LEAST_WORDS), name="authorisation_request_says_why"
            ),
            models.CheckConstraint(condition=Q(categories__len__gt=0), name="authorisation_request_names_categories"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="authorisation_request_is_of_a_kind"),
            models.CheckConstraint(
                condition=Q(wrong_codes__lte=MOST_WRONG), name="authorisation_request_counts_to_five"
            ),
        ]

    def __str__(self) -> str:
        return str(self.request_id)


class Authorisation(models.Model):
    """The code was told: once for each request, by the key."""

    pk = models.CompositePrimaryKey("person_id", "request_id")
    person_id = models.UUIDField()
    request_id = models.UUIDField()
    authorised_at = models.DateTimeField()
    closes_at = models.DateTimeField()

    class Meta:
        db_table = "authorisation"
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("authorised_at"), closes_at__lte=F("authorised_at") + LONGEST),
                name="authorisation_lasts_hours_at_most",
            )
        ]

    def __str__(self) -> str:
        return str(self.request_id)


class AuthorisationEnd(models.Model):
    """The person, or who decides for them, ended an authorisation: once, by the key."""

    pk = models.CompositePrimaryKey("person_id", "request_id")
    person_id = models.UUIDField()
    request_id = models.UUIDField()
    account_id = models.UUIDField()
    stated_as = models.CharField(max_length=20, blank=True)  # the relation of who decided; empty: the person
    ended_at = models.DateTimeField()

    class Meta:
        db_table = "authorisation_end"

    def __str__(self) -> str:
        return str(self.request_id)
