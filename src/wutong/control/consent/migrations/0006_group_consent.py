import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("consent", "0005_ways"), ("people", "0004_provider_groups")]

    operations = [
        migrations.CreateModel(
            name="GroupConsentVersion",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "person_id",
                        "group_id",
                        "version",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("person_id", models.UUIDField()),
                ("version", models.PositiveIntegerField()),
                ("state", models.CharField(choices=[("given", "Given"), ("withdrawn", "Withdrawn")], max_length=10)),
                (
                    "kind",
                    models.CharField(choices=[("one-year", "One Year"), ("indefinite", "Indefinite")], max_length=10),
                ),
                ("stated_at", models.DateTimeField()),
                ("valid_until", models.DateField(null=True)),
                ("stated_by", models.UUIDField()),
                ("stated_as", models.CharField(blank=True, max_length=30)),
                ("group", models.ForeignKey("people.providergroup", django.db.models.deletion.PROTECT)),
            ],
            options={
                "db_table": "group_consent_version",
                "constraints": [
                    models.CheckConstraint(
                        condition=~Q(state="given", kind="one-year", valid_until=None),
                        name="group_consent_version_one_year_ends",
                    )
                ],
                "indexes": [models.Index("valid_until", name="group_consent_version_by_end")],
            },
        ),
    ]
