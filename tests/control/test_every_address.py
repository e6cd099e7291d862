"""What must hold at every address of the people plane, those of later releases included."""

import logging
from uuid import uuid4

import httpx
import pytest
from roaming import patterns

from wutong.core import ids

# A client's secret, or a bearer token, takes the place of the form's token.
_MACHINES = ("oauth/token", "pcf/")


def _addresses() -> list[str]:
    return [_named(each) for each in patterns() if not each.startswith("oauth/")]


def _forms() -> list[str]:
    return [each for each in _addresses() if not each.startswith(_MACHINES)]


def _named(pattern: str) -> str:
    known = {
        "<slug:profession>": "pha",
        "<int:micros>": "1764403200000000",
        "<slug:code>": "results",
        "<slug:label>": "pages",
        "<slug:resource_type>": "Condition",
        "<slug:channel>": "sms",
        "<slug:failure>": "no-answer",
        "<int:job_id>": "1",
        "<str:consent_id>": str(ids.NOBODY),
        "<str:version>": "1",
        "<path:rest>": "Patient",
    }
    for name, value in known.items():
        pattern = pattern.replace(name, value)
    return pattern


def _address(pattern: str) -> str:
    for name in (
        "person_id",
        "provider_id",
        "notice_id",
        "for_id",
        "grant_id",
        "entry_id",
        "document_id",
        "change_id",
        "handshake_id",
        "group_id",
        "request_id",
        "resource_id",
    ):
        pattern = pattern.replace(f"<uuid:{name}>", str(uuid4()))
    for name, value in (("slug:test", "0123456789abcdef"), ("slug:kind", "DocumentReference"), ("int:number", "0")):
        pattern = pattern.replace(f"<{name}>", value)
    assert "<" not in pattern, "say here what to put in its place"
    return pattern


@pytest.mark.parametrize("pattern", _forms())
def test_no_form_is_taken_without_its_token(server: str, pattern: str) -> None:
    answer = httpx.post(f"{server}/{_address(pattern)}", data={"x": "1"}, trust_env=False)
    assert answer.status_code == 403


@pytest.mark.parametrize("pattern", _addresses())
def test_every_answer_keeps_out_of_caches_frames_and_other_sites(server: str, pattern: str) -> None:
    headers = httpx.get(f"{server}/{_address(pattern)}", trust_env=False).headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for cookie in headers.get_list("set-cookie"):
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie


@pytest.mark.parametrize("host", ["elsewhere.example", "127.0.0.1.elsewhere.example", ""])
def test_a_made_up_host_gets_no_page(server: str, host: str) -> None:
    assert httpx.get(f"{server}/sign-in/", headers={"host": host}, trust_env=False).status_code == 400


def test_a_failure_of_a_page_is_told_to_the_operator() -> None:
    handlers = logging.getLogger("django.request").handlers
    assert [type(each) for each in handlers if each.level == logging.ERROR] == [logging.StreamHandler]
