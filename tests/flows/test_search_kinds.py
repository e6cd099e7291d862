"""Searches kind by kind: what each finds, what it does not, and what a caller may not see in any of them."""

from typing import Any
from urllib.parse import quote, urlencode

import psycopg
import pytest
from cast import HARBOUR, Cast, Registered
from record.resources import of_category

from wutong.record.searching.offered import offered


def _made(cast: Cast, content: dict[str, Any], token: str = "") -> str:
    answer = cast.fhir(token or cast.ha, "POST", content["resourceType"], json=content)
    assert answer.status_code == 201, answer.text
    return f"{content['resourceType']}/{answer.json()['id']}"


def _bundle(cast: Cast, path: str, token: str = "", **more: Any) -> dict[str, Any]:
    answer = cast.fhir(token or cast.ha, "GET", path, **more)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def _names(bundle: dict[str, Any], mode: str = "match") -> list[str]:
    entries = [each for each in bundle.get("entry", []) if each["search"]["mode"] == mode]
    return [f"{each['resource']['resourceType']}/{each['resource']['id']}" for each in entries]


@pytest.fixture(scope="module")
def who(cast: Cast) -> Registered:
    """Somebody who allows the clinic."""
    made = cast.register(family="WONG", given="Siu Ming")
    cast.allow(made)
    return made


@pytest.fixture(scope="module")
def visit(cast: Cast, who: Registered) -> str:
    """A visit of theirs."""
    identifier = [{"system": "urn:ha:visits", "value": "V, 1|2"}]
    return _made(cast, of_category("ENC", who.patient_id) | {"identifier": identifier})


@pytest.fixture(scope="module")
def result(cast: Cast, who: Registered, visit: str) -> str:
    """A result of that visit."""
    loinc = {"coding": [{"system": "http://loinc.org", "code": "2345-7"}]}
    more = {"encounter": {"reference": visit}, "code": loinc, "effectiveDateTime": "2024-05-01"}
    return _made(cast, of_category("LAB", who.patient_id) | more)


def test_a_chain_follows_one_reference(cast: Cast, who: Registered, visit: str, result: str) -> None:
    patient = f"patient={who.patient_id}"
    for asked in (
        "encounter:Encounter.class=AMB",
        "encounter.identifier=urn:ha:visits|" + quote("V\\, 1\\|2"),
        "subject:Patient.family=wong",
        "patient.name=siu",
        f"encounter._id={visit.partition('/')[2]}",
    ):
        assert _names(_bundle(cast, f"Observation?{patient}&{asked}")) == [result], asked
    for asked in ("encounter.class=IMP", "subject:Patient.family=chan", "subject:Device.type=x", "patient.name=iu"):
        assert _names(_bundle(cast, f"Observation?{patient}&{asked}")) == [], asked


def test_a_reverse_chain_asks_what_points_here(cast: Cast, who: Registered, visit: str, result: str) -> None:
    patient = f"patient={who.patient_id}"
    assert _names(_bundle(cast, f"Encounter?{patient}&_has:Observation:encounter:code=2345-7")) == [visit]
    assert _names(_bundle(cast, f"Encounter?{patient}&_has:Observation:encounter:code=1")) == []
    assert _names(_bundle(cast, f"Patient?{patient}&_has:Observation:patient:date=2024-05")) == [
        f"Patient/{who.patient_id}"
    ]


def test_a_system_finds_by_a_chain_without_a_patient_and_a_professional_does_not(
    cast: Cast, who: Registered, result: str
) -> None:
    number = f"subject:Patient.identifier=urn:wutong:hkid|{who.hkid}"
    assert result in _names(_bundle(cast, f"Observation?{number}"))
    assert _names(_bundle(cast, f"Observation?{number}", cast.harbour)) == []
    token = cast.session_token(cast.doctor)
    cast.open(token, who.person_id)
    refused = cast.fhir(token, "GET", f"Observation?{number}")
    assert refused.status_code == 403
    assert refused.json()["issue"][0]["details"]["coding"][0]["code"] == "name-patient"


def test_what_hits_point_to_and_what_points_to_them_comes_along(
    cast: Cast, who: Registered, visit: str, result: str
) -> None:
    patient = f"patient={who.patient_id}"
    found = _bundle(
        cast, f"Observation?{patient}&code=2345-7&_include=Observation:encounter&_include=Observation:subject"
    )
    assert (_names(found), found["total"]) == ([result], 1)
    assert sorted(_names(found, "include")) == sorted([visit, f"Patient/{who.patient_id}"])
    only = _bundle(cast, f"Observation?{patient}&code=2345-7&_include=Observation:subject:Group")
    assert _names(only, "include") == []
    found = _bundle(cast, f"Encounter?{patient}&_revinclude=Observation:encounter")
    assert (_names(found), _names(found, "include")) == ([visit], [result])


def test_what_a_role_does_not_open_is_in_no_chain_and_does_not_come_along(
    cast: Cast, who: Registered, visit: str, result: str
) -> None:
    """An occupational therapist sees encounters, and no laboratory results."""
    therapist, doctor = (cast.session_token(cast.professional(each, HARBOUR)) for each in ("OT", "DOC"))
    for token in (therapist, doctor):
        cast.open(token, who.person_id)
    patient = f"patient={who.person_id}"
    along = f"Encounter?{patient}&_revinclude=Observation:encounter"
    chained = f"Encounter?{patient}&_has:Observation:encounter:code=2345-7"
    assert _names(_bundle(cast, along, doctor), "include") == [result]
    assert _names(_bundle(cast, along, therapist), "include") == []
    assert _names(_bundle(cast, along, therapist)) == [visit]
    assert [_names(_bundle(cast, chained, token)) for token in (doctor, therapist)] == [[visit], []]
    # What comes along opens nothing by itself: the refusal is that of the type that is searched.
    for more in ("", "&_include=Immunization:patient", "&patient.name=wong"):
        assert (
            cast.fhir(therapist, "GET", f"Immunization?{patient}{more}").status_code
            == cast.fhir(therapist, "GET", f"Immunization?{patient}").status_code
        )


def test_the_trail_names_the_categories_that_a_chain_looked_at(
    cast: Cast, who: Registered, result: str, superuser: psycopg.Connection
) -> None:
    doctor = cast.professional("DOC", HARBOUR)
    token = cast.session_token(doctor)
    cast.open(token, who.person_id)
    _bundle(cast, f"Immunization?patient={who.person_id}", token)
    _bundle(cast, f"Immunization?patient={who.person_id}&patient.name=wong", token)
    query = "select categories from audit.entry where caller_id = %s and event = 'record:search' order by at"
    assert superuser.execute(query, [doctor.account_id]).fetchall() == [(["IMM"],), (["IMM", "PID"],)]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("identifier={0}", 1),
        ("identifier=urn:wutong:hkid|{0}", 1),
        ("identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|PPN|k7654321", 1),
        ("identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|DL|K7654321", 0),
        ("identifier=urn:passports|K7654321", 1),
        ("identifier=urn:others|K7654321", 0),
        ("identifier=k7654321", 1),
        ("identifier=|K7654321", 0),
        ("identifier=|{0}", 1),
        ("identifier=urn:passports|", 1),
        ("identifier=urn:others|", 0),
        ("identifier=urn:ha:mrn|M-1", 1),
        ("identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|MR|M-1", 1),
        ("identifier=urn:ha:mrn|", 1),
        ("identifier=M-1,nothing", 1),
        ("identifier=|M-1", 0),
    ],
)
def test_identity_numbers_are_found_by_their_hash_and_other_identifiers_as_they_read(
    cast: Cast, numbered: Registered, superuser: psycopg.Connection, asked: str, found: int
) -> None:
    name, _, value = asked.partition("=")
    query = urlencode({"patient": str(numbered.patient_id), name: value.format(numbered.hkid)})
    assert _bundle(cast, f"Patient?{query}")["total"] == found
    without = urlencode({name: value.format(numbered.hkid), "_id": str(numbered.patient_id)})
    assert _bundle(cast, f"Patient?{without}")["total"] == found
    columns = "array_to_string(tokens || strings || date_names || amount_names, ' ')"
    query = f"select {columns} from record.resource where resource_id = %s"
    row = superuser.execute(query, [numbered.patient_id]).fetchone()
    keys = superuser.execute("select value from record.deposit_key where resource_id = %s", [numbered.patient_id])
    written = f"{row[0] if row else ''} {keys.fetchall()}"
    assert "M-1" in written
    assert numbered.hkid not in written
    assert "7654321" not in written


@pytest.fixture(scope="module")
def numbered(cast: Cast) -> Registered:
    """Somebody with a passport and a hospital number."""
    made = cast.register()
    kept = cast.fhir(cast.ha, "GET", f"Patient/{made.patient_id}").json()
    table = "http://terminology.hl7.org/CodeSystem/v2-0203"
    kept["identifier"] += [
        {"system": "urn:passports", "value": "K7654321", "type": {"coding": [{"system": table, "code": "PPN"}]}},
        {"system": "urn:ha:mrn", "value": "M-1", "type": {"coding": [{"system": table, "code": "MR"}]}},
    ]
    assert cast.fhir(cast.ha, "PUT", f"Patient/{made.patient_id}", json=kept).status_code == 200
    cast.allow(made)
    return made


@pytest.fixture(scope="module")
def numbered_result(cast: Cast, numbered: Registered) -> str:
    """A result with a passport's number, of a visit, by somebody who is named by an identity card's."""
    visit = _made(cast, of_category("ENC", numbered.patient_id))
    passport = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "PPN"}]}
    more = {
        "identifier": [{"system": "urn:passports", "value": "K7654321", "type": passport}],
        "performer": [{"identifier": {"system": "urn:wutong:hkid", "value": numbered.hkid}}],
        "encounter": {"reference": visit},
    }
    return _made(cast, of_category("LAB", numbered.patient_id) | more)


_PASSPORT_TYPE = "http://terminology.hl7.org/CodeSystem/v2-0203|PPN|K7654321"


@pytest.mark.parametrize(
    "asked",
    [
        "Patient?identifier=urn:wutong:hkid|{0}",
        "Patient?identifier={0}",
        "Patient?identifier=urn:passports|K7654321",
        f"Patient?identifier:of-type={_PASSPORT_TYPE}",
        "Patient?identifier=urn:wutong:hkid|A1234563,urn:wutong:hkid|{0}",
        "Observation?patient.identifier=urn:wutong:hkid|{0}",
        "Observation?performer:identifier=urn:wutong:hkid|{0}",
        f"Observation?identifier:of-type={_PASSPORT_TYPE}",
        "Encounter?_has:Observation:encounter:identifier=K7654321",
    ],
)
def test_a_number_that_is_masked_to_a_caller_is_not_found_by_him(
    cast: Cast, numbered: Registered, numbered_result: str, asked: str
) -> None:
    """He could else try numbers until one is found, and so read what is masked."""
    doctor = cast.session_token(cast.doctor)
    assert cast.open(doctor, numbered.person_id).status_code == 200
    path, _, question = asked.partition("?")
    name, _, value = question.partition("=")
    query = urlencode({"patient": str(numbered.patient_id), name: value.format(numbered.hkid)})
    by_system, by_doctor = (_bundle(cast, f"{path}?{query}", token) for token in (cast.ha, doctor))
    assert (by_system["total"], by_doctor["total"]) == (1, 0)
    assert _bundle(cast, f"{path}?patient={numbered.patient_id}", doctor)["total"] == 1


def test_by_what_is_not_masked_a_professional_finds(cast: Cast, numbered: Registered, numbered_result: str) -> None:
    doctor = cast.session_token(cast.doctor)
    assert cast.open(doctor, numbered.person_id).status_code == 200
    for asked in ("identifier=urn:ha:mrn|M-1", "identifier=M-1", "identifier=urn:passports|", "identifier:not=M-2"):
        assert _bundle(cast, f"Patient?patient={numbered.patient_id}&{asked}", doctor)["total"] == 1, asked


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("code:text=x", ":text is not offered yet. code can have :not, :missing."),
        ("code:below=x", ":below is not offered yet"),
        ("code:sounds=x", ":sounds is no modifier of a token parameter"),
        ("date:exact=2024", ":exact is no modifier of a date parameter"),
        ("encounter.subject.name=x", "A chain has one step here"),
        ("code.x=x", "code is no reference"),
        ("focus.code=x", "Say of which type you mean: focus:Patient.code"),
        ("encounter.nothing=x", "Nothing that encounter points to has the parameter 'nothing'."),
        ("_has:Observation:encounter=x", "Write _has:Type:reference:parameter=value."),
        ("_include:iterate=Observation:encounter", ":iterate is not offered yet"),
        ("_include=*", "* is not offered yet"),
        ("_include=Encounter:subject", "_include begins with the type that is searched: Observation:…"),
        ("_revinclude=Encounter:subject", "_revinclude names a reference to Observation."),
        ("value-quantity=5.4|mg", "Write quantities as 5.4, 5.4|system|code or 5.4||code."),
        ("value-quantity=gt", "Write numbers as 5.4"),
        ("code-value-quantity=1", "code-value-quantity has 2 parts: write them with $ between."),
        ("code:missing=maybe", "code:missing is true or false."),
        ("_sort=code-value-quantity", "_sort can name"),
        ("_total=many", "_total can be none, estimate, accurate."),
        ("_summary=all", "_summary can be true, text, data, count, false."),
        ("identifier:of-type=MR|1", "Write identifier:of-type as system|code|value"),
        ("nothing=x", "Observation has no search parameter 'nothing' here. It has: "),
    ],
)
def test_what_is_not_offered_is_told(cast: Cast, who: Registered, asked: str, told: str) -> None:
    answer = cast.fhir(cast.ha, "GET", f"Observation?patient={who.patient_id}&{asked}")
    assert answer.status_code == 400, answer.text
    assert told in answer.json()["issue"][0]["details"]["text"]


def test_lenient_reading_passes_over_what_is_unknown_and_says_so(cast: Cast, who: Registered, result: str) -> None:
    path = f"Observation?patient={who.patient_id}&nothing=x&code=2345-7&_count=1"
    assert cast.fhir(cast.ha, "GET", path).status_code == 400
    found = _bundle(cast, path, headers={"prefer": "respond-async, handling=lenient"})
    assert _names(found) == [result]
    [outcome] = [each["resource"] for each in found["entry"] if each["search"]["mode"] == "outcome"]
    assert outcome["issue"][0]["severity"] == "warning"
    assert "nothing" in outcome["issue"][0]["details"]["text"]
    [own] = [link["url"] for link in found["link"] if link["relation"] == "self"]
    assert "nothing" not in own
    assert "code=2345-7" in own
    # A value that cannot be read is wrong in any case.
    lenient = {"prefer": "handling=lenient"}
    wrong = f"Observation?patient={who.patient_id}&date=yesterday"
    assert cast.fhir(cast.ha, "GET", wrong, headers=lenient).status_code == 400


@pytest.mark.parametrize(
    "empty",
    [
        *(
            "code=",
            "code",
            "code=%20",
            "code:not=",
            "identifier:missing=",
            "_tag=",
            "_id=",
            "_lastUpdated=",
            "nothing=",
        ),
        *("encounter.status=", "_has:Observation:derived-from:code=", "_sort=", "_count=", "_elements=", "_total="),
    ],
)
def test_a_parameter_without_a_value_is_refused_and_passed_over_where_that_is_asked_for(
    cast: Cast, who: Registered, result: str, empty: str
) -> None:
    """Passed over unasked, a search that a form left a field of empty would find more than was meant."""
    name = empty.partition("=")[0]
    path = f"Observation?patient={who.patient_id}&code=2345-7"
    for headers in ({}, {"prefer": "handling=strict"}):
        refused = cast.fhir(cast.ha, "GET", f"{path}&{empty}", headers=headers)
        assert refused.status_code == 400, refused.text
        assert f"{name} has no value" in refused.json()["issue"][0]["details"]["text"]
    found = _bundle(cast, f"{path}&{empty}", headers={"prefer": "handling=lenient"})
    assert _names(found) == [result]
    [outcome] = [each["resource"] for each in found["entry"] if each["search"]["mode"] == "outcome"]
    assert name in outcome["issue"][0]["details"]["text"]
    [own] = [link["url"] for link in found["link"] if link["relation"] == "self"]
    assert own.endswith(f"patient={who.patient_id}&code=2345-7")


@pytest.mark.parametrize("empty", ["code=2345-7,", "code=,", "code:not=,", "code=|", "identifier=|", "category:not=|"])
def test_an_empty_value_among_several_is_wrong_in_any_case(cast: Cast, who: Registered, empty: str) -> None:
    for headers in ({}, {"prefer": "handling=lenient"}):
        path = f"Observation?patient={who.patient_id}&{empty}"
        assert cast.fhir(cast.ha, "GET", path, headers=headers).status_code == 400
    assert cast.fhir(cast.ha, "GET", f"Observation?patient={who.patient_id}&code=2345-7,x").status_code == 200


def test_a_part_of_each_hit_is_marked_as_one(cast: Cast, who: Registered, result: str) -> None:
    path = f"Observation?patient={who.patient_id}&code=2345-7"
    whole = _bundle(cast, path)["entry"][0]["resource"]
    some = _bundle(cast, f"{path}&_elements=effective,encounter")["entry"][0]["resource"]
    assert set(some) == {"resourceType", "id", "meta", "status", "code", "effectiveDateTime", "encounter"}
    summary = _bundle(cast, f"{path}&_summary=true")["entry"][0]["resource"]
    assert set(summary) == set(whole) - {"category"}
    text = _bundle(cast, f"{path}&_summary=text")["entry"][0]["resource"]
    assert set(text) == {"resourceType", "id", "meta", "status", "code"}
    for part in (some, summary, text):
        assert "SUBSETTED" in {tag["code"] for tag in part["meta"]["tag"]}
    assert "SUBSETTED" not in {tag["code"] for tag in whole["meta"]["tag"]}
    counted = _bundle(cast, f"{path}&_summary=count")
    assert (counted["total"], "entry" in counted) == (1, False)


def test_a_search_that_takes_too_long_says_how_to_narrow_it(
    cast: Cast, who: Registered, superuser: psycopg.Connection
) -> None:
    path = f"Observation?patient={who.patient_id}&code=2345-7"
    with superuser.transaction():
        superuser.execute("lock table record.resource")  # whoever asks for rows waits
        answer = cast.fhir(cast.ha, "GET", path)
    assert answer.status_code == 422, answer.text
    assert answer.json()["issue"][0]["code"] == "too-costly"
    assert "name the patient" in answer.json()["issue"][0]["details"]["text"]
    assert cast.fhir(cast.ha, "GET", path).status_code == 200


def test_what_the_capability_statement_declares_can_be_asked(cast: Cast, who: Registered) -> None:
    """Every parameter of every type, by a value of its kind: understood, whatever it finds."""
    samples = {
        "token": "x", "string": "x", "date": "2024", "number": "1", "quantity": "1", "uri": "urn:x",
        "reference": "Basic/x",
    }  # fmt: skip
    described = {each["type"]: each for each in cast.http.get("/fhir/metadata").json()["rest"][0]["resource"]}
    wrong = []
    for kind in ("Observation", "Patient", "Condition", "Encounter", "DocumentReference", "Location", "Questionnaire"):
        declared = {each["name"]: each["type"] for each in described[kind]["searchParam"]}
        assert declared == {name: each.type for name, each in offered(kind).items()}
        for name, sort in declared.items():
            value = "x$1" if sort == "composite" else samples[sort]
            if name == "patient":
                value = str(who.patient_id)
            if name == "code-value-date":
                value = "x$2024"
            answer = cast.fhir(cast.ha, "GET", f"{kind}?{urlencode({name: value, '_count': '1', '_total': 'none'})}")
            wrong += [(kind, name, answer.text[:300])] if answer.status_code != 200 else []
    assert wrong == []
    assert "Observation:encounter" in described["Observation"]["searchInclude"]
    assert "Observation:encounter" in described["Encounter"]["searchRevInclude"]
