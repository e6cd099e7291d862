"""The database goes while the server runs: everybody is told soon and plainly, and the log has a line for each."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import psycopg
import pytest
from conftest import copy_of_template, free_port
from psycopg import sql
from psycopg.conninfo import make_conninfo

_NAMES = ("CONTROL", "PDP", "FINDER", "PLANE", "JOBS")
_DATABASE = "wutong_gone"


@pytest.mark.timeout(120)
def test_a_database_that_went_is_told_as_503(superuser: psycopg.Connection) -> None:
    copy_of_template(_DATABASE)
    dsns = {name: make_conninfo(os.environ[name], dbname=_DATABASE) for name in (f"WUTONG_{n}_DSN" for n in _NAMES)}
    port = free_port()
    command = [sys.executable, "-m", "wutong", "serve", "--without-worker", "--port", str(port)]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("w") as out:
            process = subprocess.Popen(command, env=os.environ | dsns, stdout=out, stderr=out)
        try:
            _ask_all(port, process, superuser)
        finally:
            process.terminate()
            process.wait(30)
        said = log.read_text()
    assert "Traceback" not in said
    assert said.count("the database does not answer") == 3


def _ask_all(port: int, process: "subprocess.Popen[bytes]", superuser: psycopg.Connection) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False) as http:
        while not _answers(http):
            assert process.poll() is None
            time.sleep(0.1)
        form = {"grant_type": "client_credentials", "client_id": "0" * 32, "client_secret": "x"}
        assert http.post("/oauth/token", data=form).status_code == 401
        superuser.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(_DATABASE)))
        token = _soon(http, "POST", "/oauth/token", data=form)
        assert token.json()["error"] == "temporarily_unavailable"
        headers = {"authorization": "Bearer x"}
        record = _soon(http, "GET", "/fhir/Patient/5f6d0f5e-7d5b-4a52-9f6d-6a1d4a7f0c11", headers=headers)
        assert record.json()["issue"][0]["code"] == "transient"
        page = _soon(http, "GET", "/portal/", headers={"cookie": f"wutong_session={'a' * 32}"})
        assert "This does not work just now" in page.text


def _answers(http: httpx.Client) -> bool:
    try:
        return http.get("/fhir/metadata").status_code == 200
    except httpx.HTTPError:
        return False


def _soon(http: httpx.Client, method: str, path: str, **more: object) -> httpx.Response:
    began = time.monotonic()
    answer = http.request(method, path, **more)  # type: ignore[arg-type]
    assert answer.status_code == 503, answer.text
    assert answer.headers["retry-after"] == "60"
    assert time.monotonic() - began < 8
    return answer
