import django.db.models.deletion
from django.db import migrations, models

import wutong.core.ids

_KINDS = [("group", "Group"), ("programme", "Programme"), ("whoever", "Whoever")]
_WHOEVER = """
insert into provider_group (group_id, code, kind, name_en, name_zh)
values ('0199f000-0000-7000-8000-000000000001', 'WHOEVER', 'whoever', 'Whoever gives treatment', '任何提供診治的醫護提供者')
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0003_representative_evidence")]

    operations = [
        migrations.CreateModel(
            name="ProviderGroup",
            fields=[
                (
                    "group_id",
                    models.UUIDField(default=wutong.core.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("code", models.CharField(max_length=20, unique=True)),
                ("kind", models.CharField(choices=_KINDS, max_length=10)),
                ("name_en", models.CharField(max_length=255)),
                ("name_zh", models.CharField(blank=True, max_length=255)),
            ],
            options={
                "db_table": "provider_group",
                "ordering": ("name_en",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=["kind"], condition=models.Q(kind="whoever"), name="provider_group_one_of_whoever"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="GroupMember",
            fields=[
                (
                    "membership_id",
                    models.UUIDField(default=wutong.core.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("group", models.ForeignKey("people.providergroup", django.db.models.deletion.PROTECT)),
                ("provider", models.ForeignKey("people.provider", django.db.models.deletion.PROTECT)),
                ("since_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "group_member",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["group", "provider"], condition=models.Q(ended_at=None), name="group_member_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(ended_at=None) | models.Q(ended_at__gte=models.F("since_at")),
                        name="group_member_ends_after_it_began",
                    ),
                ],
                "indexes": [models.Index("group", "provider", name="group_member_by_provider")],
            },
        ),
        migrations.RunSQL(_WHOEVER, migrations.RunSQL.noop),
    ]
