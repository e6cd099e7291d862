"""A professional asks, the patient tells the code they were sent, restricted parts open (dossier 2.4; decision 0040).

Each refusal differs by one thing from the permission in the first test.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import groups
import psycopg
import pytest
from authorising import GENERAL, RESTRICTED, WHY, Pharmacist, allowed_record, mailed_code, newest
from cast import HA, HARBOUR, Cast, Registered
from doors import Browser
from emergencies import Clinician, reason_of, whole_record
from record.resources import of_category

from wutong.control.audit.append import Actor
from wutong.control.authorisation.codes import code_of
from wutong.control.flows.change_closing import state_closing
from wutong.core import clock

BOX = timedelta(minutes=30)
SECOND = timedelta(seconds=1)


@pytest.fixture
def who(cast: Cast) -> Registered:
    """Somebody with an entry of each category, who allows the clinic."""
    return allowed_record(cast, family="LAM", given="Siu Fong")


@pytest.fixture
def pharmacist(cast: Cast, who: Registered) -> Iterator[Pharmacist]:
    """A pharmacist with an open look."""
    made = Pharmacist(cast)
    assert made.open_record(who.person_id).path == f"/clinic/record/{who.person_id}/"
    yield made
    made.close()


def given(superuser: psycopg.Connection, who: Registered) -> int:
    query = "select count(*) from control.authorisation where person_id = %s"
    [(number,)] = superuser.execute(query, [who.person_id]).fetchall()
    return int(number)


def trail(superuser: psycopg.Connection, who: Registered, event: str) -> list[tuple[Any, ...]]:
    query = "select outcome, reason, detail from audit.entry where person_id = %s and event = %s order by at"
    return superuser.execute(query, [who.person_id, event]).fetchall()


def test_what_the_code_names_opens_and_nothing_else_r03_r04(
    pharmacist: Pharmacist, who: Registered, mail_folder: Path, superuser: psycopg.Connection
) -> None:
    assert pharmacist.sees(who.person_id) == GENERAL
    page = pharmacist.ask(who.person_id, "RAD")
    assert page.path == f"/clinic/patient/{who.person_id}/authorisation/code/", page.text
    assert pharmacist.sees(who.person_id) == GENERAL, "to ask opens nothing"
    page = pharmacist.enter(who.person_id, mailed_code(mail_folder, who.email))
    assert page.path == f"/clinic/record/{who.person_id}/", page.text
    assert pharmacist.sees(who.person_id) == GENERAL | {"RAD"}
    others = pharmacist.fhir("GET", f"Observation?patient={who.person_id}&_tag=urn:wutong:category|BIRTH")
    assert others.json().get("total", 0) == 0
    request_id = str(newest(superuser, who.person_id))
    [(outcome, _, asked)] = trail(superuser, who, "authorisation:ask")
    assert (outcome, asked["authorisation"], asked["categories"], asked["told"]) == ("allowed", request_id, ["RAD"], 1)
    [(outcome, reason, told)] = trail(superuser, who, "authorisation:give")
    assert (outcome, reason, told) == ("allowed", None, {"authorisation": request_id, "categories": ["RAD"]})


def test_each_restricted_category_opens_by_its_own_code_and_each_is_entered_r03(
    pharmacist: Pharmacist, who: Registered, superuser: psycopg.Connection
) -> None:
    opened: dict[str, str] = {}
    for category in sorted(RESTRICTED):
        opened[category] = str(pharmacist.authorised(superuser, who.person_id, category))
        assert pharmacist.sees(who.person_id) == GENERAL | opened.keys()
    query = """select categories[1], detail -> 'authorisations' from audit.entry
                where person_id = %s and outcome = 'allowed' and event = 'record:search' and detail ? 'authorisations'"""
    rests = dict(superuser.execute(query, [who.person_id]).fetchall())
    assert rests == {category: [request_id] for category, request_id in opened.items()}
    unrestricted = "select count(*) from audit.entry where person_id = %s and 'LAB' = any (categories) and detail ? 'authorisations'"
    assert superuser.execute(unrestricted, [who.person_id]).fetchall() == [(0,)]


def test_what_the_role_closes_cannot_be_asked_for_r04(cast: Cast, who: Registered) -> None:
    """Of Chinese medicine practitioners births are closed, and immunisations restricted."""
    somebody = Pharmacist(cast, cast.professional("CMP", HARBOUR))
    somebody.open_record(who.person_id)
    assert "Choose from the parts that are listed" in somebody.ask(who.person_id, "BIRTH")
    assert "Choose from the parts that are listed" in somebody.ask(who.person_id, "IMM", "BIRTH")
    assert somebody.ask(who.person_id, "IMM").path.endswith("/code/")
    somebody.close()


def test_what_is_general_is_not_asked_for(pharmacist: Pharmacist, who: Registered) -> None:
    assert "Choose from the parts that are listed" in pharmacist.ask(who.person_id, "LAB")


def test_a_doctor_has_nothing_to_ask_for(cast: Cast, who: Registered) -> None:
    doctor = Clinician(cast, cast.professional("DOC", HARBOUR))
    doctor.open_record(who.person_id)
    assert "there is nothing to ask for" in doctor.get(f"/clinic/patient/{who.person_id}/authorisation/")
    doctor.close()


STATED: dict[str, tuple[dict[str, Any], str]] = {
    "no part": ({"categories": []}, "Choose the parts that you need"),
    "no such part": ({"categories": ["XXX"]}, "Choose from the parts that are listed"),
    "no kind": ({"kind": ""}, "Say what you need them for"),
    "another kind": ({"kind": "curious"}, "Choose one of the list"),
    "no reason": ({"reason": ""}, "Say in your own words why you need them"),
    "19 characters": ({"reason": "wants to see it all"}, "in at least 20 characters"),
    "too long": ({"reason": "reasons " * 70}, "Keep the reason within 500 characters"),
}


@pytest.mark.parametrize("case", STATED)
def test_what_is_not_stated_as_it_must_be_asks_nobody(
    pharmacist: Pharmacist, who: Registered, superuser: psycopg.Connection, case: str
) -> None:
    changed, told = STATED[case]
    assert told in pharmacist.ask(who.person_id, **{"categories": ["RAD"]} | changed)
    assert trail(superuser, who, "authorisation:ask") == []


# Codes


def test_five_wrong_codes_and_the_right_one_opens_nothing_any_more(
    pharmacist: Pharmacist, who: Registered, superuser: psycopg.Connection
) -> None:
    pharmacist.ask(who.person_id, "RAD")
    right = code_of(newest(superuser, who.person_id))
    wrong = f"{(int(right) + 1) % 10**8:08}"
    for left in ("4 more tries", "3 more tries", "2 more tries", "One more try"):
        page = pharmacist.enter(who.person_id, wrong)
        assert "The code is not right, and nothing was opened." in page
        assert left in page
    assert "Too many wrong codes" in pharmacist.enter(who.person_id, wrong)
    assert "Nothing is open by it" in pharmacist.get(f"/clinic/patient/{who.person_id}/authorisation/code/")
    pharmacist.get(f"/clinic/patient/{who.person_id}/authorisation/")
    page = pharmacist.send(f"/clinic/patient/{who.person_id}/authorisation/code/", code=right)
    assert page.path.endswith("/code/")
    assert given(superuser, who) == 0
    assert pharmacist.sees(who.person_id) == GENERAL
    reasons = [reason for _, reason, _ in trail(superuser, who, "authorisation:give")]
    assert reasons == ["wrong-code"] * 4 + ["too-many-wrong-codes"] * 2
    pharmacist.authorised(superuser, who.person_id, "RAD")  # a new one is not dead


def test_the_right_code_at_the_fifth_try_opens(
    pharmacist: Pharmacist, who: Registered, superuser: psycopg.Connection
) -> None:
    pharmacist.ask(who.person_id, "RAD")
    right = code_of(newest(superuser, who.person_id))
    for _ in range(4):
        pharmacist.enter(who.person_id, "00000000" if right != "00000000" else "11111111")
    assert pharmacist.enter(who.person_id, f" {right[:4]}  {right[4:]} ").path == f"/clinic/record/{who.person_id}/"


@pytest.mark.parametrize("text", ["", "1234567", "123456789", "abcdefgh", "١٢٣٤٥٦٧٨"])
def test_what_is_no_code_uses_up_no_try(
    pharmacist: Pharmacist, who: Registered, superuser: psycopg.Connection, text: str
) -> None:
    pharmacist.ask(who.person_id, "RAD")
    page = pharmacist.enter(who.person_id, text)
    assert ("The code has 8 digits" if text else "Enter the code that the patient tells you") in page
    assert trail(superuser, who, "authorisation:give") == []


def test_a_code_is_good_for_ten_minutes(pharmacist: Pharmacist, who: Registered, superuser: psycopg.Connection) -> None:
    address = f"/clinic/patient/{who.person_id}/authorisation/code/"
    pharmacist.ask(who.person_id, "RAD")
    right = code_of(newest(superuser, who.person_id))
    pharmacist.get(address)
    with clock.travel(timedelta(minutes=10)):
        assert pharmacist.send(address, code=right).path == address
        assert given(superuser, who) == 0
    with clock.travel(timedelta(minutes=9, seconds=30)):
        pharmacist.get(address)
        assert pharmacist.send(address, code=right).path == f"/clinic/record/{who.person_id}/"
    told = {reason for _, reason, _ in trail(superuser, who, "authorisation:give")}
    assert told == {"code-over", None}


def test_a_code_opens_once_however_many_enter_it_at_once(
    pharmacist: Pharmacist, who: Registered, superuser: psycopg.Connection
) -> None:
    address = f"/clinic/patient/{who.person_id}/authorisation/code/"
    pharmacist.ask(who.person_id, "RAD")
    right = code_of(newest(superuser, who.person_id))
    pharmacist.get(address)
    token = pharmacist.token()
    with ThreadPoolExecutor(50) as threads:
        list(threads.map(lambda _: pharmacist.knock("POST", address, csrfmiddlewaretoken=token, code=right), range(50)))
    assert given(superuser, who) == 1
    told = [(outcome, reason) for outcome, reason, _ in trail(superuser, who, "authorisation:give")]
    assert sorted(told, key=str) == [("allowed", None)] + [("refused", "used-code")] * 49


def test_only_the_newest_code_of_a_session_is_taken(
    pharmacist: Pharmacist, who: Registered, superuser: psycopg.Connection
) -> None:
    pharmacist.ask(who.person_id, "RAD")
    first = code_of(newest(superuser, who.person_id))
    pharmacist.ask(who.person_id, "OIR")
    assert "The code is not right" in pharmacist.enter(who.person_id, first)
    assert pharmacist.enter(who.person_id, code_of(newest(superuser, who.person_id))).path.startswith("/clinic/record/")
    assert pharmacist.sees(who.person_id) == GENERAL | {"OIR"}


def test_the_code_stands_nowhere(
    pharmacist: Pharmacist, who: Registered, superuser: psycopg.Connection, mail_folder: Path
) -> None:
    pharmacist.ask(who.person_id, "RAD")
    code = mailed_code(mail_folder, who.email)
    tables = superuser.execute(
        "select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where n.nspname in ('control', 'audit', 'jobs', 'record') and c.relkind = 'r'"
    ).fetchall()
    for (table,) in tables:
        for written in (code, f"{code[:4]} {code[4:]}"):
            query = f"select count(*) from {table} t where strpos(t::text, %s) > 0"
            assert superuser.execute(query, [written]).fetchall() == [(0,)], table  # type: ignore[arg-type]
    assert len({code_of(uuid4()) for _ in range(200)}) > 190


# For whom, and for how long


def test_another_session_of_the_same_professional_stays_closed(
    cast: Cast, pharmacist: Pharmacist, who: Registered, superuser: psycopg.Connection
) -> None:
    pharmacist.ask(who.person_id, "RAD")
    code = code_of(newest(superuser, who.person_id))
    with clock.travel(timedelta(seconds=60)):
        elsewhere = Pharmacist(cast, pharmacist.who)
        elsewhere.open_record(who.person_id)
        assert elsewhere.get(f"/clinic/patient/{who.person_id}/authorisation/code/").path.endswith("/authorisation/")
        elsewhere.send(f"/clinic/patient/{who.person_id}/authorisation/code/", code=code)
        assert given(superuser, who) == 0
        assert pharmacist.enter(who.person_id, code).path == f"/clinic/record/{who.person_id}/"
        assert elsewhere.sees(who.person_id) == GENERAL
        assert pharmacist.sees(who.person_id) == GENERAL | {"RAD"}
        elsewhere.close()


def test_a_colleague_and_another_provider_stay_closed(
    cast: Cast, pharmacist: Pharmacist, who: Registered, superuser: psycopg.Connection
) -> None:
    pharmacist.ask(who.person_id, "RAD")
    code = code_of(newest(superuser, who.person_id))
    for provider in (HARBOUR, HA):
        other = Pharmacist(cast, provider=provider)
        other.open_record(who.person_id)
        other.ask(who.person_id, "RAD")
        assert "The code is not right" in other.enter(who.person_id, code)
        assert other.sees(who.person_id) == GENERAL
        other.close()
    assert given(superuser, who) == 0


def test_another_person_stays_closed(
    cast: Cast, pharmacist: Pharmacist, who: Registered, superuser: psycopg.Connection
) -> None:
    pharmacist.authorised(superuser, who.person_id, "RAD")
    other = allowed_record(cast)
    pharmacist.open_record(other.person_id)
    assert pharmacist.sees(other.person_id) == GENERAL
    pharmacist.ask(other.person_id, "RAD")
    code = code_of(newest(superuser, other.person_id))
    assert "used before" in pharmacist.enter(who.person_id, code)
    assert given(superuser, other) == 0


def test_it_closes_after_half_an_hour_though_the_look_is_opened_again(
    pharmacist: Pharmacist, who: Registered, superuser: psycopg.Connection
) -> None:
    with clock.travel(timedelta(minutes=10)):
        pharmacist.authorised(superuser, who.person_id, "RAD")
    with clock.travel(timedelta(minutes=31)):
        assert reason_of(pharmacist.fhir("GET", f"ImagingStudy?patient={who.person_id}")) == "record-not-opened"
        assert pharmacist.open(who.person_id, "TREAT").status_code == 200
    with clock.travel(timedelta(minutes=10) + BOX - 5 * SECOND):
        assert pharmacist.sees(who.person_id) == GENERAL | {"RAD"}
    with clock.travel(timedelta(minutes=11) + BOX):
        assert pharmacist.sees(who.person_id) == GENERAL


def _end(superuser: psycopg.Connection, pharmacist: Pharmacist, who: Registered, what: str) -> None:
    known = {"account": pharmacist.who.account_id, "person": who.person_id}
    statement = {
        "session": "update control.sign_in_session set ended_at = now() where account_id = %(account)s",
        "affiliation": "update control.affiliation set ended_at = now() where account_id = %(account)s",
        "account": "update control.account set is_active = false where account_id = %(account)s",
        "registration": "update control.professional set registered_until = '2020-01-01' where account_id = %(account)s",
        "person": "update control.person set state = 'suspended' where person_id = %(person)s",
        "role": "update control.professional set profession = 'CHI' where account_id = %(account)s",
    }[what]
    superuser.execute(statement, known)


@pytest.mark.parametrize("what", ["session", "affiliation", "account", "registration", "person", "role"])
def test_what_ends_care_ends_it(
    pharmacist: Pharmacist, who: Registered, superuser: psycopg.Connection, what: str
) -> None:
    pharmacist.authorised(superuser, who.person_id, "RAD")
    assert "RAD" in pharmacist.sees(who.person_id)
    _end(superuser, pharmacist, who, what)
    assert pharmacist.sees(who.person_id) == set()


def test_a_suspended_provider_sees_nothing_and_asks_nobody(
    cast: Cast, who: Registered, superuser: psycopg.Connection
) -> None:
    cast.allow(who, "PEAK")
    made = Pharmacist(cast, provider="PEAK")
    made.open_record(who.person_id)
    made.authorised(superuser, who.person_id, "RAD")
    assert "RAD" in made.sees(who.person_id)
    superuser.execute("update control.provider set state = 'suspended' where code = 'PEAK'")
    try:
        assert made.sees(who.person_id) == set()
        page = made.get(f"/clinic/patient/{who.person_id}/authorisation/")
        assert page.status == 403
        assert "access is suspended" in page
    finally:
        superuser.execute("update control.provider set state = 'active' where code = 'PEAK'")
    made.close()


def test_a_consent_that_was_withdrawn_and_given_anew_brings_no_authorisation_back(
    cast: Cast, pharmacist: Pharmacist, who: Registered, superuser: psycopg.Connection
) -> None:
    pharmacist.authorised(superuser, who.person_id, "RAD")
    cast.withdraw(who)
    assert pharmacist.sees(who.person_id) == set()
    cast.allow(who)
    assert pharmacist.open(who.person_id, "TREAT").status_code == 200
    assert pharmacist.sees(who.person_id) == GENERAL
    pharmacist.authorised(superuser, who.person_id, "RAD")
    assert "RAD" in pharmacist.sees(who.person_id)


@pytest.mark.parametrize("kind", ["group", "programme", "whoever"])
def test_a_withdrawal_of_a_wider_word_ends_it_too(
    cast: Cast, pharmacist: Pharmacist, who: Registered, superuser: psycopg.Connection, kind: str
) -> None:
    """Also where the provider's own consent still holds; one that does not reach the provider ends nothing."""
    elsewhere = groups.make("group", groups.clinic())
    wider = groups.of(kind, HARBOUR)
    wider.allow(who)
    elsewhere.allow(who)
    pharmacist.open(who.person_id, "TREAT")
    pharmacist.authorised(superuser, who.person_id, "RAD")
    elsewhere.withdraw(who)
    assert pharmacist.sees(who.person_id) == GENERAL | {"RAD"}
    wider.withdraw(who)
    assert pharmacist.sees(who.person_id) == GENERAL
    patient = Browser(cast.server, cast.patient_account(who))
    assert "Restricted parts: asked for, or open now" not in patient.get("/portal/who-looked/")
    assert "over, since a permission was withdrawn." in patient.get("/portal/who-looked/codes/")
    patient.close()
    wider.allow(who)
    pharmacist.open(who.person_id, "TREAT")
    assert pharmacist.sees(who.person_id) == GENERAL
    pharmacist.authorised(superuser, who.person_id, "RAD")
    assert pharmacist.sees(who.person_id) == GENERAL | {"RAD"}


@pytest.mark.parametrize("kind", ["group", "programme", "whoever"])
def test_a_wider_word_withdrawn_and_given_anew_brings_none_back(
    cast: Cast, superuser: psycopg.Connection, kind: str
) -> None:
    """Where it is the one that lets the provider look."""
    who, clinic = whole_record(cast), groups.clinic()
    wider = groups.of(kind, clinic)
    wider.allow(who)
    made = Pharmacist(cast, provider=clinic)
    made.open_record(who.person_id)
    made.authorised(superuser, who.person_id, "RAD")
    assert made.sees(who.person_id) == GENERAL | {"RAD"}
    wider.withdraw(who)
    assert made.sees(who.person_id) == set()
    wider.allow(who)
    made.open_record(who.person_id)
    assert made.sees(who.person_id) == GENERAL
    made.close()


def _close(cast: Cast, who: Registered, kind: str, value: str) -> None:
    account = cast.patient_account(who)
    state_closing(Actor("patient", account.account_id), who.person_id, kind, value)


def test_what_the_person_closes_afterwards_wins(
    cast: Cast, pharmacist: Pharmacist, who: Registered, superuser: psycopg.Connection
) -> None:
    pharmacist.authorised(superuser, who.person_id, "RAD", "OIR")
    assert pharmacist.sees(who.person_id) == GENERAL | {"RAD", "OIR"}
    _close(cast, who, "category", "RAD")
    assert pharmacist.sees(who.person_id) == GENERAL | {"OIR"}
    kind = of_category("RAD", who.patient_id)["resourceType"]
    asked = f"{kind}?patient={who.person_id}&_tag=urn:wutong:category|RAD"
    assert pharmacist.fhir("GET", asked).json().get("total", 0) == 0
    assert "Choose from the parts that are listed" in pharmacist.ask(who.person_id, "RAD")


def test_what_is_closed_of_a_part_stays_closed_in_it(
    cast: Cast, pharmacist: Pharmacist, who: Registered, superuser: psycopg.Connection
) -> None:
    labelled = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "PSY"}]}
    content = of_category("RAD", who.patient_id)
    hidden = cast.fhir(cast.ha, "POST", content["resourceType"], json=content | {"meta": labelled})
    assert hidden.status_code == 201, hidden.text
    pharmacist.authorised(superuser, who.person_id, "RAD")
    address = f"{content['resourceType']}/{hidden.json()['id']}"
    assert pharmacist.fhir("GET", address).status_code == 200
    _close(cast, who, "label", "PSY")
    assert pharmacist.fhir("GET", address).status_code == 404
    assert "RAD" in pharmacist.sees(who.person_id)


# Who may ask at all


def test_without_an_open_look_nobody_is_asked_whoever_it_is(
    cast: Cast, who: Registered, superuser: psycopg.Connection
) -> None:
    made = Pharmacist(cast)
    nobody = uuid4()
    without = whole_record(cast)
    made.get("/clinic/")
    for person_id in (who.person_id, without.person_id, nobody):
        for address in ("authorisation/", "authorisation/code/"):
            page = made.get(f"/clinic/patient/{person_id}/{address}")
            assert page.status == 403
            assert "The record does not open" in page
        made.get("/clinic/")
        sent = made.send(f"/clinic/patient/{person_id}/authorisation/", kind="avoid-harm", reason=WHY, categories="RAD")
        assert sent.status == 403
        made.get("/clinic/")
        assert made.send(f"/clinic/patient/{person_id}/authorisation/code/", code="12345678").status == 403
    assert trail(superuser, who, "authorisation:ask") == []
    made.open_record(who.person_id)
    assert made.ask(who.person_id, "RAD").path.endswith("/code/")
    made.close()


def test_in_an_emergency_there_is_nothing_to_ask_for(cast: Cast) -> None:
    """Who cannot be asked is asked nothing; an emergency names what it opens."""
    without = whole_record(cast)
    made = Pharmacist(cast)
    made.break_glass(without.person_id, "MED")
    assert "there is nothing to ask for" in made.get(f"/clinic/patient/{without.person_id}/authorisation/")
    made.close()


def test_with_an_emergency_beside_it_both_are_seen_and_entered(
    pharmacist: Pharmacist, who: Registered, superuser: psycopg.Connection
) -> None:
    pharmacist.authorised(superuser, who.person_id, "RAD")
    with clock.travel(timedelta(seconds=30)):
        pharmacist.break_glass(who.person_id, "OIR")
        assert pharmacist.sees(who.person_id) == GENERAL | {"RAD", "OIR"}


def test_one_professional_asks_three_times_an_hour_and_all_together_six_times(
    cast: Cast, pharmacist: Pharmacist, who: Registered, superuser: psycopg.Connection
) -> None:
    for _ in range(3):
        assert pharmacist.ask(who.person_id, "RAD").path.endswith("/code/")
    assert "asked several times within an hour" in pharmacist.ask(who.person_id, "RAD")
    second, third = Pharmacist(cast), Pharmacist(cast)
    for made in (second, third):
        made.open_record(who.person_id)
    for _ in range(3):
        assert second.ask(who.person_id, "RAD").path.endswith("/code/")
    assert "asked several times within an hour" in third.ask(who.person_id, "RAD")
    refused = [reason for outcome, reason, _ in trail(superuser, who, "authorisation:ask") if outcome == "refused"]
    assert refused == ["asked-too-often"] * 2
    superuser.execute(
        "update control.authorisation_request set asked_at = asked_at - interval '1 hour',"
        " expires_at = expires_at - interval '1 hour' where person_id = %s",
        [who.person_id],
    )
    assert third.ask(who.person_id, "RAD").path.endswith("/code/")
    for made in (second, third):
        made.close()


def test_at_once_no_more_than_three_are_sent(
    pharmacist: Pharmacist, who: Registered, superuser: psycopg.Connection
) -> None:
    address = f"/clinic/patient/{who.person_id}/authorisation/"
    pharmacist.get(address)
    told = {"csrfmiddlewaretoken": pharmacist.token(), "kind": "avoid-harm", "reason": WHY, "categories": "RAD"}
    with ThreadPoolExecutor(10) as threads:
        list(threads.map(lambda _: pharmacist.knock("POST", address, **told), range(10)))
    outcomes = [outcome for outcome, _, _ in trail(superuser, who, "authorisation:ask")]
    assert sorted(outcomes) == ["allowed"] * 3 + ["refused"] * 7


def test_after_a_restart_the_code_still_works_and_works_once(
    pharmacist: Pharmacist, who: Registered, superuser: psycopg.Connection
) -> None:
    """Nothing of it is kept in a process: its key and its row are all there is."""
    from wutong.control.people import sealer

    pharmacist.ask(who.person_id, "RAD")
    request_id: UUID = newest(superuser, who.person_id)
    before = code_of(request_id)
    sealer.sealer.cache_clear()
    assert code_of(request_id) == before
    assert pharmacist.enter(who.person_id, before).path == f"/clinic/record/{who.person_id}/"
    pharmacist.get(f"/clinic/patient/{who.person_id}/authorisation/")
    sent = Browser.send(pharmacist, f"/clinic/patient/{who.person_id}/authorisation/code/", code=before)
    assert "opened these parts to you" in sent
    assert given(superuser, who) == 1
