"""Migrations: Django's for control's tables, then the files of `sql/`, then the gate made anew around them.

Each file of `sql/` runs once and is written down in `public.wutong_ledger` with its hash; a changed file is refused.
`gate/` holds no data, so it is dropped and made again whenever its text (or a table under it) changed.
"""

import hashlib
import importlib.resources
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources.abc import Traversable

import psycopg
from procrastinate.schema import SchemaManager

from wutong.core import clock
from wutong.core.answers import Problem
from wutong.schema import roles

Say = Callable[[str], None]

_LEDGER = """
create table if not exists public.wutong_ledger (
  name text primary key, sha256 text not null, applied_at timestamptz not null
)
"""
_JOBS = "0000_procrastinate"
_LOCK = int.from_bytes(b"wutong")  # advisory locks are of one database and named by a number


class MigrationProblem(Problem):
    """The database and the files disagree."""


@dataclass(frozen=True)
class SqlFile:
    """One file of SQL: its name in the ledger and its text."""

    name: str
    text: str

    @property
    def sha256(self) -> str:
        """The hash that the ledger keeps."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def lock(connection: psycopg.Connection, *, say: Say) -> None:
    """Let nobody else migrate this database until `connection` ends; waits for whoever does, and says so."""
    row = connection.execute("select pg_try_advisory_lock(%s)", [_LOCK]).fetchone()
    if row and row[0]:
        return
    say("another `wutong migrate` is at work on this database; waiting for it to end")
    connection.execute("select pg_advisory_lock(%s)", [_LOCK])


def migrate(connection: psycopg.Connection, django_migrate: Callable[[], bool], *, say: Say) -> None:
    """Bring the database up to date; safe to run twice and to run again after a crash.

    `connection` is the owner's, in autocommit and under `lock`; `django_migrate` runs Django's migrations as the owner
    on a connection of its own and says whether it changed anything.
    """
    roles.make(connection, roles.logins())
    connection.execute(_LEDGER)
    applied = _applied(connection)
    if _gate_text().sha256 != applied.get("gate") or _pending(applied):
        # Control's tables cannot change their columns under a view: the gate is out of the way first.
        connection.execute("drop schema gate cascade; create schema gate")
        connection.execute("delete from public.wutong_ledger where name = 'gate'")
    django_migrate()
    for file in _pending(applied):
        say(f"applying {file.name}")
        _apply(connection, file)
    _make_gate(connection, say=say)
    connection.execute("select audit.make_partitions_v1(%s, 24)", [clock.today().replace(day=1)])


def pending(connection: psycopg.Connection) -> list[str]:
    """Names of files not applied yet; a changed or unknown file raises MigrationProblem."""
    applied = _applied(connection)
    waiting = [file.name for file in _pending(applied)]
    return waiting if applied.get("gate") == _gate_text().sha256 else [*waiting, "gate"]


def _applied(connection: psycopg.Connection) -> dict[str, str]:
    known = connection.execute("select to_regclass('public.wutong_ledger')").fetchone()
    if known is None or known[0] is None:
        return {}
    return dict(connection.execute("select name, sha256 from public.wutong_ledger").fetchall())


def _pending(applied: dict[str, str]) -> list[SqlFile]:
    waiting = []
    files = list(_files())
    for file in files:
        if file.name not in applied:
            waiting.append(file)
        elif applied[file.name] != file.sha256:
            raise MigrationProblem(f"{file.name} was changed after it was applied. Restore it and add a new file.")
    if unknown := set(applied) - {file.name for file in files} - {"gate"}:
        raise MigrationProblem(f"The database is newer than this software: it has {', '.join(sorted(unknown))}.")
    return waiting


def _files() -> Iterator[SqlFile]:
    yield SqlFile(_JOBS, SchemaManager.get_schema())
    yield from _folder("sql")


def _folder(name: str) -> Iterator[SqlFile]:
    root: Traversable = importlib.resources.files("wutong.schema") / name
    for path in sorted(root.iterdir(), key=lambda entry: entry.name):
        if path.name.endswith(".sql"):
            yield SqlFile(path.name.removesuffix(".sql"), path.read_text(encoding="utf-8"))


def _gate_text() -> SqlFile:
    return SqlFile("gate", "\n".join(file.text for file in _folder("gate")))


def _grants_text() -> str:
    [grants] = [file.text for file in _folder("gate") if file.name.endswith("_grants")]
    return grants


def _apply(connection: psycopg.Connection, file: SqlFile) -> None:
    path = "jobs" if file.name == _JOBS else "pg_catalog"
    with connection.transaction():
        connection.execute(f"set local search_path = {path}")
        connection.execute(file.text)  # our own files, not input
        _note(connection, file)


def _note(connection: psycopg.Connection, file: SqlFile) -> None:
    connection.execute(
        "insert into public.wutong_ledger (name, sha256, applied_at) values (%s, %s, %s)",
        [file.name, file.sha256, clock.now()],
    )


def _make_gate(connection: psycopg.Connection, *, say: Say) -> None:
    gate = _gate_text()
    is_made = _applied(connection).get("gate") == gate.sha256
    with connection.transaction():
        connection.execute("set local search_path = pg_catalog")
        if is_made:  # the grants are set again each time, so that a stray one goes
            connection.execute(_grants_text())
            return
        say("making the gate")
        connection.execute(gate.text)  # our own files, not input
        _note(connection, gate)
