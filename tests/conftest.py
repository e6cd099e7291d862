"""Real PostgreSQL, the real app on a real socket, a real mail sink: one of each per test process.

Everything is started before the first test module is imported, because Django reads its settings once.
"""

import base64
import os
import secrets
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import settings

# A machine that is busy with something else for a moment is no fault of what is tested.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")

_RUNNING: list[Any] = []
_ROLES = ("wutong_control", "wutong_pdp", "wutong_finder", "wutong_plane", "wutong_jobs", "wutong_keeper")
# The suite's own cluster may forget on a power cut; the drills that test durability start another one.
_FAST = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off"}
# No zone of the server's may show in what we answer; a quarter of an hour off, it would be seen.
_ELSEWHERE = {"timezone": "Asia/Kathmandu"}


def pytest_configure(config: pytest.Config) -> None:
    """Start the surroundings, in each process that runs tests."""
    is_worker = hasattr(config, "workerinput") or config.getoption("collectonly")
    if config.getoption("numprocesses", 0) and not is_worker:
        return
    from wutong.commands.mail import start_sink
    from wutong.control.pages.translations import compile_all
    from wutong.embedded import start

    compile_all()  # a clean checkout has no compiled texts
    folder = Path(tempfile.mkdtemp(prefix="wutong-tests-"))
    folder.chmod(0o755)
    running = start(folder / "postgres", options=_FAST | _ELSEWHERE)
    sink, smtp_port = start_sink(folder / "mail")
    _RUNNING.extend([running, sink])
    _settings(running, smtp_port)
    config.stash[_FOLDER] = folder
    _migrate(running)


def pytest_unconfigure() -> None:
    """Stop what was started."""
    if _RUNNING:
        _RUNNING[1].stop()
        _RUNNING[0].stop()
        _RUNNING.clear()


_FOLDER: pytest.StashKey[Path] = pytest.StashKey()


def _settings(running: Any, smtp_port: int) -> None:
    password = secrets.token_urlsafe(16)
    port = free_port()
    for role, name in zip(
        ("wutong_owner", *_ROLES), ("OWNER", "CONTROL", "PDP", "FINDER", "PLANE", "JOBS", "KEEPER"), strict=True
    ):
        os.environ[f"WUTONG_{name}_DSN"] = running.dsn(user=role, password=password, dbname="wutong_test")
    os.environ |= {
        "WUTONG_SECRET_KEY": secrets.token_urlsafe(48),
        "WUTONG_IDENTITY_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "WUTONG_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "WUTONG_RECORD_URL": f"http://127.0.0.1:{port}/fhir",
        "WUTONG_EMERGENCY_ACCESS": "true",
        "WUTONG_SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
        "DJANGO_SETTINGS_MODULE": "wutong.control.project.settings",
    }
    with psycopg.connect(running.dsn(), autocommit=True) as connection:
        connection.execute(f"create role wutong_owner login createrole password '{password}'")
        connection.execute("create database wutong_template owner wutong_owner")


def _migrate(running: Any) -> None:
    """Migrate the template once, then work in a copy of it."""
    dsns = {name: value for name, value in os.environ.items() if name.endswith("_DSN")}
    for name, value in dsns.items():
        os.environ[name] = value.replace("dbname=wutong_test", "dbname=wutong_template")
    import subprocess
    import sys

    subprocess.run([sys.executable, "-m", "wutong", "migrate"], check=True, stdout=subprocess.DEVNULL)
    os.environ |= dsns
    copy_of_template("wutong_test")
    import django

    django.setup(set_prefix=False)
    hash_lightly()


def hash_lightly() -> None:
    """The suite makes thousands of accounts that nobody attacks: its passwords are hashed with a hundredth of the work.

    Processes that tests start (the demo, `wutong serve`) hash as the product does.
    """
    from django.contrib.auth.hashers import Argon2PasswordHasher

    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost = 1, 1024


def copy_of_template(name: str, template: str = "wutong_template") -> None:
    """A fresh database with the whole schema and the role matrix, nobody in it; or a copy of another one."""
    with psycopg.connect(_RUNNING[0].dsn(), autocommit=True) as connection:
        connection.execute(f"create database {name} template {template} owner wutong_owner")
        for role, path in (("wutong_control", "control"), ("wutong_jobs", "jobs")):
            connection.execute(f"alter role {role} in database {name} set search_path = {path}")


def settings_of(name: str) -> dict[str, str]:
    """The environment of a process whose platform works in that database."""
    named = f"dbname={name}"
    dsns = {key: value.replace("dbname=wutong_test", named) for key, value in os.environ.items() if key[-4:] == "_DSN"}
    return {**os.environ, **dsns, "WUTONG_SUPERUSER": _RUNNING[0].dsn(dbname=name)}


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def superuser() -> Iterator[psycopg.Connection]:
    """The test's own look behind the scenes; nothing in the house has such a role."""
    dsn = _RUNNING[0].dsn(dbname="wutong_test")
    with psycopg.connect(dsn, autocommit=True) as connection:
        yield connection


@pytest.fixture
def plane() -> Iterator[psycopg.Connection]:
    """A connection of the data role, as an intruder in the record plane would have it."""
    with psycopg.connect(os.environ["WUTONG_PLANE_DSN"], autocommit=True) as connection:
        yield connection


@pytest.fixture
def pdp() -> Iterator[psycopg.Connection]:
    """A connection of the decision point."""
    with psycopg.connect(os.environ["WUTONG_PDP_DSN"], autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def mail_folder(pytestconfig: pytest.Config) -> Path:
    """Where the mail sink keeps what was sent."""
    return pytestconfig.stash[_FOLDER] / "mail"


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The platform on a real socket of this process; its address."""
    import threading

    from wutong.commands.serve import make_server

    address = os.environ["WUTONG_PUBLIC_URL"]
    running = make_server("127.0.0.1", int(address.rpartition(":")[2]))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        thread.join(0.01)
        assert thread.is_alive()
    yield address
    running.should_exit = True
    thread.join(10)


@pytest.fixture(scope="session")
def cast(server: str) -> Iterator[Any]:
    """Who is who (tests/cast.py)."""
    from cast import Cast

    made = Cast(server)
    yield made
    made.http.close()
    from wutong.control.charts import client

    client._client().close()
