"""`wutong check` and the start of the server say what of the schema is missing, and how to mend it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg
import pytest
from cast import HA, HARBOUR, OFFICE, Cast
from emergencies import no_officer_reached
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from wutong import cli
from wutong.commands import start
from wutong.commands.start import StartProblem
from wutong.core import clock


@contextmanager
def _unapplied(superuser: psycopg.Connection, table: str, condition: str) -> Iterator[None]:
    """The rows that say a migration was applied are away inside the block."""
    superuser.execute(f"create table public.kept as select * from {table} where {condition}")
    superuser.execute(f"delete from {table} where {condition}")
    try:
        yield
    finally:
        superuser.execute(f"insert into {table} select * from public.kept")
        superuser.execute("drop table public.kept")


@pytest.mark.parametrize(
    ("table", "condition", "name"),
    [
        (
            "control.django_migrations",
            "app = 'notices' and name = '0003_outcome'",
            "notices.0003_outcome",
        ),
        ("public.wutong_ledger", "name = '0005_trail_partitions'", "0005_trail_partitions"),
    ],
)
def test_what_was_not_applied_is_named_and_the_server_does_not_start(
    superuser: psycopg.Connection, capsys: pytest.CaptureFixture[str], table: str, condition: str, name: str
) -> None:
    sentence = f"The database is behind this software ({name}). Run `wutong migrate`."
    with _unapplied(superuser, table, condition):
        assert cli.main(["check"]) == 1
        assert sentence in capsys.readouterr().out
        with pytest.raises(StartProblem) as refused:
            start.refuse_unsafe()
        assert refused.value.sentence == sentence
    assert cli.main(["check"]) == 0
    start.refuse_unsafe()


def test_the_record_plane_alone_is_started_without_django(
    superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _unapplied(superuser, "control.django_migrations", "app = 'notices'"):
        monkeypatch.setenv("WUTONG_PLANE", "record")
        start.refuse_unsafe()
        monkeypatch.setenv("WUTONG_PLANE", "control")
        with pytest.raises(StartProblem, match=r"notices\.0001_initial"):
            start.refuse_unsafe()


def test_the_check_says_when_the_trail_is_about_to_run_out_of_partitions(
    superuser: psycopg.Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    [last] = (
        superuser.execute("select max(relname) from pg_class where relname ~ '^entry_\\d{4}_\\d\\d$'").fetchone() or ()
    )
    end = datetime.strptime(last, "entry_%Y_%m").replace(tzinfo=UTC)
    with clock.travel(_months_before(end, 3) - clock.now()):
        assert cli.main(["check"]) == 0
    capsys.readouterr()
    with clock.travel(_months_before(end, 2) - clock.now()):
        assert cli.main(["check"]) == 1
        after = _months_before(end, -1)
        sentence = f"The trail has no partitions of its own for {after:%Y-%m}. Run `wutong migrate` to make more."
        assert sentence in capsys.readouterr().out
        start.refuse_unsafe()  # entries are kept all the same
        assert cli.main(["migrate"]) == 0
        assert cli.main(["check"]) == 0


_SETTINGS = ("CONTROL", "PDP", "FINDER", "PLANE", "JOBS")


@pytest.mark.parametrize("setting", [f"WUTONG_{name}_DSN" for name in _SETTINGS])
@pytest.mark.parametrize("who", ["superuser", "owner", "another"])
def test_a_connection_that_signs_in_as_another_role_is_refused(
    superuser: psycopg.Connection, capsys: pytest.CaptureFixture[str], setting: str, who: str
) -> None:
    start.refuse_unsafe()
    another = "WUTONG_PLANE_DSN" if setting == "WUTONG_PDP_DSN" else "WUTONG_PDP_DSN"
    dsns = {"superuser": _dsn_of(superuser), "owner": os.environ["WUTONG_OWNER_DSN"], "another": os.environ[another]}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(setting, dsns[who])
        _is_refused(capsys, f"{setting} signs in as {conninfo_to_dict(dsns[who])['user']}")
    assert cli.main(["check"]) == 0


def test_before_the_first_migration_the_check_says_what_makes_the_roles(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WUTONG_PLANE_DSN", make_conninfo(os.environ["WUTONG_PLANE_DSN"], user="not_yet"))
    assert cli.main(["check"]) == 1
    assert "Run `wutong migrate`: it makes the roles" in capsys.readouterr().out


def test_who_becomes_its_role_only_after_signing_in_is_refused(
    superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WUTONG_PLANE_DSN", make_conninfo(_dsn_of(superuser), options="-c role=wutong_plane"))
    _is_refused(capsys, "WUTONG_PLANE_DSN signs in as wutong_admin (a superuser")


@pytest.mark.parametrize("words", [["serve", "--plane", "record"], ["serve", "--plane", "control"], ["worker"]])
def test_neither_plane_nor_the_worker_starts_with_a_superusers_connection(
    superuser: psycopg.Connection, words: list[str]
) -> None:
    for name in ("WUTONG_PLANE_DSN", "WUTONG_JOBS_DSN"):
        command = [sys.executable, "-m", "wutong", *words]
        environment = os.environ | {name: _dsn_of(superuser)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 1
        assert done.stderr.startswith(f"wutong: {name} signs in as wutong_admin (a superuser")


def _dsn_of(superuser: psycopg.Connection) -> str:
    return make_conninfo(superuser.info.dsn, password=superuser.info.password)


def _is_refused(capsys: pytest.CaptureFixture[str], sentence: str) -> None:
    capsys.readouterr()
    assert cli.main(["check"]) == 1
    assert sentence in capsys.readouterr().out
    with pytest.raises(StartProblem) as refused:
        start.refuse_unsafe()
    assert refused.value.sentence.startswith(sentence)


def _months_before(end: datetime, months: int) -> datetime:
    """The middle of the month that is `months` before the one that begins at `end`."""
    count = end.year * 12 + end.month - 1 - months
    return end.replace(year=count // 12, month=count % 12 + 1, day=15)


def test_the_check_says_when_it_is_not_clear_whether_letters_are_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WUTONG_PRINTS_LETTERS", "/srv/letters")
    assert cli.main(["check"]) == 1
    assert "WUTONG_PRINTS_LETTERS is wrong: `true` or `false` is expected" in capsys.readouterr().out
    monkeypatch.setenv("WUTONG_PRINTS_LETTERS", "true")
    assert cli.main(["check"]) == 0


def test_the_check_names_who_would_have_an_emergency_of_which_nobody_is_told(
    cast: Cast, superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cast.professional("DOC", HA)
    with no_officer_reached(superuser):
        _names_nobody_told(capsys, {HARBOUR, HA})
        cast.officer(HARBOUR, email="harbour@example.org")
        _names_nobody_told(capsys, {HA})
        monkeypatch.setenv("WUTONG_EMERGENCY_ACCESS", "false")
        assert cli.main(["check"]) == 0
        monkeypatch.setenv("WUTONG_EMERGENCY_ACCESS", "true")
        cast.officer(OFFICE, email="everywhere@example.org")
        assert cli.main(["check"]) == 0


def _names_nobody_told(capsys: pytest.CaptureFixture[str], providers: set[str]) -> None:
    capsys.readouterr()
    assert cli.main(["check"]) == 1
    said = capsys.readouterr().out
    for provider in (HARBOUR, HA):
        assert (f"of one at {provider} nobody would be told" in said) == (provider in providers)
    assert "emergency access: to be mended" in said
