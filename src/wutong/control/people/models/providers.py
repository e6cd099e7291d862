"""Healthcare providers (HCP): small, seldom written reference rows."""

from django.db import models

from wutong.core import ids


class Provider(models.Model):
    """A healthcare provider, public or private (domain dossier 6.1)."""

    class Kind(models.TextChoices):
        HOSPITAL_GROUP = "hospital-group"
        HOSPITAL = "hospital"
        CLINIC = "clinic"
        LABORATORY = "laboratory"
        HEALTH_CENTRE = "district-health-centre"
        OFFICE = "office"

    class State(models.TextChoices):
        ACTIVE = "active"
        SUSPENDED = "suspended"
        ENDED = "ended"

    provider_id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    code = models.CharField(max_length=20, unique=True)
    name_en = models.CharField(max_length=255)
    name_zh = models.CharField(max_length=255, blank=True)
    kind = models.CharField(max_length=30, choices=Kind.choices)
    is_deemed = models.BooleanField(default=False)  # joining the system is consent to this provider (dossier 2.2)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    phone = models.CharField(max_length=30, blank=True)

    class Meta:
        db_table = "provider"
        ordering = ("name_en",)

    def __str__(self) -> str:
        return self.code
