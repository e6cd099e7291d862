"""A person ends what their code opened: at the next request nothing of it is open, and nothing that was under way reads on."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest
from authorising import GENERAL, Pharmacist, allowed_record
from cast import Cast, Registered, Somebody
from doors import Browser
from psycopg.types.json import Jsonb

from wutong.control.audit.append import Actor
from wutong.control.flows.end_authorisation import Ended, end_authorisation
from wutong.core import clock, ids
from wutong.core.answers import Missing


@pytest.fixture
def who(cast: Cast) -> Registered:
    return allowed_record(cast)


@pytest.fixture
def pharmacist(cast: Cast, who: Registered) -> Iterator[Pharmacist]:
    made = Pharmacist(cast)
    made.open_record(who.person_id)
    yield made
    made.close()


def test_the_patient_ends_it_in_the_portal_and_it_is_closed_at_the_next_request(
    cast: Cast, pharmacist: Pharmacist, who: Registered, superuser: psycopg.Connection
) -> None:
    request_id = pharmacist.authorised(superuser, who.person_id, "RAD")
    other = pharmacist.authorised(superuser, who.person_id, "OIR")
    assert pharmacist.sees(who.person_id) == GENERAL | {"RAD", "OIR"}
    patient = Browser(cast.server, cast.patient_account(who))
    assert "Open to this professional until" in patient.get("/portal/who-looked/")
    address = f"/portal/who-looked/codes/{request_id}/end/"
    assert address in patient.page.source
    assert "They cannot see these parts from the next click on." in patient.get(address)
    assert pharmacist.sees(who.person_id) == GENERAL | {"RAD", "OIR"}, "to look at the page ends nothing"
    page = patient.confirm(address)
    assert page.path == "/portal/who-looked/codes/"
    assert "; ended on" in page
    assert pharmacist.sees(who.person_id) == GENERAL | {"OIR"}, "what another code opened stays open"
    assert "This is over already" in patient.get(address)
    query = "select outcome, detail, caller_kind from audit.entry where person_id = %s and event = 'authorisation:end'"
    told = {"authorisation": str(request_id)}
    assert superuser.execute(query, [who.person_id]).fetchall() == [("allowed", told, "patient")]
    assert str(other) in patient.get("/portal/who-looked/").source
    patient.close()


def test_a_parent_ends_it_for_a_child_and_nobody_else_does(cast: Cast, superuser: psycopg.Connection) -> None:
    child = allowed_record(cast, born="2019-05-31")
    parent, stranger, carer = (cast.register() for _ in range(3))
    cast.appoint(child, parent)
    cast.appoint(child, carer, "carer")
    made = Pharmacist(cast)
    made.open_record(child.person_id)
    request_id = made.authorised(superuser, child.person_id, "RAD")
    for acting in (stranger, carer, child):
        browser = Browser(cast.server, cast.patient_account(acting))
        whose = "" if acting is child else f"for/{child.person_id}/"
        assert browser.get(f"/portal/{whose}who-looked/codes/{request_id}/end/").status == 404
        assert (
            browser.send(f"/portal/{whose}who-looked/codes/{request_id}/end/").status in {403, 404}
            if (browser.get("/portal/who-may-look/").source.count("csrfmiddlewaretoken"))
            else True
        )
        browser.close()
    assert "RAD" in made.sees(child.person_id)
    browser = Browser(cast.server, cast.patient_account(parent))
    address = f"/portal/for/{child.person_id}/who-looked/codes/{request_id}/end/"
    browser.get(address)
    assert browser.confirm(address).path == f"/portal/for/{child.person_id}/who-looked/codes/"
    assert made.sees(child.person_id) == GENERAL
    browser.close()
    made.close()


def _speaker(account: Somebody) -> Actor:
    return Actor("patient", account.account_id)


def test_another_persons_and_none_is_ended_by_nobody(
    cast: Cast, pharmacist: Pharmacist, who: Registered, superuser: psycopg.Connection
) -> None:
    request_id = pharmacist.authorised(superuser, who.person_id, "RAD")
    other = cast.register()
    account = cast.patient_account(other)
    assert isinstance(end_authorisation(_speaker(account), other.person_id, request_id), Missing)
    own = _speaker(cast.patient_account(who))
    assert isinstance(end_authorisation(own, who.person_id, uuid4()), Missing)
    pharmacist.ask(who.person_id, "OIR")  # asked for, and not given
    query = "select request_id from control.authorisation_request where person_id = %s order by asked_at desc limit 1"
    [(waiting,)] = superuser.execute(query, [who.person_id]).fetchall()
    assert isinstance(end_authorisation(own, who.person_id, waiting), Missing)
    assert "RAD" in pharmacist.sees(who.person_id)
    assert end_authorisation(own, who.person_id, request_id) == Ended(is_new=True)
    assert end_authorisation(own, who.person_id, request_id) == Ended(is_new=False)


def _ticket(pdp: psycopg.Connection, who: Registered, provider_id: UUID, *authorisations: UUID) -> str:
    at, entry_id = clock.now().isoformat(), str(ids.new())
    entry = {
        "person_id": str(who.person_id),
        "at": at,
        "entry_id": entry_id,
        "event": "record:search",
        "outcome": "allowed",
        "act": "read",
        "ground": "care",
        "provider_id": str(provider_id),
        "caller_id": str(ids.new()),
        "categories": ["RAD"],
        "patient_ids": [str(who.patient_id)],
        "detail": {"authorisations": [str(each) for each in authorisations]} if authorisations else {},
    }
    pdp.execute("select audit.decide_v1(%s)", [Jsonb(entry)])
    return f"{who.person_id}|{at}|{entry_id}"


def _rows(plane: psycopg.Connection, ticket: str, who: Registered) -> int:
    with plane.transaction():
        plane.execute("select set_config('wutong.tickets', %s, true)", [ticket])
        query = "select count(*) from record.resource where patient_id = %s and category = 'RAD'"
        [(number,)] = plane.execute(query, [who.patient_id]).fetchall()
    return int(number)


def test_what_was_decided_before_and_is_not_read_yet_is_not_read_any_more(
    cast: Cast,
    pharmacist: Pharmacist,
    who: Registered,
    superuser: psycopg.Connection,
    pdp: psycopg.Connection,
    plane: psycopg.Connection,
) -> None:
    [(provider_id,)] = superuser.execute("select provider_id from control.provider where code = 'HARBOUR'").fetchall()
    first = pharmacist.authorised(superuser, who.person_id, "RAD")
    second = pharmacist.authorised(superuser, who.person_id, "OIR")
    resting, beside, other = (
        _ticket(pdp, who, provider_id, *named) for named in ((first,), (second, first), (second,))
    )
    for ticket in (resting, beside, other):
        assert _rows(plane, ticket, who) == 1
    assert end_authorisation(_speaker(cast.patient_account(who)), who.person_id, first) == Ended(is_new=True)
    for ticket in (resting, beside):
        with pytest.raises(psycopg.Error, match="took back") as refused:
            _rows(plane, ticket, who)
        assert refused.value.sqlstate == "WU004"
    assert _rows(plane, other, who) == 1


def test_a_ticket_that_names_no_authorisation_of_the_person_opens_nothing(
    who: Registered, pdp: psycopg.Connection, plane: psycopg.Connection, superuser: psycopg.Connection
) -> None:
    [(provider_id,)] = superuser.execute("select provider_id from control.provider where code = 'HARBOUR'").fetchall()
    with pytest.raises(psycopg.Error, match="took back"):
        _rows(plane, _ticket(pdp, who, provider_id, ids.new()), who)
