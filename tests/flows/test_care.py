"""R-02: a record opens where it shows itself that the provider cares for the person now; else the professional says why."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from cast import HA, HARBOUR, Cast, Registered, patient
from emergencies import reason_of

from flows.test_closings import state
from wutong.core import clock

_CLASS = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
_LABEL = {"security": [{"system": _CLASS, "code": "PSY"}]}
Row = dict[str, Any]


def _day(days: int) -> str:
    return (clock.today() + timedelta(days=days)).isoformat()


def _at(days: int) -> str:
    return f"{_day(days)}T10:00:00+08:00"


def appointment(subject: UUID, days: int = 3, status: str = "booked") -> Row:
    actor = {"actor": {"reference": f"Patient/{subject}"}, "status": "accepted"}
    end = f"{_day(days)}T10:20:00+08:00"
    return {"resourceType": "Appointment", "status": status, "start": _at(days), "end": end, "participant": [actor]}


def visit(subject: UUID, days: int = -3, kind: str = "AMB", status: str = "finished") -> Row:
    return {
        "resourceType": "Encounter",
        "status": status,
        "class": {"system": _CLASS, "code": kind},
        "subject": {"reference": f"Patient/{subject}"},
        "period": {"start": _at(days)} | ({"end": _at(days)} if status == "finished" else {}),
    }


def enrolment(subject: UUID, days: int = -900, status: str = "active") -> Row:
    about = {"reference": f"Patient/{subject}"}
    return {"resourceType": "EpisodeOfCare", "status": status, "patient": about, "period": {"start": _day(days)}}


def dispensing(subject: UUID, days: int = -3) -> Row:
    return {
        "resourceType": "MedicationDispense",
        "status": "completed",
        "subject": {"reference": f"Patient/{subject}"},
        "medicationCodeableConcept": {"text": "a medicine"},
        "whenHandedOver": _at(days),
    }


def referral(subject: UUID, days: int = -3, to: Any = HARBOUR, **more: Any) -> Row:
    named = {"identifier": {"system": "urn:wutong:provider", "value": to}} if isinstance(to, str) else to
    return {
        "resourceType": "ServiceRequest",
        "status": "active",
        "intent": "order",
        "subject": {"reference": f"Patient/{subject}"},
        "code": {"text": "please see"},
        "authoredOn": _day(days),
        "performer": [named],
        **more,
    }


def _deposit(cast: Cast, token: str, row: Row) -> str:
    answer = cast.fhir(token, "POST", row["resourceType"], json=row)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@pytest.fixture
def who(cast: Cast) -> Registered:
    """A person of the hospital group, who allows the clinic."""
    made = cast.register()
    cast.allow(made)
    return made


@pytest.fixture(scope="module")
def hospital(cast: Cast) -> str:
    """A doctor of the hospital group."""
    return cast.session_token(cast.professional("DOC", HA))


@pytest.fixture(scope="module")
def clinic(cast: Cast) -> str:
    """A doctor of the clinic."""
    return cast.session_token(cast.professional("DOC", HARBOUR))


def _open(cast: Cast, token: str, who: Registered) -> httpx.Response:
    """Without a word of why."""
    return cast.open(token, who.person_id, reason="")


def _is_asked_why(answer: httpx.Response) -> bool:
    return answer.status_code == 403 and reason_of(answer) == "care-not-stated"


def _care(answer: httpx.Response) -> dict[str, str] | None:
    """What shows care, as `$open` and `$access` answer it."""
    found = [part for part in answer.json()["parameter"] if part["name"] == "care"]
    if not found:
        return None
    [care] = found
    parts = {part["name"]: part for part in care["part"]}
    resource = parts["resource"]["valueReference"]["reference"]
    return {"kind": parts["kind"]["valueCode"], "resource": resource, "day": parts["day"]["valueDate"]}


SHOWN: dict[str, tuple[str, Callable[[UUID], Row]]] = {
    "an appointment in two weeks": ("appointment", lambda subject: appointment(subject, 14)),
    "an appointment two weeks ago": ("appointment", lambda subject: appointment(subject, -14, "fulfilled")),
    "a visit today": ("attendance", lambda subject: visit(subject, 0, status="in-progress")),
    "a visit 90 days ago": ("attendance", lambda subject: visit(subject, -90)),
    "an emergency": ("emergency-attendance", lambda subject: visit(subject, -1, "EMER")),
    "a stay that goes on": ("admission", lambda subject: visit(subject, -300, "IMP", "in-progress")),
    "a stay that ended": ("admission", lambda subject: visit(subject, -90, "IMP")),
    "a programme": ("enrolment", enrolment),
    "a dispensing": ("dispensing", dispensing),
    "a referral that it received": ("referral", lambda subject: referral(subject, to=HA)),
}


@pytest.mark.parametrize("shown", SHOWN)
def test_r02_what_the_provider_deposited_opens_the_record_and_is_named(
    cast: Cast, who: Registered, hospital: str, superuser: psycopg.Connection, shown: str
) -> None:
    assert _is_asked_why(_open(cast, hospital, who))
    kind, row = SHOWN[shown]
    resource = row(who.patient_id)
    resource_id = _deposit(cast, cast.ha, resource)
    opened = _open(cast, hospital, who)
    assert opened.status_code == 200, opened.text
    care = _care(opened)
    assert care
    day = date.fromisoformat(care["day"])
    assert care == {
        "kind": kind,
        "resource": f"{resource['resourceType']}/{resource_id}",
        "day": day.isoformat(),
    }
    kept = {"kind": kind, "type": resource["resourceType"], "id": resource_id, "day": care["day"]}
    looks = superuser.execute("select ground, evidence, reason from audit.look where person_id = %s", [who.person_id])
    assert looks.fetchall() == [(kind, kept, "")]
    entries = superuser.execute(
        "select detail -> 'care' from audit.entry where person_id = %s and event = 'record:open' and outcome = 'allowed'",
        [who.person_id],
    )
    assert entries.fetchall() == [(kept,)]
    assert _care(cast.fhir(hospital, "GET", f"Patient/{who.person_id}/$access")) == care


NOT_SHOWN: dict[str, Callable[[UUID], Row]] = {
    "an appointment in 15 days": lambda subject: appointment(subject, 15),
    "an appointment 15 days ago": lambda subject: appointment(subject, -15),
    "a cancelled appointment": lambda subject: appointment(subject, 0, "cancelled"),
    "a visit 91 days ago": lambda subject: visit(subject, -91),
    "a visit 91 days ago that nobody ended": lambda subject: visit(subject, -91, status="in-progress"),
    "a planned visit": lambda subject: visit(subject, 0, status="planned"),
    "a stay that ended 91 days ago": lambda subject: visit(subject, -91, "IMP"),
    "a programme that is over": lambda subject: enrolment(subject, status="finished"),
    "a dispensing of last year": lambda subject: dispensing(subject, -365),
    "a referral to somebody else": lambda subject: referral(subject, to=HARBOUR),
    "an order to its own laboratory": lambda subject: referral(
        subject, to=HA, category=[{"coding": [{"system": "http://snomed.info/sct", "code": "108252007"}]}]
    ),
    "a visit without a day": lambda subject: {k: v for k, v in visit(subject).items() if k != "period"},
}


@pytest.mark.parametrize("shown", NOT_SHOWN)
def test_r02_what_is_over_or_is_no_care_opens_nothing(cast: Cast, who: Registered, hospital: str, shown: str) -> None:
    _deposit(cast, cast.ha, NOT_SHOWN[shown](who.patient_id))
    refused = _open(cast, hospital, who)
    assert _is_asked_why(refused)
    assert "Say in your own words why you treat this person" in refused.text
    access = cast.fhir(hospital, "GET", f"Patient/{who.person_id}/$access")
    assert _care(access) is None
    assert cast.open(hospital, who.person_id).status_code == 200


def test_r02_what_another_provider_deposited_about_itself_shows_nothing(
    cast: Cast, who: Registered, clinic: str
) -> None:
    for row in (appointment, visit, enrolment, dispensing):
        _deposit(cast, cast.ha, row(who.patient_id))
    assert _is_asked_why(_open(cast, clinic, who))
    own = cast.client_token(HARBOUR, may_register=True)
    here = UUID(_deposit(cast, own, patient(who.hkid)))
    resource_id = _deposit(cast, own, appointment(here))
    care = _care(_open(cast, clinic, who))
    assert care == {"kind": "appointment", "resource": f"Appointment/{resource_id}", "day": _day(3)}


def test_evidence_ends_with_what_shows_it(cast: Cast, who: Registered, hospital: str) -> None:
    row = appointment(who.patient_id)
    resource_id = _deposit(cast, cast.ha, row)
    assert _open(cast, hospital, who).status_code == 200
    called_off = row | {"id": resource_id, "status": "cancelled"}
    assert cast.fhir(cast.ha, "PUT", f"Appointment/{resource_id}", json=called_off).status_code == 200
    assert _is_asked_why(_open(cast, hospital, who))
    again = row | {"id": resource_id}
    assert cast.fhir(cast.ha, "PUT", f"Appointment/{resource_id}", json=again).status_code == 200
    assert _open(cast, hospital, who).status_code == 200
    assert cast.fhir(cast.ha, "DELETE", f"Appointment/{resource_id}").status_code == 204
    assert _is_asked_why(_open(cast, hospital, who))


def _organization(cast: Cast, system: str = "urn:wutong:provider", value: str = HARBOUR) -> dict[str, str]:
    named = {"resourceType": "Organization", "name": "a clinic", "identifier": [{"system": system, "value": value}]}
    return {"reference": f"Organization/{_deposit(cast, cast.ha, named)}"}


def test_r02_a_referral_to_the_clinic_opens_the_record_for_it(cast: Cast, who: Registered, clinic: str) -> None:
    for nobody in (
        "PEAK",
        _organization(cast, value="PEAK"),
        _organization(cast, system="urn:mine"),
        {"display": HARBOUR},
    ):
        _deposit(cast, cast.ha, referral(who.patient_id, to=nobody))
    assert _is_asked_why(_open(cast, clinic, who))
    resource_id = _deposit(cast, cast.ha, referral(who.patient_id, to=_organization(cast)))
    expected = {"kind": "referral", "resource": f"ServiceRequest/{resource_id}", "day": _day(-3)}
    assert _care(_open(cast, clinic, who)) == expected


def test_r02_a_referral_of_somebody_else_opens_nothing(cast: Cast, who: Registered, clinic: str) -> None:
    other = cast.register()
    _deposit(cast, cast.ha, referral(other.patient_id))
    assert _is_asked_why(_open(cast, clinic, who))


@pytest.mark.parametrize(("profession", "is_shown"), [("NUR", True), ("MLT", True), ("CHI", False), ("DHY", False)])
def test_r02_another_providers_referral_counts_where_the_role_shows_it(
    cast: Cast, who: Registered, profession: str, is_shown: bool
) -> None:
    _deposit(cast, cast.ha, referral(who.patient_id))
    opened = _open(cast, cast.session_token(cast.professional(profession, HARBOUR)), who)
    assert opened.status_code == 200 if is_shown else _is_asked_why(opened)


@pytest.mark.parametrize("kind", ["category", "label", "episode", "item"])
def test_what_the_person_closed_is_evidence_for_nobody(
    cast: Cast, who: Registered, clinic: str, hospital: str, kind: str
) -> None:
    """It would tell that it is there."""
    stay = _deposit(cast, cast.ha, visit(who.patient_id, -400))
    row = referral(who.patient_id, meta=_LABEL, encounter={"reference": f"Encounter/{stay}"})
    sent = {each: _deposit(cast, cast.ha, row | {"performer": referral(who.patient_id, to=each)["performer"]})
            for each in (HARBOUR, HA)}  # fmt: skip
    for token, provider in ((clinic, HARBOUR), (hospital, HA)):
        value = {"category": "REF", "label": "PSY", "episode": stay, "item": sent[provider]}[kind]
        assert _open(cast, token, who).status_code == 200
        state(who.person_id, kind, value)
        refused = _open(cast, token, who)
        assert _is_asked_why(refused)
        assert sent[provider] not in refused.text
        access = cast.fhir(token, "GET", f"Patient/{who.person_id}/$access")
        assert _care(access) is None
        state(who.person_id, kind, value, is_closed=False)
        assert _open(cast, token, who).status_code == 200


def test_a_providers_own_book_counts_though_the_role_does_not_show_it(cast: Cast, who: Registered) -> None:
    chinese = cast.session_token(cast.professional("CMP", HA))  # whose role restricts medicines
    _deposit(cast, cast.ha, dispensing(who.patient_id))
    assert _care(_open(cast, chinese, who))
    state(who.person_id, "category", "MED")
    assert _is_asked_why(_open(cast, chinese, who))


def _stated(cast: Cast, token: str, who: Registered, *parts: dict[str, Any]) -> httpx.Response:
    body = {"resourceType": "Parameters", "parameter": [{"name": "purpose", "valueCode": "TREAT"}, *parts]}
    return cast.fhir(token, "POST", f"Patient/{who.person_id}/$open", json=body)


def _reason(said: Any, **value: Any) -> dict[str, Any]:
    return {"name": "reason", **(value or {"valueString": said})}


def test_r02_without_evidence_the_reason_is_kept_in_the_look_and_in_the_trail(
    cast: Cast, who: Registered, hospital: str, superuser: psycopg.Connection
) -> None:
    opened = _stated(cast, hospital, who, _reason("  She rang\nabout her rash "))
    assert opened.status_code == 200
    assert _care(opened) is None
    said = "She rang about her rash"
    looks = superuser.execute("select ground, evidence, reason from audit.look where person_id = %s", [who.person_id])
    assert looks.fetchall() == [("attestation", None, said)]
    entries = superuser.execute(
        "select detail -> 'care' from audit.entry where person_id = %s and event = 'record:open'", [who.person_id]
    )
    assert entries.fetchall() == [({"kind": "attestation", "reason": said},)]


UNREADABLE: dict[str, tuple[dict[str, Any], int]] = {
    "too long": (_reason("a" * 501), 422),
    "control characters": (_reason("a rash\x1b[2J"), 422),
    "turned round": (_reason("a \u202ehsar"), 422),
    "NUL": (_reason("a\x00rash"), 400),
    "a number": (_reason(None, valueString=17), 422),
    "another type": (_reason(None, valueBoolean=True), 403),
    "a list": (_reason(None, valueString=["a rash"]), 422),
    "nothing": (_reason(None, valueString=""), 422),
    "blank": (_reason(" \n\t "), 403),
    "nothing that is seen": (_reason("\u200b\u200b"), 422),
}


@pytest.mark.parametrize("said", UNREADABLE)
def test_r02_what_is_no_reason_opens_nothing(
    cast: Cast, who: Registered, hospital: str, superuser: psycopg.Connection, said: str
) -> None:
    part, status = UNREADABLE[said]
    refused = _stated(cast, hospital, who, part)
    assert refused.status_code == status, refused.text
    assert superuser.execute("select 1 from audit.look where person_id = %s", [who.person_id]).fetchall() == []
    assert _stated(cast, hospital, who, _reason("a" * 500)).status_code == 200


def test_r02_what_is_stated_decides_nothing_where_there_is_evidence(cast: Cast, who: Registered, hospital: str) -> None:
    _deposit(cast, cast.ha, appointment(who.patient_id))
    ground = {"name": "ground", "valueCode": "attestation"}
    care = _care(_stated(cast, hospital, who, ground, _reason("I wish to look")))
    assert care
    assert care["kind"] == "appointment"


def test_a_word_opens_nothing_that_a_consent_or_a_closing_shuts(cast: Cast, who: Registered, clinic: str) -> None:
    own = cast.client_token(HARBOUR, may_register=True)
    _deposit(cast, own, appointment(UUID(_deposit(cast, own, patient(who.hkid)))))
    cast.withdraw(who)
    for reason in ("", "The patient is here now"):
        assert reason_of(cast.open(clinic, who.person_id, reason=reason)) == "sharing-consent-ended"
    assert "care" not in cast.fhir(clinic, "GET", f"Patient/{who.person_id}/$access").text


def test_neither_a_system_nor_a_patient_opens_by_evidence(cast: Cast, who: Registered) -> None:
    _deposit(cast, cast.ha, appointment(who.patient_id))
    portal = cast.portal_token(cast.patient_account(who))
    for token in (cast.ha, portal):
        for reason in ("", "The patient is here now"):
            assert reason_of(cast.open(token, who.person_id, reason=reason)) == "no-rule"


def test_a_read_looks_for_no_evidence(
    cast: Cast, who: Registered, hospital: str, superuser: psycopg.Connection
) -> None:
    cast.open(hospital, who.person_id)
    query = "select count(*) from audit.entry where person_id = %s and detail ? 'care' and event <> 'record:open'"
    _deposit(cast, cast.ha, appointment(who.patient_id))
    assert cast.fhir(hospital, "GET", f"Appointment?patient={who.person_id}").json()["total"] == 1
    assert superuser.execute(query, [who.person_id]).fetchone() == (0,)
