from django.db import migrations, models
from django.db.models import Q

_UNTAKEN = Q(taken_by=None, form_reference="", signed_on=None)
_SIGNED = Q(taken_by__isnull=False, signed_on__isnull=False) & ~Q(form_reference="")


class Migration(migrations.Migration):
    dependencies = [("consent", "0009_joining_version")]

    operations = [
        migrations.AlterField(
            "joiningversion",
            "way",
            models.CharField(
                choices=[("registration", "Registration"), ("portal", "Portal"), ("form", "Form")], max_length=12
            ),
        ),
        migrations.AddField("joiningversion", "taken_by", models.UUIDField(null=True)),
        migrations.AddField(
            "joiningversion", "form_reference", models.CharField(blank=True, db_default="", max_length=20)
        ),
        migrations.AddField("joiningversion", "signed_on", models.DateField(null=True)),
        migrations.RemoveConstraint("joiningversion", "joining_version_said_by_somebody"),
        migrations.AddConstraint(
            "joiningversion",
            models.CheckConstraint(
                condition=(
                    Q(way="registration", version=1, state="given", stated_by=None) & _UNTAKEN
                    | Q(way="portal", version__gt=1, provider=None, stated_by__isnull=False) & _UNTAKEN
                    | Q(way="form", version__gt=1, state="given", provider__isnull=False, stated_by__isnull=False)
                    & _SIGNED
                ),
                name="joining_version_said_by_somebody",
            ),
        ),
    ]
