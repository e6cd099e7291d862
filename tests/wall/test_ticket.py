"""The wall: what each database role can and cannot do, whatever the code above it does (security dossier 1.4, T-25)."""

import os

import psycopg
import pytest
from cast import Cast, Registered
from psycopg import sql
from record.resources import of_category

from wutong.core import ids

_READ = "select count(*) from record.resource"


@pytest.fixture
def who(cast: Cast) -> Registered:
    """A person with a record."""
    made = cast.register()
    assert cast.fhir(cast.ha, "POST", "Condition", json=of_category("DX", made.patient_id)).status_code == 201
    return made


def _ticket(pdp: psycopg.Connection, who: Registered, **more: object) -> str:
    at, entry_id = "2026-11-23T00:00:00+00:00", str(ids.new())
    entry = {
        "person_id": str(who.person_id),
        "at": at,
        "entry_id": entry_id,
        "event": "record:read",
        "outcome": "allowed",
        "act": "read",
        "categories": ["DX"],
        "patient_ids": [str(who.patient_id)],
        **more,
    }
    pdp.execute("select audit.decide_v1(%s)", [psycopg.types.json.Jsonb(entry)])
    return f"{entry['person_id'] or ''}|{at}|{entry_id}"


def _count(plane: psycopg.Connection, tickets: str) -> int:
    with plane.transaction():
        plane.execute("select set_config('wutong.tickets', %s, true)", [tickets])
        row = plane.execute(_READ).fetchone()
    assert row
    return int(row[0])


def test_without_a_ticket_the_data_role_sees_nothing(plane: psycopg.Connection, who: Registered) -> None:
    assert plane.execute(_READ).fetchone() == (0,)


def test_a_committed_ticket_shows_its_rows_and_no_others(
    plane: psycopg.Connection, pdp: psycopg.Connection, who: Registered
) -> None:
    assert _count(plane, _ticket(pdp, who)) == 1
    assert _count(plane, _ticket(pdp, who, categories=["LAB"])) == 0
    assert _count(plane, _ticket(pdp, who, patient_ids=[str(ids.new())])) == 0


@pytest.mark.parametrize("is_of_person", [True, False])
def test_no_ticket_names_nobody(
    plane: psycopg.Connection, pdp: psycopg.Connection, who: Registered, is_of_person: bool
) -> None:
    """An entry of a person, or an event: of patients who are somebody, or of none."""
    person_id, patient_id = str(who.person_id) if is_of_person else None, str(who.patient_id)
    for patient_ids in ([None], [patient_id, None]):
        with pytest.raises(psycopg.errors.CheckViolation, match="patients_are_somebody"):
            _ticket(pdp, who, person_id=person_id, patient_ids=patient_ids)
    assert _count(plane, _ticket(pdp, who, person_id=person_id, patient_ids=[])) == 0
    assert _count(plane, _ticket(pdp, who, person_id=str(who.person_id), patient_ids=[patient_id, patient_id])) == 1


def test_a_refusal_is_no_ticket(plane: psycopg.Connection, pdp: psycopg.Connection, who: Registered) -> None:
    assert _count(plane, _ticket(pdp, who, outcome="refused")) == 0


def test_an_uncommitted_ticket_shows_nothing(
    plane: psycopg.Connection, pdp: psycopg.Connection, who: Registered
) -> None:
    with pdp.transaction(force_rollback=True):
        assert _count(plane, _ticket(pdp, who)) == 0


def test_a_ticket_is_usable_for_a_minute(
    plane: psycopg.Connection, pdp: psycopg.Connection, who: Registered, superuser: psycopg.Connection
) -> None:
    ticket = _ticket(pdp, who)
    assert _count(plane, ticket) == 1
    entry_id = ticket.rpartition("|")[2]
    superuser.execute("update audit.entry set usable_until = now() where entry_id = %s", [entry_id])
    assert _count(plane, ticket) == 0


def test_whatever_is_said_of_an_entry_is_kept_of_it(
    superuser: psycopg.Connection, pdp: psycopg.Connection, who: Registered
) -> None:
    some, first, second = (str(ids.new()) for _ in range(3))
    texts = dict.fromkeys(("reason", "caller_kind", "profession", "purpose", "ground"), "said")
    ids_ = dict.fromkeys(("caller_id", "session_id", "provider_id", "look_id", "depositor_id", "request_id"), some)
    said = texts | ids_ | {"detail": {"asked": "said"}, "closed": ["~said"], "entry_id": first}
    _ticket(pdp, who, **said)
    _ticket(pdp, who, **said | {"person_id": None})
    _directory_ticket(pdp, who, some, entry_id=second)
    for table, unsaid in (("entry", set[str]()), ("event", {"directory_type", "directory_id"})):
        kept = sql.SQL("select to_jsonb(e) from audit.{} e where entry_id = any (%s::uuid[])").format(
            sql.Identifier(table)
        )
        rows = [row for (row,) in superuser.execute(kept, [[first, second]]).fetchall()]
        assert {name for name in rows[0] if not any(row[name] for row in rows)} == unsaid, table


def test_what_a_ticket_opens_is_asked_once_a_statement(
    superuser: psycopg.Connection, pdp: psycopg.Connection, who: Registered
) -> None:
    """Not once a row, nor once a condition: that was half of what a read costs PostgreSQL."""
    asked = "select calls from pg_stat_xact_user_functions where funcid = 'audit.scope_v1()'::regprocedure"
    ticket = _ticket(pdp, who, categories=["DX", "PID"])
    with superuser.transaction():
        superuser.execute("set local track_functions = 'all'")
        superuser.execute("select set_config('wutong.tickets', %s, true)", [ticket])
        superuser.execute("set local role wutong_plane")
        assert superuser.execute(_READ).fetchone() == (2,)
        superuser.execute("set local role none")
        assert superuser.execute(asked).fetchone() == (1,)


def test_tickets_of_two_persons_are_not_added_up(
    plane: psycopg.Connection, pdp: psycopg.Connection, who: Registered, cast: Cast
) -> None:
    other = cast.register()
    assert _count(plane, f"{_ticket(pdp, who)},{_ticket(pdp, other)}") == 0


def _numbers(plane: psycopg.Connection, tickets: str) -> dict[str, int]:
    with plane.transaction():
        plane.execute("select set_config('wutong.tickets', %s, true)", [tickets])
        return dict(plane.execute("select category, number from gate.count_v1()").fetchall())


_EVERYTHING = """
select (select count(*) from record.resource), (select count(*) from record.superseded),
       (select count(*) from record.identity_value), (select count(*) from record.directory),
       (select count(*) from record.directory_superseded), (select count(*) from gate.projection_v1)
"""


def test_a_count_ticket_tells_a_number_and_shows_no_row(
    plane: psycopg.Connection, pdp: psycopg.Connection, who: Registered
) -> None:
    ticket = _ticket(pdp, who, event="record:count", act="count", categories=["DX", "LAB", "PID"])
    assert _numbers(plane, ticket) == {"DX": 1, "PID": 1}  # the Patient is a row too
    with plane.transaction():
        plane.execute("select set_config('wutong.tickets', %s, true)", [ticket])
        assert plane.execute(_EVERYTHING).fetchone() == (0, 0, 0, 0, 0, 0)


def test_nothing_is_counted_but_what_a_count_ticket_names(
    plane: psycopg.Connection, pdp: psycopg.Connection, who: Registered, cast: Cast, superuser: psycopg.Connection
) -> None:
    [provider] = superuser.execute("select provider_id from control.provider where code = 'HA'").fetchone() or ()
    count = {"event": "record:count", "act": "count"}
    other = cast.register()
    for nothing in (
        "",
        _ticket(pdp, who),
        _ticket(pdp, who, **count, categories=["LAB"]),
        _ticket(pdp, who, **count, patient_ids=[str(other.patient_id)]),
        _ticket(pdp, who, **count, outcome="refused"),
        _ticket(pdp, who, depositor_id=str(provider), act="write"),
        f"{_ticket(pdp, who, **count)},{_ticket(pdp, other, **count)}",
        f"{_ticket(pdp, who, **count)},{_ticket(pdp, who)}",
    ):
        assert _numbers(plane, nothing) == {}, nothing


def test_the_owner_too_sees_rows_under_tickets_alone_and_of_a_read_tickets_the_patients(
    pdp: psycopg.Connection, who: Registered, provider: str
) -> None:
    count, read = _ticket(pdp, who, act="count"), _ticket(pdp, who, categories=["DX", "PID"])
    deposit = {"depositor_id": provider, "categories": []}
    reading, writing = _ticket(pdp, who, **deposit), _ticket(pdp, who, **deposit, act="write")
    with psycopg.connect(os.environ["WUTONG_OWNER_DSN"], autocommit=True) as owner:
        assert [_count(owner, ticket) for ticket in (count, read, reading, writing)] == [1, 1, 0, 2]
        assert owner.execute(_READ).fetchone() == (0,)


def test_where_rows_lie_is_told_of_a_deposit_tickets_patients_alone(
    cast: Cast, plane: psycopg.Connection, pdp: psycopg.Connection, who: Registered, provider: str
) -> None:
    other = cast.register()
    patients = [str(each.patient_id) for each in (who, other)]
    deposit = {"depositor_id": provider, "categories": []}
    every = {"person_id": None, "patient_ids": []}
    for ticket, told in (
        ("", []),
        (_ticket(pdp, who), []),
        (_ticket(pdp, who, act="count"), []),
        (_ticket(pdp, who, **deposit), patients[:1]),
        (_ticket(pdp, who, **deposit, act="write"), patients[:1]),
        (_ticket(pdp, who, **deposit, outcome="refused"), []),
        (_ticket(pdp, who, **deposit | {"depositor_id": str(ids.new())}), []),
        (_ticket(pdp, who, **deposit, **every), patients),
        (_ticket(pdp, who, **every, **deposit | {"depositor_id": str(ids.new())}), []),
    ):
        with plane.transaction():
            plane.execute("select set_config('wutong.tickets', %s, true)", [ticket])
            found = plane.execute("select record.placed_v1('Patient', %s::uuid[])::text", [patients]).fetchall()
            assert sorted(row[0] for row in found) == sorted(told), ticket


@pytest.fixture
def provider(superuser: psycopg.Connection, cast: Cast) -> str:
    """The id of the hospital group, which deposited everything here."""
    [found] = superuser.execute("select provider_id from control.provider where code = 'HA'").fetchone() or ()
    return str(found)


def _numbers_shown(plane: psycopg.Connection, ticket: str) -> set[str]:
    """The patients of whom an identity number is shown."""
    with plane.transaction():
        plane.execute("select set_config('wutong.tickets', %s, true)", [ticket])
        return {str(row[0]) for row in plane.execute("select patient_id from record.identity_value")}


def test_a_deposit_ticket_shows_identity_numbers_of_its_patients_alone(
    plane: psycopg.Connection, pdp: psycopg.Connection, who: Registered, cast: Cast, provider: str
) -> None:
    other = cast.register()
    mine, others = str(who.patient_id), str(other.patient_id)
    own = {"depositor_id": provider, "categories": []}
    for act in ("read", "write"):
        assert _numbers_shown(plane, _ticket(pdp, who, **own, act=act)) == {mine}
    both = f"{_ticket(pdp, who, **own)},{_ticket(pdp, other, **own)}"
    assert _numbers_shown(plane, both) == {mine, others}
    assert _numbers_shown(plane, _ticket(pdp, who)) == set()
    at_large = _ticket(pdp, who, **own, person_id=None, patient_ids=[]).partition("|")[2]
    assert _numbers_shown(plane, f"|{at_large}") >= {mine, others}


def test_where_a_row_lives_is_noted_for_the_write_tickets_patients_alone(
    plane: psycopg.Connection, pdp: psycopg.Connection, who: Registered, cast: Cast, provider: str
) -> None:
    ticket = _ticket(pdp, who, depositor_id=provider, act="write", categories=[])
    for patient_id in (who.patient_id, None):  # None: it goes to the depositor's directory
        _note_whereabouts(plane, ticket, patient_id, provider)
    reading = _ticket(pdp, who, depositor_id=provider, categories=[])
    for named, patient_id in ((ticket, cast.register().patient_id), (ticket, ids.new()), (reading, who.patient_id)):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            _note_whereabouts(plane, named, patient_id, provider)


def _note_whereabouts(plane: psycopg.Connection, ticket: str, patient_id: object, provider: str) -> None:
    with plane.transaction():
        plane.execute("select set_config('wutong.tickets', %s, true)", [ticket])
        plane.execute(
            "insert into record.whereabouts values (%s, %s, %s, %s)", ["Location", ids.new(), patient_id, provider]
        )


@pytest.fixture
def directory(cast: Cast) -> tuple[str, str]:
    """Ids of two rows of the hospital group's directory."""
    made = [cast.fhir(cast.ha, "POST", "Location", json={"resourceType": "Location"}).json()["id"] for _ in range(2)]
    return made[0], made[1]


def _directory_ticket(pdp: psycopg.Connection, who: Registered, row: str, **more: object) -> str:
    opens = {"directory_type": "Location", "directory_id": row, "patient_ids": [], "categories": []}
    return _ticket(pdp, who, **(opens | more))


def _locations(plane: psycopg.Connection, tickets: str) -> list[str]:
    with plane.transaction():
        plane.execute("select set_config('wutong.tickets', %s, true)", [tickets])
        rows = plane.execute("select resource_id from record.directory").fetchall()
        counts = plane.execute(
            "select (select count(*) from record.resource), (select count(*) from record.superseded),"
            " (select count(*) from record.identity_value), (select count(*) from gate.projection_v1)"
        ).fetchone()
    assert counts == (0, 0, 0, 0)
    return [str(row[0]) for row in rows]


def test_a_directory_ticket_shows_its_row_and_nothing_else(
    plane: psycopg.Connection, pdp: psycopg.Connection, who: Registered, directory: tuple[str, str]
) -> None:
    mine, other = directory
    assert _locations(plane, _directory_ticket(pdp, who, mine)) == [mine]
    assert _locations(plane, _directory_ticket(pdp, who, mine, directory_type="Organization")) == []
    assert _locations(plane, _directory_ticket(pdp, who, mine, outcome="refused")) == []
    both = f"{_directory_ticket(pdp, who, mine)},{_directory_ticket(pdp, who, other)}"
    assert _locations(plane, both) == []
    assert _locations(plane, "") == []


def test_a_person_ticket_shows_no_directory(
    plane: psycopg.Connection, pdp: psycopg.Connection, who: Registered, directory: tuple[str, str]
) -> None:
    with plane.transaction():
        plane.execute("select set_config('wutong.tickets', %s, true)", [_ticket(pdp, who)])
        assert plane.execute("select count(*) from record.directory").fetchone() == (0,)


def test_a_person_ticket_shows_of_a_directory_what_its_own_rows_name(
    cast: Cast, plane: psycopg.Connection, pdp: psycopg.Connection, who: Registered, directory: tuple[str, str]
) -> None:
    visit = of_category("ENC", who.patient_id) | {"location": [{"location": {"reference": f"Location/{directory[0]}"}}]}
    assert cast.fhir(cast.ha, "POST", "Encounter", json=visit).status_code == 201
    another = cast.register()
    for ticket, shown in (
        (_ticket(pdp, who, categories=["ENC"]), [directory[0]]),
        (_ticket(pdp, who, categories=["LAB"]), []),
        (_ticket(pdp, another, categories=["ENC"]), []),
        (_ticket(pdp, who, categories=["ENC"], outcome="refused"), []),
    ):
        with plane.transaction():
            plane.execute("select set_config('wutong.tickets', %s, true)", [ticket])
            rows = plane.execute("select resource_id::text from record.directory").fetchall()
            assert [row[0] for row in rows] == shown
            named = plane.execute("select resource_id::text from record.named_v1()").fetchall()
            assert [row[0] for row in named] == shown
            assert plane.execute("update record.directory set version = version + 1").rowcount == 0


def test_a_directory_ticket_writes_nothing(
    plane: psycopg.Connection, pdp: psycopg.Connection, who: Registered, directory: tuple[str, str]
) -> None:
    ticket = _directory_ticket(pdp, who, directory[0])
    with plane.transaction():
        plane.execute("select set_config('wutong.tickets', %s, true)", [ticket])
        assert plane.execute("update record.directory set version = version + 1").rowcount == 0


@pytest.mark.parametrize(
    "more",
    [
        {"categories": ["DX"]},
        {"patient_ids": ["00000000-0000-4000-8000-000000000000"]},
        {"depositor_id": "00000000-0000-4000-8000-000000000000"},
        {"directory_type": "Patient"},
        {"directory_type": None},
        {"person_id": None},
    ],
    ids=str,
)
def test_no_ticket_opens_a_directorys_row_and_more(
    pdp: psycopg.Connection, who: Registered, more: dict[str, object]
) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        _directory_ticket(pdp, who, str(ids.new()), **more)


@pytest.mark.parametrize("more", [{}, {"act": "write", "patient_ids": []}, {"act": "write", "depositor_id": None}])
def test_a_reference_to_a_directory_is_noted_under_its_write_ticket_alone(
    plane: psycopg.Connection,
    pdp: psycopg.Connection,
    who: Registered,
    superuser: psycopg.Connection,
    more: dict[str, object],
) -> None:
    [provider] = superuser.execute("select provider_id from control.provider where code = 'HA'").fetchone() or ()
    own = {"depositor_id": str(provider)}
    _note_reference(plane, _ticket(pdp, who, **own, act="write"), who, provider)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        _note_reference(plane, _ticket(pdp, who, **(own | more)), who, provider)


def _note_reference(plane: psycopg.Connection, ticket: str, who: Registered, provider: object) -> None:
    row = [who.patient_id, "Location", ids.new(), provider, "DX"]
    with plane.transaction():
        plane.execute("select set_config('wutong.tickets', %s, true)", [ticket])
        plane.execute("insert into record.directory_reference values (%s, %s, %s, %s, %s)", row)


def test_a_ticket_written_in_the_readers_own_transaction_shows_nothing(
    superuser: psycopg.Connection, pdp: psycopg.Connection, who: Registered
) -> None:
    """Also not behind a savepoint: the ticket keeps the top-level transaction id."""
    with superuser.transaction():
        with superuser.transaction():  # a savepoint
            superuser.execute("set local role wutong_pdp")
            ticket = _ticket(superuser, who)
            superuser.execute("set local role wutong_plane")
        superuser.execute("set local role wutong_plane")
        superuser.execute("select set_config('wutong.tickets', %s, true)", [ticket])
        assert superuser.execute(_READ).fetchone() == (0,)
        superuser.execute("set local role none")


@pytest.mark.parametrize("function", ["register_v1", "compare_v1"])
def test_the_index_hears_of_a_source_record_under_its_write_ticket_alone(
    plane: psycopg.Connection, pdp: psycopg.Connection, who: Registered, superuser: psycopg.Connection, function: str
) -> None:
    [provider] = superuser.execute("select provider_id from control.provider where code = 'HA'").fetchone() or ()
    refused: tuple[dict[str, object], ...] = (
        {},
        {"depositor_id": str(provider)},
        {"depositor_id": str(provider), "patient_ids": []},
        {"depositor_id": str(provider), "act": "write", "patient_ids": [str(ids.new())]},
    )
    for more in refused:
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="write ticket"):
            _tell_index(plane, _ticket(pdp, who, **more), who, function)
    if function == "compare_v1":
        _tell_index(plane, _ticket(pdp, who, depositor_id=str(provider), act="write"), who, function)


def _tell_index(plane: psycopg.Connection, ticket: str, who: Registered, function: str) -> None:
    source = {"patient_id": str(who.patient_id), "sex": "F", "family_name": "X", "given_name": "", "at": "2026-11-23"}
    call = sql.SQL("select gate.{}(%s, '[]')").format(sql.Identifier(function))
    with plane.transaction():
        plane.execute("select set_config('wutong.tickets', %s, true)", [ticket])
        plane.execute(call, [psycopg.types.json.Jsonb(source)])


@pytest.mark.parametrize(
    "statement",
    [
        "insert into audit.entry (person_id, at, entry_id, event, outcome) values (gen_random_uuid(), now(), gen_random_uuid(), 'x', 'allowed')",
        "select audit.decide_v1('{}')",
        "select audit.put_v1('{}', null)",
        "select audit.ticket_v1('a|b|c')",
        "select gate.raise_review_v1(gen_random_uuid(), gen_random_uuid(), '{}', '{}')",
        "select * from audit.entry",
        "update audit.entry set usable_until = now()",
        "delete from record.resource",
        "truncate record.resource",
        "select * from record.whereabouts",
        "select * from record.directory_reference",
        "update record.directory_reference set category = 'DX'",
        "delete from record.directory_reference",
        "select * from control.person",
        "select * from gate.token_v1",
        "alter table record.resource disable row level security",
        "drop policy by_ticket on record.resource",
        "set role wutong_owner",
        "set session_replication_role = replica",
        "copy record.resource to '/tmp/x'",
        "select pg_read_file('/etc/passwd')",
        "create table record.mine (x int)",
        "create function gate.mine() returns int language sql as 'select 1'",
    ],
)
def test_the_data_role_may_not(plane: psycopg.Connection, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        plane.execute(statement)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "statement",
    [
        "select * from record.resource",
        "insert into control.consent_version select * from control.consent_version",
        "insert into control.group_consent_version select * from control.group_consent_version",
        "insert into control.group_member select * from control.group_member",
        "insert into control.closing_version select * from control.closing_version",
        "insert into control.joining_version select * from control.joining_version",
        "insert into record.directory_reference select * from record.directory_reference",
        "select * from record.directory",
        "update audit.look set opened_at = now()",
        "delete from audit.entry",
        "select gate.register_v1('{}', '[]')",
        "select gate.compare_v1('{}', '[]')",
        "select * from gate.count_v1()",
    ],
)
def test_the_decision_point_may_not(pdp: psycopg.Connection, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        pdp.execute(statement)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "statement",
    [
        "update control.consent_version set state = 'given'",
        "delete from control.consent_version",
        "update control.consent_form set reference = 'X'",
        "delete from control.consent_form",
        "update control.access_key set ends_at = now()",
        "delete from control.access_key_try",
        "update control.access_key_try set is_right = false",
        "update control.handshake set ends_at = now()",
        "delete from control.handshake_answer",
        "update control.group_consent_version set state = 'given'",
        "delete from control.group_consent_version",
        "delete from control.group_member",
        "update control.closing_version set is_closed = false",
        "delete from control.closing_version",
        "update control.joining_version set state = 'given'",
        "delete from control.joining_version",
        "delete from control.person",
        "select * from record.resource",
        "select * from audit.entry",
        "select audit.decide_v1('{}')",
        "update control.identity_document set kind = 'XX'",
    ],
)
def test_the_people_planes_role_may_not(statement: str) -> None:
    dsn = os.environ["WUTONG_CONTROL_DSN"]
    with psycopg.connect(dsn) as control, pytest.raises(psycopg.errors.InsufficientPrivilege):
        control.execute(statement)  # type: ignore[arg-type]


def test_no_login_role_is_more_powerful_than_it_may_be(superuser: psycopg.Connection) -> None:
    from wutong.schema import grants, roles

    assert roles.troubles(superuser) == []
    assert grants.troubles(superuser) == []
    with superuser.transaction(force_rollback=True):
        superuser.execute("alter role wutong_plane bypassrls")
        superuser.execute("grant insert on audit.entry to wutong_plane")
        assert any("BYPASSRLS" in sentence for sentence in roles.troubles(superuser))
        assert any("insert audit.entry" in sentence for sentence in grants.troubles(superuser))


@pytest.mark.parametrize("ground", ["care", "reference"])
def test_a_ticket_opens_nothing_once_its_consent_is_withdrawn(
    cast: Cast,
    plane: psycopg.Connection,
    pdp: psycopg.Connection,
    who: Registered,
    provider_of_clinic: str,
    ground: str,
) -> None:
    """Though its minute is not over; an emergency's rests on no consent, nor does what a deemed consent allows."""
    cast.allow(who)
    resting = _ticket(pdp, who, ground=ground, provider_id=provider_of_clinic)
    emergency = _ticket(pdp, who, ground="emergency", provider_id=provider_of_clinic)
    assert _count(plane, resting) == 1
    cast.withdraw(who)
    with pytest.raises(psycopg.DatabaseError, match="took back"):
        _count(plane, resting)
    assert _count(plane, emergency) == 1
    cast.allow(who)
    assert _count(plane, resting) == 1


@pytest.fixture
def provider_of_clinic(superuser: psycopg.Connection) -> str:
    [row] = superuser.execute("select provider_id::text from control.provider where code = 'HARBOUR'").fetchall()
    return str(row[0])
