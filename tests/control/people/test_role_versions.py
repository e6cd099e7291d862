"""What a territory changed of its matrix by hand, before officers could, is kept by the migration."""

import importlib

import psycopg

_BEFORE = """
create temporary table role_category (role_category_id uuid, profession text, category text, access text, source text,
  valid_from date, valid_until date, version int default 1, entered_at timestamptz default now()) on commit drop
"""
_ROWS = """
insert into role_category (role_category_id, profession, category, access, source, valid_from, valid_until) values
  (gen_random_uuid(), 'OT', 'LAB', 'R', 'reconstructed', '2016-03-13', '2020-05-31'),
  (gen_random_uuid(), 'OT', 'LAB', 'G', 'published', '2020-06-01', null),
  (gen_random_uuid(), 'PT', 'LAB', 'R', 'reconstructed', '2016-03-13', null),
  (gen_random_uuid(), 'PT', 'MED', 'G', 'reconstructed', '2016-03-13', '2021-12-31')
"""
_AFTER = "select profession, category, version, access, valid_from::text from role_category order by 1, 2, 3"


def test_an_end_becomes_a_version_and_versions_are_numbered_by_their_days(superuser: psycopg.Connection) -> None:
    migration = importlib.import_module("wutong.control.people.migrations.0002_role_changes")
    with superuser.transaction(force_rollback=True):
        superuser.execute(_BEFORE)
        superuser.execute(_ROWS)
        superuser.execute(migration.SAY_WHERE_A_CELL_ENDED)
        superuser.execute(migration.NUMBER_THE_VERSIONS)
        found = superuser.execute(_AFTER).fetchall()
    assert found == [
        ("OT", "LAB", 1, "R", "2016-03-13"),
        ("OT", "LAB", 2, "G", "2020-06-01"),
        ("PT", "LAB", 1, "R", "2016-03-13"),
        ("PT", "MED", 1, "G", "2016-03-13"),
        ("PT", "MED", 2, "-", "2022-01-01"),  # nobody saw it from then on
    ]
