"""A clinician reads a record: what opens it, and everything that does not. Each refusal beside its permission."""

from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from calendar_days import at
from cast import HA, HARBOUR, Cast, Registered
from record.resources import of_category

from wutong.core import clock, hkid


@pytest.fixture
def who(cast: Cast) -> Registered:
    """A person with one allergy in the hospital group's upload, and no consent yet."""
    made = cast.register()
    allergy = of_category("ALG", made.patient_id)
    assert cast.fhir(cast.ha, "POST", "AllergyIntolerance", json=allergy).status_code == 201
    return made


def _reason(answer: Any) -> str:
    return str(answer.json()["issue"][0]["details"]["coding"][0]["code"])


def _search(cast: Cast, token: str, who: Registered) -> Any:
    return cast.fhir(token, "GET", f"AllergyIntolerance?patient={who.person_id}")


def test_r01_only_a_consent_in_force_opens_the_record(cast: Cast, who: Registered) -> None:
    token = cast.session_token(cast.doctor)
    refused = cast.open(token, who.person_id)
    assert (refused.status_code, _reason(refused)) == (403, "no-sharing-consent")
    assert _search(cast, token, who).status_code == 403
    cast.allow(who)
    assert cast.open(token, who.person_id).status_code == 200
    assert _search(cast, token, who).json()["total"] == 1


def test_r02_a_record_opens_only_after_care_was_stated(cast: Cast, who: Registered) -> None:
    cast.allow(who)
    token = cast.session_token(cast.doctor)
    refused = _search(cast, token, who)
    assert (refused.status_code, _reason(refused)) == (403, "record-not-opened")
    unstated = cast.open(token, who.person_id, reason="")
    assert (unstated.status_code, _reason(unstated)) == (403, "care-not-stated")
    assert cast.open(token, who.person_id).status_code == 200
    assert _search(cast, token, who).status_code == 200


@pytest.mark.parametrize("purpose", ["HMARKT", "HRESCH", "HPAYMT", "X", ""])
def test_r02_a_record_opens_for_care_alone(cast: Cast, who: Registered, purpose: str) -> None:
    cast.allow(who)
    token = cast.session_token(cast.doctor)
    parts = [{"name": "reason", "valueString": "The patient is here now"}]
    parts += [{"name": "purpose", "valueCode": purpose}] if purpose else []
    body = {"resourceType": "Parameters", "parameter": parts}
    assert cast.fhir(token, "POST", f"Patient/{who.person_id}/$open", json=body).status_code == 422
    assert _reason(_search(cast, token, who)) == "record-not-opened"


def test_a_look_ends_after_thirty_minutes(cast: Cast, who: Registered) -> None:
    cast.allow(who)
    token = cast.session_token(cast.doctor)
    cast.open(token, who.person_id)
    with clock.travel(timedelta(minutes=4)):
        assert _search(cast, token, who).status_code == 200
    with clock.travel(timedelta(minutes=31)):
        later = cast.session_token(cast.doctor)
        assert _reason(_search(cast, later, who)) == "record-not-opened"


def test_a_withdrawal_stops_the_very_next_request(cast: Cast, who: Registered) -> None:
    cast.allow(who)
    token = cast.session_token(cast.doctor)
    cast.open(token, who.person_id)
    assert _search(cast, token, who).status_code == 200
    cast.withdraw(who)
    refused = _search(cast, token, who)
    assert (refused.status_code, _reason(refused)) == (403, "sharing-consent-ended")


def _stated(cast: Cast, token: str, who: Registered) -> str:
    answer = cast.open(token, who.person_id)
    assert answer.status_code == 200, answer.text
    return next(str(part["valueId"]) for part in answer.json()["parameter"] if "valueId" in part)


def test_r02_a_look_from_before_a_withdrawal_does_not_go_on_under_a_new_consent(cast: Cast, who: Registered) -> None:
    cast.allow(who)
    token = cast.session_token(cast.doctor)
    first = _stated(cast, token, who)
    assert _stated(cast, token, who) == first
    cast.withdraw(who)
    cast.allow(who)
    assert _reason(_search(cast, token, who)) == "record-not-opened"
    second = _stated(cast, token, who)
    assert second != first
    assert _search(cast, token, who).status_code == 200
    assert _stated(cast, token, who) == second


def test_a_look_of_a_deemed_provider_goes_on_without_a_statement_of_the_patient(cast: Cast, who: Registered) -> None:
    token = cast.session_token(cast.professional("DOC", HA))
    first = _stated(cast, token, who)
    assert _search(cast, token, who).status_code == 200
    assert _stated(cast, token, who) == first


@pytest.mark.parametrize(
    ("given", "last", "over"),
    [
        ("2027-05-31T12:00+08:00", "2028-05-31T23:58+08:00", "2028-06-01T00:01+08:00"),
        ("2028-02-29T12:00+08:00", "2029-02-28T23:58+08:00", "2029-03-01T00:01+08:00"),
        # Half past midnight of New Year's Day in the territory is still the year before in universal time.
        ("2028-01-01T00:30+08:00", "2029-01-01T23:58+08:00", "2029-01-02T00:01+08:00"),
    ],
)
def test_a_one_year_consent_ends_with_the_same_date_next_year(
    cast: Cast, who: Registered, given: str, last: str, over: str
) -> None:
    with at(given):
        cast.allow(who)
    with at(last):
        assert cast.open(cast.session_token(cast.doctor), who.person_id).status_code == 200
    with at(over):
        refused = cast.open(cast.session_token(cast.doctor), who.person_id)
        assert _reason(refused) == "sharing-consent-ended"


def test_an_indefinite_consent_does_not_end(cast: Cast, who: Registered) -> None:
    cast.allow(who, kind="indefinite")
    with clock.travel(timedelta(days=4000)):
        assert cast.open(cast.session_token(cast.doctor), who.person_id).status_code == 200


def test_a_consent_opens_one_provider_only(cast: Cast, who: Registered) -> None:
    cast.allow(who, HARBOUR)
    stranger = cast.session_token(cast.professional("DOC", "PEAK"))
    assert _reason(cast.open(stranger, who.person_id)) == "no-sharing-consent"


def test_the_hospital_group_is_deemed_to_have_consent(cast: Cast, who: Registered) -> None:
    token = cast.session_token(cast.professional("DOC", HA))
    assert cast.open(token, who.person_id).status_code == 200
    assert _search(cast, token, who).json()["total"] == 1


def test_r32_an_ended_registration_opens_nothing(cast: Cast, who: Registered) -> None:
    cast.allow(who, kind="indefinite")
    doctor = cast.professional("DOC", HARBOUR, until=date(2027, 12, 31))
    with at("2027-12-31T23:58+08:00"):
        assert cast.open(cast.session_token(doctor), who.person_id).status_code == 200
    with at("2028-01-01T00:01+08:00"):
        assert _reason(cast.open(cast.session_token(doctor), who.person_id)) == "professional-registration-ended"


def test_r30_an_ended_affiliation_ends_its_tokens(cast: Cast, who: Registered) -> None:
    from wutong.control.audit.append import HOST
    from wutong.control.flows.sign_in import workplaces_of
    from wutong.control.people.actions.accounts import end_affiliation

    cast.allow(who)
    leaver = cast.professional("DOC", HARBOUR)
    token = cast.session_token(leaver)
    assert cast.open(token, who.person_id).status_code == 200
    end_affiliation(actor=HOST, affiliation_id=workplaces_of(leaver.account_id)[0].affiliation_id)
    assert cast.open(token, who.person_id).status_code == 401


def test_nothing_but_metadata_answers_without_a_token(cast: Cast, who: Registered) -> None:
    assert cast.http.get("/fhir/metadata").json()["fhirVersion"] == "4.0.1"
    for path in (
        f"Patient/{who.person_id}",
        f"Observation?patient={who.person_id}",
        f"Patient/{who.person_id}/$access",
    ):
        answer = cast.http.get(f"/fhir/{path}")
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_by_id_a_refusal_looks_like_a_missing_resource(cast: Cast, who: Registered) -> None:
    kept = cast.fhir(cast.ha, "POST", "Condition", json=of_category("DX", who.patient_id)).json()["id"]
    token = cast.session_token(cast.doctor)
    refused = cast.fhir(token, "GET", f"Condition/{kept}")
    missing = cast.fhir(token, "GET", "Condition/00000000-0000-4000-8000-000000000000")
    assert (refused.status_code, refused.content) == (missing.status_code, missing.content) == (404, missing.content)


def test_a_clinicians_search_must_name_a_patient(cast: Cast) -> None:
    answer = cast.fhir(cast.session_token(cast.doctor), "GET", "AllergyIntolerance")
    assert answer.status_code == 403


def test_r24_every_answer_and_every_refusal_is_in_the_trail(
    cast: Cast, who: Registered, superuser: psycopg.Connection
) -> None:
    token = cast.session_token(cast.doctor)
    cast.open(token, who.person_id)
    cast.allow(who)
    cast.open(token, who.person_id)
    _search(cast, token, who)
    rows = superuser.execute(
        "select event, outcome, reason, categories from audit.entry"
        " where person_id = %s and caller_kind = 'professional' order by at",
        [who.person_id],
    ).fetchall()
    assert rows == [
        ("record:open", "refused", "no-sharing-consent", []),
        ("record:open", "allowed", None, []),
        ("record:search", "allowed", None, ["ALG"]),
    ]


def test_identity_numbers_are_masked_for_all_but_their_depositor(
    cast: Cast, who: Registered, superuser: psycopg.Connection
) -> None:
    own = cast.fhir(cast.ha, "GET", f"Patient/{who.patient_id}")
    assert own.json()["identifier"][0]["value"] == who.hkid
    cast.allow(who)
    token = cast.session_token(cast.doctor)
    cast.open(token, who.person_id)
    for patient in (who.person_id, who.patient_id):
        assert who.hkid not in cast.fhir(token, "GET", f"Patient/{patient}").text
    assert _bodies_with(superuser, who) == 0


def test_identity_numbers_are_masked_wherever_they_stand(
    cast: Cast, who: Registered, superuser: psycopg.Connection
) -> None:
    number = {"system": "urn:wutong:hkid", "value": who.hkid}
    condition = of_category("DX", who.patient_id) | {
        "contained": [
            {"resourceType": "RelatedPerson", "id": "r", "identifier": [number], "patient": {"display": "x"}}
        ],
        "asserter": {"reference": "#r", "identifier": number},
        "extension": [{"url": "urn:ha:told-by", "valueIdentifier": number}],
    }
    made = cast.fhir(cast.ha, "POST", "Condition", json=condition)
    assert made.status_code == 201, made.text
    path = f"Condition/{made.json()['id']}"
    assert cast.fhir(cast.ha, "GET", path).text.count(who.hkid) == 3
    cast.allow(who)
    token = cast.session_token(cast.doctor)
    cast.open(token, who.person_id)
    shown = cast.fhir(token, "GET", path)
    assert (shown.status_code, who.hkid in shown.text) == (200, False)
    assert shown.json()["asserter"]["identifier"]["value"] == f"{who.hkid[:5]}***(*)"
    assert _bodies_with(superuser, who) == 0


def test_a_directory_entry_is_returned_as_it_was_sent(cast: Cast) -> None:
    number = {"system": "urn:wutong:hkid", "value": f"QX123456{hkid.check_digit('QX123456')}"}
    made = cast.fhir(cast.ha, "POST", "Practitioner", json={"resourceType": "Practitioner", "identifier": [number]})
    read = cast.fhir(cast.ha, "GET", f"Practitioner/{made.json()['id']}").json()
    assert read["identifier"] == [number]


def _bodies_with(superuser: psycopg.Connection, who: Registered) -> int:
    """How many stored bodies hold the person's number."""
    rows = superuser.execute("select body from record.resource where patient_id = %s", [who.patient_id]).fetchall()
    assert rows
    return sum(who.hkid.encode() in bytes(body) for (body,) in rows)


def test_one_system_never_sees_what_another_deposited(cast: Cast, who: Registered) -> None:
    cast.allow(who)
    assert cast.fhir(cast.ha, "GET", f"Patient/{who.patient_id}").status_code == 200
    assert cast.fhir(cast.harbour, "GET", f"Patient/{who.patient_id}").status_code == 404
    assert cast.fhir(cast.harbour, "GET", f"AllergyIntolerance?patient={who.patient_id}").status_code == 403
    assert cast.fhir(cast.harbour, "GET", f"AllergyIntolerance?patient={who.person_id}").json()["total"] == 0
    assert cast.fhir(cast.ha, "GET", f"AllergyIntolerance?patient={who.patient_id}").json()["total"] == 1


def test_what_is_long_is_read_like_anything_else(cast: Cast, who: Registered) -> None:
    """Its body is no part of the batch in which several are read together."""
    subject = {"reference": f"Patient/{who.patient_id}", "identifier": {"system": "urn:wutong:hkid", "value": who.hkid}}
    content = [{"attachment": {"contentType": "text/plain", "data": "QUFB" * 100_000}}]
    document = of_category("CNS", who.patient_id) | {"content": content, "subject": subject}
    made = cast.fhir(cast.ha, "POST", "DocumentReference", json=document)
    path = f"DocumentReference/{made.json()['id']}"
    photo = {"resourceType": "Practitioner", "photo": [content[0]["attachment"]]}
    practitioner = cast.fhir(cast.ha, "POST", "Practitioner", json=photo)
    own = cast.fhir(cast.ha, "GET", f"Practitioner/{practitioner.json()['id']}")
    assert own.content == practitioner.content
    assert cast.fhir(cast.ha, "GET", path).content == made.content
    assert who.hkid in made.text
    token = cast.session_token(cast.doctor)
    assert cast.fhir(token, "GET", path).status_code == 404
    cast.allow(who)
    assert cast.open(token, who.person_id).status_code == 200
    read = cast.fhir(token, "GET", path)
    assert read.json()["content"] == content
    assert who.hkid not in read.text
    assert cast.fhir(cast.ha, "DELETE", path).status_code == 204
    assert cast.fhir(cast.ha, "GET", path).status_code == 410
