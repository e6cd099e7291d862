"""A PostgreSQL of the prover's own: in a folder that it makes, gone when it ends. No live database is ever asked."""

import base64
import os
import secrets
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from wutong.core import env
from wutong.core.answers import Problem
from wutong.embedded import Running, start
from wutong.schema.roles import DEFAULTS, SETTINGS

USED, HOUSE, ALIKE = "wutong", "wutong_house", "wutong_alike"
_OWNER = "wutong_owner"
# Nothing here outlives the process, so that nothing needs to outlive a power cut.
_FORGETFUL = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off"}


class ProverProblem(Problem):
    """The prover cannot begin."""


@dataclass(frozen=True)
class Cluster:
    """The server, and the three databases that are copies of one another."""

    running: Running

    @contextmanager
    def connected(self, database: str = USED) -> Iterator[psycopg.Connection]:
        """The superuser's own look; nothing in the house has such a role."""
        with psycopg.connect(self.running.dsn(dbname=database), autocommit=True) as connection:
            yield connection

    def copy(self, template: str, name: str) -> None:
        """Make `name` anew, as `template` is; nobody may be connected to that."""
        with self.connected("postgres") as connection:
            for statement in ("drop database if exists {0} with (force)", "create database {0} template {1} owner {2}"):
                named = map(sql.Identifier, (name, template, _OWNER))
                connection.execute(sql.SQL(statement).format(*named))
            for role, (parameter, value) in DEFAULTS.items():  # they stay behind where a database is copied
                of_role = sql.SQL("alter role {} in database {} set {} = {}")
                connection.execute(of_role.format(*map(sql.Identifier, (role, name, parameter, value))))


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Its server, with an empty database, for as long as the block lasts; the settings of this process name it."""
    folder = Path(tempfile.mkdtemp(prefix="wutong-proving-"))
    folder.chmod(0o755)  # PostgreSQL may run under another account
    running = start(folder / "postgres", options=_FORGETFUL)
    try:
        _set_up(running)
        yield Cluster(running)
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)


def refuse_people(made: Cluster) -> None:
    """Raise ProverProblem where anybody is registered: whoever changes this has named a database that is in use."""
    with made.connected() as connection:
        if connection.execute("select exists (select from control.person)").fetchone() != (False,):
            raise ProverProblem("The database has people in it. The prover works in an empty one of its own alone.")


def _set_up(running: Running) -> None:
    password, port = secrets.token_urlsafe(16), _free_port()
    roles = {_OWNER: env.OWNER_DSN, **SETTINGS}
    for role, setting in roles.items():
        os.environ[setting.name] = running.dsn(user=role, password=password, dbname=USED)
    os.environ |= {
        env.SECRET_KEY.name: secrets.token_urlsafe(48),
        env.IDENTITY_KEY.name: base64.b64encode(secrets.token_bytes(32)).decode(),
        env.PUBLIC_URL.name: f"http://127.0.0.1:{port}",
        env.RECORD_URL.name: f"http://127.0.0.1:{port}/fhir",
        env.PLANE.name: "",
        env.EMERGENCY_ACCESS.name: "true",
        env.PRINTS_LETTERS.name: "true",
    }
    with psycopg.connect(running.dsn(), autocommit=True) as connection:
        made = sql.SQL("create role {} login createrole password {}")
        connection.execute(made.format(sql.Identifier(_OWNER), sql.Literal(password)))
        connection.execute(sql.SQL("create database {} owner {}").format(*map(sql.Identifier, (USED, _OWNER))))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
