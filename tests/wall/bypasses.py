"""What an intruder who holds a database role tries, to see of a record what no ticket shows; and what they got to see.

In angle brackets stands what the intruder knows (`Intrusion.known`): the person, the patient, one row's id, and tickets of
every kind that is none: forged, stale, refused, of somebody else, of another category, of a count.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import psycopg

_KNOWN = re.compile(r"<(\w+)>")
SEEN = "something-was-seen"
_SAY = "'something-' || 'was-seen'"  # in two parts, since an error may quote the statement
_BODY = "convert_from(body, 'UTF8')"
_BODIES = ("resource", "superseded", "directory", "directory_superseded")
_RECORD = (*_BODIES, "identity_value", "whereabouts", "directory_reference", "deposit_key", "answered_request")
_VIEWS = (
    "projection", "trail", "look_line", "own_look", "look_count", "look", "document", "source", "emergency", "emergency_read",
    "authorisation", "consent", "group_consent", "member", "told_member", "closed", "person", "provider", "representative", "carer", "role", "token",
    "dead_job",
)  # fmt: skip
_TICKETS = ("forged", "stale", "refused", "other", "narrow", "counting", "several", "nameless", "broken", "quoted")

_TABLES = (
    *(f"select {_BODY} from record.{table}" for table in _BODIES),
    *(f"select t::text from record.{table} t" for table in _RECORD),
    *(f"select {_SAY} from record.{table} having count(*) > 0" for table in _BODIES),
    *(f"select t::text from audit.{table} t" for table in ("entry", "event", "look", "entry_rest", "event_rest")),
    *(f"select t::text from gate.{view}_v1 t" for view in _VIEWS),
    "select t::text from control.person t",
    "select t::text from control.carer_version t",
    "select t::text from control.joining_version t",
    "select t::text from control.representative t",
    "select t::text from control.identity_document t",
    "select t::text from control.group_consent_version t",
    "update control.group_consent_version set state = 'given' returning person_id",
    "select t::text from control.emergency_grant t",
    "select t::text from control.consent_form t",
    "select encode(t.trace, 'hex') from control.access_key t",
    "select t::text from control.handshake t",
    *(f"select t::text from control.{table} t" for table in ("authorisation_request", "authorisation", "authorisation_end")),
    "select t::text from jobs.procrastinate_jobs t",
)  # fmt: skip
_OTHER_READERS = (
    "table record.resource",
    "copy record.resource to stdout",
    f"copy (select {_BODY} from record.resource) to stdout",
    f"declare c cursor with hold for select {_BODY} from record.resource; fetch all from c",
    f"declare c scroll cursor for select {_BODY} from record.superseded; fetch last from c",
    f"prepare p as select {_BODY} from record.resource; execute p",
    f"prepare q as select {_BODY} from record.resource; set local plan_cache_mode = force_generic_plan; execute q",
    "select query_to_xml('select * from record.resource', true, false, '')::text",
    "select table_to_xml('record.superseded', true, false, '')::text",
    "select json_agg(r)::text from record.resource r",
    f"select string_agg({_BODY}, '') from record.resource",
    f"select {_BODY} from record.resource tablesample system (100)",
    f"select {_BODY} from only record.resource for key share",
    f"with recursive r as (select {_BODY} from record.resource) select * from r",
    f"select x from (values (1)) v, lateral (select {_BODY} x from record.resource) l",
    f"select max(stored_at)::text || {_SAY} from record.resource having max(stored_at) is not null",
    f"create temp table mine as select {_BODY} from record.resource; table mine",
    f"create temp view mine as select {_BODY} from record.resource; table mine",
    f"select {_BODY} into temp mine from record.resource; table mine",
    f"do $$ declare r record; begin for r in select {_BODY} b from record.resource loop raise notice '%', r.b; end loop; end $$",
    f"do $$ begin execute 'create temp table mine as select {_BODY.replace(chr(39), chr(39) * 2)} b from record.resource'; end $$; table mine",
)  # fmt: skip
_WRITERS = (
    f"update record.resource set version = version returning {_BODY}",
    f"delete from record.resource returning {_BODY}",
    f"delete from record.superseded returning {_BODY}",
    f"update record.directory set version = version returning {_BODY}",
    "update audit.look set reason = reason returning look_id",
    "update audit.entry set usable_until = 'infinity' returning entry_id",
    "insert into record.resource select * from record.resource where patient_id = '<patient>' and resource_type = 'Condition'",
    "insert into record.whereabouts select * from record.whereabouts where patient_id = '<patient>' and resource_type = 'Condition'",
    f"merge into record.resource r using (values (1)) v on r.version > 0 when matched then update set version = 1 returning {_BODY}",
    "select gate.delete_v1('<patient>', 'Encounter', '<row>', now())",
    "update control.carer_version set until = 'infinity' returning grant_id",
    "update control.joining_version set state = 'given' returning person_id",
    "truncate record.superseded",
)  # fmt: skip
# A condition that tells what it is asked about: in a notice, an error, a cast, an order.
_TELLING = "returns boolean cost 1e-6 language plpgsql immutable as $$ begin raise notice '%', $1; return true; end $$"
_LEAKY = f"create function pg_temp.leak(text) {_TELLING}"
_WITH_A_TICKET_OF_ANOTHER = (
    "select set_config('wutong.tickets', '<other>', true); set local enable_indexscan = off;"
    f" set local enable_bitmapscan = off; {_LEAKY}"
)
_CONDITIONS = (
    f"{_LEAKY}; select 1 from record.resource where pg_temp.leak({_BODY})",
    f"{_LEAKY}; select 1 from record.superseded where pg_temp.leak({_BODY}) and patient_id = '<patient>'",
    f"{_LEAKY}; select 1 from record.directory order by pg_temp.leak({_BODY})",
    f"{_LEAKY}; select count(*) filter (where pg_temp.leak({_BODY})) from record.resource",
    f"{_LEAKY}; select 1 from gate.projection_v1 where pg_temp.leak(family_name)",
    f"{_WITH_A_TICKET_OF_ANOTHER}; select 1 from gate.projection_v1 where pg_temp.leak(family_name)",
    f"{_WITH_A_TICKET_OF_ANOTHER}; select 1 from record.resource where pg_temp.leak({_BODY})",
    f"{_WITH_A_TICKET_OF_ANOTHER}; select 1 from record.directory where pg_temp.leak({_BODY})",
    f"create function pg_temp.leak(text, text) {_TELLING}; create operator pg_temp.=== (leftarg = text, rightarg = text, function = pg_temp.leak); select 1 from record.resource where {_BODY} operator(pg_temp.===) ''",
    f"select {_BODY}::int from record.resource",
    f"select 1 from record.resource where {_BODY}::int = 1",
    f"select 1 from record.superseded where {_BODY}::jsonb ->> 'id' = 'x' or {_BODY}::date is null",
    "select tokens::int[] from record.resource",
    "select 1 from gate.projection_v1 where family_name::int = 1",
    "select value::int from record.deposit_key",
)  # fmt: skip
# What else PostgreSQL keeps of the rows: statistics, files, other sessions, replication.
_ASIDE = (
    "select most_common_vals::text, histogram_bounds::text from pg_stats where schemaname in ('record', 'audit', 'control')",
    "select most_common_vals::text from pg_stats_ext where schemaname in ('record', 'audit')",
    "select stavalues1::text from pg_statistic",
    "select stxdmcv::text from pg_statistic_ext_data",
    "select rolpassword from pg_authid",
    "select query from pg_stat_activity where pid <> pg_backend_pid()",
    "select encode(data, 'escape') from pg_largeobject",
    "select lo_import('/etc/passwd')",
    "select encode(pg_read_binary_file(pg_relation_filepath('record.resource')), 'escape')",
    "select pg_ls_dir('base')",
    "copy record.resource to '/tmp/never'",
    "copy record.resource to program 'cat'",
    "select pg_create_logical_replication_slot('mine', 'test_decoding')",
    "create extension pageinspect",
    "create extension file_fdw",
    "create publication mine for table record.resource",
)  # fmt: skip
# To be somebody else, or to change what binds one.
_POWERS = (
    *(
        f"set local role {role}; select {_BODY} from record.resource"
        for role in ("wutong_owner", "wutong_keeper", "wutong_plane", "wutong_pdp", "wutong_admin", "postgres")
    ),
    f"set session authorization wutong_keeper; select {_BODY} from record.resource",
    f"set local session_replication_role = replica; select {_BODY} from record.resource",
    f"set local row_security = off; select {_BODY} from record.resource",
    f"alter table record.resource disable row level security; select {_BODY} from record.resource",
    f"drop policy by_ticket on record.resource; select {_BODY} from record.resource",
    f"create policy mine on record.resource using (true); select {_BODY} from record.resource",
    f"grant wutong_keeper to current_user; set local role wutong_keeper; select {_BODY} from record.resource",
    "grant select on record.whereabouts to public; select t::text from record.whereabouts t",
    "alter function gate.count_v1() reset all",
    "create or replace function audit.scope_v1() returns audit.scope language sql as 'select null::audit.scope'",
    "create trigger mine before update on record.resource for each row execute function suppress_redundant_updates_trigger()",
    "create rule mine as on insert to record.resource do also select 1",
    "create function gate.mine() returns int language sql as 'select 1'",
    "create event trigger mine on ddl_command_end execute function suppress_redundant_updates_trigger()",
    "set constraints all deferred; insert into record.resource default values returning resource_id",
)  # fmt: skip
# Functions that run as the owner: asked without a ticket, and with names of theirs taken before them.
_SHADOWS = (
    "create function pg_temp.current_setting(text, boolean) returns text language sql as $$ select '<other>' $$",
    "create function pg_temp.same(uuid, uuid) returns boolean language sql as 'select true'; create operator pg_temp.= (leftarg = uuid, rightarg = uuid, function = pg_temp.same)",
    "create temp table entry (like pg_class); create temp table resource (body bytea)",
    "create function pg_temp.opened_v1(text) returns int language sql as 'select 1'",
)  # fmt: skip
_QUESTION = '[{"ticket": "<forged>", "patient": "<patient>", "type": "Encounter", "id": "<row>", "categories": ["ENC", "DX"]}]'  # fmt: skip
_CALLS = (
    f"select {_SAY} from gate.count_v1()",
    f"select {_SAY} from record.named_v1()",
    f"select {_SAY} from record.placed_v1('Encounter', array['<row>']::uuid[])",
    f"select {_BODY} || {_SAY} from gate.read_v1('{_QUESTION}')",
    f"select {_SAY} from audit.scope_v1() s where s is distinct from null::audit.scope and s.read_patients is not null",
    "select t::text from audit.ticket_v1('<stale>') t",
    "select t::text from audit.opened_v1('<stale>') t",
    "select gate.compare_v1('{\"patient_id\": \"<patient>\"}', '[]')",
    "select gate.register_v1('{\"patient_id\": \"<patient>\"}', '[]')",
    "select gate.disagreement_v1('<person>', '{\"family_name\": \"\", \"given_name\": \"\", \"sex\": \"X\"}', '[]')",
    "select gate.open_emergency_look_v1('<person>', '<person>', now())",
    "select x::text from gate.person_v1 p, gate.represents_v1(p.person_id, p.person_id, now(), current_date) x",
    "select gate.still_acts_v1('<person>', '<person>', 'representative', 'read')::text",
    "select gate.care_v1('<person>', '<depositor>', now())",
    "select t::text from gate.consent_to_v1('<person>', (select provider_id from gate.provider_v1 limit 1), now(), null) t",
    f"select {_SAY} from gate.authorised_v1('<person>', '<person>', '<person>', '<person>', now())",
)  # fmt: skip
UNDER_A_TICKET = (
    *(f"select {_BODY} from record.{table}" for table in _BODIES),
    "select t::text from record.identity_value t",
    "select t::text from record.deposit_key t",
    "select t::text from record.answered_request t",
    "select t::text from gate.projection_v1 t",
    *_CALLS[:2],
)


def _attempts() -> Iterator[str]:
    yield from (*_TABLES, *_OTHER_READERS, *_WRITERS, *_CONDITIONS, *_ASIDE, *_POWERS, *_CALLS)
    for shadow in _SHADOWS:
        for call in _CALLS[:4]:
            yield f"{shadow}; set local search_path = pg_temp, record, audit, gate, pg_catalog; {call}"
    for ticket in _TICKETS:
        for read in UNDER_A_TICKET:
            if (ticket, read) != ("counting", _CALLS[0]):  # it says how many there are: that is what it is for
                yield f"select set_config('wutong.tickets', '<{ticket}>', true); {read}"
    yield from (f"savepoint a; {own}" for own in _OWN_TICKETS)


# To make a ticket and read under it in one transaction.
_ENTRY = '{"person_id": "<person>", "at": "<now>", "entry_id": "<fresh>", "event": "record:read", "outcome": "allowed", "act": "read", "categories": ["DX"], "patient_ids": ["<patient>"], "is_ticket": true, "usable_until": "2199-01-01"}'  # fmt: skip
_READ_AS_OWN = (
    f"select set_config('wutong.tickets', '<person>|<now>|<fresh>', true); select {_BODY} from record.resource"
)
_OWN_TICKETS = tuple(
    f"select audit.{function}('{_ENTRY}'); release a; {_READ_AS_OWN}" for function in ("append_v1", "decide_v1")
)
ATTEMPTS = tuple(dict.fromkeys(_attempts()))
# Those that a canary tries on a connection that could become the owner again.
OF_ANY_CONNECTION = tuple(
    each for each in ATTEMPTS if each in {*_TABLES, *_CALLS, *_CONDITIONS} or "wutong.tickets" in each
)


@dataclass
class Intrusion:
    """Somebody with a connection; what they know, and the secrets by the kind of what they tell."""

    connection: psycopg.Connection
    known: Mapping[str, str]
    secrets: Mapping[str, Iterable[str]]
    told: list[str] = field(default_factory=list)

    def tries(self, statement: str) -> set[str]:
        """Carry out an attempt, undo it, and say which kinds of secrets it told, in rows, notices and errors."""
        self.told.clear()
        text = _KNOWN.sub(lambda found: self.known.get(found[1], found[0]), statement)
        self.connection.add_notice_handler(self._hear)
        with suppress(psycopg.errors.InvalidCursorName):
            try:
                with self.connection.transaction(force_rollback=True):
                    self.told.extend(_carried_out(self.connection, text))
            except psycopg.Error as refused:
                self._hear(refused.diag)
        self.connection.remove_notice_handler(self._hear)
        return {
            kind
            for kind, texts in self.secrets.items()
            if any(secret in each for each in self.told for secret in texts)
        }

    def _hear(self, said: psycopg.errors.Diagnostic) -> None:
        parts = (said.message_primary, said.message_detail, said.message_hint, said.context)
        self.told.extend(part for part in parts if part)


def _carried_out(connection: psycopg.Connection, text: str) -> Iterator[str]:
    with connection.cursor() as cursor:
        if text.startswith("copy") and text.endswith("stdout"):
            with cursor.copy(text) as copied:  # type: ignore[arg-type]
                yield from (bytes(piece).decode("utf-8", "replace") for piece in copied)
            return
        cursor.execute(text)  # type: ignore[arg-type]
        while True:
            if cursor.description:
                yield from (_shown(value) for row in cursor.fetchall() for value in row)
            if not cursor.nextset():
                return


def _shown(value: Any) -> str:
    return bytes(value).decode("utf-8", "replace") if isinstance(value, (bytes, memoryview)) else str(value)
