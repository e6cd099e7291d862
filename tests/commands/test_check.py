"""`wutong check` and the start of the server say what of the schema is missing, and how to mend it."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from wutong import cli
from wutong.commands import start
from wutong.commands.start import StartProblem


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
        ("control.django_migrations", "app = 'notices' and name = '0001_initial'", "notices.0001_initial"),
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
