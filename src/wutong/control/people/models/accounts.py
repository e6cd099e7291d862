"""Accounts belong to people, not to providers; an affiliation lets one account work under a provider (dossier 0.1)."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from wutong.core import ids


class Account(AbstractBaseUser):
    """A sign-in name with its password; a professional's, a patient's (`person_id`), or both."""

    account_id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    sign_in_name = models.CharField(max_length=60, unique=True)
    display_name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    person_id = models.UUIDField(null=True, unique=True)
    is_active = models.BooleanField(default=True)
    wrong_passwords = models.PositiveSmallIntegerField(default=0)
    last_wrong_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    objects = BaseUserManager()

    USERNAME_FIELD = "sign_in_name"
    EMAIL_FIELD = "email"

    class Meta:
        db_table = "account"

    def __str__(self) -> str:
        return self.sign_in_name


class OneTimeToken(models.Model):
    """The account's time-based one-time code generator (RFC 6238); one token, one person."""

    token_id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="one_time_tokens")
    sealed_seed = models.BinaryField()  # Sealer.seal(base32 seed, context="one_time_token/<token_id>")
    last_step = models.BigIntegerField(default=0)  # the newest accepted time step: a code works once
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    last_wrong_at = models.DateTimeField(null=True)
    issued_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "one_time_token"
        constraints = [
            models.UniqueConstraint(fields=["account"], condition=Q(ended_at=None), name="one_time_token_one_live")
        ]

    def __str__(self) -> str:
        return str(self.token_id)


class Professional(models.Model):
    """A registered healthcare professional (HCProf) and the group whose rights apply (domain dossier 4.1)."""

    account = models.OneToOneField(Account, models.PROTECT, primary_key=True)
    profession = models.CharField(max_length=5)
    registration_number = models.CharField(max_length=30)
    registered_until = models.DateField()
    name_en = models.CharField(max_length=200)
    name_zh = models.CharField(max_length=100, blank=True)

    class Meta:
        db_table = "professional"
        constraints = [
            models.UniqueConstraint(fields=["profession", "registration_number"], name="professional_number")
        ]

    def __str__(self) -> str:
        return f"{self.profession} {self.registration_number}"


class Affiliation(models.Model):
    """An account may work under a provider, in a role, until it ends."""

    class Role(models.TextChoices):
        CLINICIAN = "clinician"
        ADMINISTRATOR = "administrator"
        REGISTRATION = "registration"
        PRIVACY_OFFICER = "privacy-officer"

    affiliation_id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="affiliations")
    provider = models.ForeignKey("people.Provider", models.PROTECT)
    role = models.CharField(max_length=20, choices=Role.choices)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "affiliation"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "provider", "role"], condition=Q(ended_at=None), name="affiliation_once"
            )
        ]

    def __str__(self) -> str:
        return self.role
