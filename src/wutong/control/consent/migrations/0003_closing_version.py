from django.db import migrations, models
from django.db.models import Q

_UUID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
_CODE = r"^[A-Z]{2,12}$"
_KINDS = [
    ("item", "Item"),
    ("episode", "Episode"),
    ("category", "Category"),
    ("label", "Label"),
    ("provider", "Provider"),
    ("professional", "Professional"),
]


class Migration(migrations.Migration):
    dependencies = [("consent", "0002_stated_as")]

    operations = [
        migrations.CreateModel(
            name="ClosingVersion",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "person_id",
                        "kind",
                        "value",
                        "version",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("person_id", models.UUIDField()),
                ("kind", models.CharField(choices=_KINDS, max_length=12)),
                ("value", models.CharField(max_length=64)),
                ("version", models.PositiveIntegerField()),
                ("is_closed", models.BooleanField()),
                ("title", models.CharField(blank=True, max_length=200)),
                ("stated_at", models.DateTimeField()),
                ("stated_by", models.UUIDField()),
                ("stated_as", models.CharField(blank=True, max_length=30)),
            ],
            options={
                "db_table": "closing_version",
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(kind__in=["category", "label"], value__regex=_CODE)
                        | Q(kind__in=["item", "episode", "provider", "professional"], value__regex=_UUID),
                        name="closing_version_value_fits_kind",
                    ),
                    models.CheckConstraint(condition=Q(version__gte=1), name="closing_version_from_one"),
                    models.CheckConstraint(
                        condition=Q(title="") | Q(kind__in=["item", "episode"]),
                        name="closing_version_title_of_what_was_seen",
                    ),
                ],
            },
        ),
    ]
