import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.models import F, Q

import wutong.core.ids

_STATES = [("offered", "Offered"), ("accepted", "Accepted"), ("ended", "Ended")]


class Migration(migrations.Migration):
    dependencies = [("consent", "0003_closing_version")]

    operations = [
        migrations.CreateModel(
            name="CarerVersion",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "person_id",
                        "grant_id",
                        "version",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("person_id", models.UUIDField()),
                ("grant_id", models.UUIDField(default=wutong.core.ids.new)),
                ("version", models.PositiveIntegerField()),
                ("carer_id", models.UUIDField(db_index=True, null=True)),
                ("called", models.CharField(max_length=60)),
                (
                    "functions",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), size=None),
                ),
                ("until", models.DateField()),
                ("state", models.CharField(choices=_STATES, max_length=10)),
                ("stated_at", models.DateTimeField()),
                ("stated_by", models.UUIDField()),
                ("stated_as", models.CharField(blank=True, max_length=30)),
            ],
            options={
                "db_table": "carer_version",
                "constraints": [
                    models.CheckConstraint(condition=Q(version__gte=1), name="carer_version_from_one"),
                    models.CheckConstraint(
                        condition=~Q(state="accepted") | Q(carer_id__isnull=False), name="carer_version_of_somebody"
                    ),
                    models.CheckConstraint(
                        condition=Q(carer_id=None) | ~Q(carer_id=F("person_id")), name="carer_version_of_another"
                    ),
                    models.CheckConstraint(condition=Q(functions__len__gte=1), name="carer_version_of_something"),
                ],
            },
        ),
    ]
