import django.db.models.deletion
from django.db import migrations, models

import wutong.core.ids


class Migration(migrations.Migration):
    dependencies = [("consent", "0006_access_key")]

    operations = [
        migrations.CreateModel(
            name="Handshake",
            fields=[
                (
                    "handshake_id",
                    models.UUIDField(default=wutong.core.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("person_id", models.UUIDField()),
                ("account_id", models.UUIDField()),
                ("session_id", models.UUIDField()),
                ("shown_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("provider", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="people.provider")),
            ],
            options={"db_table": "handshake"},
        ),
        migrations.CreateModel(
            name="HandshakeAnswer",
            fields=[
                (
                    "handshake",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="answer",
                        serialize=False,
                        to="consent.handshake",
                    ),
                ),
                ("person_id", models.UUIDField()),
                ("answered_at", models.DateTimeField()),
            ],
            options={"db_table": "handshake_answer"},
        ),
    ]
