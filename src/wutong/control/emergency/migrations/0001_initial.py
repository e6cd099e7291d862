import datetime

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="OfficerNotice",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "person_id",
                        "grant_id",
                        "account_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("person_id", models.UUIDField()),
                ("grant_id", models.UUIDField()),
                ("account_id", models.UUIDField()),
                ("notice_id", models.UUIDField()),
                ("queued_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "officer_notice",
            },
        ),
        migrations.CreateModel(
            name="EmergencyGrant",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "person_id", "grant_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("person_id", models.UUIDField()),
                ("grant_id", models.UUIDField()),
                ("account_id", models.UUIDField()),
                ("session_id", models.UUIDField()),
                ("profession", models.CharField(max_length=5)),
                ("kind", models.CharField(max_length=20)),
                ("reason", models.TextField()),
                (
                    "categories",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=5), size=None),
                ),
                ("granted_at", models.DateTimeField()),
                ("closes_at", models.DateTimeField()),
                ("due_on", models.DateField()),
                ("provider", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="people.provider")),
            ],
            options={
                "db_table": "emergency_grant",
                "indexes": [
                    models.Index(models.F("due_on"), name="emergency_grant_by_due"),
                    models.Index(models.F("provider"), models.F("granted_at"), name="emergency_grant_by_provider"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closes_at__gt", models.F("granted_at")),
                            (
                                "closes_at__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("granted_at"), "+", models.Value(datetime.timedelta(seconds=3600))
                                ),
                            ),
                        ),
                        name="emergency_grant_lasts_an_hour",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.GreaterThanOrEqual(
                            django.db.models.functions.text.Length(django.db.models.functions.text.Trim("reason")), 20
                        ),
                        name="emergency_grant_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("categories__len__gt", 0)), name="emergency_grant_names_categories"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EmergencyReview",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "person_id", "grant_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("person_id", models.UUIDField()),
                ("grant_id", models.UUIDField()),
                ("account_id", models.UUIDField()),
                ("outcome", models.CharField(max_length=20)),
                ("note", models.TextField(blank=True)),
                ("reviewed_at", models.DateTimeField()),
                ("provider", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="people.provider")),
            ],
            options={
                "db_table": "emergency_review",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome", "justified"),
                            django.db.models.lookups.GreaterThanOrEqual(
                                django.db.models.functions.text.Length(django.db.models.functions.text.Trim("note")), 20
                            ),
                            _connector="OR",
                        ),
                        name="emergency_review_says_why",
                    )
                ],
            },
        ),
    ]
