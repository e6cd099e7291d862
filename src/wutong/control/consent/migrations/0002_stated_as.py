from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("consent", "0001_initial")]

    operations = [
        migrations.AddField("consentversion", "stated_as", models.CharField(blank=True, max_length=30)),
        migrations.AddIndex("consentversion", models.Index("valid_until", name="consent_version_by_end")),
    ]
