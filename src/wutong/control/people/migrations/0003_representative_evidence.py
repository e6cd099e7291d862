from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("people", "0002_role_changes")]

    operations = [
        migrations.AddField(
            "representative",
            "capacity",
            models.CharField(
                choices=[("under-age", "Under Age"), ("incapable", "Incapable")], default="under-age", max_length=10
            ),
        ),
        migrations.AddField("representative", "evidence", models.CharField(blank=True, max_length=30, default="")),
        migrations.AddField("representative", "evidence_on", models.DateField(null=True)),
        migrations.AddField("representative", "until", models.DateField(null=True)),
        migrations.AddField("representative", "recorded_by", models.UUIDField(null=True)),
        migrations.AddField("representative", "confirmed_by", models.UUIDField(null=True)),
        migrations.AddConstraint(
            "representative",
            models.CheckConstraint(
                condition=Q(capacity="under-age") | (~Q(evidence="") & Q(evidence_on__isnull=False)),
                name="representative_of_an_incapable_person_has_evidence",
            ),
        ),
        migrations.AddConstraint(
            "representative",
            models.CheckConstraint(
                condition=Q(recorded_by=None, confirmed_by=None)
                | (Q(recorded_by__isnull=False, confirmed_by__isnull=False) & ~Q(recorded_by=F("confirmed_by"))),
                name="representative_recorded_by_two_people",
            ),
        ),
    ]
