import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

_WAYS = [("portal", "Portal"), ("form", "Form"), ("key", "Key"), ("qr", "Qr")]


class Migration(migrations.Migration):
    dependencies = [("consent", "0004_carer_version")]

    operations = [
        migrations.AddField(
            "consentversion", "way", models.CharField(choices=_WAYS, db_default="portal", max_length=10)
        ),
        migrations.AddField("consentversion", "taken_by", models.UUIDField(null=True)),
        migrations.AddField(
            "consentversion", "form_reference", models.CharField(blank=True, db_default="", max_length=20)
        ),
        migrations.AddField("consentversion", "signed_on", models.DateField(null=True)),
        migrations.AddConstraint(
            "consentversion",
            models.CheckConstraint(
                condition=Q(way="portal", taken_by=None) | (~Q(way="portal") & Q(taken_by__isnull=False)),
                name="consent_version_taken_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            "consentversion",
            models.CheckConstraint(
                condition=Q(way="form", signed_on__isnull=False) & ~Q(form_reference="")
                | ~Q(way="form") & Q(form_reference="", signed_on=None),
                name="consent_version_form_has_reference",
            ),
        ),
        migrations.CreateModel(
            name="ConsentForm",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "provider_id",
                        "reference",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("reference", models.CharField(max_length=20)),
                ("person_id", models.UUIDField()),
                ("provider", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="people.provider")),
            ],
            options={"db_table": "consent_form"},
        ),
    ]
