"""A sender's directory: its own system searches it; a professional reads by id what an open record names."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from cast import HA, HARBOUR, Cast, Registered
from record.resources import of_category

from wutong.core import clock, ids

PEOPLE = {"family": "CHEUNG", "given": ["Wai Ming"], "text": "Dr Cheung Wai Ming"}


def _made(cast: Cast, token: str, **content: Any) -> str:
    answer = cast.fhir(token, "POST", content["resourceType"], json=content)
    assert answer.status_code == 201, answer.text
    return f"{content['resourceType']}/{answer.json()['id']}"


def _practitioner(cast: Cast, token: str = "") -> str:
    return _made(cast, token or cast.ha, resourceType="Practitioner", name=[PEOPLE])


def _naming(cast: Cast, who: Registered, named: str, category: str = "DX", token: str = "") -> str:
    element = {"LAB": "performer", "DX": "asserter", "ALG": "asserter"}[category]
    reference = {"reference": named}
    content = of_category(category, who.patient_id) | {element: [reference] if element == "performer" else reference}
    return _made(cast, token or cast.ha, **content)


@pytest.fixture
def who(cast: Cast) -> Registered:
    """A person who allows the clinic."""
    made = cast.register()
    cast.allow(made)
    return made


def _found(cast: Cast, token: str, search: str) -> list[str]:
    answer = cast.fhir(token, "GET", search)
    assert answer.status_code == 200, answer.text
    found = [f"{e['resource']['resourceType']}/{e['resource']['id']}" for e in answer.json().get("entry", [])]
    assert answer.json()["total"] >= len(found)
    return found


def _status(cast: Cast, token: str, path: str) -> int:
    return cast.fhir(token, "GET", path).status_code


# Search: the depositor's own


def test_a_system_finds_its_own_directory_and_nobody_elses(cast: Cast) -> None:
    number = str(ids.new())
    identifier = [{"system": "urn:ward", "value": number}]
    ward = _made(cast, cast.ha, resourceType="Organization", name=f"Ward {number}", identifier=identifier)
    for search in (
        f"Organization?_id={ward.partition('/')[2]}",
        f"Organization?identifier=urn:ward|{number}",
        f"Organization?identifier={number}",
        f"Organization?name=ward {number[:13]}",
        f"Organization?name=nobody,WARD  {number}&_id={ward.partition('/')[2]}",
    ):
        assert _found(cast, cast.ha, search) == [ward], search
        assert _found(cast, cast.harbour, search) == [], search
    for search in (f"Organization?name={number}", "Organization?name=ward 100%", f"Location?name=ward {number}"):
        assert ward not in _found(cast, cast.ha, search), search


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("Organization", {"name": "Ésther Clinic"}),
        ("Organization", {"name": "x", "alias": ["Esther's"]}),
        ("Location", {"name": "ESTHER room"}),
        ("Practitioner", {"name": [{"family": "Esther"}]}),
        ("Practitioner", {"name": [{"text": "x"}, {"given": ["Tai", "Esther"]}]}),
    ],
    ids=str,
)
def test_a_name_is_found_by_its_beginning_in_any_case(cast: Cast, kind: str, content: dict[str, Any]) -> None:
    made = _made(cast, cast.ha, resourceType=kind, **content)
    assert made in _found(cast, cast.ha, f"{kind}?name=esther")
    assert made not in _found(cast, cast.ha, f"{kind}?name=sther")


def test_the_newest_version_is_what_is_found(cast: Cast) -> None:
    old, new = f"Old {ids.new()}", f"New {ids.new()}"
    made = _made(cast, cast.ha, resourceType="Location", name=old)
    content = {"resourceType": "Location", "id": made.partition("/")[2], "name": new}
    assert cast.fhir(cast.ha, "PUT", made, json=content).status_code == 200
    assert _found(cast, cast.ha, f"Location?name={new}") == [made]
    assert _found(cast, cast.ha, f"Location?name={old}") == []


def test_pages_follow_one_another_and_count_all(cast: Cast) -> None:
    name = f"Paged {ids.new()}"
    made = [_made(cast, cast.ha, resourceType="Location", name=name) for _ in range(5)]
    seen: list[str] = []
    path = f"Location?name={name}&_count=2&_sort=_lastUpdated"
    while path:
        page = cast.fhir(cast.ha, "GET", path).json()
        assert page["total"] == 5
        seen += [f"Location/{entry['resource']['id']}" for entry in page["entry"]]
        following = [link["url"] for link in page["link"] if link["relation"] == "next"]
        path = following[0].partition("/fhir/")[2] if following else ""
    assert seen == made


@pytest.mark.parametrize("search", ["Organization?date=ge2024-01-01", "Organization?_sort=-date", "Observation?name=x"])
def test_what_a_directory_does_not_have_cannot_be_searched(cast: Cast, search: str) -> None:
    assert _status(cast, cast.ha, search) == 400
    assert _status(cast, cast.ha, search.partition("?")[0]) == 200


def test_a_professional_searches_no_directory(cast: Cast, who: Registered) -> None:
    token, kept = cast.session_token(cast.doctor), _practitioner(cast)
    _naming(cast, who, kept)
    cast.open(token, who.person_id)
    assert _status(cast, token, f"Practitioner?_id={kept.partition('/')[2]}") == 403
    assert _status(cast, token, kept) == 200


# Read: where referenced


def test_a_row_is_readable_while_a_record_is_open_that_names_it(
    cast: Cast, who: Registered, superuser: psycopg.Connection
) -> None:
    token, named, other = cast.session_token(cast.doctor), _practitioner(cast), _practitioner(cast)
    for _ in range(2):
        _naming(cast, who, named)
    assert _status(cast, token, named) == 404
    cast.open(token, who.person_id)
    assert cast.fhir(token, "GET", named).json()["name"] == [PEOPLE]
    assert _status(cast, token, other) == 404
    rows = superuser.execute(
        "select outcome, ground, reason, purpose, look_id is not null, categories, patient_ids,"
        " directory_type || '/' || directory_id from audit.entry where person_id = %s and event = 'record:read'",
        [who.person_id],
    ).fetchall()
    assert rows == [("allowed", "reference", None, "TREAT", True, [], [], named)]
    refusals = superuser.execute(
        "select reason, count(*) from audit.event where caller_id = %s and detail ->> 'asked' = any (%s) group by reason",
        [cast.doctor.account_id, [named, other]],
    ).fetchall()
    assert refusals == [("not-referenced", 2)]


def test_its_versions_are_readable_with_it(cast: Cast, who: Registered) -> None:
    token, named = cast.session_token(cast.doctor), _practitioner(cast)
    content = {"resourceType": "Practitioner", "id": named.partition("/")[2], "active": False}
    assert cast.fhir(cast.ha, "PUT", named, json=content).status_code == 200
    assert _status(cast, token, f"{named}/_history") == 404
    _naming(cast, who, f"{named}/_history/1")
    cast.open(token, who.person_id)
    assert cast.fhir(token, "GET", f"{named}/_history").json()["total"] == 2
    assert cast.fhir(token, "GET", f"{named}/_history/1").json()["name"] == [PEOPLE]


def test_an_identity_number_in_it_is_its_depositors_alone(cast: Cast, who: Registered) -> None:
    number, card = f"P{ids.new().hex[:8]}", {"system": "urn:wutong:hkid", "value": who.hkid}
    passport = {"type": {"coding": [{"code": "PPN"}]}, "value": number}
    named = _made(cast, cast.ha, resourceType="Practitioner", identifier=[card, passport], name=[PEOPLE])
    _naming(cast, who, named)
    token = cast.session_token(cast.doctor)
    cast.open(token, who.person_id)
    along = f"Condition?patient={who.person_id}&_include=Condition:asserter"
    for path in (named, f"{named}/_history/1", f"{named}/_history", along, f"Patient/{who.person_id}/$everything"):
        shown = cast.fhir(token, "GET", path)
        assert "Wai Ming" in shown.text, path
        assert number not in shown.text, path
        assert who.hkid not in shown.text, path
    own = cast.fhir(cast.ha, "GET", named).json()["identifier"]
    assert [each["value"] for each in own] == [who.hkid, number]


@pytest.mark.parametrize("kind", ["Organization", "Location", "PractitionerRole"])
def test_every_kind_of_the_directory_is_readable_so(cast: Cast, who: Registered, kind: str) -> None:
    particulars = {"name": "Ward"} if kind == "Organization" else {}  # org-1
    token, named = cast.session_token(cast.doctor), _made(cast, cast.ha, resourceType=kind, **particulars)
    visit = of_category("ENC", who.patient_id)
    element = {
        "Organization": {"serviceProvider": {"reference": named}},
        "Location": {"location": [{"location": {"reference": named}}]},
        "PractitionerRole": {"participant": [{"individual": {"reference": named}}]},
    }[kind]
    assert _status(cast, token, named) == 404
    _made(cast, cast.ha, **(visit | element))
    cast.open(token, who.person_id)
    assert _status(cast, token, named) == 200


def test_a_reference_in_a_closed_category_opens_nothing(cast: Cast, who: Registered) -> None:
    in_result, in_allergy = _practitioner(cast), _practitioner(cast)
    _naming(cast, who, in_result, "LAB")
    _naming(cast, who, in_allergy, "ALG")
    doctor, therapist = (cast.session_token(cast.professional(each, HARBOUR)) for each in ("DOC", "OT"))
    for token in (doctor, therapist):
        cast.open(token, who.person_id)
        assert _status(cast, token, in_allergy) == 200
    assert _status(cast, doctor, in_result) == 200
    assert _status(cast, therapist, in_result) == 404


def test_a_reference_from_what_is_never_shared_opens_nothing(cast: Cast, who: Registered) -> None:
    token, named = cast.session_token(cast.doctor), _practitioner(cast)
    subject = {"reference": f"Patient/{who.patient_id}"}
    _made(
        cast, cast.ha, resourceType="Goal", lifecycleStatus="active", description={"text": "x"}, subject=subject,
        expressedBy={"reference": named},
    )  # fmt: skip
    cast.open(token, who.person_id)
    assert _status(cast, token, named) == 404


def test_only_the_directorys_own_depositor_opens_it_by_naming_it(cast: Cast, who: Registered) -> None:
    token, named = cast.session_token(cast.doctor), _practitioner(cast)
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": []}
    from cast import patient

    own = {"resourceType": "Patient"} | patient(who.hkid)
    visit = of_category("DX", ids.new()) | {"subject": {"reference": "urn:uuid:1"}, "asserter": {"reference": named}}
    for url, content in (("urn:uuid:1", own), ("urn:uuid:2", visit)):
        request = {"method": "POST", "url": content["resourceType"]}
        bundle["entry"].append({"fullUrl": url, "resource": content, "request": request})  # type: ignore[attr-defined]
    assert cast.fhir(cast.harbour, "POST", "", json=bundle).status_code == 200
    cast.open(token, who.person_id)
    assert _status(cast, token, named) == 404
    _naming(cast, who, named)
    assert _status(cast, token, named) == 200


def test_it_closes_with_the_look_the_consent_and_the_caller(cast: Cast, who: Registered) -> None:
    token, named = cast.session_token(cast.doctor), _practitioner(cast)
    _naming(cast, who, named)
    cast.open(token, who.person_id)
    colleague = cast.session_token(cast.professional("DOC", HARBOUR))
    assert [_status(cast, each, named) for each in (token, colleague)] == [200, 404]
    with clock.travel(timedelta(minutes=31)):
        assert _status(cast, cast.session_token(cast.doctor), named) == 404
    assert _status(cast, token, named) == 200
    cast.withdraw(who)
    assert _status(cast, token, named) == 404


def test_an_ended_registration_reads_no_directory(cast: Cast, who: Registered) -> None:
    named = _practitioner(cast)
    _naming(cast, who, named)
    leaver = cast.professional("DOC", HARBOUR, until=clock.today())
    token = cast.session_token(leaver)
    cast.open(token, who.person_id)
    assert _status(cast, token, named) == 200
    from wutong.control.people.models.accounts import Professional

    Professional.objects.filter(account_id=leaver.account_id).update(registered_until=clock.today() - timedelta(days=1))
    assert _status(cast, token, named) == 404


def test_one_of_several_open_records_is_enough(cast: Cast, who: Registered, superuser: psycopg.Connection) -> None:
    token, named = cast.session_token(cast.doctor), _practitioner(cast)
    later = cast.register()
    cast.allow(later)
    for each in (who, later):
        _naming(cast, each, named)
        cast.open(token, each.person_id)
    assert _status(cast, token, named) == 200
    cast.withdraw(later)
    assert _status(cast, token, named) == 200
    cast.withdraw(who)
    assert _status(cast, token, named) == 404
    rows = superuser.execute(
        "select person_id, outcome from audit.entry where event = 'record:read' and detail ->> 'asked' = %s order by at",
        [named],
    ).fetchall()
    assert rows[:2] == [(later.person_id, "allowed"), (who.person_id, "allowed")]
    assert rows[2:] in ([(who.person_id, "refused")], [(later.person_id, "refused")])  # both took back their word


def test_a_reference_taken_back_still_shows_what_the_history_names(cast: Cast, who: Registered) -> None:
    token, named, added = cast.session_token(cast.doctor), _practitioner(cast), _practitioner(cast)
    path = _naming(cast, who, named)
    content = of_category("DX", who.patient_id) | {"id": path.partition("/")[2], "asserter": {"reference": added}}
    cast.open(token, who.person_id)
    assert [_status(cast, token, each) for each in (named, added)] == [200, 404]
    assert cast.fhir(cast.ha, "PUT", path, json=content).status_code == 200
    assert [_status(cast, token, each) for each in (named, added)] == [200, 200]


def test_another_providers_system_is_refused_whatever_names_it(cast: Cast, who: Registered) -> None:
    named = _practitioner(cast)
    _naming(cast, who, named)
    assert _status(cast, cast.ha, named) == 200
    for path in (named, f"{named}/_history", f"{named}/_history/1"):
        assert _status(cast, cast.harbour, path) == 404
    content = {"resourceType": "Practitioner", "id": named.partition("/")[2]}
    assert cast.fhir(cast.harbour, "PUT", named, json=content).status_code == 404


def test_what_else_concerns_no_patient_stays_its_depositors(cast: Cast, who: Registered) -> None:
    medication = _made(cast, cast.ha, resourceType="Medication", code={"text": "x"})
    order = of_category("MED", who.patient_id)
    del order["medicationCodeableConcept"]
    _made(cast, cast.ha, **(order | {"medicationReference": {"reference": medication}}))
    token = cast.session_token(cast.doctor)
    cast.open(token, who.person_id)
    assert _status(cast, cast.ha, medication) == 200
    assert _status(cast, token, medication) == 404


def test_a_doctor_of_the_depositor_needs_an_open_record_too(cast: Cast, who: Registered) -> None:
    token, named = cast.session_token(cast.professional("DOC", HA)), _practitioner(cast)
    _naming(cast, who, named)
    assert _status(cast, token, named) == 404
    cast.open(token, who.person_id)
    assert _status(cast, token, named) == 200


# What comes along with a search


def _along(cast: Cast, token: str, search: str) -> list[str]:
    answer = cast.fhir(token, "GET", search)
    assert answer.status_code == 200, answer.text
    entries = [each for each in answer.json()["entry"] if each["search"]["mode"] == "include"]
    return sorted(f"{e['resource']['resourceType']}/{e['resource']['id']}" for e in entries)


def test_what_a_hit_names_comes_along_with_it(cast: Cast, who: Registered) -> None:
    token, named, other = cast.session_token(cast.doctor), _practitioner(cast), _practitioner(cast)
    _naming(cast, who, named)
    stranger = cast.register()
    _naming(cast, stranger, other)
    cast.open(token, who.person_id)
    search = f"Condition?patient={who.person_id}&_include=Condition:asserter"
    assert _along(cast, token, search) == [named]
    assert _along(cast, token, f"{search}:Practitioner") == [named]
    assert _along(cast, token, f"{search}:PractitionerRole") == []
    assert _along(cast, token, search.partition("&")[0]) == []
    cast.withdraw(who)
    assert _status(cast, token, search) == 403


def test_what_comes_along_is_named_by_what_the_role_opens(cast: Cast, who: Registered) -> None:
    """An occupational therapist sees no laboratory results; a row that both kinds name is seen by the other."""
    in_result, in_both = _practitioner(cast), _practitioner(cast)
    for named in (in_result, in_both):
        _naming(cast, who, named, "LAB")
    _naming(cast, who, in_both, "ALG")
    doctor, therapist = (cast.session_token(cast.professional(each, HARBOUR)) for each in ("DOC", "OT"))
    results = f"Observation?patient={who.person_id}&_include=Observation:performer"
    allergies = f"AllergyIntolerance?patient={who.person_id}&_include=AllergyIntolerance:asserter"
    for token in (doctor, therapist):
        cast.open(token, who.person_id)
        assert _along(cast, token, allergies) == [in_both]
    assert _along(cast, doctor, results) == sorted([in_result, in_both])
    assert "entry" not in cast.fhir(therapist, "GET", results).json()


def test_another_providers_directory_does_not_come_along(cast: Cast, who: Registered) -> None:
    theirs = _practitioner(cast, cast.harbour)
    _naming(cast, who, theirs)  # the hospital group names what is the clinic's
    token = cast.session_token(cast.doctor)
    cast.open(token, who.person_id)
    assert _along(cast, token, f"Condition?patient={who.person_id}&_include=Condition:asserter") == []


def test_a_later_page_brings_along_what_was_there_with_the_first(cast: Cast, who: Registered) -> None:
    token, named = cast.session_token(cast.doctor), _practitioner(cast)
    for _ in range(2):
        _naming(cast, who, named)
    cast.open(token, who.person_id)
    first = cast.fhir(token, "GET", f"Condition?patient={who.person_id}&_include=Condition:asserter&_count=1").json()
    content = {"resourceType": "Practitioner", "id": named.partition("/")[2], "active": False}
    assert cast.fhir(cast.ha, "PUT", named, json=content).status_code == 200
    following = next(each["url"] for each in first["link"] if each["relation"] == "next").partition("/fhir/")[2]
    [_, along] = cast.fhir(token, "GET", following).json()["entry"]
    assert along["resource"]["meta"]["versionId"] == "1"
    [_, _, along] = cast.fhir(token, "GET", f"Condition?patient={who.person_id}&_include=Condition:asserter").json()[
        "entry"
    ]
    assert along["resource"]["meta"]["versionId"] == "2"


def test_metadata_says_what_a_directory_offers(cast: Cast) -> None:
    described = {each["type"]: each for each in cast.http.get("/fhir/metadata").json()["rest"][0]["resource"]}
    names = {
        kind: {each["name"] for each in described[kind]["searchParam"]} for kind in ("Organization", "Observation")
    }
    assert "name" in names["Organization"]
    assert not names["Organization"] & {"patient", "date"}
    assert "name" not in names["Observation"]
    assert names["Observation"] >= {"patient", "date"}
    assert "named in a record" in described["Practitioner"]["documentation"]
