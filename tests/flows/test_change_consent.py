"""A patient gives, changes and withdraws a sharing consent in the portal; it holds at the clinic's next read."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from calendar_days import at
from cast import HA, HARBOUR, Cast, Registered
from doors import Browser

from wutong.control.people.queries.providers import provider_with_code
from wutong.core import clock


@pytest.fixture
def who(cast: Cast) -> Registered:
    """Somebody who has allowed nobody yet."""
    return cast.register()


@pytest.fixture
def patient(cast: Cast, server: str, who: Registered) -> Iterator[Browser]:
    """Their browser, in the portal."""
    made = Browser(server, cast.patient_account(who))
    yield made
    made.close()


def _id(code: str) -> UUID:
    found = provider_with_code(code)
    assert found
    return found.provider_id


def _allow(patient: Browser, code: str = HARBOUR, kind: str = "one-year") -> None:
    address = f"/portal/who-may-look/{_id(code)}/allow/"
    assert "Check your answer" in patient.get(f"{address}?kind={kind}")
    assert patient.confirm(address).path == "/portal/who-may-look/"


def _withdraw(patient: Browser, code: str = HARBOUR) -> None:
    address = f"/portal/who-may-look/{_id(code)}/withdraw/"
    patient.get(address)
    patient.confirm(address)


def _trail(superuser: psycopg.Connection, who: Registered) -> list[dict[str, Any]]:
    query = "select detail from audit.entry where person_id = %s and event = 'consent:change' order by at"
    return [row[0] for row in superuser.execute(query, [who.person_id])]


def _opens(cast: Cast, who: Registered, provider: str = HARBOUR) -> int:
    return cast.open(cast.session_token(cast.professional("DOC", provider)), who.person_id).status_code


def test_r58_a_patient_gives_and_withdraws_a_consent(cast: Cast, patient: Browser, who: Registered) -> None:
    assert _opens(cast, who) == 403
    _allow(patient)
    assert "Harbour Family Clinic may look at your record now." in patient.page
    assert _opens(cast, who) == 200
    _withdraw(patient)
    assert "Harbour Family Clinic may not look at your record any more." in patient.page
    assert _opens(cast, who) == 403


def test_a_consent_to_one_provider_opens_nothing_to_another(cast: Cast, patient: Browser, who: Registered) -> None:
    _allow(patient, "PEAK")
    assert _opens(cast, who, "PEAK") == 200
    assert _opens(cast, who, HARBOUR) == 403


def test_a_one_year_consent_ends_with_the_same_date_next_year(cast: Cast, server: str, who: Registered) -> None:
    with at("2028-02-29T12:00+08:00"):
        patient = Browser(server, cast.patient_account(who))
        _allow(patient, kind="one-year")
        assert "May look until 28 February 2029." in patient.page
        patient.close()
        assert _opens(cast, who) == 200
    with at("2029-02-28T23:58+08:00"):
        assert _opens(cast, who) == 200
    with at("2029-03-01T00:01+08:00"):
        assert _opens(cast, who) == 403


def test_an_indefinite_consent_has_no_end(cast: Cast, patient: Browser, who: Registered) -> None:
    _allow(patient, kind="indefinite")
    assert "May look until you withdraw it." in patient.page
    with clock.travel(timedelta(days=3000)):
        assert _opens(cast, who) == 200


def test_the_kind_can_be_changed_either_way_and_every_version_is_kept(
    patient: Browser, who: Registered, superuser: psycopg.Connection
) -> None:
    _allow(patient, kind="one-year")
    _allow(patient, kind="indefinite")
    _withdraw(patient)
    _allow(patient, kind="one-year")
    for said in ("allowed for one year, until", "allowed until withdrawn", "withdrawn"):
        assert said in patient.page
    told = _trail(superuser, who)
    assert [each["new"]["version"] for each in told] == [1, 2, 3, 4]
    assert told[0]["old"] is None
    assert [each["old"] for each in told[1:]] == [each["new"] for each in told[:-1]]


def test_saying_the_same_twice_is_one_statement(
    patient: Browser, who: Registered, superuser: psycopg.Connection
) -> None:
    address = f"/portal/who-may-look/{_id(HARBOUR)}/"
    for page in ("allow/?kind=one-year", "withdraw/"):
        first = patient.get(address + page)
        patient.confirm(first.path)
        done = patient.page.text
        patient.page = first  # a double click: the same form once more
        assert patient.confirm(first.path).text == done
    assert [each["new"]["state"] for each in _trail(superuser, who)] == ["given", "withdrawn"]


def test_what_holds_already_is_said_to_change_nothing(
    patient: Browser, who: Registered, superuser: psycopg.Connection
) -> None:
    _allow(patient)
    page = patient.get(f"/portal/who-may-look/{_id(HARBOUR)}/allow/?kind=one-year")
    assert "This holds already: nothing would change." in page
    assert 'name="seen"' not in page.source
    assert len(_trail(superuser, who)) == 1


def test_statements_at_the_same_moment_come_one_after_another(
    cast: Cast, who: Registered, superuser: psycopg.Connection
) -> None:
    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(_alternate, cast, who, kind) for kind in ("one-year", "indefinite") * 4]:
            done.result()
    versions = [each["new"]["version"] for each in _trail(superuser, who)]
    assert versions == list(range(1, len(versions) + 1))
    assert versions


def _alternate(cast: Cast, who: Registered, kind: str) -> None:
    from django.db import connections

    try:
        cast.allow(who, kind=kind)
    finally:
        connections.close_all()


def test_of_forms_that_come_at_the_same_moment_one_is_a_statement(
    cast: Cast, who: Registered, superuser: psycopg.Connection
) -> None:
    with ThreadPoolExecutor(4) as threads:
        sent = [threads.submit(_state, who, kind) for kind in ("one-year", "indefinite") * 3]
        answers = [type(done.result()).__name__ for done in sent]
    assert len(_trail(superuser, who)) == 1
    assert answers.count("Stated") == 3  # it, and its repetitions
    assert answers.count("Outdated") == 3


def _state(who: Registered, kind: str) -> object:
    from django.db import connections

    from wutong.control.audit.append import Actor
    from wutong.control.flows.change_consent import give_consent

    try:
        return give_consent(Actor("patient", who.person_id), who.person_id, _id(HARBOUR), kind, seen=0)
    finally:
        connections.close_all()


def test_public_providers_cannot_be_withdrawn_one_by_one(patient: Browser) -> None:
    page = patient.get("/portal/who-may-look/")
    assert "This cannot be withdrawn for one of them alone" in page
    assert f"/portal/who-may-look/{_id(HA)}/withdraw/" not in page.source
    assert patient.get(f"/portal/who-may-look/{_id(HA)}/withdraw/").status == 404
    assert patient.get(f"/portal/who-may-look/{_id(HA)}/allow/").status == 404


def test_without_an_answer_nothing_is_stated(patient: Browser, who: Registered, superuser: psycopg.Connection) -> None:
    address = f"/portal/who-may-look/{_id(HARBOUR)}/allow/"
    patient.get(address)
    assert "Choose for how long" in patient.get(f"{address}?asked=yes")
    assert "Choose for how long" in patient.send(address, seen="0")
    assert "Choose one of the list" in patient.send(address, kind="for-ever", seen="0")
    assert "Choose one of the list" in patient.get(f"{address}?kind=for-ever")
    assert _trail(superuser, who) == []


def test_looking_at_the_question_changes_nothing(
    patient: Browser, who: Registered, superuser: psycopg.Connection
) -> None:
    address = f"/portal/who-may-look/{_id(HARBOUR)}"
    patient.get(f"{address}/allow/?kind=indefinite&confirmed=yes")
    patient.get(f"{address}/withdraw/")
    patient.get(f"{address}/allow/")
    patient.send(f"{address}/allow/", kind="indefinite")
    assert _trail(superuser, who) == []


def test_a_clinician_has_no_portal(cast: Cast, server: str) -> None:
    doctor = Browser(server, cast.professional("DOC", HARBOUR))
    assert doctor.get("/portal/who-may-look/").path == "/clinic/"
    doctor.close()
