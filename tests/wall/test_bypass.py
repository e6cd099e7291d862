"""No row without a ticket that the decision point committed before, whichever database role an intruder holds.

Every attempt (wall/bypasses.py) as every login role. What each role sees without a ticket, because its work is that, stands
beside what it does not: nothing of the record for the planes and the queue; for the keeper, who works from the host's
command line alone, the rows. Not tried is what PostgreSQL tells everybody and no grant takes away: how large a table is, and (by
EXPLAIN ANALYZE, to a role that may ask it at all) how many rows a plan went over, also of a patient whose id is known.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from cast import HARBOUR, Cast, Registered
from emergencies import granted
from psycopg.types.json import Jsonb
from record.resources import of_category
from wall.bypasses import ATTEMPTS, OF_ANY_CONNECTION, SEEN, UNDER_A_TICKET, Intrusion

from wutong.core import clock, ids
from wutong.schema import roles

# What a role sees of the secrets without a ticket: all of that, and nothing else.
_LEGITIMATE: Mapping[str, set[str]] = {
    "wutong_plane": set(),
    "wutong_finder": set(),
    "wutong_jobs": {"look"},  # of which it tells the patient
    "wutong_pdp": {"id", "number", "look"},  # where rows live, whose a document is, looks: facts to decide by
    "wutong_control": {"name", "number", "look", "entry"},  # its own tables, and the trail for the office's pages
    "wutong_keeper": {"row", "version", "directory", "directory's version", "number", "id", "key", "name", "seen"},
}
_EVERY_CATEGORY = ["PID", "DX", "ENC", "LAB"]
_SCHEMAS = "select c.relname from pg_class c where c.relnamespace = any ('{record,audit,gate}'::regnamespace[]) "
_TABLES = _SCHEMAS + "and c.relkind in ('r', 'v', 'p', 'm') and not c.relispartition order by 1"
_FUNCTIONS = """
select p.proname from pg_proc p
 where p.pronamespace = any ('{record,audit,gate}'::regnamespace[])
   and exists (select from pg_roles r where r.rolname = any (%s) and has_function_privilege(r.oid, p.oid, 'execute'))
 order by 1
"""
_NO_READERS = {"defer_v1", "replay_job_v1", "open_look_v1"}  # they answer with what they were told, or whether


@dataclass(frozen=True)
class Scene:
    """Two people; the secrets of one of them; what an intruder knows of both."""

    who: Registered
    other: Registered
    secrets: Mapping[str, tuple[str, ...]]
    known: Mapping[str, str]
    depositor: str


@pytest.fixture(scope="module")
def scene(cast: Cast, superuser: psycopg.Connection) -> Scene:
    mark = ids.new().hex[:12]
    who, other = cast.register(family=f"NAME{mark}"), cast.register()

    def store(content: dict[str, Any], **headers: str) -> dict[str, Any]:
        method = "PUT" if "id" in content else "POST"
        path = "/".join(filter(None, (content["resourceType"], content.get("id"))))
        answer = cast.fhir(cast.ha, method, path, json=content, headers=headers)
        assert answer.status_code < 300, answer.text
        return dict(answer.json())

    someone = store({"resourceType": "Practitioner", "name": [{"text": f"old directory {mark}"}]})
    store(someone | {"name": [{"text": f"new directory {mark}"}]})
    visit = store(of_category("ENC", who.patient_id))
    stated = {"asserter": {"reference": f"Practitioner/{someone['id']}"}, "code": {"text": f"old row {mark}"}}
    stated |= {"identifier": [{"system": "urn:ha:case", "value": f"key-{mark}"}]}
    row = store(of_category("DX", who.patient_id) | stated, **{"idempotency-key": f'"{ids.new()}"'})
    store(row | {"code": {"text": f"new row {mark}"}})
    actor = {"actor": {"reference": f"Patient/{who.patient_id}"}, "status": "accepted"}
    booked = {
        "resourceType": "Appointment",
        "status": "booked",
        "description": f"new row {mark}",
        "participant": [actor],
    }
    soon = clock.now().isoformat(timespec="seconds")
    appointment = store(booked | {"start": soon, "end": soon})
    granted(cast, who, HARBOUR)
    cast.allow(who)
    cast.open(cast.session_token(cast.doctor), who.person_id)
    secrets = {
        "row": (f"new row {mark}",),
        "version": (f"old row {mark}",),
        "directory": (f"new directory {mark}",),
        "directory's version": (f"old directory {mark}",),
        "name": (f"NAME{mark}",),
        "id": (row["id"], someone["id"], appointment["id"]),
        "key": (f"key-{mark}",),
        "seen": (SEEN,),
        **{kind: _told(superuser, query, who, row["id"]) for kind, query in _SECRETS.items()},
    }
    [(depositor,)] = superuser.execute("select provider_id::text from control.provider where code = 'HA'").fetchall()
    known = {"person": str(who.person_id), "patient": str(who.patient_id), "row": visit["id"], "depositor": depositor}
    return Scene(who, other, secrets, known, depositor)


_OF_IDENTITY = """
select encode(trace, 'hex') from record.identity_value where patient_id = %(patient)s
 union all select encode(sealed, 'hex') from record.identity_value where patient_id = %(patient)s
 union all select encode(trace, 'hex') from control.identity_document where person_id = %(person)s
"""
_SECRETS = {
    "number": _OF_IDENTITY,
    "look": "select look_id::text from audit.look where person_id = %(person)s",
    "entry": "select entry_id::text from audit.entry where person_id = %(person)s",
    "answered": "select encode(key_hash, 'hex') from record.answered_request where kept::text like '%%' || %(row)s || '%%'",
}


def _told(superuser: psycopg.Connection, query: str, who: Registered, row: str) -> tuple[str, ...]:
    about = {"person": str(who.person_id), "patient": str(who.patient_id), "row": row}
    found = superuser.execute(query, about).fetchall()  # type: ignore[arg-type]
    assert found, query
    return tuple(row[0] for row in found)


def _ticket(pdp: psycopg.Connection, who: Registered, **more: object) -> str:
    at, entry_id = datetime.now(UTC).isoformat(), str(ids.new())
    entry: dict[str, object] = {
        "person_id": str(who.person_id),
        "at": at,
        "entry_id": entry_id,
        "event": "record:read",
        "outcome": "allowed",
        "act": "read",
        "categories": _EVERY_CATEGORY,
        "patient_ids": [str(who.patient_id)],
        **more,
    }
    pdp.execute("select audit.decide_v1(%s)", [Jsonb(entry)])
    return f"{who.person_id}|{at}|{entry_id}"


@pytest.fixture
def known(scene: Scene, pdp: psycopg.Connection, superuser: psycopg.Connection) -> dict[str, str]:
    """What an intruder knows, with tickets that are none for what is tried; all fresh."""
    now, who = datetime.now(UTC).isoformat(), scene.who
    other, stale = _ticket(pdp, scene.other), _ticket(pdp, who)
    superuser.execute("update audit.entry set usable_until = now() where entry_id = %s", [stale.rpartition("|")[2]])
    return {
        **scene.known,
        "now": now,
        "fresh": str(ids.new()),
        "forged": f"{who.person_id}|{now}|{ids.new()}",
        "stale": stale,
        "refused": _ticket(pdp, who, outcome="refused"),
        "other": other,
        "narrow": _ticket(pdp, who, categories=["LAB"]),
        "counting": _ticket(pdp, who, act="count"),
        "several": f"{other},{_ticket(pdp, who)}",
        "nameless": "||",
        "broken": "a|b",
        "quoted": "''; select 1 --||",
    }


@pytest.mark.parametrize("role", roles.LOGIN_ROLES)
def test_r43_no_attempt_shows_a_role_more_than_its_work_needs(role: str, scene: Scene, known: dict[str, str]) -> None:
    assert len(ATTEMPTS) >= 60
    with psycopg.connect(os.environ[f"{role.upper()}_DSN"], autocommit=True) as connection:
        intruder = Intrusion(connection, known, scene.secrets)
        found = {attempt: intruder.tries(attempt) for attempt in ATTEMPTS}
    too_much = {attempt: kinds - _LEGITIMATE[role] for attempt, kinds in found.items() if kinds - _LEGITIMATE[role]}
    assert too_much == {}
    assert set().union(*found.values()) == _LEGITIMATE[role]


def test_under_tickets_for_it_the_data_role_sees_all_of_it(
    scene: Scene, known: dict[str, str], plane: psycopg.Connection, pdp: psycopg.Connection
) -> None:
    own = {"depositor_id": scene.depositor, "act": "write", "categories": []}
    tickets = {
        "care": _ticket(pdp, scene.who),
        "counting": _ticket(pdp, scene.who, act="count"),
        "deposit": _ticket(pdp, scene.who, **own),
    }
    intruder = Intrusion(plane, known | tickets, scene.secrets)
    seen = {
        ticket: set().union(
            *(
                intruder.tries(f"select set_config('wutong.tickets', '<{ticket}>', true); {read}")
                for read in UNDER_A_TICKET
            )
        )
        for ticket in tickets
    }
    rows = {"row", "version", "id", "key"}  # a body holds its id and its identifiers
    assert seen["care"] == {*rows, "directory", "directory's version", "name", "seen"}
    assert seen["counting"] == {"seen"}
    assert seen["deposit"] == {*rows, "directory", "directory's version", "name", "number", "answered"}


def test_every_table_view_and_function_is_tried(superuser: psycopg.Connection) -> None:
    """Whatever is added is tried, too, before anybody may read it."""
    text = "\n".join(ATTEMPTS)
    tables = [name for (name,) in superuser.execute(_TABLES)]
    functions = [name for (name,) in superuser.execute(_FUNCTIONS, [list(roles.LOGIN_ROLES)])]
    assert len(tables) > 20
    assert [name for name in (*tables, *functions) if name not in text and name not in _NO_READERS] == []


@pytest.mark.timeout(400)  # what it reads grows with what other tests leave
def test_most_attempts_show_something_to_whom_nothing_binds(
    scene: Scene, known: dict[str, str], superuser: psycopg.Connection
) -> None:
    """What shows a superuser nothing would not be much of an attempt, but where it asks for what is not there."""
    intruder = Intrusion(superuser, known, scene.secrets)
    assert sum(bool(intruder.tries(attempt)) for attempt in ATTEMPTS) >= 120


def _given(table: str, role: str = "wutong_plane") -> str:
    return f"grant select on {table} to {role}"


def _replaced(function: str, check: str, by: str) -> str:
    """A statement that plants the function without one of its checks."""
    return f"""
    do $plant$ begin
      if pg_get_functiondef('{function}'::regproc) not like $find$%{check}%$find$ then raise 'there is no such check'; end if;
      execute replace(pg_get_functiondef('{function}'::regproc), $find${check}$find$, $put${by}$put$);
    end $plant$
    """


_NOW_FOR_ANY_TIME = _replaced("audit.opened_v1", "e.usable_until > clock_timestamp()", "true")
_EVERY_ENTRY = _replaced("audit.opened_v1", "e.is_ticket", "true")
_OWN_TRANSACTION = _replaced("audit.opened_v1", "e.txid is distinct from pg_current_xact_id_if_assigned()", "true")
_COUNTS_AS_READS = _replaced("audit.opened_v1", "asked_act = 'count'", "false")
_SEVERAL = (
    _replaced("audit.scope_v1", "position(',' in names) = 0", "true")
    + ";"
    + _replaced("audit.opened_v1", "string_to_array(name, '|')", "string_to_array(split_part(name, ',', -1), '|')")
)
_ANY_CATEGORY = (
    "drop policy by_ticket on record.resource; create policy by_ticket on record.resource using ("
    " exists (select from audit.scope_v1() s where patient_id = any (s.read_patients)))"
)
_ANY_PLACE = (
    "drop policy placed_by_deposit_ticket on record.whereabouts;"
    " create policy placed_by_deposit_ticket on record.whereabouts using (true)"
)
_EVIDENCE_FOR_ALL = (
    "grant execute on function gate.care_v1(uuid, uuid, timestamptz) to wutong_plane;"
    " alter policy shown_to_decision_point on record.resource using (true)"
)
# A wall with one stone out: who comes through then, and to what.
_PLANTED = (
    ("wutong_plane", "alter table record.resource disable row level security", "row"),
    ("wutong_plane", "create policy open on record.resource using (true)", "row"),
    ("wutong_plane", "alter table record.superseded disable row level security", "version"),
    ("wutong_plane", "alter table record.directory disable row level security", "directory"),
    ("wutong_plane", "alter table record.directory_superseded disable row level security", "directory's version"),
    ("wutong_plane", "alter table record.identity_value disable row level security", "number"),
    ("wutong_plane", "alter table record.deposit_key disable row level security", "key"),
    ("wutong_plane", "alter table record.answered_request disable row level security", "answered"),
    ("wutong_plane", "alter view gate.projection_v1 reset (security_barrier)", "name"),
    ("wutong_plane", f"grant usage on schema control to wutong_plane; {_given('control.person')}", "name"),
    ("wutong_plane", f"{_given('record.whereabouts')}; create policy open on record.whereabouts using (true)", "id"),
    ("wutong_plane", f"{_given('record.directory_reference')}; alter table record.directory_reference disable row level security", "id"),
    ("wutong_plane", _EVIDENCE_FOR_ALL, "id"),
    ("wutong_plane", _given("audit.entry"), "entry"),
    ("wutong_plane", _given("audit.look"), "look"),
    ("wutong_plane", _given("gate.trail_v1"), "entry"),
    ("wutong_plane", _given("gate.document_v1"), "number"),
    ("wutong_plane", _ANY_PLACE, "seen"),
    ("wutong_plane", _ANY_CATEGORY, "row"),
    ("wutong_plane", _NOW_FOR_ANY_TIME, "row"),
    ("wutong_plane", _EVERY_ENTRY, "row"),
    ("wutong_plane", _COUNTS_AS_READS, "row"),
    ("wutong_plane", _SEVERAL, "row"),
    ("wutong_plane", f"grant execute on function audit.decide_v1(jsonb) to wutong_plane; {_OWN_TRANSACTION}", "row"),
    ("wutong_pdp", f"{_given('record.resource', 'wutong_pdp')}; create policy open on record.resource using (true)", "row"),
    ("wutong_control", f"grant usage on schema record to wutong_control; {_given('record.superseded', 'wutong_control')}; create policy open on record.superseded using (true)", "version"),
    ("wutong_finder", f"{_given('record.resource', 'wutong_finder')}; create policy open on record.resource using (true)", "seen"),
    ("wutong_jobs", f"grant usage on schema gate to wutong_jobs; {_given('gate.trail_v1', 'wutong_jobs')}", "entry"),
    ("wutong_keeper", _given("audit.entry", "wutong_keeper"), "entry"),
)  # fmt: skip


@pytest.mark.parametrize(("role", "planted", "kind"), _PLANTED, ids=[f"canary-{n}" for n in range(len(_PLANTED))])
def test_a_wall_with_one_stone_out_is_found(
    scene: Scene, known: dict[str, str], superuser: psycopg.Connection, role: str, planted: str, kind: str
) -> None:
    """The canaries, each undone with its transaction."""
    assert kind not in _LEGITIMATE[role]
    with superuser.transaction(force_rollback=True):
        superuser.execute(planted)  # type: ignore[arg-type]
        superuser.execute(f"set local role {role}")  # type: ignore[arg-type]
        intruder = Intrusion(superuser, known, scene.secrets)
        assert kind in set().union(*(intruder.tries(attempt) for attempt in OF_ANY_CONNECTION))


def test_the_wall_as_it_stands_lets_the_same_attempts_see_nothing(
    scene: Scene, known: dict[str, str], superuser: psycopg.Connection
) -> None:
    with superuser.transaction(force_rollback=True):
        superuser.execute("set local role wutong_plane")
        intruder = Intrusion(superuser, known, scene.secrets)
        assert set().union(*(intruder.tries(attempt) for attempt in OF_ANY_CONNECTION)) == set()
