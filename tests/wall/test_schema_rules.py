"""The scale rules 1-6, 13 and 16, against the catalogue of a plain PostgreSQL."""

import psycopg
import pytest

# Patient-owned tables and the column that leads them (a person's own tables are led by the person).
PATIENT_OWNED = {
    "record.resource": "patient_id",
    "record.superseded": "patient_id",
    "record.identity_value": "patient_id",
    "record.directory_reference": "patient_id",
    "control.source_record": "patient_id",
    "control.consent_version": "person_id",
    "control.contact": "person_id",
    "control.representative": "person_id",
    "control.match_review": "person_id",
    "control.notice": "person_id",
    "audit.entry": "person_id",
    "audit.look": "person_id",
}
# Keyed by the value that must be unique in the whole system (rule 2), or about no patient.
OTHERS = {
    "record.directory", "record.directory_superseded", "record.whereabouts", "audit.event", "control.person",
    "control.identity_document", "control.provider", "control.account", "control.one_time_token", "control.professional",
    "control.affiliation", "control.role_category", "control.sign_in_session", "control.system_client",
    "control.access_token",
}  # fmt: skip
_TABLES = """
select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
 where n.nspname in ('record', 'audit', 'control') and c.relkind in ('r', 'p') and not c.relispartition
   and c.relname not like 'django\\_%' and c.relname not like 'auth\\_%'
"""
_UNIQUE = """
select c.relname, i.indexrelid::regclass::text,
       array(select a.attname::text from unnest(i.indkey) with ordinality k(num, pos)
              join pg_attribute a on a.attrelid = c.oid and a.attnum = k.num order by k.pos), i.indisprimary
  from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
 where i.indisunique and n.nspname || '.' || c.relname = %s
"""


def test_every_table_is_known_to_this_list(superuser: psycopg.Connection) -> None:
    found = {name for (name,) in superuser.execute(_TABLES).fetchall()}
    assert found == set(PATIENT_OWNED) | OTHERS


@pytest.mark.parametrize(("table", "column"), PATIENT_OWNED.items())
def test_the_patient_leads_the_key_and_is_in_every_unique_key(
    superuser: psycopg.Connection, table: str, column: str
) -> None:
    rows = superuser.execute(_UNIQUE, [table]).fetchall()
    assert rows
    for _, index, columns, is_primary in rows:
        assert column in columns, index
        if is_primary:
            assert columns[0] == column


def test_there_are_no_triggers_but_the_queues_own(superuser: psycopg.Connection) -> None:
    query = """
    select c.relname from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
     where not t.tgisinternal and n.nspname <> 'jobs'
    """
    assert superuser.execute(query).fetchall() == []


def test_no_extension_but_plpgsql_is_needed(superuser: psycopg.Connection) -> None:
    assert superuser.execute("select extname from pg_extension").fetchall() == [("plpgsql",)]


def test_the_trail_is_partitioned_by_month_and_keeps_what_no_month_was_made_for(superuser: psycopg.Connection) -> None:
    query = "select count(*) from pg_inherits where inhparent = 'audit.entry'::regclass"
    row = superuser.execute(query).fetchone()
    assert row
    assert row[0] >= 25
