import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("consent", "0008_group_consent"), ("people", "0004_provider_groups")]

    operations = [
        migrations.CreateModel(
            name="JoiningVersion",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "person_id", "version", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("person_id", models.UUIDField()),
                ("version", models.PositiveIntegerField()),
                ("state", models.CharField(choices=[("given", "Given"), ("withdrawn", "Withdrawn")], max_length=10)),
                (
                    "way",
                    models.CharField(choices=[("registration", "Registration"), ("portal", "Portal")], max_length=12),
                ),
                ("stated_at", models.DateTimeField()),
                ("stated_by", models.UUIDField(null=True)),
                ("stated_as", models.CharField(blank=True, max_length=30)),
                ("provider", models.ForeignKey("people.provider", django.db.models.deletion.PROTECT, null=True)),
            ],
            options={
                "db_table": "joining_version",
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(way="registration", version=1, state="given", stated_by=None)
                        | Q(way="portal", version__gt=1, provider=None, stated_by__isnull=False),
                        name="joining_version_said_by_somebody",
                    )
                ],
            },
        ),
    ]
