"""`wutong demo` as its user meets it: started, asked, stopped, killed, started again; each ending says a sentence."""

import json
import os
import re
import signal
import smtplib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
from cast import Somebody
from conftest import free_port
from doors import Browser

from wutong.commands.folder import Folder
from wutong.commands.loader import PASSWORD
from wutong.embedded import Address, attach

pytestmark = pytest.mark.timeout(300)
_SECONDS = 120


class Demo:
    """A demo of the tests' own, from its data folder."""

    def __init__(self, place: Folder) -> None:
        self.place = place
        self.port = free_port()
        self.out = place.path.parent / "out"

    @contextmanager
    def running(self, *words: str) -> Iterator["subprocess.Popen[bytes]"]:
        """Run it until the `ready` line; whatever happens, it is gone afterwards."""
        with self.out.open("w") as out:
            command = [*_WUTONG, "demo", "--port", str(self.port), *self._data, *words]
            process = subprocess.Popen(command, env=_environment(), stdout=out, stderr=out, start_new_session=True)
        try:
            self.wait_for("ready: ", process)
            yield process
        finally:
            process.terminate()
            process.wait(60)

    def wait_for(self, text: str, process: "subprocess.Popen[bytes]") -> None:
        """Until it has said `text`."""
        deadline = time.monotonic() + _SECONDS
        while text not in self.said:
            assert process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(0.05)

    @property
    def said(self) -> str:
        """Everything that this run has said."""
        return self.out.read_text()

    def command(self, *words: str, zone: str = "UTC") -> str:
        """What another command says about it, on a machine in that time zone."""
        environment = {**_environment(), "TZ": zone}
        done = subprocess.run(
            [*_WUTONG, *words, *self._data], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def count(self, query: str) -> int:
        """A number from its database, seen by the superuser."""
        return int(self.one(query))

    def one(self, query: str) -> Any:
        """One value from its database, seen by the superuser."""
        database: Address = attach(self.place.postgres)
        with psycopg.connect(database.dsn(dbname="wutong")) as connection:
            row = connection.execute(query).fetchone()  # type: ignore[arg-type]
        assert row
        return row[0]

    @property
    def _data(self) -> list[str]:
        return ["--data", str(self.place.path)]


_WUTONG = [sys.executable, "-m", "wutong"]
_DOUBLES = "select count(*) - count(distinct body) from record.directory where resource_type <> 'Provenance'"
_PEOPLE = "select count(*) from control.person"


def _environment() -> dict[str, str]:
    """Without the settings of the test-suite's own platform."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("WUTONG_", "DJANGO_"))}


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """Loaded with the district and one more person, and stopped."""
    with tempfile.TemporaryDirectory(prefix="wutong-demo-") as folder:
        Path(folder).chmod(0o755)
        made = Demo(Folder(Path(folder) / "data"))
        with made.running("--people", "1"):
            assert made.count(_PEOPLE) == 31
        yield made


def test_the_inbox_has_what_came_to_an_officers_own_address_in_the_territorys_time(demo: Demo) -> None:
    with demo.running():
        written = EmailMessage()
        written["To"], written["Subject"] = "LAU Pui Yee <privacy.lau@example.org>", "An emergency"
        written["Date"] = "Sun, 29 Nov 2026 15:55:10 -0000"
        written.set_content("Somebody opened a record.")
        sink = urlsplit(demo.place.settings()["WUTONG_SMTP_URL"])
        with smtplib.SMTP(sink.hostname or "", sink.port or 0) as relay:
            relay.send_message(written, "notices@wutong.example", "privacy.lau@example.org")
        shown = demo.command("inbox", "privacy.lau", zone="Asia/Hong_Kong")
        assert "Nothing was sent to privacy.yip yet." in demo.command("inbox", "privacy.yip")
    assert "Time: 2026-11-29 23:55:10, Hong Kong time\nTo: privacy.lau@example.org\n\nAn emergency\n" in shown


def test_more_people_are_made_once_and_no_register_is_uploaded_twice(demo: Demo) -> None:
    with demo.running("--people", "1"):
        assert demo.count(_PEOPLE) == 31
        assert demo.count(_DOUBLES) == 0
    with demo.running("--people", "2"):
        assert demo.count(_PEOPLE) == 32
        assert demo.count(_DOUBLES) == 0
    assert re.search(r"loaded 1 people, [\d,]+ resources", demo.said)


def test_people_prefer_the_language_that_they_speak(demo: Demo) -> None:
    with demo.running():
        assert demo.count("select count(*) from control.contact where language = 'zh-HK'") > 10
        assert demo.count("select count(*) from control.contact where language = 'en'") > 0


def test_the_other_commands_attach_to_it(demo: Demo) -> None:
    with demo.running():
        assert re.fullmatch(r"\d{6}\n", demo.command("otp", "dr.lee"))
        assert "Nothing was sent to chan.siu.fong yet." in demo.command("inbox", "chan.siu.fong")
        assert "database: good" in demo.command("check")
        made = json.loads(demo.command("client", "create", "--provider", "HA", "--name", "x", "--json"))
        form = {
            "grant_type": "client_credentials",
            "client_id": made["client_id"],
            "client_secret": made["client_secret"],
        }
        answer = httpx.post(f"http://127.0.0.1:{demo.port}/oauth/token", data=form, trust_env=False)
        assert answer.status_code == 200


@pytest.mark.parametrize(
    ("user", "kind", "to"), [("poon.lai.ha", "SMS", "+85207181975"), ("cheung.suk.yee", "letter", "CHEUNG Suk Yee")]
)
def test_the_inbox_has_what_came_by_sms_and_by_post(demo: Demo, user: str, kind: str, to: str) -> None:
    harbour = "select provider_id from control.provider where code = 'HARBOUR'"
    with demo.running():
        patient = Browser(f"http://127.0.0.1:{demo.port}", Somebody(user, PASSWORD, demo.place.seeds()[user]))
        patient.get(form := f"/portal/who-may-look/{demo.one(harbour)}/allow/")
        patient.send(form, kind="one-year")
        patient.confirm(form)
        patient.close()
        deadline = time.monotonic() + _SECONDS
        while f"Kind: {kind}" not in (shown := demo.command("inbox", user)):
            assert time.monotonic() < deadline, shown
            time.sleep(0.5)
    assert f"To: {to}" in shown
    assert "海港家庭診所" in shown  # both chose Chinese


@pytest.mark.parametrize(
    ("number", "code", "sentence"),
    [
        (signal.SIGINT, 130, "interrupted (Ctrl-C, SIGINT); stopping."),
        (signal.SIGTERM, 0, "told to stop (SIGTERM); stopping."),
        (signal.SIGHUP, 0, "the terminal is gone (SIGHUP); stopping."),
    ],
)
def test_a_signal_is_answered_with_a_sentence(demo: Demo, number: int, code: int, sentence: str) -> None:
    with demo.running() as process:
        process.send_signal(number)
        assert process.wait(30) == code
    assert demo.said.endswith(f"wutong: {sentence}\n")


def test_the_next_start_tells_of_a_kill_and_nothing_is_lost(demo: Demo) -> None:
    with demo.running() as killed:
        killed.kill()
        killed.wait()
    with demo.running():
        assert f"the demo before this one (process {killed.pid}) was killed" in demo.said
        assert demo.count(_PEOPLE) >= 31
    with demo.running():
        assert "was killed" not in demo.said


def test_the_end_of_the_database_is_said(demo: Demo) -> None:
    with demo.running() as process:
        pid = int((demo.place.postgres / "postmaster.pid").read_text().partition("\n")[0])
        os.kill(pid, signal.SIGINT)
        assert process.wait(30) == 1
    assert "wutong: PostgreSQL has ended (exit code 0); its log is" in demo.said
    assert "Traceback" not in demo.said


def test_a_worker_that_is_killed_is_started_again(demo: Demo) -> None:
    with demo.running() as process:
        os.kill(_worker_of(process.pid), signal.SIGKILL)
        demo.wait_for("wutong: the worker ended (exit code -9); starting it again in 2 s.", process)


def test_a_reader_that_has_seen_enough_does_not_end_it(demo: Demo) -> None:
    command = [*_WUTONG, "demo", "--port", str(demo.port), "--data", str(demo.place.path)]
    with subprocess.Popen(command, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        try:
            _wait_until_it_answers(demo.port)
            time.sleep(2)  # the ready line has gone nowhere by now
            _wait_until_it_answers(demo.port)
        finally:
            process.terminate()
        assert process.stderr.read().decode().endswith("wutong: told to stop (SIGTERM); stopping.\n")
    assert process.returncode == 0


def test_a_port_that_is_taken_and_a_demo_that_runs_already_are_said(demo: Demo) -> None:
    with demo.running():
        same = _refused("--port", str(demo.port))
        assert f"Port {demo.port} is in use" in same
        port = str(free_port())
        other = _refused("--port", port, "--data", str(demo.place.path))
        assert "is already running on" in other
        assert f".venv/bin/wutong demo --port {port} --data FOLDER" in other  # as `make` cannot


def _refused(*words: str) -> str:
    done = subprocess.run([*_WUTONG, "demo", *words], env=_environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    return done.stderr


def _wait_until_it_answers(port: int) -> None:
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        try:
            httpx.get(f"http://127.0.0.1:{port}/fhir/metadata", trust_env=False)
            return
        except httpx.HTTPError:
            time.sleep(0.05)
    raise AssertionError("it does not answer")


def _worker_of(pid: int) -> int:
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            if b"wutong\0worker" in Path(f"/proc/{child}/cmdline").read_bytes():
                return int(child)
        time.sleep(0.05)
    raise AssertionError("the demo has no worker")
