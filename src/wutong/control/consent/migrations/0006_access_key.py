from datetime import timedelta

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

import wutong.core.ids

_KINDS = [("one-year", "One Year"), ("indefinite", "Indefinite")]


def _key(*fields: str) -> models.CompositePrimaryKey:
    return models.CompositePrimaryKey(*fields, blank=True, editable=False, primary_key=True, serialize=False)


class Migration(migrations.Migration):
    dependencies = [("consent", "0005_ways")]

    operations = [
        migrations.CreateModel(
            name="AccessKey",
            fields=[
                ("pk", _key("person_id", "version")),
                ("person_id", models.UUIDField()),
                ("version", models.PositiveIntegerField()),
                ("trace", models.BinaryField(null=True)),
                ("kind", models.CharField(choices=_KINDS, max_length=10)),
                ("made_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("made_by", models.UUIDField()),
                ("made_as", models.CharField(blank=True, max_length=30)),
            ],
            options={
                "db_table": "access_key",
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(ends_at__lte=F("made_at") + timedelta(days=7)), name="access_key_ends"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AccessKeyTry",
            fields=[
                ("pk", _key("person_id", "try_id")),
                ("person_id", models.UUIDField()),
                ("try_id", models.UUIDField(default=wutong.core.ids.new)),
                ("version", models.PositiveIntegerField()),
                ("is_right", models.BooleanField()),
                ("account_id", models.UUIDField()),
                ("tried_at", models.DateTimeField()),
                ("provider", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="people.provider")),
            ],
            options={
                "db_table": "access_key_try",
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(is_right=True), fields=("person_id", "version"), name="access_key_try_right_once"
                    )
                ],
            },
        ),
    ]
