"""`wutong serve` ends with a sentence, whatever ends it."""

import os
import signal
import socket
import subprocess
import sys
import time

import httpx
import pytest
from conftest import free_port

_SERVE = [sys.executable, "-m", "wutong", "serve", "--without-worker"]


def _serve(port: int, **settings: str) -> "subprocess.Popen[bytes]":
    words = [*_SERVE, "--port", str(port)]
    return subprocess.Popen(words, env=os.environ | settings, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def _said(process: "subprocess.Popen[bytes]") -> list[str]:
    _, said = process.communicate(timeout=60)
    return said.decode().splitlines()


@pytest.mark.parametrize(
    ("number", "code", "sentence"),
    [
        (signal.SIGINT, 130, "wutong: interrupted (Ctrl-C, SIGINT); stopping."),
        (signal.SIGTERM, 0, "wutong: told to stop (SIGTERM); stopping."),
        (signal.SIGHUP, 0, "wutong: the terminal is gone (SIGHUP); stopping."),
    ],
)
def test_a_signal_is_answered_with_a_sentence(number: int, code: int, sentence: str) -> None:
    port = free_port()
    with _serve(port) as process:
        _wait_until_it_answers(port, process)
        process.send_signal(number)
        assert _said(process) == [sentence]
        assert process.returncode == code


def test_a_port_that_is_taken_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with _serve(taken.getsockname()[1]) as process:
            reason, sentence = _said(process)
            assert "address already in use" in reason
            assert sentence == "wutong: The web server could not start; its reason is above."
            assert process.returncode == 1


def test_a_database_that_does_not_answer_is_said() -> None:
    nowhere = "host=/nowhere user=wutong_control dbname=none"
    with _serve(free_port(), WUTONG_CONTROL_DSN=nowhere) as process:
        [sentence] = _said(process)
        assert sentence.startswith("wutong: The database does not answer for WUTONG_CONTROL_DSN")
        assert process.returncode == 1


def _wait_until_it_answers(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None
        try:
            httpx.get(f"http://127.0.0.1:{port}/fhir/metadata", trust_env=False)
            return
        except httpx.HTTPError:
            time.sleep(0.05)
    raise AssertionError("it does not answer")
