"""Providers that a person may allow together: groups of providers, programmes, and everybody who treats them."""

from django.db import models

from wutong.core import ids


class ProviderGroup(models.Model):
    """A group of providers (a chain of clinics), a programme with those who take part, or whoever treats the person.

    Of the last kind there is one, and every healthcare provider of the register belongs to it without being entered.
    """

    class Kind(models.TextChoices):
        GROUP = "group"
        PROGRAMME = "programme"
        WHOEVER = "whoever"

    group_id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    code = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name_en = models.CharField(max_length=255)
    name_zh = models.CharField(max_length=255, blank=True)

    class Meta:
        db_table = "provider_group"
        ordering = ("name_en",)
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=models.Q(kind="whoever"), name="provider_group_one_of_whoever"
            )
        ]

    def __str__(self) -> str:
        return self.code


class GroupMember(models.Model):
    """Since when, and until when, a provider belongs to a group; whoever comes back has a row of its own for it."""

    membership_id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    group = models.ForeignKey(ProviderGroup, models.PROTECT)
    provider = models.ForeignKey("people.Provider", models.PROTECT)
    since_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "group_member"
        constraints = [
            models.UniqueConstraint(
                fields=["group", "provider"], condition=models.Q(ended_at=None), name="group_member_once"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None) | models.Q(ended_at__gte=models.F("since_at")),
                name="group_member_ends_after_it_began",
            ),
        ]
        indexes = [models.Index("group", "provider", name="group_member_by_provider")]

    def __str__(self) -> str:
        return str(self.membership_id)
