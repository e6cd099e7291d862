"""An operator makes accounts and clients from the command line: flow page docs/flows/create_account.md."""

import secrets

import psycopg
import pytest
from cast import HARBOUR, Cast

from wutong import cli
from wutong.core import clock

_COUNT = "select (select count(*) from control.account), (select count(*) from control.system_client)"


def _user(name: str, **changed: str) -> list[str]:
    typed = {
        "display-name": "LEE Siu Ming",
        "provider": HARBOUR,
        "profession": "NUR",
        "registration": f"N{name}",
        "registered-until": clock.today().isoformat(),
    }
    typed |= {key.replace("_", "-"): value for key, value in changed.items()}
    return ["user", "create", name, *(word for key, value in typed.items() for word in (f"--{key}", value))]


def test_a_professional_is_made_and_the_secrets_are_shown(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    name = f"lee.{secrets.token_hex(4)}"
    assert cli.main(_user(name)) == 0
    assert "code seed" in capsys.readouterr().out
    assert cli.main(["user", "list"]) == 0
    assert name in capsys.readouterr().out


def test_a_privacy_officer_is_made_without_a_registration_and_reached_by_e_mail(
    cast: Cast, capsys: pytest.CaptureFixture[str], superuser: psycopg.Connection
) -> None:
    name = f"tam.{secrets.token_hex(4)}"
    typed = ["user", "create", name, "--display-name", "TAM Wai", "--provider", HARBOUR, "--role", "privacy-officer"]
    assert cli.main([*typed, "--email", "nowhere"]) == 1
    assert "nowhere is no e-mail address." in capsys.readouterr().err
    assert cli.main([*typed, "--email", f"{name}@example.org"]) == 0
    query = """
    select a.email, f.role, p.account_id from control.account a join control.affiliation f using (account_id)
      left join control.professional p using (account_id) where a.sign_in_name = %s
    """
    assert superuser.execute(query, [name]).fetchall() == [(f"{name}@example.org", "privacy-officer", None)]


def test_a_clinician_needs_a_registration(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["user", "create", "x", "--display-name", "X", "--provider", HARBOUR]) == 1
    assert "A clinician needs --profession, --registration and --registered-until." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        (
            {"profession": "XXX"},
            "There is no profession 'XXX'. Choose: CHI, CMP, DEN, DHY, DOC, MID, MLT, NUR, OPT, OT, PHA, PT, RAD.",
        ),
        ({"profession": ""}, "There is no profession ''. Choose: CHI"),
        ({"profession": "doc"}, "There is no profession 'doc'. Choose: CHI"),
        ({"registered_until": "2020-01-31"}, "The registration ended on 2020-01-31. Give the date"),
        ({"registered_until": "soon"}, "--registered-until must be a date such as 2027-12-31."),
        ({"display_name": "  "}, "The display name must not be blank."),
        ({"display_name": "x" * 201}, "The display name has 201 characters; 200 are the most."),
        ({"registration": " "}, "The registration number must not be blank."),
        ({"registration": "7" * 31}, "The registration number has 31 characters; 30 are the most."),
        ({"provider": "NOBODY"}, "There is no provider with the code NOBODY."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(
    cast: Cast,
    superuser: psycopg.Connection,
    capsys: pytest.CaptureFixture[str],
    changed: dict[str, str],
    sentence: str,
) -> None:
    before = superuser.execute(_COUNT).fetchone()
    assert cli.main(_user(f"no.{secrets.token_hex(4)}", **changed)) == 1
    assert sentence in capsys.readouterr().err
    assert superuser.execute(_COUNT).fetchone() == before


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (_user(" "), "The sign-in name must not be blank."),
        (_user("dr lee"), "The sign-in name must not have spaces in it."),
        (["client", "create", "--provider", HARBOUR, "--name", " "], "The name must not be blank."),
        (["provider", "create", " ", "--name", "X", "--kind", "clinic"], "The code must not be blank."),
        (["provider", "create", "A B", "--name", "X", "--kind", "clinic"], "The code must not have spaces in it."),
        (["provider", "create", "C" * 21, "--name", "X", "--kind", "clinic"], "The code has 21 characters; 20 are"),
        (["provider", "create", "NEW", "--name", "", "--kind", "clinic"], "The English name must not be blank."),
    ],
)
def test_names_that_nobody_could_use_are_refused(
    cast: Cast, superuser: psycopg.Connection, capsys: pytest.CaptureFixture[str], words: list[str], sentence: str
) -> None:
    before = superuser.execute(_COUNT).fetchone()
    assert cli.main(words) == 1
    assert sentence in capsys.readouterr().err
    assert superuser.execute(_COUNT).fetchone() == before
