"""A patient learns how many items each category of a record holds, and nothing of what they say."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from calendar_days import at
from cast import HARBOUR, Cast, Registered, patient
from record.resources import of_category

from wutong.core import clock
from wutong.core.categories import CATEGORY_NAMES


def _store(cast: Cast, who: Registered, *categories: str) -> list[str]:
    """Deposit one resource of each; where they are."""
    made = []
    for category in categories:
        content = of_category(category, who.patient_id)
        answer = cast.fhir(cast.ha, "POST", content["resourceType"], json=content)
        assert answer.status_code == 201, answer.text
        made.append(f"{content['resourceType']}/{answer.json()['id']}")
    return made


def _inventory(cast: Cast, token: str, person_id: UUID) -> dict[str, int]:
    answer = cast.fhir(token, "GET", f"Patient/{person_id}/$inventory")
    assert answer.status_code == 200, answer.text
    found = {}
    for parameter in answer.json()["parameter"]:
        assert parameter["name"] == "category"
        parts = {part["name"]: part for part in parameter["part"]}
        assert set(parts) == {"code", "items"}
        found[parts["code"]["valueCode"]] = parts["items"]["valueUnsignedInt"]
    return found


def _reason(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["issue"][0]["details"]["coding"][0]["code"]


def _refused(cast: Cast, token: str, person_id: UUID) -> tuple[int, str]:
    return _reason(cast.fhir(token, "GET", f"Patient/{person_id}/$inventory"))


@pytest.fixture
def who(cast: Cast) -> Registered:
    """Somebody of whom the hospital group knows an allergy and two diagnoses."""
    made = cast.register()
    _store(cast, made, "ALG", "DX", "DX")
    return made


@pytest.fixture
def child(cast: Cast) -> Registered:
    """A child of six, with a vaccine."""
    born = clock.today().replace(day=1) - timedelta(days=6 * 366)
    made = cast.register(born=born.isoformat())
    _store(cast, made, "IMM")
    return made


def test_each_category_has_its_number_and_nothing_else_is_told(cast: Cast, who: Registered) -> None:
    found = _inventory(cast, cast.portal_token(cast.patient_account(who)), who.person_id)
    assert list(found) == list(CATEGORY_NAMES)
    assert {code: items for code, items in found.items() if items} == {"PID": 1, "ALG": 1, "DX": 2}


def test_a_new_version_is_no_new_item_and_every_source_record_counts(cast: Cast, who: Registered) -> None:
    [place] = _store(cast, who, "PX")
    changed = {**of_category("PX", who.patient_id), "id": place.partition("/")[2], "status": "not-done"}
    assert cast.fhir(cast.ha, "PUT", place, json=changed).status_code == 200
    cast.allow(who)
    other = cast.fhir(cast.harbour, "POST", "Patient", json=patient(who.hkid)).json()["id"]
    content = of_category("ALG", UUID(other))
    assert cast.fhir(cast.harbour, "POST", content["resourceType"], json=content).status_code == 201
    found = _inventory(cast, cast.portal_token(cast.patient_account(who)), who.person_id)
    assert {code: items for code, items in found.items() if items} == {"PID": 2, "ALG": 2, "DX": 2, "PX": 1}


def test_what_is_kept_for_its_depositor_alone_is_not_counted(cast: Cast, who: Registered) -> None:
    kept = {"resourceType": "Consent", "status": "active", "patient": {"reference": f"Patient/{who.patient_id}"}}
    kept |= {
        "scope": {"coding": [{"code": "patient-privacy"}]},
        "category": [{"coding": [{"code": "59284-0"}]}],
        "policyRule": {"coding": [{"code": "OPTIN"}]},
    }
    answer = cast.fhir(cast.ha, "POST", "Consent", json=kept)
    assert answer.status_code == 201, answer.text
    found = _inventory(cast, cast.portal_token(cast.patient_account(who)), who.person_id)
    assert sum(found.values()) == 4


def test_nobody_elses_record_is_counted_and_a_made_up_one_looks_the_same(cast: Cast, who: Registered) -> None:
    stranger = cast.portal_token(cast.patient_account(cast.register()))
    for person_id in (who.person_id, who.patient_id, uuid4()):
        assert _refused(cast, stranger, person_id) == (403, "no-rule")
    assert _refused(cast, "nothing", who.person_id) == (401, "no-token")
    answer = cast.fhir(stranger, "GET", "Patient/not-an-id/$inventory")
    assert _reason(answer) == (403, "no-rule")


def test_only_a_patient_counts(cast: Cast, who: Registered) -> None:
    cast.allow(who)
    doctor = cast.session_token(cast.professional("DOC", HARBOUR))
    cast.open(doctor, who.person_id)
    for token in (doctor, cast.ha, cast.harbour):
        assert _refused(cast, token, who.person_id) == (403, "no-rule")


def test_a_professional_at_work_has_no_portal_token_in_it(cast: Cast, who: Registered) -> None:
    """The session of an affiliation is a professional's, whoever the account belongs to."""
    doctor = cast.professional("DOC", HARBOUR)
    from wutong.control.people.models import Account

    Account.objects.filter(account_id=doctor.account_id).update(person_id=who.person_id)
    assert _refused(cast, cast.session_token(doctor), who.person_id) == (403, "no-rule")
    assert sum(_inventory(cast, cast.portal_token(doctor), who.person_id).values()) == 4


def test_a_parent_counts_for_the_child_and_a_carer_does_not(cast: Cast, who: Registered, child: Registered) -> None:
    acting, carer = cast.register(), cast.register()
    cast.appoint(child, acting)
    cast.appoint(child, carer, "carer")
    parents, carers = (cast.portal_token(cast.patient_account(each)) for each in (acting, carer))
    assert _inventory(cast, parents, child.person_id)["IMM"] == 1
    assert _refused(cast, carers, child.person_id) == (403, "no-rule")
    assert _refused(cast, parents, who.person_id) == (403, "no-rule")
    cast.dismiss(child, acting)
    assert _refused(cast, parents, child.person_id) == (403, "no-rule")


def test_a_child_does_not_count_for_the_parent(cast: Cast, child: Registered) -> None:
    acting = cast.register()
    cast.appoint(child, acting)
    token = cast.portal_token(cast.patient_account(child))
    assert _refused(cast, token, acting.person_id) == (403, "no-rule")
    assert _inventory(cast, token, child.person_id)["IMM"] == 1


def test_at_16_it_ends_by_itself_at_midnight_of_the_territory(cast: Cast) -> None:
    young, acting = cast.register(born="2011-03-09"), cast.register()
    with at("2026-11-29T12:00+08:00"):
        cast.appoint(young, acting)
    account = cast.patient_account(acting)
    with at("2027-03-08T23:58+08:00"):
        assert _inventory(cast, cast.portal_token(account), young.person_id)["PID"] == 1
    with at("2027-03-09T00:00+08:00"):
        assert _refused(cast, cast.portal_token(account), young.person_id) == (403, "no-rule")


def test_a_registration_that_is_not_active_shows_nothing(
    cast: Cast, who: Registered, superuser: psycopg.Connection
) -> None:
    token = cast.portal_token(cast.patient_account(who))
    superuser.execute("update control.person set state = 'withdrawn' where person_id = %s", [who.person_id])
    assert _refused(cast, token, who.person_id) == (403, "person-not-active")


def test_the_trail_tells_of_a_count_and_who_looked_does_not(
    cast: Cast, child: Registered, superuser: psycopg.Connection
) -> None:
    acting = cast.register()
    cast.appoint(child, acting)
    account = cast.patient_account(acting)
    _inventory(cast, cast.portal_token(account), child.person_id)
    _refused(cast, cast.portal_token(cast.patient_account(cast.register())), child.person_id)
    query = """
    select act, outcome, ground, caller_kind, look_id from audit.entry
     where person_id = %s and event = 'record:count' order by at
    """
    assert superuser.execute(query, [child.person_id]).fetchall() == [
        ("count", "allowed", "representative", "patient", None),
        ("count", "refused", None, "patient", None),
    ]
    looks = superuser.execute("select count(*) from gate.look_line_v1 where person_id = %s", [child.person_id])
    assert looks.fetchone() == (0,)


def test_signing_out_ends_the_token(cast: Cast, who: Registered) -> None:
    from wutong.control.flows.issue_token import issue_session_token
    from wutong.control.flows.sign_in import begin
    from wutong.control.flows.sign_out import sign_out

    account_id = cast.patient_account(who).account_id
    session_id = begin(account_id, None).session_id
    token = issue_session_token(session_id)
    assert _inventory(cast, token, who.person_id)
    with clock.travel(timedelta(minutes=6)):
        assert _refused(cast, token, who.person_id) == (401, "no-token")
    sign_out(account_id, session_id, why="asked")
    assert _refused(cast, token, who.person_id) == (401, "no-token")
