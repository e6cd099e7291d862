"""The sharing consents: append-only versions; the newest of a (person, provider) is the one in force."""

from django.db import models


class ConsentVersion(models.Model):
    """One statement of a person about one provider (domain dossier 2.2). Never changed or removed."""

    class State(models.TextChoices):
        GIVEN = "given"
        WITHDRAWN = "withdrawn"

    class Kind(models.TextChoices):
        ONE_YEAR = "one-year"
        INDEFINITE = "indefinite"

    pk = models.CompositePrimaryKey("person_id", "provider_id", "version")
    person_id = models.UUIDField()
    provider = models.ForeignKey("people.Provider", models.PROTECT)
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    stated_at = models.DateTimeField()
    valid_until = models.DateField(null=True)  # the last day, in the territory; null: no end
    stated_by = models.UUIDField()  # the account that said it
    stated_as = models.CharField(max_length=30, blank=True)  # as the person's parent, ...; empty: the person's own word

    class Meta:
        db_table = "consent_version"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="given", kind="one-year", valid_until=None),
                name="consent_version_one_year_ends",
            )
        ]
        indexes = [models.Index("valid_until", name="consent_version_by_end")]

    def __str__(self) -> str:
        return f"{self.state} v{self.version}"
