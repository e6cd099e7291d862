"""An operator registers a provider from the command line: flow page docs/flows/register_provider.md."""

import json
import secrets
from typing import Any

import psycopg
import pytest

from wutong import cli


def _code() -> str:
    return f"T{secrets.token_hex(4)}"


def test_a_provider_is_registered_and_its_system_gets_a_token(cast: Any, capsys: pytest.CaptureFixture[str]) -> None:
    code = _code()
    assert (
        cli.main(["provider", "create", code, "--name", "Lake Clinic", "--name-zh", "湖畔診所", "--kind", "clinic"])
        == 0
    )
    assert cli.main(["provider", "list"]) == 0
    assert f"{code:12} clinic" in capsys.readouterr().out
    assert cli.main(["client", "create", "--provider", code, "--name", "its system", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    form = {"grant_type": "client_credentials"}
    answer = cast.http.post("/oauth/token", data=form, auth=(made["client_id"], made["client_secret"]))
    assert answer.status_code == 200


def test_registering_is_in_the_trail(cast: Any, superuser: psycopg.Connection) -> None:
    code = _code()
    cli.main(["provider", "create", code, "--name", "Hill Hospital", "--kind", "hospital", "--deemed"])
    row = superuser.execute(
        "select caller_kind, outcome, detail from audit.event where event = 'provider:create' and detail ->> 'provider' = %s",
        [code],
    ).fetchone()
    assert row == ("host", "allowed", {"provider": code, "kind": "hospital", "deemed": True})


def test_a_code_is_given_once(cast: Any, capsys: pytest.CaptureFixture[str]) -> None:
    again = ["provider", "create", "HA", "--name", "Another", "--kind", "hospital"]
    assert cli.main(again) == 1
    assert "taken already" in capsys.readouterr().err


def test_an_unknown_kind_is_named_with_the_known_ones(cast: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["provider", "create", _code(), "--name", "X", "--kind", "spa"]) == 1
    assert "Choose: hospital-group, hospital, clinic" in capsys.readouterr().err


def test_a_client_of_nobody_is_told_how_to_make_a_provider(cast: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["client", "create", "--provider", "NOBODY", "--name", "x"]) == 1
    assert "wutong provider create" in capsys.readouterr().err
