from django.db import migrations, models

from wutong.core.emergency import KINDS, OUTCOMES


class Migration(migrations.Migration):
    dependencies = [
        ("emergency", "0001_initial"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="emergencygrant",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", KINDS)), name="emergency_grant_is_of_a_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="emergencyreview",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", OUTCOMES)), name="emergency_review_has_an_outcome"
            ),
        ),
    ]
