"""Whether a deposit needs the sharing consent is a policy of the platform; what a desk took counts under both."""

import asyncio
from typing import Any

import httpx
import pytest
from cast import HARBOUR, Cast, patient
from desks import Desk, registrar

from wutong.core import env
from wutong.record.app import create_app

_BASE = "http://127.0.0.1"


async def _deposit(token: str, content: dict[str, Any]) -> int:
    """The status of an upload at a record plane that reads its policy now."""
    plane = create_app()
    transport = httpx.ASGITransport(app=plane, root_path="/fhir")
    async with plane.run(), httpx.AsyncClient(transport=transport, base_url=_BASE) as client:
        headers = {"authorization": f"Bearer {token}", "content-type": "application/fhir+json"}
        return (await client.post("/fhir/Patient", json=content, headers=headers)).status_code


@pytest.mark.parametrize(("policy", "before"), [("true", 403), ("false", 201)])
def test_the_policy_says_whether_a_deposit_waits_for_the_consent(
    cast: Cast, server: str, monkeypatch: pytest.MonkeyPatch, policy: str, before: int
) -> None:
    monkeypatch.setenv(env.DEPOSIT_REQUIRES_CONSENT.name, policy)
    who, token = cast.register(), cast.client_token(HARBOUR)
    assert asyncio.run(_deposit(token, patient(who.hkid))) == before
    desk = Desk(server, registrar(cast))
    desk.record(who.person_id)
    desk.close()
    assert asyncio.run(_deposit(token, patient(who.hkid))) == 201
