"""A clinician opens a record in an emergency: what must hold, how far it opens, and what ends it (security dossier 1.5).

Each refusal differs by one thing from the permission in the first test.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import psycopg
import pytest
from cast import HA, HARBOUR, Cast, Registered
from conftest import free_port
from django.test import override_settings
from doors import Browser, mail_to, run_jobs
from emergencies import HOUR, REASON, Clinician, fresh_code, reason_of, whole_record
from record.resources import ACTIVE_ALLERGY

from wutong.commands.serve import make_server
from wutong.control.flows.issue_token import issue_session_token
from wutong.core import clock

ALWAYS = {"PID", "ALG"}


@pytest.fixture(scope="module")
def who(cast: Cast) -> Registered:
    """Somebody with an entry of each category, who never allowed the clinic."""
    return whole_record(cast, family="TSANG", given="Yee Man")


@pytest.fixture
def doctor(cast: Cast) -> Iterator[Clinician]:
    """A doctor of the clinic, signed in."""
    made = Clinician(cast, cast.professional("DOC", HARBOUR))
    yield made
    made.close()


def _grants(superuser: psycopg.Connection, somebody: Clinician) -> list[Any]:
    query = "select categories from control.emergency_grant where account_id = %s order by granted_at"
    return [row[0] for row in superuser.execute(query, [somebody.who.account_id])]


def test_what_was_named_opens_for_an_hour_and_nothing_else(cast: Cast, doctor: Clinician, who: Registered) -> None:
    assert doctor.sees(who.person_id) == set()
    page = doctor.break_glass(who.person_id, "MED", "LAB")
    assert page.path == f"/clinic/record/{who.person_id}/"
    assert doctor.sees(who.person_id) == ALWAYS | {"MED", "LAB"}
    with clock.travel(HOUR - timedelta(seconds=10)):
        assert doctor.sees(who.person_id) == ALWAYS | {"MED", "LAB"}
    with clock.travel(HOUR + timedelta(seconds=1)):
        assert doctor.sees(who.person_id) == set()
        closed = doctor.fhir("GET", f"AllergyIntolerance?patient={who.person_id}")
        assert reason_of(closed) == "no-sharing-consent"
        assert reason_of(doctor.open(who.person_id)) == "emergency-not-granted"


def test_it_closes_to_the_second_and_not_when_it_is_opened_again(doctor: Clinician, who: Registered) -> None:
    doctor.break_glass(who.person_id)
    first = doctor.open(who.person_id).json()["parameter"]
    with clock.travel(timedelta(minutes=59, seconds=50)):
        assert doctor.open(who.person_id).json()["parameter"] == first
    with clock.travel(timedelta(minutes=60, seconds=1)):
        assert doctor.open(who.person_id).status_code == 403


def test_a_category_that_was_not_named_is_refused_as_such(doctor: Clinician, who: Registered) -> None:
    doctor.break_glass(who.person_id, "MED")
    refused = doctor.fhir("GET", f"Condition?patient={who.person_id}")
    assert (refused.status_code, reason_of(refused)) == (403, "category-not-named")


ROLES = {
    "OPT": "PID ALG DX PX MED ENC CNS BIRTH IMM LAB RAD OIR REF OBS",
    "CMP": "PID ALG DX PX MED ENC CNS IMM LAB RAD OIR REF OBS",
}


@pytest.mark.parametrize("profession", ROLES)
def test_each_category_alone_opens_where_the_role_does_not_close_it(
    cast: Cast, who: Registered, profession: str
) -> None:
    openable = set(ROLES[profession].split())
    somebody = Clinician(cast, cast.professional(profession, HARBOUR))
    for number, category in enumerate(ROLES["OPT"].split()):
        with clock.travel(timedelta(seconds=30 * number)):
            page = somebody.break_glass(who.person_id, category)
            if category in openable:
                assert page.status == 200
                assert somebody.sees(who.person_id) == ALWAYS | {category}, category
            else:
                assert page.status == 403
                assert somebody.sees(who.person_id) == ALWAYS | {"CNS"}, "what was open before stays"
    somebody.close()


@pytest.mark.parametrize("profession", ["DHY", "CHI"])
def test_a_role_that_opens_nothing_opens_nothing_in_an_emergency(
    cast: Cast, who: Registered, profession: str, superuser: psycopg.Connection
) -> None:
    somebody = Clinician(cast, cast.professional(profession, HARBOUR))
    assert somebody.get(f"/clinic/patient/{who.person_id}/emergency/").status == 403
    assert _grants(superuser, somebody) == []
    assert somebody.sees(who.person_id) == set()
    somebody.close()


def test_another_patient_stays_closed_in_the_same_session(cast: Cast, doctor: Clinician, who: Registered) -> None:
    other = whole_record(cast)
    doctor.break_glass(who.person_id, "MED")
    assert reason_of(doctor.open(other.person_id)) == "emergency-not-granted"
    assert doctor.sees(other.person_id) == set()
    assert doctor.sees(who.person_id) == ALWAYS | {"MED"}


def test_another_session_of_the_same_clinician_stays_closed(cast: Cast, doctor: Clinician, who: Registered) -> None:
    doctor.break_glass(who.person_id, "MED")
    with clock.travel(timedelta(seconds=60)):
        elsewhere = Clinician(cast, doctor.who)
        assert elsewhere.session_id != doctor.session_id
        assert reason_of(elsewhere.open(who.person_id)) == "emergency-not-granted"
        assert elsewhere.sees(who.person_id) == set()
        elsewhere.close()
    assert doctor.sees(who.person_id) == ALWAYS | {"MED"}


def test_another_clinician_of_the_same_clinic_stays_closed(cast: Cast, doctor: Clinician, who: Registered) -> None:
    doctor.break_glass(who.person_id, "MED")
    colleague = Clinician(cast, cast.professional("DOC", HARBOUR))
    assert reason_of(colleague.open(who.person_id)) == "emergency-not-granted"
    assert colleague.sees(who.person_id) == set()
    colleague.close()


def test_a_look_for_an_emergency_needs_a_grant_whatever_the_patient_allowed(cast: Cast, doctor: Clinician) -> None:
    allowed = cast.register()
    cast.allow(allowed)
    assert doctor.open(allowed.person_id, "TREAT").status_code == 200
    refused = doctor.open(allowed.person_id, "ETREAT")
    assert (refused.status_code, reason_of(refused)) == (403, "emergency-not-granted")
    assert "fresh one-time code" in refused.json()["issue"][0]["details"]["text"]


def test_a_second_emergency_takes_the_place_of_the_first(doctor: Clinician, who: Registered) -> None:
    doctor.break_glass(who.person_id, "MED")
    with clock.travel(timedelta(seconds=30)):
        doctor.break_glass(who.person_id, "LAB")
        assert doctor.sees(who.person_id) == ALWAYS | {"LAB"}


# What one thing is wrong in what was stated, and what the page says.
STATED: dict[str, tuple[dict[str, Any], str]] = {
    "no kind": ({"kind": ""}, "Say why you cannot ask"),
    "another kind": ({"kind": "curious"}, "Choose one of the list"),
    "no reason": ({"reason": ""}, "Say in your own words what the emergency is"),
    "19 characters": ({"reason": "does not wake up ab"}, "in at least 20 characters"),
    "20 characters of blank": ({"reason": "a" + " " * 30 + "b"}, "in at least 20 characters"),
    "one letter": ({"reason": "a" * 40}, "in at least 20 characters"),
    "dots": ({"reason": "." * 40}, "in at least 20 characters"),
    "too long": ({"reason": "emergency " * 51}, "Keep the reason within 500 characters"),
    "a NUL": ({"reason": REASON + "\x00"}, "Take out the characters that cannot be shown"),
    "no such category": ({"categories": ["XXX"]}, "Choose from the parts that are listed"),
    "no code": ({"code": ""}, "Enter the 6-digit code"),
    "letters": ({"code": "abcdef"}, "The code has 6 digits"),
    "other digits": ({"code": "١٢٣٤٥٦"}, "The code has 6 digits"),
}


@pytest.mark.parametrize("case", STATED)
def test_what_is_not_stated_as_it_must_be_opens_nothing(
    doctor: Clinician, who: Registered, superuser: psycopg.Connection, case: str
) -> None:
    changed, told = STATED[case]
    page = doctor.break_glass(who.person_id, **changed)
    assert told in page
    assert _grants(superuser, doctor) == []
    assert doctor.sees(who.person_id) == set()
    assert doctor.break_glass(who.person_id).path == f"/clinic/record/{who.person_id}/", "the code was not used up"


def test_twenty_characters_are_enough(doctor: Clinician, who: Registered) -> None:
    assert doctor.break_glass(who.person_id, reason="does not wake up abc").status == 200
    assert doctor.sees(who.person_id) == ALWAYS


def _refusals(superuser: psycopg.Connection, somebody: Clinician) -> list[Any]:
    query = (
        "select reason, purpose from audit.entry where caller_id = %s and event = 'emergency:grant'"
        " and outcome = 'refused' order by at"
    )
    return superuser.execute(query, [somebody.who.account_id]).fetchall()


def test_the_code_of_the_sign_in_opens_nothing(
    doctor: Clinician, who: Registered, superuser: psycopg.Connection
) -> None:
    page = doctor.break_glass(who.person_id, code=doctor.who.code())
    assert "This code was used before" in page
    assert _grants(superuser, doctor) == []
    assert _refusals(superuser, doctor) == [("used-code", "ETREAT")]


def test_a_code_opens_once(cast: Cast, doctor: Clinician, who: Registered, superuser: psycopg.Connection) -> None:
    code = fresh_code(doctor.who)
    assert doctor.break_glass(who.person_id, code=code).path == f"/clinic/record/{who.person_id}/"
    other = cast.register()
    assert "This code was used before" in doctor.break_glass(other.person_id, code=code)
    assert len(_grants(superuser, doctor)) == 1


def test_the_code_of_somebody_else_opens_nothing(
    cast: Cast, doctor: Clinician, who: Registered, superuser: psycopg.Connection
) -> None:
    colleague = cast.professional("DOC", HARBOUR)
    assert "The code is not right" in doctor.break_glass(who.person_id, code=colleague.code())
    assert _grants(superuser, doctor) == []
    assert _refusals(superuser, doctor) == [("wrong-code", "ETREAT")]


def test_a_code_tried_twice_at_once_opens_once(
    cast: Cast, doctor: Clinician, who: Registered, superuser: psycopg.Connection
) -> None:
    address = f"/clinic/patient/{who.person_id}/emergency/"
    doctor.get(address)
    stated = {"kind": "no-time", "reason": REASON, "code": fresh_code(doctor.who)}
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: Browser.send(doctor, address, **stated), range(4)))
    assert len(_grants(superuser, doctor)) == 1
    assert [reason for reason, _ in _refusals(superuser, doctor)] == ["used-code"] * 3


def test_after_five_wrong_codes_even_the_right_one_opens_nothing_for_a_quarter_of_an_hour(
    doctor: Clinician, who: Registered, superuser: psycopg.Connection
) -> None:
    for _ in range(5):
        doctor.break_glass(who.person_id, code="000000")
    assert "Too many wrong codes. Nothing was opened." in doctor.break_glass(who.person_id)
    assert _grants(superuser, doctor) == []
    with clock.travel(timedelta(minutes=14)):
        doctor.get(f"/clinic/patient/{who.person_id}/")
    with clock.travel(timedelta(minutes=16)):
        assert doctor.break_glass(who.person_id).path == f"/clinic/record/{who.person_id}/"


def test_switched_off_nothing_is_offered_and_nothing_opens(
    doctor: Clinician, who: Registered, superuser: psycopg.Connection
) -> None:
    address = f"/clinic/patient/{who.person_id}/"
    assert "The person cannot be asked" in doctor.get(address)
    with override_settings(EMERGENCY_ACCESS=False):
        assert "The person cannot be asked" not in doctor.get(address).text
        page = doctor.get(f"{address}emergency/")
        assert page.status == 403
        assert "Emergency access is switched off here." in page
    doctor.get(f"{address}emergency/")
    with override_settings(EMERGENCY_ACCESS=False):
        stated = {"kind": "no-time", "reason": REASON, "code": fresh_code(doctor.who)}
        assert doctor.send(f"{address}emergency/", **stated).status == 403
    assert _grants(superuser, doctor) == []
    assert _refusals(superuser, doctor) == [("emergency-off", "ETREAT")]


@pytest.fixture(params=["WUTONG_EMERGENCY_ACCESS=false", "WUTONG_EMERGENCY_NEEDS=phr"])
def without(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, str]]:
    """A record plane beside the other, on the same database, where emergency access is off or needs more: its address,
    and why it opens nothing.
    """
    setting, _, value = request.param.partition("=")
    port = free_port()
    with monkeypatch.context() as changed:
        changed.setenv(setting, value)
        changed.setenv("WUTONG_PLANE", "record")
        running = make_server("127.0.0.1", port)
        thread = Thread(target=running.run, daemon=True)
        thread.start()
        while not running.started:
            thread.join(0.01)
            assert thread.is_alive()
    yield f"http://127.0.0.1:{port}", "emergency-off" if value == "false" else "sign-in-too-weak"
    running.should_exit = True
    thread.join(10)


def test_where_the_record_plane_has_none_or_needs_more_what_was_granted_is_closed(
    doctor: Clinician, who: Registered, without: tuple[str, str]
) -> None:
    doctor.break_glass(who.person_id, "MED")
    assert doctor.sees(who.person_id) == ALWAYS | {"MED"}
    headers = {"authorization": f"Bearer {issue_session_token(doctor.session_id)}"}
    with httpx.Client(base_url=without[0], headers=headers, trust_env=False, timeout=30) as http:
        read = http.get(f"/fhir/MedicationRequest?patient={who.person_id}")
        assert reason_of(read) == "no-sharing-consent"
        body = {"resourceType": "Parameters", "parameter": [{"name": "purpose", "valueCode": "ETREAT"}]}
        assert reason_of(http.post(f"/fhir/Patient/{who.person_id}/$open", json=body)) == without[1]


def test_a_person_who_is_not_active_or_not_there_is_not_opened(
    cast: Cast, doctor: Clinician, superuser: psycopg.Connection
) -> None:
    gone = cast.register()
    superuser.execute("update control.person set state = 'withdrawn' where person_id = %s", [gone.person_id])
    page = doctor.get(f"/clinic/patient/{gone.person_id}/emergency/")
    assert page.status == 403
    assert "This person's registration is not active." in page
    assert doctor.get("/clinic/patient/00000000-0000-4000-8000-000000000000/emergency/").status == 404


def _ended(superuser: psycopg.Connection, doctor: Clinician, who: Registered, what: str) -> None:
    account = doctor.who.account_id
    statement = {
        "session": "update control.sign_in_session set ended_at = now() where account_id = %(account)s",
        "affiliation": "update control.affiliation set ended_at = now() where account_id = %(account)s",
        "account": "update control.account set is_active = false where account_id = %(account)s",
        "registration": "update control.professional set registered_until = '2020-01-01' where account_id = %(account)s",
        "person": "update control.person set state = 'suspended' where person_id = %(person)s",
        "role": "update control.professional set profession = 'CHI' where account_id = %(account)s",
    }[what]
    superuser.execute(statement, {"account": account, "person": who.person_id})


@pytest.mark.parametrize("what", ["session", "affiliation", "account", "registration", "person", "role"])
def test_what_ends_the_right_ends_it_at_the_next_request(
    cast: Cast, doctor: Clinician, superuser: psycopg.Connection, what: str
) -> None:
    who = whole_record(cast)
    doctor.break_glass(who.person_id, "MED")
    assert doctor.sees(who.person_id) == ALWAYS | {"MED"}
    _ended(superuser, doctor, who, what)
    assert doctor.sees(who.person_id) == set()


def test_a_suspended_provider_opens_nothing_more(
    cast: Cast, doctor: Clinician, who: Registered, superuser: psycopg.Connection
) -> None:
    doctor.break_glass(who.person_id, "MED")
    superuser.execute("update control.provider set state = 'suspended' where code = %s", [HARBOUR])
    try:
        refused = doctor.fhir("GET", f"AllergyIntolerance?patient={who.person_id}")
        assert reason_of(refused) == "provider-not-active"
        assert doctor.sees(who.person_id) == set()
    finally:
        superuser.execute("update control.provider set state = 'active' where code = %s", [HARBOUR])
    assert doctor.sees(who.person_id) == ALWAYS | {"MED"}


def test_beside_an_ordinary_look_it_adds_what_it_names_and_takes_nothing_away(cast: Cast) -> None:
    who = whole_record(cast)
    cast.allow(who)
    physio = Clinician(cast, cast.professional("PT", HARBOUR))
    physio.open(who.person_id, "TREAT")
    ordinary = physio.sees(who.person_id)
    assert "LAB" not in ordinary
    assert "OBS" in ordinary
    physio.break_glass(who.person_id, "LAB")
    assert physio.sees(who.person_id) == ordinary | {"LAB"}
    both = physio.fhir("GET", f"Observation?patient={who.person_id}").json()["total"]
    assert both == 2  # of LAB by the emergency, and of OBS as ever; BIRTH was not named
    for minutes in (10, 20):  # the session goes on
        with clock.travel(timedelta(minutes=minutes)):
            assert physio.get("/clinic/").path == "/clinic/"
    with clock.travel(timedelta(minutes=31)):
        assert physio.sees(who.person_id) == ALWAYS | {"LAB"}
        assert "?permission=1" in physio.get(f"/clinic/record/{who.person_id}/").source
        physio.get(f"/clinic/patient/{who.person_id}/?permission=1")
        page = physio.send(f"/clinic/patient/{who.person_id}/", common="here", reason="")
        assert page.path == f"/clinic/record/{who.person_id}/"
        assert "?permission=1" not in page.source
        assert physio.sees(who.person_id) == ordinary | {"LAB"}
    cast.withdraw(who)
    assert physio.sees(who.person_id) == ALWAYS | {"LAB"}
    physio.close()


def test_what_the_ordinary_look_shows_is_entered_as_ordinary(cast: Cast, superuser: psycopg.Connection) -> None:
    who = whole_record(cast)
    cast.allow(who)
    physio = Clinician(cast, cast.professional("PT", HARBOUR))
    physio.open(who.person_id, "TREAT")
    physio.break_glass(who.person_id, "LAB", "MED")
    superuser.execute("delete from audit.entry where person_id = %s", [who.person_id])
    physio.fhir("GET", f"MedicationRequest?patient={who.person_id}")
    physio.fhir("GET", f"Observation?patient={who.person_id}&_tag=urn:wutong:category|LAB")
    query = "select ground, purpose, categories from audit.entry where person_id = %s order by at"
    assert superuser.execute(query, [who.person_id]).fetchall() == [
        ("care", "TREAT", ["MED"]),
        ("emergency", "ETREAT", ["LAB"]),
    ]
    physio.close()


def test_a_deemed_providers_pharmacist_gets_a_restricted_category(cast: Cast, who: Registered) -> None:
    pharmacist = Clinician(cast, cast.professional("PHA", HA))
    pharmacist.open_record(who.person_id)
    assert "RAD" not in pharmacist.sees(who.person_id)
    pharmacist.break_glass(who.person_id, "RAD")
    assert "RAD" in pharmacist.sees(who.person_id)
    pharmacist.close()


def _access(somebody: Clinician, who: Registered) -> tuple[dict[str, Any], dict[str, str]]:
    """The parameters of `$access`, and of each category "open" or why not."""
    told: dict[str, Any] = {}
    categories: dict[str, str] = {}
    for each in somebody.fhir("GET", f"Patient/{who.person_id}/$access").json()["parameter"]:
        if each["name"] != "category":
            told[each["name"]] = next(value for name, value in each.items() if name != "name")
            continue
        part = {part["name"]: part for part in each["part"]}
        reason = part.get("reason", {}).get("valueCode", "")
        categories[part["code"]["valueCode"]] = "open" if part["open"]["valueBoolean"] else reason
    return told, categories


def test_access_tells_what_the_emergency_opens(cast: Cast, doctor: Clinician, who: Registered) -> None:
    before, closed = _access(doctor, who)
    assert (before["isOpen"], before["reason"]) == (False, "no-sharing-consent")
    assert set(closed.values()) == {"no-sharing-consent"}
    doctor.break_glass(who.person_id, "MED")
    told, categories = _access(doctor, who)
    assert told["isOpen"] is True
    assert told["closesAt"] == told["emergencyUntil"]
    assert {code for code, how in categories.items() if how == "open"} == ALWAYS | {"MED"}
    assert {how for code, how in categories.items() if code not in ALWAYS | {"MED"}} == {"category-not-named"}


def test_a_directorys_row_is_read_where_a_named_category_names_it(cast: Cast, doctor: Clinician) -> None:
    who = cast.register()
    practitioner = cast.fhir(cast.ha, "POST", "Practitioner", json={"resourceType": "Practitioner"}).json()["id"]
    allergy = {
        "resourceType": "AllergyIntolerance",
        "clinicalStatus": ACTIVE_ALLERGY,
        "patient": {"reference": f"Patient/{who.patient_id}"},
        "code": {"text": "latex"},
        "recorder": {"reference": f"Practitioner/{practitioner}"},
    }
    assert cast.fhir(cast.ha, "POST", "AllergyIntolerance", json=allergy).status_code == 201
    assert doctor.fhir("GET", f"Practitioner/{practitioner}").status_code == 404
    doctor.break_glass(who.person_id)
    assert doctor.fhir("GET", f"Practitioner/{practitioner}").status_code == 200


def test_a_systems_client_breaks_no_glass(cast: Cast, who: Registered) -> None:
    body = {"resourceType": "Parameters", "parameter": [{"name": "purpose", "valueCode": "ETREAT"}]}
    refused = cast.fhir(cast.ha, "POST", f"Patient/{who.person_id}/$open", json=body)
    assert reason_of(refused) == "no-rule"


def test_neither_a_patient_nor_an_officer_breaks_glass(cast: Cast, who: Registered) -> None:
    for somebody in (cast.patient_account(cast.register()), cast.officer(HARBOUR)):
        browser = Browser(cast.server, somebody)
        assert not browser.get(f"/clinic/patient/{who.person_id}/emergency/").path.startswith("/clinic")
        browser.close()


def test_the_trail_tells_it_loudly(cast: Cast, doctor: Clinician, superuser: psycopg.Connection) -> None:
    who = whole_record(cast)
    doctor.break_glass(who.person_id, "MED")
    query = """
    select distinct event, outcome, ground, purpose from audit.entry
     where person_id = %s and caller_id = %s and event not in ('record:access', 'person:find') order by event, outcome
    """
    assert superuser.execute(query, [who.person_id, doctor.who.account_id]).fetchall() == [
        ("emergency:grant", "allowed", None, "ETREAT"),
        ("emergency:open", "allowed", "emergency", "ETREAT"),
        ("record:read", "allowed", "emergency", "ETREAT"),
        ("record:search", "allowed", "emergency", "ETREAT"),
        ("record:search", "refused", None, None),
    ]
    text = superuser.execute("select string_agg(e::text, '') from audit.entry e where person_id = %s", [who.person_id])
    assert REASON not in str(text.fetchone())  # a reason may tell of the patient's health: it stands in the grant alone


def test_the_patient_is_told_once_and_at_once_even_who_refused_to_be_told(
    cast: Cast, doctor: Clinician, mail_folder: Path
) -> None:
    from wutong.control.audit.append import HOST
    from wutong.control.people.actions import persons

    who = cast.register(family="TSANG", given="Yee Man")
    persons.set_contact(actor=HOST, person_id=who.person_id, refuses_access_notices_since=clock.now())
    doctor.break_glass(who.person_id, "MED")
    for _ in range(2):
        doctor.open(who.person_id)
    run_jobs()
    [told] = mail_to(mail_folder, who.email)
    assert told["subject"] == "Your health record was opened in an emergency"
    body = told.get_content()
    for shown in ("without asking you first", "Harbour Family Clinic", "a doctor", "Hong Kong time", "'Who looked'"):
        assert shown in body
    for secret in (REASON, "Medication", "MED", "TSANG", "Yee Man", "Professional", "http", "unconscious"):
        assert secret not in body


def test_who_is_told_by_sms_is_told_in_short() -> None:
    from wutong.control.notices.emergency_wording import of_emergency_in_short

    told = of_emergency_in_short(language="en", provider_name="Harbour", profession="DOC", at=clock.now())
    assert len(told.body) < 300
    assert "without asking you first" in told.body


def test_what_was_granted_opens_again_without_a_new_code(doctor: Clinician, who: Registered) -> None:
    address = f"/clinic/patient/{who.person_id}/emergency/"
    doctor.get(address)
    with override_settings(RECORD_URL="http://127.0.0.1:9"):
        stated = {"kind": "no-time", "reason": REASON, "code": fresh_code(doctor.who)}
        assert doctor.send(address, **stated).status == 503
    assert doctor.sees(who.person_id) == set()
    page = doctor.get(address)
    assert "Emergency access is open until" in page
    assert doctor.send(address, again="yes").path == f"/clinic/record/{who.person_id}/"
    assert doctor.sees(who.person_id) == ALWAYS
