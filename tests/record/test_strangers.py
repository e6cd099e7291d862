"""Who has no live token costs next to nothing: the answer leaves before the body is read, and is in the trail."""

import socket
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
from cast import Cast

from wutong.core import ids

_NOBODY = ids.NOBODY
_DOORS = [
    ("POST", "", "record:write", "write"),
    ("POST", "Patient", "record:write", "write"),
    ("POST", "$validate", "record:write", "write"),
    ("POST", "Patient/$validate", "record:write", "write"),
    ("PUT", f"Patient/{_NOBODY}", "record:write", "write"),
    ("POST", f"Patient/{_NOBODY}/$open", "record:open", "open"),
    ("POST", f"Patient/{_NOBODY}/$everything", "record:everything", "read"),
    ("POST", "Observation/_search", "record:search", "read"),
]
_NAMES = ["transaction", "create", "validate", "validate-type", "update", "open", "everything", "search"]
_HUGE = 14 * 1024 * 1024
_doors = pytest.mark.parametrize(("method", "path", "event", "act"), _DOORS, ids=_NAMES)


def _refusals(superuser: psycopg.Connection, event: str, act: str) -> int:
    query = "select count(*) from audit.event where event = %s and act = %s and reason = 'no-token'"
    [count] = superuser.execute(query, [event, act]).fetchone() or (0,)
    return int(count)


@_doors
def test_the_refusal_does_not_wait_for_the_body(
    cast: Cast, superuser: psycopg.Connection, method: str, path: str, event: str, act: str
) -> None:
    before = _refusals(superuser, event, act)
    head = f"{method} /fhir/{path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/fhir+json\r\n"
    host = urlsplit(cast.server)
    with socket.create_connection((host.hostname, host.port), timeout=20) as caller:
        caller.sendall(f"{head}authorization: Bearer x\r\ncontent-length: {_HUGE}\r\n\r\n[[[[".encode())
        assert caller.recv(1024).startswith(b"HTTP/1.1 401 ")
    assert _refusals(superuser, event, act) == before + 1


@_doors
def test_a_huge_wrong_body_of_a_stranger_is_not_looked_at(
    cast: Cast, method: str, path: str, event: str, act: str
) -> None:
    answer = cast.fhir("x", method, path, content=b"[=1&" * (_HUGE // 4))
    assert answer.status_code == 401
    assert answer.json()["issue"][0]["details"]["coding"][0]["code"] == "no-token"
    form = {"content-type": "application/x-www-form-urlencoded"} if "_search" in path else {}
    known = cast.fhir(cast.ha, method, path, content=b"[=1&" * 10, headers=form)
    assert known.status_code == 400, known.text


def test_a_token_that_is_over_is_refused_before_its_body_is_read(cast: Cast, superuser: psycopg.Connection) -> None:
    token = cast.client_token("HA")
    assert _post(cast, token).status_code == 400
    superuser.execute(
        "update control.access_token set expires_at = now() where token_hash = sha256(%s)", [token.encode()]
    )
    assert _post(cast, token).status_code == 401


def _post(cast: Cast, token: str) -> httpx.Response:
    return cast.fhir(token, "POST", "Patient", content=b"no JSON")
