"""`wutong demo`: embedded PostgreSQL, invented district, both planes, a worker, sinks for notices; by one command."""

import argparse
import asyncio
import os
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Thread
from typing import TypeVar

import psycopg
import uvloop
from psycopg import sql

from wutong import district
from wutong.commands import ending, folder, gateway, mail, migrate, serve, start
from wutong.commands.folder import DATABASE, OWNER, DemoProblem, Folder
from wutong.embedded import AlreadyRunning, Running
from wutong.embedded import start as start_postgres

_Result = TypeVar("_Result")


def run(asked: argparse.Namespace) -> None:
    """Serve the demo until told to stop."""
    ending.heed_signals()
    _refuse_taken(asked.port)
    place = folder.find(asked.data)
    place.refuse_foreign()
    if asked.people > (loaded.more_people if (loaded := place.loaded()) else 0):
        district.refuse_unless_installed()
    with _postgres(place, asked.port) as running:
        _prepare(place, running, asked)


def _prepare(place: Folder, running: Running, asked: argparse.Namespace) -> None:
    if not place.loaded():
        _begin_afresh(running)
    _make_database(place, running)
    sink, smtp_port = mail.start_sink(place.mail)
    texts, sms_url = gateway.start_gateway(place.texts)
    os.environ.update(
        place.write_settings(host=str(running.socket_dir), port=asked.port, smtp_port=smtp_port, sms_url=sms_url)
    )
    try:
        migrate.migrate()
        start.refuse_unsafe()
        uvloop.run(_serve(place, running, asked))
    finally:
        sink.stop()
        texts.shutdown()


async def _serve(place: Folder, running: Running, asked: argparse.Namespace) -> None:
    from wutong.commands import seed  # needs Django set up

    async def ready() -> None:
        names = await _in_thread(lambda: seed.load_once(place, people=asked.people))
        ending.announce(f"ready: http://127.0.0.1:{asked.port}  sign in as {names}")

    async def watch() -> None:
        while running.poll() is None:
            await asyncio.sleep(0.5)
        raise DemoProblem(_ended(running))

    await serve.serve("127.0.0.1", asked.port, jobs=[serve.keep_worker, watch], when_ready=ready)


async def _in_thread(work: Callable[[], _Result]) -> _Result:
    """Like asyncio.to_thread, but whoever stops the demo need not wait for it."""
    made: Future[_Result] = Future()
    made.set_running_or_notify_cancel()

    def run() -> None:
        try:
            made.set_result(work())
        except Exception as problem:
            made.set_exception(problem)

    Thread(target=run, daemon=True).start()
    return await asyncio.wrap_future(made)


@contextmanager
def _postgres(place: Folder, port: int) -> Iterator[Running]:
    try:
        running = start_postgres(place.postgres)
    except AlreadyRunning as other:
        raise DemoProblem(
            f"{other} For a second demo beside it, name a folder of its own: "
            f".venv/bin/wutong demo --port {port} --data FOLDER"
        ) from other
    if running.killed_owner:
        ending.say(
            f"the demo before this one (process {running.killed_owner}) was killed, or the power went: it could not "
            f"say why. What was saved is there."
        )
    try:
        yield running
    except Exception as problem:
        if running.poll() is None:
            raise
        raise DemoProblem(_ended(running)) from problem
    finally:
        running.stop()


def _ended(running: Running) -> str:
    return (
        f"PostgreSQL has ended (exit code {running.poll()}); its log is {running.folder.log}. Start the demo again: "
        f"what was saved is there."
    )


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
            raise DemoProblem(
                f"Port {port} is in use. If a demo of yours runs there, use that one, or stop it first (Ctrl-C in its "
                f"terminal). If something else does, choose another port, such as: make demo PORT={port + 1}"
            ) from taken
