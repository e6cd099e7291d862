"""The scale rules 1-3, 5, 6, 13 and 16, against the catalogue of a plain PostgreSQL."""

import re
from itertools import pairwise

import psycopg
import pytest
from psycopg.types.json import Jsonb

from wutong.core import clock, ids
from wutong.record.gate.facts import FACTS

# Patient-owned tables and the column that leads them (a person's own tables are led by the person).
PATIENT_OWNED = {
    "record.resource": "patient_id",
    "record.superseded": "patient_id",
    "record.identity_value": "patient_id",
    "record.directory_reference": "patient_id",
    "control.source_record": "patient_id",
    "control.joining_version": "person_id",
    "control.consent_version": "person_id",
    "control.access_key": "person_id",
    "control.access_key_try": "person_id",
    "control.group_consent_version": "person_id",
    "control.closing_version": "person_id",
    "control.carer_version": "person_id",
    "control.contact": "person_id",
    "control.representative": "person_id",
    "control.match_review": "person_id",
    "control.notice": "person_id",
    "control.emergency_grant": "person_id",
    "control.emergency_review": "person_id",
    "control.officer_notice": "person_id",
    "control.authorisation_request": "person_id",
    "control.authorisation": "person_id",
    "control.authorisation_end": "person_id",
    "audit.entry": "person_id",
    "audit.look": "person_id",
}
# Keyed by the value that must be unique in the whole system (rule 2), or about no patient.
OTHERS = {
    "record.directory", "record.directory_superseded", "record.whereabouts", "record.answered_request", "record.deposit_key",
    "audit.event", "control.consent_form", "control.handshake", "control.handshake_answer", "control.person",
    "control.identity_document", "control.provider", "control.provider_group", "control.group_member", "control.account",
    "control.one_time_token", "control.professional",
    "control.affiliation", "control.role_category", "control.role_change", "control.role_change_cell",
    "control.role_decision", "control.sign_in_session", "control.system_client",
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


@pytest.mark.parametrize(("table", "column"), PATIENT_OWNED.items())
def test_the_patient_is_a_uuid_that_is_never_missing(superuser: psycopg.Connection, table: str, column: str) -> None:
    query = """
    select format_type(atttypid, null), attnotnull from pg_attribute where attrelid = %s::regclass and attname = %s
    """
    assert superuser.execute(query, [table, column]).fetchall() == [("uuid", True)]


def test_patient_owned_tables_refer_to_reference_tables_alone_and_nothing_refers_to_them(
    superuser: psycopg.Connection,
) -> None:
    query = """
    select conrelid::regclass::text, confrelid::regclass::text, confdeltype in ('n', 'd') from pg_constraint
     where contype = 'f' and (conrelid = any (%(owned)s::regclass[]) or confrelid = any (%(owned)s::regclass[]))
    """
    found = superuser.execute(query, {"owned": list(PATIENT_OWNED)}).fetchall()
    assert found
    assert {row[1:] for row in found} == {("control.provider", False), ("control.provider_group", False)}


def test_ids_come_from_the_application_never_from_a_sequence(superuser: psycopg.Connection) -> None:
    query = """
    select sequencename from pg_sequences
     where schemaname in ('record', 'audit', 'control') and sequencename !~ '^(django|auth)_'
    """
    assert superuser.execute(query).fetchall() == []


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
    with superuser.transaction(force_rollback=True):
        superuser.execute(
            "insert into audit.entry (person_id, at, entry_id, event, outcome)"
            " values (gen_random_uuid(), '2001-01-01', gen_random_uuid(), 'record:read', 'refused')"
        )
        assert superuser.execute("select count(*) from audit.entry_rest where at = '2001-01-01'").fetchone() == (1,)


def test_a_month_gets_its_partition_though_entries_came_before_it(superuser: psycopg.Connection) -> None:
    partition_of = "select tableoid::regclass::text from audit.entry where at = '2041-01-31 23:59:59.9+00'"
    with superuser.transaction(force_rollback=True):
        superuser.execute("set local timezone = 'Asia/Hong_Kong'")  # months of the trail are UTC's, whoever makes them
        superuser.execute(
            "insert into audit.entry (person_id, at, entry_id, event, outcome)"
            " values (gen_random_uuid(), '2041-01-31 23:59:59.9+00', gen_random_uuid(), 'record:read', 'refused')"
        )
        assert superuser.execute(partition_of).fetchall() == [("audit.entry_rest",)]
        for _ in range(2):
            superuser.execute("select audit.make_partitions_v1('2041-01-01', 2)")
            assert superuser.execute(partition_of).fetchall() == [("audit.entry_2041_01",)]
        keys = "select count(*) from pg_index where indrelid = 'audit.entry_2041_02'::regclass"
        assert superuser.execute(keys).fetchone() == (5,)
        checks = "select conname from pg_constraint where conrelid = 'audit.entry_2041_02'::regclass and contype = 'c'"
        assert ("patients_are_somebody",) in superuser.execute(checks).fetchall()


def test_a_decision_reads_the_consents_of_its_person_alone(superuser: psycopg.Connection) -> None:
    """Not all consents of the territory, for each request: every look at the table goes by the person's index."""
    questions = [{"token": "", "type": "", "patient": str(ids.new()), "traces": []}]
    names = {"questions": Jsonb(questions), "now": clock.now(), "today": clock.today()}
    with superuser.transaction(force_rollback=True):
        superuser.execute("set local enable_seqscan = off")
        plan = [line for (line,) in superuser.execute(f"explain (costs off) {FACTS}", names)]
    for table in ("consent_version", "group_consent_version", "notice"):
        conditions = [after for line, after in pairwise(plan) if f" on {table}" in line]
        assert conditions
        assert all(re.search(r"(Index|Recheck) Cond: \(+person_id = ", condition) for condition in conditions), (
            conditions
        )
