"""The wall again: what an intruder who holds one database role tries beyond reading (security dossier, T-25)."""

import json
import os
from datetime import UTC, datetime
from uuid import UUID

import psycopg
import pytest
from authorising import Pharmacist, allowed_record
from cast import HA, HARBOUR, Cast, Registered
from emergencies import granted
from psycopg.types.json import Jsonb

from wutong.control.people.queries.providers import provider_with_code
from wutong.core import ids
from wutong.schema import roles


def _deposit_ticket(pdp: psycopg.Connection, person_id: UUID, source_id: UUID, ground: str) -> str:
    provider = provider_with_code(HARBOUR)
    assert provider
    at, entry_id = datetime.now(UTC).isoformat(), str(ids.new())
    entry = {
        "person_id": str(person_id),
        "at": at,
        "entry_id": entry_id,
        "event": "record:write",
        "outcome": "allowed",
        "act": "write",
        "ground": ground,
        "depositor_id": str(provider.provider_id),
        "patient_ids": [str(source_id)],
    }
    pdp.execute("select audit.decide_v1(%s)", [Jsonb(entry)])
    return f"{person_id}|{at}|{entry_id}"


def _register(plane: psycopg.Connection, ticket: str, source_id: UUID, document: tuple[str, str] | None) -> None:
    source = {
        "patient_id": str(source_id),
        "link_id": str(ids.new()),
        "entry_id": str(ids.new()),
        "review_id": str(ids.new()),
        "ehr_number": ids.ehr_number(),
        "family_name": "CHAN",
        "given_name": "Tai Man",
        "name_zh": "",
        "birth_date": "1950-05-31",
        "birth_precision": "D",
        "sex": "F",
        "at": datetime.now(UTC).isoformat(),
    }
    documents = [{"kind": "ID", "trace": document[0], "sealed": "00", "masked": document[1]}] if document else []
    with plane.transaction():
        plane.execute("select set_config('wutong.tickets', %s, true)", [ticket])
        plane.execute("select gate.register_v1(%s, %s)", [Jsonb(source), Jsonb(documents)])


def _document(superuser: psycopg.Connection, who: Registered) -> tuple[str, str]:
    query = "select encode(trace, 'hex') from control.identity_document where person_id = %s"
    row = superuser.execute(query, [who.person_id]).fetchone()
    assert row
    return row[0], "QX"


def test_a_ticket_for_one_person_links_no_record_to_another(
    cast: Cast, superuser: psycopg.Connection, plane: psycopg.Connection, pdp: psycopg.Connection
) -> None:
    who, victim = cast.register(), cast.register()
    source_id = ids.new()
    ticket = _deposit_ticket(pdp, who.person_id, source_id, "own-deposit")
    with pytest.raises(psycopg.errors.SerializationFailure):
        _register(plane, ticket, source_id, _document(superuser, victim))
    _register(plane, ticket, source_id, _document(superuser, who))
    query = "select person_id from control.source_record where patient_id = %s"
    assert superuser.execute(query, [source_id]).fetchall() == [(who.person_id,)]


def test_a_person_is_registered_under_the_tickets_own_id(
    superuser: psycopg.Connection, cast: Cast, plane: psycopg.Connection, pdp: psycopg.Connection
) -> None:
    person_id, source_id = ids.new(), ids.new()
    linking = _deposit_ticket(pdp, person_id, source_id, "own-deposit")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        _register(plane, linking, source_id, None)
    _register(plane, _deposit_ticket(pdp, person_id, source_id, "registration"), source_id, None)
    query = "select count(*) from control.person where person_id = %s"
    assert superuser.execute(query, [person_id]).fetchone() == (1,)


@pytest.mark.parametrize("role", roles.LOGIN_ROLES)
@pytest.mark.parametrize(
    "statement",
    [
        "update audit.entry set reason = 'nobody'",
        "delete from audit.event",
        "truncate audit.entry",
        "update audit.entry_rest set reason = 'nobody'",
        "delete from audit.look",
        "alter table audit.entry detach partition audit.entry_rest",
        "select rolpassword from pg_authid",
        "copy (select 1) to program 'id'",
        "create extension dblink",
        "create schema mine",
        "create table public.mine (x int)",
        "alter system set fsync = off",
        "set role wutong_owner",
        "set session_replication_role = replica",
        "alter role wutong_pdp set synchronous_commit = off; alter role wutong_plane set synchronous_commit = off",
    ],
)
def test_no_login_role_may(role: str, statement: str) -> None:
    dsn = os.environ[f"{role.upper()}_DSN"]
    with psycopg.connect(dsn, autocommit=True) as intruder, pytest.raises(psycopg.errors.InsufficientPrivilege):
        intruder.execute(statement)  # type: ignore[arg-type]


def test_the_people_plane_reads_the_trail_through_its_view_alone() -> None:
    with psycopg.connect(os.environ["WUTONG_CONTROL_DSN"], autocommit=True) as control:
        assert control.execute("select from gate.trail_v1 limit 1").fetchall() == [()]
        for statement in ("select from audit.entry", "select from audit.event", "select from audit.look"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                control.execute(statement)  # type: ignore[call-overload]
        for statement in ("update gate.trail_v1 set reason = 'nobody'", "delete from gate.trail_v1"):
            with pytest.raises(psycopg.Error):
                control.execute(statement)  # type: ignore[call-overload]


@pytest.mark.parametrize("setting", ["synchronous_commit = off", "search_path = public", "row_security = off"])
def test_a_role_that_changed_its_own_settings_is_noticed_at_the_start(
    superuser: psycopg.Connection, setting: str
) -> None:
    """PostgreSQL lets every role do so; what a ticket promises would no longer be on the disk."""
    assert roles.troubles(superuser) == []
    with superuser.transaction(force_rollback=True):
        superuser.execute("set local role wutong_pdp")
        superuser.execute(f"alter role wutong_pdp set {setting}")  # type: ignore[arg-type]
        superuser.execute("set local role none")
        assert any("wutong_pdp" in told and setting.split()[0] in told for told in roles.troubles(superuser))


def test_the_decision_point_makes_no_emergency_of_its_own(
    cast: Cast, pdp: psycopg.Connection, superuser: psycopg.Connection
) -> None:
    who, other = cast.register(), cast.register()
    _somebody, _session_id, grant_id = granted(cast, who, HARBOUR)
    begin = "select (gate.open_emergency_look_v1(%s, %s, now())).purpose"
    for person_id, named in ((who.person_id, ids.new()), (other.person_id, grant_id)):
        with pytest.raises(psycopg.errors.NoDataFound):
            pdp.execute(begin, [person_id, named])
    assert pdp.execute(begin, [who.person_id, grant_id]).fetchone() == ("ETREAT",)
    for statement in ("insert into audit.look default values", "update control.emergency_grant set closes_at = now()"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            pdp.execute(statement)  # type: ignore[arg-type]
    query = "select count(*) from audit.look where person_id = any (%s)"
    assert superuser.execute(query, [[who.person_id, other.person_id]]).fetchone() == (1,)


@pytest.mark.parametrize(
    "wrong",
    [
        "closes_at = granted_at + interval '61 minutes'",
        "closes_at = granted_at",
        "reason = '                        '",
        "reason = 'nineteen letters ab'",
        "categories = '{}'",
    ],
)
def test_what_must_never_be_granted_is_a_constraint(cast: Cast, superuser: psycopg.Connection, wrong: str) -> None:
    who = cast.register()
    granted(cast, who, HARBOUR)
    with pytest.raises(psycopg.errors.CheckViolation):
        superuser.execute(f"update control.emergency_grant set {wrong} where person_id = %s", [who.person_id])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("table", "wrong"),
    [
        ("authorisation_request", "expires_at = asked_at + interval '11 minutes'"),
        ("authorisation_request", "expires_at = asked_at"),
        ("authorisation_request", "reason = 'nineteen letters ab'"),
        ("authorisation_request", "categories = '{}'"),
        ("authorisation_request", "kind = 'curious'"),
        ("authorisation_request", "wrong_codes = 6"),
        ("authorisation", "closes_at = authorised_at"),
        ("authorisation", "closes_at = authorised_at + interval '241 minutes'"),
    ],
)
def test_what_must_never_be_authorised_is_a_constraint(
    cast: Cast, superuser: psycopg.Connection, table: str, wrong: str
) -> None:
    who = allowed_record(cast)
    pharmacist = Pharmacist(cast)
    pharmacist.open_record(who.person_id)
    pharmacist.authorised(superuser, who.person_id, "RAD")
    pharmacist.close()
    with pytest.raises(psycopg.errors.CheckViolation):
        superuser.execute(f"update control.{table} set {wrong} where person_id = %s", [who.person_id])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "statement",
    [
        "update control.emergency_grant set reason = 'another reason, afterwards'",
        "delete from control.emergency_grant",
        "update control.emergency_review set outcome = 'justified'",
        "delete from control.emergency_review",
        "delete from control.officer_notice",
        "update control.authorisation_request set categories = '{LAB}'",
        "update control.authorisation_request set expires_at = expires_at + interval '1 day'",
        "delete from control.authorisation_request",
        "update control.authorisation set closes_at = closes_at + interval '1 day'",
        "delete from control.authorisation",
        "delete from control.authorisation_end",
    ],
)
def test_the_people_plane_changes_no_grant_no_review_and_no_authorisation(statement: str) -> None:
    dsn = os.environ["WUTONG_CONTROL_DSN"]
    with psycopg.connect(dsn, autocommit=True) as control, pytest.raises(psycopg.errors.InsufficientPrivilege):
        control.execute(statement)  # type: ignore[arg-type]


@pytest.mark.parametrize("entry", ["[[]]", "[null]", "[1]", "null", "1", '{"person_id": null}', '{"is_ticket": true}'])
def test_the_data_role_makes_no_ticket_by_appending(plane: psycopg.Connection, entry: str) -> None:
    with pytest.raises(psycopg.Error):
        plane.execute("select audit.append_v1(%s::jsonb)", [entry])


def test_an_appended_entry_is_no_ticket_whatever_it_says(cast: Cast, plane: psycopg.Connection) -> None:
    who, provider = cast.register(), provider_with_code(HA)
    assert provider
    at, entry_id = datetime.now(UTC).isoformat(), str(ids.new())
    entry = {
        "person_id": str(who.person_id),
        "at": at,
        "entry_id": entry_id,
        "event": "record:read",
        "outcome": "allowed",
        "act": "read",
        "depositor_id": str(provider.provider_id),
        "patient_ids": [str(who.patient_id)],
        "is_ticket": True,
        "usable_until": "2099-01-01",
        "txid": "3",
    }
    plane.execute("select audit.append_v1(%s::jsonb)", [json.dumps(entry)])
    with plane.transaction():
        plane.execute("select set_config('wutong.tickets', %s, true)", [f"{who.person_id}|{at}|{entry_id}"])
        assert plane.execute("select count(*) from record.resource").fetchone() == (0,)
