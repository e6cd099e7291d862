"""This server's own address before a reference: kept without it, so that it is found however it is written and asked."""

from typing import Any
from uuid import uuid4

import pytest
from cast import Cast, Registered
from record.resources import of_category

ELSEWHERE = "https://elsewhere.example/fhir"


@pytest.fixture(scope="module")
def who(cast: Cast) -> Registered:
    """Somebody who allows the clinic."""
    made = cast.register()
    cast.allow(made)
    return made


@pytest.fixture(scope="module")
def base(cast: Cast) -> str:
    """The server's address."""
    return f"{cast.server}/fhir"


@pytest.fixture(scope="module")
def visit(cast: Cast, who: Registered) -> str:
    """A visit of theirs."""
    return _made(cast, of_category("ENC", who.patient_id))


@pytest.fixture(scope="module")
def staff(cast: Cast) -> str:
    """Who did it."""
    return _made(cast, {"resourceType": "Practitioner", "name": [{"family": "Ho"}]})


@pytest.fixture(scope="module")
def result(cast: Cast, who: Registered, base: str, visit: str, staff: str) -> str:
    """A result whose references are all absolute."""
    content = _result(base, who, visit) | {"performer": [{"reference": f"{base}/{staff}"}]}
    return _made(cast, content)


def _result(base: str, who: Registered, visit: str) -> dict[str, Any]:
    about = {"subject": {"reference": f"{base}/Patient/{who.patient_id}"}}
    return of_category("LAB", who.patient_id) | about | {"encounter": {"reference": f"{base}/{visit}"}}


def _made(cast: Cast, content: dict[str, Any], status: int = 201, **headers: str) -> str:
    answer = cast.fhir(cast.ha, "POST", content["resourceType"], json=content, headers=headers)
    assert answer.status_code == status, answer.text
    return f"{content['resourceType']}/{answer.json()['id']}"


def _found(cast: Cast, path: str, mode: str = "match", token: str = "") -> list[str]:
    answer = cast.fhir(token or cast.ha, "GET", path)
    assert answer.status_code == 200, answer.text
    entries = [each for each in answer.json().get("entry", []) if each["search"]["mode"] == mode]
    return sorted(f"{each['resource']['resourceType']}/{each['resource']['id']}" for each in entries)


def _transaction(*entries: tuple[str, str, dict[str, Any] | None, dict[str, str]]) -> dict[str, Any]:
    listed = [
        {"request": {"method": method, "url": url, **more}} | ({"resource": content} if content else {})
        for method, url, content, more in entries
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": listed}


def test_it_is_kept_relative_and_found_by_each_spelling(
    cast: Cast, base: str, who: Registered, visit: str, result: str
) -> None:
    kept = cast.fhir(cast.ha, "GET", result).json()
    assert kept["subject"] == {"reference": f"Patient/{who.patient_id}"}
    assert kept["encounter"] == {"reference": visit}
    patient = f"Patient/{who.patient_id}"
    for asked in (
        *(f"encounter={each}" for each in (visit, f"{base}/{visit}", visit.partition("/")[2])),
        *(f"subject={each}" for each in (patient, f"{base}/{patient}", patient.partition("/")[2])),
        *(f"patient={each}" for each in (patient, f"{base}/{patient}", f"{base}/{patient}/_history/1")),
        f"patient={patient}&encounter.class=AMB",
    ):
        assert _found(cast, f"Observation?{asked}") == [result], asked
    assert _found(cast, f"Encounter?patient={patient}&_has:Observation:encounter:status=final") == [visit]
    assert _found(cast, f"Observation?patient={patient}&_include=Observation:encounter", "include") == [visit]


def test_who_it_names_comes_along(cast: Cast, who: Registered, staff: str, result: str) -> None:
    doctor = cast.session_token(cast.doctor)
    assert cast.open(doctor, who.person_id).status_code == 200
    asked = f"Observation?patient={who.person_id}&_include=Observation:performer"
    for token in (cast.ha, doctor):
        assert _found(cast, asked.replace(str(who.person_id), str(who.patient_id)), "include", token) == [staff]
        assert staff in _found(cast, f"Patient/{who.patient_id}/$everything", "include", token)


def test_a_version_is_kept_and_what_is_elsewhere_stays_elsewhere(
    cast: Cast, base: str, who: Registered, visit: str
) -> None:
    versioned = _result(base, who, f"{visit}/_history/1")
    kept = cast.fhir(cast.ha, "GET", _made(cast, versioned)).json()
    assert kept["encounter"] == {"reference": f"{visit}/_history/1"}
    for text in (f"{ELSEWHERE}/{visit}", f"{base}x/{visit}", f"{base}/Encounter"):
        other = _result(base, who, visit) | {"encounter": {"reference": text}}
        assert cast.fhir(cast.ha, "GET", _made(cast, other)).json()["encounter"] == {"reference": text}
    about = {"subject": {"reference": f"{ELSEWHERE}/Patient/{who.patient_id}"}}
    refused = cast.fhir(cast.ha, "POST", "Observation", json=_result(base, who, visit) | about)
    assert refused.status_code == 422


def test_so_it_is_in_a_transaction_where_an_entry_can_have_the_address(
    cast: Cast, base: str, who: Registered, visit: str
) -> None:
    new, url = of_category("ENC", who.patient_id), f"{base}/Encounter/{uuid4()}"
    bundle = _transaction(
        ("POST", "Observation", _result(base, who, visit), {}),
        ("POST", "Observation", _result(base, who, url.removeprefix(f"{base}/")), {}),
        ("POST", "Encounter", new, {}),
    )
    bundle["entry"][2]["fullUrl"] = url
    answer = cast.fhir(cast.ha, "POST", "", json=bundle)
    assert answer.status_code == 200, answer.text
    first, second, made = (each["response"]["location"].partition("/_history")[0] for each in answer.json()["entry"])
    assert cast.fhir(cast.ha, "GET", first).json()["encounter"] == {"reference": visit}
    assert cast.fhir(cast.ha, "GET", second).json()["encounter"] == {"reference": made}


def test_a_conditional_reference_finds_by_it_what_comes_along(
    cast: Cast, base: str, who: Registered, visit: str
) -> None:
    number = str(uuid4())
    new = _result(base, who, visit) | {"identifier": [{"value": number}]}
    for subject in (f"{base}/Patient/{who.patient_id}", f"Patient/{who.patient_id}"):
        named = f"Observation?identifier={number}&subject={subject}"
        refers = of_category("LAB", who.patient_id) | {"derivedFrom": [{"reference": named}]}
        if subject.startswith(base):
            bundle = _transaction(("POST", "Observation", refers, {}), ("POST", "Observation", new, {}))
        else:
            bundle = _transaction(("POST", "Observation", refers, {}))
        answer = cast.fhir(cast.ha, "POST", "", json=bundle)
        assert answer.status_code == 200, answer.text
        kept = cast.fhir(cast.ha, "GET", answer.json()["entry"][0]["response"]["location"]).json()
        assert [each["reference"] for each in kept["derivedFrom"]] == _found(cast, f"Observation?identifier={number}")


def test_so_it_is_in_patches(cast: Cast, base: str, who: Registered, visit: str) -> None:
    absolute, patient = f"{base}/{visit}", f"{base}/Patient/{who.patient_id}"
    json_patch = [
        {"op": "add", "path": "/encounter", "value": {"reference": absolute}},
        {"op": "replace", "path": "/subject/reference", "value": patient},
    ]
    parts = [
        {"name": "type", "valueCode": "add"},
        {"name": "path", "valueString": "Observation"},
        {"name": "name", "valueString": "encounter"},
        {"name": "value", "valueReference": {"reference": absolute}},
    ]
    path_patch = {"resourceType": "Parameters", "parameter": [{"name": "operation", "part": parts}]}
    for patch, kind in ((json_patch, "application/json-patch+json"), (path_patch, "application/fhir+json")):
        made = _made(cast, of_category("OBS", who.patient_id))
        answer = cast.fhir(cast.ha, "PATCH", made, json=patch, headers={"content-type": kind})
        assert answer.status_code == 200, answer.text
        assert answer.json()["encounter"] == {"reference": visit}
        assert answer.json()["subject"] == {"reference": f"Patient/{who.patient_id}"}


def test_a_condition_reads_it_as_a_search_does(cast: Cast, base: str, who: Registered, visit: str) -> None:
    number = str(uuid4())
    content = of_category("LAB", who.patient_id) | {"identifier": [{"value": number}]}
    content |= {"encounter": {"reference": visit}}
    patient = f"{base}/Patient/{who.patient_id}"
    conditions = [f"identifier={number}&subject={patient}", f"identifier={number}&encounter={base}/{visit}"]
    made = _made(cast, content, **{"if-none-exist": conditions[0]})
    for condition in conditions:
        assert _made(cast, content, 200, **{"if-none-exist": condition}) == made
        updated = cast.fhir(cast.ha, "PUT", f"Observation?{condition}", json=content)
        assert (updated.status_code, updated.json()["id"]) == (200, made.partition("/")[2])
        created = ("POST", "Observation", content, {"ifNoneExist": condition})
        media = _transaction(created, ("PUT", f"Observation?{condition}", content, {}))
        for kind in ("transaction", "batch"):
            bundle = media | {"type": kind, "entry": media["entry"][:1] if kind == "transaction" else media["entry"]}
            answer = cast.fhir(cast.ha, "POST", "", json=bundle)
            assert {each["response"]["status"] for each in answer.json()["entry"]} == {"200 OK"}, answer.text
    refers = of_category("LAB", who.patient_id) | {"derivedFrom": [{"reference": f"Observation?{conditions[0]}"}]}
    answer = cast.fhir(cast.ha, "POST", "", json=_transaction(("POST", "Observation", refers, {})))
    assert answer.status_code == 200, answer.text
    assert _found(cast, f"Observation?identifier={number}") == [made]
    assert cast.fhir(cast.ha, "DELETE", f"Observation?{conditions[0]}").status_code == 204
    assert _found(cast, f"Observation?identifier={number}") == []


def test_it_names_whose_record_is_meant(cast: Cast, base: str, who: Registered, result: str) -> None:
    """A professional names the patient; searches and histories read the name alike."""
    doctor = cast.session_token(cast.doctor)
    assert cast.open(doctor, who.person_id).status_code == 200
    for name in ("patient", "subject"):
        for text in (f"{base}/Patient/{who.patient_id}", f"Patient/{who.patient_id}", str(who.patient_id)):
            assert result in _found(cast, f"Observation?{name}={text}", token=doctor), (name, text)
            history = cast.fhir(doctor, "GET", f"Observation/_history?{name}={text}")
            assert history.status_code == 200, (name, text, history.text)
            assert result in [each["fullUrl"].removeprefix(f"{base}/") for each in history.json()["entry"]]
        for path in ("Observation", "Observation/_history"):
            assert cast.fhir(doctor, "GET", f"{path}?{name}={ELSEWHERE}/Patient/{who.patient_id}").status_code >= 400
    assert _found(cast, f"Observation?patient={base}/Patient/{who.patient_id}&subject=Patient/{who.patient_id}")
