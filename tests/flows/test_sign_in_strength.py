"""How strongly one signed in decides with everything else (issue 5, the gate; security dossier 0)."""

import psycopg
import pytest
from cast import HARBOUR, Cast, Registered, Somebody
from django.test import override_settings
from emergencies import REASON, Clinician, fresh_code, reason_of


@pytest.fixture
def who(cast: Cast) -> Registered:
    made = cast.register()
    cast.allow(made)
    return made


def _signed_in_by(superuser: psycopg.Connection, somebody: Somebody, level: str) -> None:
    superuser.execute(
        "update control.sign_in_session set level = %s where account_id = %s", [level, somebody.account_id]
    )


@pytest.mark.parametrize("level", ["", "sms", "pwd"])
def test_a_session_without_two_known_factors_opens_and_reads_nothing(
    cast: Cast, who: Registered, superuser: psycopg.Connection, level: str
) -> None:
    doctor = cast.professional("DOC", HARBOUR)
    token = cast.session_token(doctor)
    assert cast.open(token, who.person_id).status_code == 200
    address = f"Condition?patient={who.person_id}"
    assert cast.fhir(token, "GET", address).status_code == 200
    _signed_in_by(superuser, doctor, level)
    refused = cast.fhir(token, "GET", address)
    assert (refused.status_code, reason_of(refused)) == (403, "sign-in-too-weak")
    assert '"sign-in-too-weak"' in cast.fhir(token, "GET", f"Patient/{who.person_id}/$access").text
    assert reason_of(cast.open(token, who.person_id)) == "sign-in-too-weak"


def test_a_patient_too_needs_two_known_factors(cast: Cast, who: Registered, superuser: psycopg.Connection) -> None:
    account = cast.patient_account(who)
    token = cast.portal_token(account)
    address = f"Patient/{who.person_id}/$inventory"
    for level, expected in (("otp", 200), ("", 403), ("phr", 200)):
        _signed_in_by(superuser, account, level)
        assert cast.fhir(token, "GET", address).status_code == expected


def test_break_glass_asks_for_the_sign_in_that_the_operator_needs(
    cast: Cast, who: Registered, superuser: psycopg.Connection, server: str
) -> None:
    doctor = Clinician(cast, cast.professional("DOC", HARBOUR))
    address = f"/clinic/patient/{who.person_id}/emergency/"
    doctor.get(address)
    with override_settings(EMERGENCY_NEEDS="phr"):
        page = doctor.send(address, kind="no-time", reason=REASON, code=fresh_code(doctor.who))
        assert page.status == 403
        assert "This needs a stronger sign-in, such as a passkey." in page
        _signed_in_by(superuser, doctor.who, "phr")
        assert doctor.break_glass(who.person_id).path == f"/clinic/record/{who.person_id}/"
