"""A system's searches that name no patient: they find by ids and by what says whose a row is, and nothing beside it."""

from typing import Any
from uuid import uuid4

import psycopg
import pytest
from cast import Cast, Registered
from record.resources import of_category


@pytest.fixture(scope="module")
def who(cast: Cast) -> Registered:
    """A patient of the hospital group."""
    return cast.register()


@pytest.fixture(scope="module")
def other(cast: Cast) -> Registered:
    """Another."""
    return cast.register()


def _made(cast: Cast, content: dict[str, Any]) -> str:
    answer = cast.fhir(cast.ha, "POST", content["resourceType"], json=content)
    assert answer.status_code == 201, answer.text
    return f"{content['resourceType']}/{answer.json()['id']}"


def _found(cast: Cast, path: str, mode: str = "match", token: str = "") -> list[str]:
    answer = cast.fhir(token or cast.ha, "GET", path)
    assert answer.status_code == 200, answer.text
    entries = [each for each in answer.json().get("entry", []) if each["search"]["mode"] == mode]
    return sorted(f"{each['resource']['resourceType']}/{each['resource']['id']}" for each in entries)


@pytest.fixture(scope="module")
def reading(cast: Cast, who: Registered) -> str:
    """A result of the patient."""
    return _made(cast, of_category("LAB", who.patient_id) | {"code": _code("4548-4")})


@pytest.fixture(scope="module")
def measured_by(cast: Cast, who: Registered) -> str:
    """In the directory: its subject is a group, and that the patient measured it makes it nobody's record."""
    group = _made(cast, {"resourceType": "Group", "type": "person", "actual": True})
    performer = [{"reference": f"Patient/{who.patient_id}"}]
    content = of_category("LAB", who.patient_id) | {"code": _code("8480-6"), "performer": performer}
    return _made(cast, content | {"subject": {"reference": group}})


def _code(code: str) -> dict[str, Any]:
    return {"coding": [{"system": "http://loinc.org", "code": code}]}


def test_a_row_is_found_by_its_id(cast: Cast, who: Registered, other: Registered, reading: str) -> None:
    kind, _, resource_id = reading.partition("/")
    assert _found(cast, f"{kind}?_id={resource_id}") == [reading]
    assert _found(cast, f"{kind}?_id={resource_id},{uuid4()}&code=4548-4") == [reading]
    assert _found(cast, f"{kind}?_id={resource_id}&code=1") == []
    assert _found(cast, f"{kind}?_id={resource_id}&patient={who.patient_id}") == [reading]
    assert _found(cast, f"{kind}?_id={resource_id}&patient={other.patient_id}") == []
    assert _found(cast, f"{kind}?_id={resource_id}", token=cast.harbour) == []
    both = sorted(f"Patient/{each.patient_id}" for each in (who, other))
    assert _found(cast, f"Patient?_id={who.patient_id},{other.patient_id}") == both


def test_a_row_of_the_directory_is_found_by_its_id(cast: Cast) -> None:
    made = _made(cast, {"resourceType": "Organization", "name": "A ward"})
    assert _found(cast, f"Organization?_id={made.partition('/')[2]}") == [made]
    assert _found(cast, f"Organization?_id={made.partition('/')[2]}", token=cast.harbour) == []


def test_what_points_to_a_patient_comes_along(cast: Cast, who: Registered, reading: str, measured_by: str) -> None:
    asked = f"Patient?_id={who.patient_id}&_revinclude=Observation"
    assert _found(cast, f"{asked}:patient", "include") == [reading]
    assert _found(cast, f"{asked}:subject", "include") == [reading]
    assert _found(cast, f"{asked}:performer", "include") == [measured_by]


def test_what_a_row_points_to_comes_along(cast: Cast, who: Registered, reading: str, measured_by: str) -> None:
    patient = f"Patient/{who.patient_id}"
    for each, name in ((reading, "subject"), (reading, "patient"), (measured_by, "performer")):
        asked = f"Observation?_id={each.partition('/')[2]}&_include=Observation:{name}"
        assert _found(cast, asked, "include") == [patient], asked


def test_a_reverse_chain_asks_the_reference_that_it_names(
    cast: Cast, who: Registered, other: Registered, reading: str, measured_by: str
) -> None:
    patient = f"Patient/{who.patient_id}"
    asked = f"Patient?_id={who.patient_id},{other.patient_id}&_has:Observation"
    for name, code, found in (
        ("patient", "4548-4", [patient]),
        ("subject", "4548-4", [patient]),
        ("performer", "8480-6", [patient]),
        ("subject", "8480-6", []),  # of the record, but not by this reference
        ("performer", "4548-4", []),
        ("patient", "1", []),
    ):
        assert _found(cast, f"{asked}:{name}:code={code}") == found, (name, code)
    assert _found(cast, f"{asked}:patient:_id={reading.partition('/')[2]}") == [patient]
    assert _found(cast, f"{asked}:patient:code=4548-4", token=cast.harbour) == []


def test_a_chain_asks_the_reference_that_it_names(
    cast: Cast, who: Registered, other: Registered, reading: str, measured_by: str
) -> None:
    number = f"urn:wutong:hkid|{who.hkid}"
    for asked, found in (
        (f"patient.identifier={number}", [reading]),
        (f"subject:Patient.identifier={number}", [reading]),
        (f"subject.identifier={number}", [reading]),  # of whatever type: not by its key alone
        (f"performer:Patient.identifier={number}", [measured_by]),
        (f"patient._id={who.patient_id}", [reading]),
        (f"patient._id={other.patient_id}", []),
        (f"patient.identifier=urn:wutong:hkid|{other.hkid}", []),
        (f"patient.identifier={number}&code=4548-4", [reading]),
        (f"patient.identifier={number}&code=1", []),
    ):
        assert _found(cast, f"Observation?{asked}") == found, asked
        assert _found(cast, f"Observation?{asked}", token=cast.harbour) == [], asked


@pytest.fixture(scope="module")
def doctor(cast: Cast) -> str:
    """Whom resources name beside the patient."""
    return _made(cast, {"resourceType": "Practitioner", "name": [{"family": "Lau"}]})


@pytest.fixture(scope="module")
def ward(cast: Cast) -> str:
    """The same."""
    return _made(cast, {"resourceType": "Organization", "name": "A ward"})


def _naming(kind: str, *named: str) -> dict[str, Any]:
    """A resource that says by another word than `patient` or `subject` alone whose it is."""
    pointers = [{"reference": each} for each in named]
    whole: dict[str, dict[str, Any]] = {
        "Appointment": {
            "status": "proposed",
            "participant": [{"status": "accepted", "actor": each} for each in pointers],
        },
        "Account": {"status": "active", "subject": pointers},
        "Coverage": {"status": "active", "beneficiary": pointers[0], "payor": pointers[1:]},
        "ResearchSubject": {"status": "candidate", "individual": pointers[0], "study": {"display": "A study"}},
    }
    return {"resourceType": kind, **whole[kind]}


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("Appointment", "actor"),
        ("Account", "subject"),
        ("Coverage", "beneficiary"),
        ("ResearchSubject", "individual"),
    ],
)
def test_whose_a_row_is_is_said_by_other_words_too(
    cast: Cast, who: Registered, other: Registered, doctor: str, ward: str, kind: str, name: str
) -> None:
    beside = ward if kind in {"Account", "Coverage"} else doctor
    both = [_made(cast, _naming(kind, f"Patient/{each.patient_id}", beside)) for each in (who, other)]
    patient, row = f"Patient/{who.patient_id}", both[0]
    asked = f"Patient?_id={who.patient_id}"
    assert _found(cast, f"{asked}&_revinclude={kind}:{name}", "include") == [row]
    resource_id = row.partition("/")[2]
    assert _found(cast, f"{asked}&_has:{kind}:{name}:_id={resource_id}") == [patient]
    assert _found(cast, f"{asked}&_has:{kind}:{name}:_id={both[1].partition('/')[2]}") == []
    for pointer in (f"{name}:Patient", name):
        assert _found(cast, f"{kind}?{pointer}.identifier=urn:wutong:hkid|{who.hkid}") == [row], pointer
    assert _found(cast, f"{kind}?{name}:Patient._id={who.patient_id}") == [row]
    assert _found(cast, f"{kind}?{name}:Patient._id={who.patient_id}", token=cast.harbour) == []


@pytest.mark.parametrize(("kind", "name"), [("Appointment", "actor"), ("Account", "subject")])
def test_whom_it_names_beside_the_patient_is_asked_for_as_before(
    cast: Cast, who: Registered, kind: str, name: str
) -> None:
    """Each by a doctor (or ward) of its own: of a patient's row, and of one that is nobody's."""
    made = {"Appointment": "Practitioner", "Account": "Organization"}[kind]
    content = {"resourceType": made, "identifier": [{"value": uuid4().hex}]}
    beside = _made(cast, content)
    rows = [_made(cast, _naming(kind, *each)) for each in ((f"Patient/{who.patient_id}", beside), (beside,))]
    resource_id = beside.partition("/")[2]
    assert _found(cast, f"{made}?_id={resource_id}&_revinclude={kind}:{name}", "include") == sorted(rows)
    for row in rows:
        assert _found(cast, f"{made}?_id={resource_id}&_has:{kind}:{name}:_id={row.partition('/')[2]}") == [beside]
    for pointer in (f"{name}:{made}", name):
        number = content["identifier"][0]["value"]  # type: ignore[index]
        assert _found(cast, f"{kind}?{pointer}.identifier={number}") == sorted(rows), pointer
    assert rows[1] not in _found(cast, f"Patient?_id={who.patient_id}&_revinclude={kind}:{name}", "include")


def test_a_further_page_asks_the_same_of_the_moment_of_the_first(
    cast: Cast, who: Registered, other: Registered, reading: str
) -> None:
    asked = f"Patient?_id={who.patient_id},{other.patient_id}&_has:Observation:patient:status=final,amended&_count=1"
    _made(cast, of_category("LAB", other.patient_id))
    page = cast.fhir(cast.ha, "GET", asked).json()
    following = next(each["url"] for each in page["link"] if each["relation"] == "next")
    answer = cast.fhir(cast.ha, "GET", reading)
    changed = answer.json() | {"status": "entered-in-error"}
    assert cast.fhir(cast.ha, "PUT", reading, json=changed).status_code == 200
    ids = [*page["entry"], *cast.fhir(cast.ha, "GET", following.partition("/fhir/")[2]).json()["entry"]]
    assert {each["resource"]["id"] for each in ids} == {str(who.patient_id), str(other.patient_id)}
    assert cast.fhir(cast.ha, "PUT", reading, json=changed | {"status": "final"}).status_code == 200


def test_more_than_a_thousand_are_counted_where_that_is_asked(cast: Cast) -> None:
    """Counting all that a system deposited costs more than a page of it."""
    mark = uuid4().hex
    entry = {
        "resource": {"resourceType": "Basic", "code": {"text": "a note"}, "identifier": [{"value": mark}]},
        "request": {"method": "POST", "url": "Basic"},
    }
    for number in (500, 500, 1):
        bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry] * number}
        assert cast.fhir(cast.ha, "POST", "", json=bundle).status_code == 200
    asked = f"Basic?identifier={mark}&_count=1"
    assert "total" not in cast.fhir(cast.ha, "GET", asked).json()
    for more in ("&_total=accurate", "&_total=estimate", "&_summary=count", "&_count=0"):
        assert cast.fhir(cast.ha, "GET", f"Basic?identifier={mark}{more}").json()["total"] == 1001
    assert "total" not in cast.fhir(cast.ha, "GET", f"{asked}&_total=none").json()
    for more in ("&_summary=count", "&_count=0"):  # the number is all that is asked for
        counted = cast.fhir(cast.ha, "GET", f"Basic?identifier={mark}&_total=none{more}").json()
        assert (counted["total"], counted.get("entry")) == (1001, None)
    gone = cast.fhir(cast.ha, "GET", asked).json()["entry"][0]["resource"]["id"]
    assert cast.fhir(cast.ha, "DELETE", f"Basic/{gone}").status_code == 204
    assert cast.fhir(cast.ha, "GET", asked).json()["total"] == 1000


def test_where_a_row_lies_is_told_under_its_depositors_ticket_alone(plane: psycopg.Connection, reading: str) -> None:
    """record.placed_v1: nothing without a ticket; by a ticket's own wall see tests/wall."""
    kind, _, resource_id = reading.partition("/")
    placed = "select count(*) from record.placed_v1(%s, array[%s]::uuid[])"
    assert plane.execute(placed, [kind, resource_id]).fetchone() == (0,)
