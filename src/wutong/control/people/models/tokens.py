"""Sessions, system clients and opaque tokens. Only hashes of secrets are stored."""

from django.db import models

from wutong.core import ids


class SignInSession(models.Model):
    """One signed-in person at one browser: ended by sign-out, time, or whoever must end it."""

    session_id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    account = models.ForeignKey("people.Account", models.PROTECT)
    affiliation = models.ForeignKey("people.Affiliation", models.PROTECT, null=True)  # null: a patient's session
    level = models.CharField(max_length=4, default="otp")  # the strength of the second factor (`acr`)
    started_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sign_in_session"

    def __str__(self) -> str:
        return str(self.session_id)


class SystemClient(models.Model):
    """A provider's system that deposits records (OAuth 2.0 client credentials)."""

    client_id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    provider = models.ForeignKey("people.Provider", models.PROTECT)
    name = models.CharField(max_length=200)
    secret_hash = models.BinaryField()  # SHA-256 of a 256-bit random secret
    may_register_patients = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "system_client"

    def __str__(self) -> str:
        return self.name


class AccessToken(models.Model):
    """An opaque bearer token, found by its hash: a system client's, or a signed-in session's."""

    token_hash = models.BinaryField(primary_key=True)
    client = models.ForeignKey(SystemClient, models.PROTECT, null=True)
    session = models.ForeignKey(SignInSession, models.PROTECT, null=True)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_token"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(client=None, session__isnull=False) | models.Q(client__isnull=False, session=None),
                name="access_token_of_client_or_session",
            )
        ]

    def __str__(self) -> str:
        return str(self.issued_at)
