"""The keeper reads every row, and writes nothing but what rows are found by; and no server signs in as the keeper."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from cast import Cast, Registered
from psycopg.conninfo import make_conninfo
from record.resources import of_category

from wutong import cli
from wutong.commands.folder import Folder
from wutong.commands.migrate import migrate


@pytest.fixture
def keeper() -> Iterator[psycopg.Connection]:
    """A connection of the keeper, as an intruder at the command line would have it."""
    with psycopg.connect(os.environ["WUTONG_KEEPER_DSN"], autocommit=True) as connection:
        yield connection


@pytest.fixture
def who(cast: Cast) -> Registered:
    """A person with a row."""
    made = cast.register()
    assert cast.fhir(cast.ha, "POST", "Condition", json=of_category("DX", made.patient_id)).status_code == 201
    return made


def test_it_reads_rows_without_a_ticket_and_writes_what_they_are_found_by(
    keeper: psycopg.Connection, who: Registered
) -> None:
    rows = "from record.resource where patient_id = %s"
    assert keeper.execute(f"select count(*) {rows}", [who.patient_id]).fetchone() == (2,)  # type: ignore[arg-type]
    done = keeper.execute("update record.resource set tokens = tokens where patient_id = %s", [who.patient_id])
    assert done.rowcount == 2


@pytest.mark.parametrize(
    "statement",
    [
        *(
            f"update record.{table} set {column} = {column}"
            for table in ("resource", "superseded", "directory", "directory_superseded")
            for column in ("body", "version", "depositor_id", "stored_at", "resource_id", "stored_by")
        ),
        "update record.resource set patient_id = patient_id",
        "delete from record.resource",
        "delete from record.superseded",
        "insert into record.resource select * from record.resource",
        "insert into record.superseded select * from record.superseded",
        "update record.identity_value set sealed = sealed",
        "delete from record.identity_value",
        "update record.whereabouts set patient_id = patient_id",
        "insert into record.whereabouts select * from record.whereabouts",
        "update record.directory_reference set category = category",
        "update record.deposit_key set value = value",
        "select from record.answered_request",
        "select from control.person",
        "select from control.identity_document",
        "select from gate.token_v1",
        "select from audit.entry",
        "select from audit.event",
        "select audit.decide_v1('{}')",
        "select audit.put_v1('{}', null)",
        "select gate.register_v1('{}', '[]')",
        "truncate record.deposit_key",
        "alter table record.resource disable row level security",
    ],
)
def test_it_may_not(keeper: psycopg.Connection, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        keeper.execute(statement)  # type: ignore[call-overload]


def test_what_it_appends_to_the_trail_opens_nothing(keeper: psycopg.Connection, superuser: psycopg.Connection) -> None:
    entry = (
        '{"at": "2026-11-29T00:00:00Z", "entry_id": "6f9619ff-8b86-4011-b42d-00cf4fc964ff", "event": "record:reindex",'
    )
    entry += ' "outcome": "allowed", "is_ticket": true}'
    keeper.execute("select audit.append_v1(%s::jsonb)", [entry])
    query = "select is_ticket from audit.event where entry_id = '6f9619ff-8b86-4011-b42d-00cf4fc964ff'"
    assert superuser.execute(query).fetchall() == [(False,)]


def test_no_server_signs_in_as_the_keeper(cast: Cast, superuser: psycopg.Connection, who: Registered) -> None:
    found = cast.fhir(cast.ha, "GET", f"Condition?patient={who.patient_id}")
    assert found.json()["total"] == 1
    query = "select distinct usename from pg_stat_activity where datname = current_database()"
    roles = {name for (name,) in superuser.execute(query).fetchall()}
    assert {"wutong_plane", "wutong_pdp"} <= roles
    assert "wutong_keeper" not in roles


def test_without_its_setting_the_role_is_there_and_may_not_sign_in(
    superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    dsn, query = os.environ["WUTONG_KEEPER_DSN"], "select rolcanlogin from pg_roles where rolname = 'wutong_keeper'"
    superuser.execute("alter role wutong_keeper nologin")
    try:
        monkeypatch.setenv("WUTONG_KEEPER_DSN", "")
        migrate()
        assert superuser.execute(query).fetchone() == (False,)
        assert cli.main(["check"]) == 0
    finally:
        monkeypatch.setenv("WUTONG_KEEPER_DSN", dsn)
        migrate()
    assert superuser.execute(query).fetchone() == (True,)


def test_the_check_names_a_keeper_who_is_somebody_else(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], superuser: psycopg.Connection
) -> None:
    dsn = make_conninfo(superuser.info.dsn, password=superuser.info.password)
    monkeypatch.setenv("WUTONG_KEEPER_DSN", dsn)
    assert cli.main(["check"]) == 1
    assert "WUTONG_KEEPER_DSN signs in as wutong_admin (a superuser" in capsys.readouterr().out


def test_a_demo_from_before_the_keeper_gives_it_a_password(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    before = folder.passwords()
    del (older := dict(before))["wutong_keeper"]
    (folder.path / "secrets.json").write_text(json.dumps(older))
    after = folder.passwords()
    assert after["wutong_keeper"]
    assert {name: value for name, value in after.items() if name != "wutong_keeper"} == older
    assert folder.passwords() == after
