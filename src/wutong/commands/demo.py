"""`wutong demo`: embedded PostgreSQL, invented district, both planes, a worker and a mail sink, by one command."""

import argparse
import asyncio
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from wutong.commands import folder, mail, migrate, serve, start
from wutong.commands.folder import DATABASE, OWNER, DemoProblem, Folder
from wutong.embedded import Running
from wutong.embedded import start as start_postgres


def run(asked: argparse.Namespace) -> None:
    """Serve the demo until told to stop."""
    _refuse_taken(asked.port)
    place = folder.find(asked.data)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with _postgres(place) as running:
        _prepare(place, running, asked)


def _prepare(place: Folder, running: Running, asked: argparse.Namespace) -> None:
    if not place.loaded.exists():
        _begin_afresh(running)
    _make_database(place, running)
    sink, smtp_port = mail.start_sink(place.mail)
    os.environ.update(place.write_settings(host=str(running.socket_dir), port=asked.port, smtp_port=smtp_port))
    try:
        migrate.migrate()
        start.refuse_unsafe()
        asyncio.run(_serve(place, running, asked))
    finally:
        sink.stop()


async def _serve(place: Folder, running: Running, asked: argparse.Namespace) -> None:
    from wutong.commands import seed  # needs Django set up

    async def ready() -> None:
        watch = asyncio.create_task(_watch(running))
        names = await asyncio.to_thread(seed.load_once, place, people=asked.people)
        print(f"ready: http://127.0.0.1:{asked.port}  sign in as {names}", flush=True)
        await watch

    await serve.serve("127.0.0.1", asked.port, with_worker=True, when_ready=ready)


async def _watch(running: Running) -> None:
    while running.poll() is None:
        await asyncio.sleep(0.5)
    raise DemoProblem("PostgreSQL has ended. Start the demo again; what was saved is there.")


@contextmanager
def _postgres(place: Folder) -> Iterator[Running]:
    running = start_postgres(place.postgres)
    try:
        yield running
    finally:
        running.stop()


def _begin_afresh(running: Running) -> None:
    """A district that was loaded by half is thrown away: nobody has used it yet."""
    with psycopg.connect(running.dsn(), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(DATABASE)))


def _make_database(place: Folder, running: Running) -> None:
    password = place.passwords()[OWNER]
    owner, database = sql.Identifier(OWNER), sql.Identifier(DATABASE)
    with psycopg.connect(running.dsn(), autocommit=True) as connection:
        if not connection.execute("select 1 from pg_roles where rolname = %s", [OWNER]).fetchone():
            connection.execute(sql.SQL("create role {} login createrole").format(owner))
        connection.execute(sql.SQL("alter role {} password {}").format(owner, sql.Literal(password)))
        if not connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
            connection.execute(sql.SQL("create database {} owner {}").format(database, owner))


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as taken:
            raise DemoProblem(f"Port {port} is in use. Choose another, such as: make demo PORT={port + 1}") from taken
