import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models.functions import Length, Trim
from django.db.models.lookups import GreaterThanOrEqual

import wutong.core.ids
from wutong.core import clock

# A cell that ended by itself was seen by nobody from then on: from now on a version says so.
SAY_WHERE_A_CELL_ENDED = """
insert into role_category (role_category_id, profession, category, access, source, valid_from, version, entered_at)
select gen_random_uuid(), c.profession, c.category, '-', c.source, c.valid_until + 1, 1, c.entered_at
  from role_category c
 where c.valid_until is not null
   and not exists (select from role_category later where later.profession = c.profession
                      and later.category = c.category and later.valid_from = c.valid_until + 1)
"""
NUMBER_THE_VERSIONS = """
update role_category c set version = numbered.place
  from (select role_category_id, row_number() over (partition by profession, category order by valid_from) as place
          from role_category) numbered
 where numbered.role_category_id = c.role_category_id
"""
# Two columns each, which Django's foreign keys have not: the author in a decision is the change's own, and a version
# that was decided says what the change said.
_COMPARE_THE_RIGHT_AUTHOR = """
alter table role_decision add constraint role_decision_of_its_author
  foreign key (role_change_id, drafted_by) references role_change (role_change_id, drafted_by)
"""
_SAY_WHAT_WAS_DECIDED = """
alter table role_change_cell add constraint role_change_cell_once
  unique (role_change_id, profession, category, access);
alter table role_category add constraint role_category_as_decided
  foreign key (role_change_id, profession, category, access)
  references role_change_cell (role_change_id, profession, category, access)
"""
_LEAST_WORDS = 20
_ACCESSES = [("G", "General"), ("R", "Restricted"), ("-", "None")]


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.AddField("rolecategory", "version", models.PositiveIntegerField(default=1), preserve_default=False),
        migrations.AddField(
            "rolecategory", "entered_at", models.DateTimeField(default=clock.now), preserve_default=False
        ),
        migrations.RemoveConstraint("rolecategory", "role_category_one_in_force"),
        migrations.RunSQL(SAY_WHERE_A_CELL_ENDED, migrations.RunSQL.noop),
        migrations.RunSQL(NUMBER_THE_VERSIONS, migrations.RunSQL.noop),
        migrations.RemoveField("rolecategory", "valid_until"),
        migrations.CreateModel(
            name="RoleChange",
            fields=[
                (
                    "role_change_id",
                    models.UUIDField(default=wutong.core.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("valid_from", models.DateField()),
                ("reason", models.TextField()),
                (
                    "drafted_by",
                    models.ForeignKey(
                        settings.AUTH_USER_MODEL,
                        django.db.models.deletion.PROTECT,
                        db_column="drafted_by",
                        related_name="+",
                    ),
                ),
                ("drafted_at", models.DateTimeField()),
            ],
            options={
                "db_table": "role_change",
                "constraints": [
                    models.CheckConstraint(
                        condition=GreaterThanOrEqual(Length(Trim("reason")), _LEAST_WORDS),
                        name="role_change_says_why",
                    ),
                    models.UniqueConstraint(fields=["role_change_id", "drafted_by"], name="role_change_of_its_author"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RoleChangeCell",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "role_change_id",
                        "profession",
                        "category",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "role_change",
                    models.ForeignKey("people.rolechange", django.db.models.deletion.PROTECT, related_name="cells"),
                ),
                ("profession", models.CharField(max_length=5)),
                ("category", models.CharField(max_length=5)),
                ("old_access", models.CharField(choices=_ACCESSES, max_length=1)),
                ("access", models.CharField(choices=_ACCESSES, max_length=1)),
                ("seen_version", models.PositiveIntegerField()),
            ],
            options={
                "db_table": "role_change_cell",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(access__in=["G", "R", "-"]), name="role_change_cell_is_an_access"
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(access=models.F("old_access")), name="role_change_cell_changes"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RoleDecision",
            fields=[
                (
                    "role_change",
                    models.OneToOneField(
                        "people.rolechange",
                        django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="decision",
                        serialize=False,
                    ),
                ),
                ("drafted_by", models.UUIDField()),
                (
                    "decided_by",
                    models.ForeignKey(
                        settings.AUTH_USER_MODEL,
                        django.db.models.deletion.PROTECT,
                        db_column="decided_by",
                        related_name="+",
                    ),
                ),
                ("outcome", models.CharField(max_length=10)),
                ("note", models.TextField(blank=True)),
                ("decided_at", models.DateTimeField()),
            ],
            options={
                "db_table": "role_decision",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(outcome__in=("approved", "declined", "withdrawn")),
                        name="role_decision_has_an_outcome",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(outcome="withdrawn", decided_by=models.F("drafted_by"))
                        | (
                            models.Q(outcome__in=("approved", "declined"))
                            & ~models.Q(decided_by=models.F("drafted_by"))
                        ),
                        name="role_decision_by_two_people",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(outcome="declined")
                        | models.Q(GreaterThanOrEqual(Length(Trim("note")), _LEAST_WORDS)),
                        name="role_decision_says_why",
                    ),
                ],
            },
        ),
        migrations.RunSQL(_COMPARE_THE_RIGHT_AUTHOR, migrations.RunSQL.noop),
        migrations.AddField(
            "rolecategory",
            "decision",
            models.ForeignKey(
                "people.roledecision", django.db.models.deletion.PROTECT, db_column="role_change_id", null=True
            ),
        ),
        migrations.AddConstraint(
            "rolecategory",
            models.UniqueConstraint(fields=["profession", "category", "version"], name="role_category_version"),
        ),
        # Not valid: what a territory changed by hand, before there was a way to, stays as it is.
        AddConstraintNotValid(
            "rolecategory",
            models.CheckConstraint(
                condition=models.Q(version=1, decision=None) | models.Q(source="decided", decision__isnull=False),
                name="role_category_is_decided",
            ),
        ),
        migrations.RunSQL(_SAY_WHAT_WAS_DECIDED, migrations.RunSQL.noop),
    ]
