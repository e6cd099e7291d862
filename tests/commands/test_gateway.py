"""The demo's SMS gateway: keeps what it is given, once, in the folder of its number and nowhere else."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from wutong.commands.gateway import start_gateway

_SMS = {"id": "6f0c0a54-9d0e-5c57-8f0b-2f6f8f7a1c3e", "to": "+85251234567", "text": "Hello"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where it keeps them."""
    return tmp_path / "sms"


@pytest.fixture
def address(folder: Path) -> Iterator[str]:
    """Where it listens."""
    running, url = start_gateway(folder)
    yield url
    running.shutdown()
    running.server_close()


def test_the_same_sms_twice_is_kept_once(folder: Path, address: str) -> None:
    for text in ("Hello", "Hello again"):
        assert httpx.post(address, json=_SMS | {"text": text}, trust_env=False).status_code == 202
    (kept,) = folder.rglob("*.json")
    assert kept.parent.name == "+85251234567"
    assert '"Hello"' in kept.read_text()


@pytest.mark.parametrize(
    "wrong", [{"to": "../../away"}, {"to": ""}, {"to": None}, {"id": "../away"}, {"id": 1}, {"id": None}]
)
def test_what_is_no_sms_is_refused_and_not_kept(folder: Path, address: str, wrong: dict[str, object]) -> None:
    assert httpx.post(address, json=_SMS | wrong, trust_env=False).status_code == 400
    assert list(folder.rglob("*.json")) == []
