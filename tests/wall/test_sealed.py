"""An identity key that is not the database's own is noticed before anybody is registered with it."""

import base64
import secrets

import pytest
from cast import Cast

from wutong import cli
from wutong.commands import start
from wutong.commands.start import StartProblem
from wutong.core import env


def test_with_its_own_key_it_starts(cast: Cast) -> None:
    cast.register()
    start.refuse_unsafe()


def test_with_another_key_it_does_not_start(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    cast.register()
    monkeypatch.setenv(env.IDENTITY_KEY.name, base64.b64encode(secrets.token_bytes(32)).decode())
    with pytest.raises(StartProblem, match="is not the key that this database was sealed with"):
        start.refuse_unsafe()


def test_the_check_says_what_to_put_back(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cast.register()
    monkeypatch.setenv(env.IDENTITY_KEY.name, base64.b64encode(secrets.token_bytes(32)).decode())
    assert cli.main(["check"]) == 1
    assert "Put back the one" in capsys.readouterr().out
