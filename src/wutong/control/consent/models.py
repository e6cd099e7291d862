"""Joining, sharing consents, closings, grants to carers: append-only versions; the newest about a thing is in force."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from wutong.core import ids
from wutong.core.access_keys import LASTS

_UUID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
_CODE = r"^[A-Z]{2,12}$"
_UNTAKEN = Q(taken_by=None, form_reference="", signed_on=None)  # nobody at a desk took it
_SIGNED = Q(taken_by__isnull=False, signed_on__isnull=False) & ~Q(form_reference="")
_ONE_YEAR_ENDS = ~Q(state="given", kind="one-year", valid_until=None)


class _Consent(models.Model):
    """One statement of a person about who may look (domain dossier 2.2). Never changed or removed."""

    class State(models.TextChoices):
        GIVEN = "given"
        WITHDRAWN = "withdrawn"

    class Kind(models.TextChoices):
        ONE_YEAR = "one-year"
        INDEFINITE = "indefinite"

    person_id = models.UUIDField()
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    stated_at = models.DateTimeField()
    valid_until = models.DateField(null=True)  # the last day, in the territory; null: no end
    stated_by = models.UUIDField()  # the account that said it
    stated_as = models.CharField(max_length=30, blank=True)  # as the person's parent, ...; empty: the person's own word

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.state} v{self.version}"


class JoiningVersion(models.Model):
    """One statement that a person joins the system, or leaves it. Never changed or removed; `Person.state` follows."""

    class Way(models.TextChoices):
        REGISTRATION = "registration"  # by the healthcare provider that registered the person
        PORTAL = "portal"
        FORM = "form"  # at a provider's desk; to join again alone

    pk = models.CompositePrimaryKey("person_id", "version")
    person_id = models.UUIDField()
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=_Consent.State.choices)
    way = models.CharField(max_length=12, choices=Way.choices)
    provider = models.ForeignKey(
        "people.Provider", models.PROTECT, null=True
    )  # that registered the person, or whose desk it was
    stated_at = models.DateTimeField()
    stated_by = models.UUIDField(null=True)  # the account that said it; of a registration none
    stated_as = models.CharField(max_length=30, blank=True)  # as of a consent
    taken_by = models.UUIDField(null=True)  # this and the next two: of a form, as of a consent
    form_reference = models.CharField(max_length=20, blank=True, db_default="")
    signed_on = models.DateField(null=True)

    class Meta:
        db_table = "joining_version"
        constraints = [
            models.CheckConstraint(
                condition=Q(way="registration", version=1, state="given", stated_by=None) & _UNTAKEN
                | Q(way="portal", version__gt=1, provider=None, stated_by__isnull=False) & _UNTAKEN
                | Q(way="form", version__gt=1, state="given", provider__isnull=False, stated_by__isnull=False)
                & _SIGNED,
                name="joining_version_said_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} v{self.version}"


class ConsentVersion(_Consent):
    """A statement about one provider, and by which way it came."""

    class Way(models.TextChoices):
        """By which way it reached us; all but the first at the provider's desk."""

        PORTAL = "portal"
        FORM = "form"
        KEY = "key"
        QR = "qr"

    pk = models.CompositePrimaryKey("person_id", "provider_id", "version")
    provider = models.ForeignKey("people.Provider", models.PROTECT)
    way = models.CharField(max_length=10, choices=Way.choices, db_default=Way.PORTAL)
    taken_by = models.UUIDField(null=True)  # the account that took it at the provider's desk
    form_reference = models.CharField(max_length=20, blank=True, db_default="")
    signed_on = models.DateField(null=True)  # the day that stands on the form

    class Meta:
        db_table = "consent_version"
        constraints = [
            models.CheckConstraint(condition=_ONE_YEAR_ENDS, name="consent_version_one_year_ends"),
            models.CheckConstraint(
                condition=Q(way="portal", taken_by=None) | (~Q(way="portal") & Q(taken_by__isnull=False)),
                name="consent_version_taken_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(way="form", signed_on__isnull=False) & ~Q(form_reference="")
                | ~Q(way="form") & Q(form_reference="", signed_on=None),
                name="consent_version_form_has_reference",
            ),
        ]
        indexes = [models.Index("valid_until", name="consent_version_by_end")]


class GroupConsentVersion(_Consent):
    """A statement about a group of providers, a programme, or whoever treats the person (ProviderGroup)."""

    pk = models.CompositePrimaryKey("person_id", "group_id", "version")
    group = models.ForeignKey("people.ProviderGroup", models.PROTECT)

    class Meta:
        db_table = "group_consent_version"
        constraints = [
            models.CheckConstraint(condition=_ONE_YEAR_ENDS, name="group_consent_version_one_year_ends"),
        ]
        indexes = [models.Index("valid_until", name="group_consent_version_by_end")]


class ConsentForm(models.Model):
    """Keyed by a provider's reference: the one place where it is kept that a signed form is recorded once."""

    pk = models.CompositePrimaryKey("provider_id", "reference")
    provider = models.ForeignKey("people.Provider", models.PROTECT)
    reference = models.CharField(max_length=20)
    person_id = models.UUIDField()

    class Meta:
        db_table = "consent_form"

    def __str__(self) -> str:
        return self.reference


class ClosingVersion(models.Model):
    """One statement of a person that something of their record is closed, or open again. Never changed or removed.

    `value`: of an item its resource's id, of an episode its Encounter's, of a category or label its code, of a provider
    its id, of a professional the account's. `title`: the line of an item or episode that the person saw.
    """

    class Kind(models.TextChoices):
        ITEM = "item"
        EPISODE = "episode"
        CATEGORY = "category"
        LABEL = "label"
        PROVIDER = "provider"
        PROFESSIONAL = "professional"

    pk = models.CompositePrimaryKey("person_id", "kind", "value", "version")
    person_id = models.UUIDField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    value = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    is_closed = models.BooleanField()
    title = models.CharField(max_length=200, blank=True)
    stated_at = models.DateTimeField()
    stated_by = models.UUIDField()  # the account that said it
    stated_as = models.CharField(max_length=30, blank=True)  # as of a consent

    class Meta:
        db_table = "closing_version"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["category", "label"], value__regex=_CODE)
                | Q(kind__in=["item", "episode", "provider", "professional"], value__regex=_UUID),
                name="closing_version_value_fits_kind",
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="closing_version_from_one"),
            models.CheckConstraint(
                condition=Q(title="") | Q(kind__in=["item", "episode"]), name="closing_version_title_of_what_was_seen"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} v{self.version}"


class CarerVersion(models.Model):
    """One statement about what a carer may see of a person's portal. Never changed or removed; a grant is of one carer.

    `carer_id`: null where the number that the person entered is nobody's, so that nobody learns it. `called`: the
    person's own word for the carer, until they accept.
    """

    class State(models.TextChoices):
        OFFERED = "offered"
        ACCEPTED = "accepted"
        ENDED = "ended"

    pk = models.CompositePrimaryKey("person_id", "grant_id", "version")
    person_id = models.UUIDField()
    grant_id = models.UUIDField(default=ids.new)
    version = models.PositiveIntegerField()
    carer_id = models.UUIDField(null=True, db_index=True)
    called = models.CharField(max_length=60)
    functions = ArrayField(models.CharField(max_length=20))  # of core.representation.Function
    until = models.DateField()  # the last day, in the territory
    state = models.CharField(max_length=10, choices=State.choices)
    stated_at = models.DateTimeField()
    stated_by = models.UUIDField()  # the account that said it
    stated_as = models.CharField(max_length=30, blank=True)  # as of a consent; "carer": by the carer

    class Meta:
        db_table = "carer_version"
        constraints = [
            models.CheckConstraint(condition=Q(version__gte=1), name="carer_version_from_one"),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(carer_id__isnull=False), name="carer_version_of_somebody"
            ),
            models.CheckConstraint(
                condition=Q(carer_id=None) | ~Q(carer_id=F("person_id")), name="carer_version_of_another"
            ),
            models.CheckConstraint(condition=Q(functions__len__gte=1), name="carer_version_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.state} v{self.version}"


class AccessKey(models.Model):
    """Eight digits that somebody made for a desk, or (without a trace) took back; the newest counts. Never changed."""

    pk = models.CompositePrimaryKey("person_id", "version")
    person_id = models.UUIDField()
    version = models.PositiveIntegerField()
    trace = models.BinaryField(null=True)  # the keyed hash of the digits, of this person alone
    kind = models.CharField(max_length=10, choices=ConsentVersion.Kind.choices)  # of the consent that it gives
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    made_by = models.UUIDField()  # the account, whose word the consent will be
    made_as = models.CharField(max_length=30, blank=True)  # as of a consent

    class Meta:
        db_table = "access_key"
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__lte=F("made_at") + LASTS), name="access_key_ends"),
        ]

    def __str__(self) -> str:
        return f"v{self.version}"


class AccessKeyTry(models.Model):
    """One try of a desk with a key that was not braked: a wrong one counts, a right one is the only one."""

    pk = models.CompositePrimaryKey("person_id", "try_id")
    person_id = models.UUIDField()
    try_id = models.UUIDField(default=ids.new)
    version = models.PositiveIntegerField()  # of the key that was the newest one; 0: there was none
    is_right = models.BooleanField()
    provider = models.ForeignKey("people.Provider", models.PROTECT)
    account_id = models.UUIDField()
    tried_at = models.DateTimeField()

    class Meta:
        db_table = "access_key_try"
        constraints = [
            models.UniqueConstraint(
                fields=["person_id", "version"], condition=Q(is_right=True), name="access_key_try_right_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.try_id)


class Handshake(models.Model):
    """A code on one desk's screen, of one session, with one person before it. Never changed."""

    handshake_id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    person_id = models.UUIDField()  # who is before the desk
    provider = models.ForeignKey("people.Provider", models.PROTECT)
    account_id = models.UUIDField()
    session_id = models.UUIDField()
    shown_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        db_table = "handshake"

    def __str__(self) -> str:
        return str(self.handshake_id)


class HandshakeAnswer(models.Model):
    """The one answer to it, by the key: for whose record a telephone gave the consent."""

    handshake = models.OneToOneField(Handshake, models.PROTECT, primary_key=True, related_name="answer")
    person_id = models.UUIDField()
    answered_at = models.DateTimeField()

    class Meta:
        db_table = "handshake_answer"

    def __str__(self) -> str:
        return str(self.handshake_id)
