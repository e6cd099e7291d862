"""What the shipped district must be, whoever makes it anew."""

import json
import re
import subprocess
import sys
from base64 import b64decode
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from wutong import district
from wutong.core import hkid, json_text
from wutong.core.categories import category_of
from wutong.district import places, staff
from wutong.district.references import targets
from wutong.record.profiles import check

WALKER = "chan.siu.fong"
MADE_ON = date(2026, 11, 1)
AMERICAN = (
    "Massachusetts|Boston|us-ssn|us-npi|us-core-race|us-core-ethnicity|us-core-birthsex|mothersMaidenName|geolocation|"
    "smarthealthit|synthetichealth|Anthem|Aetna|Humana|Cigna|Medicare|Medicaid|Blue Cross|hispanic|USD|@example.com"
)


def _resources(provider: str = "", person: str = "") -> Iterator[dict[str, Any]]:
    for upload in district.shipped().uploads:
        if provider in {"", upload.provider_code} and person in {"", upload.person_key}:
            yield from (entry["resource"] for entry in upload.bundle["entry"])


def _notes() -> Iterator[tuple[str, str]]:
    for upload in district.shipped().uploads:
        for entry in upload.bundle["entry"]:
            for content in entry["resource"].get("content", []):
                yield upload.person_key, b64decode(content["attachment"]["data"]).decode()


def _of_walker(kind: str) -> list[dict[str, Any]]:
    return [each for each in _resources("HA", WALKER) if each["resourceType"] == kind]


def test_it_is_small_enough_to_load_and_to_ship() -> None:
    assert 10_000 <= sum(1 for _ in _resources()) <= 15_000
    assert sum(file.stat().st_size for file in (files("wutong.district") / "data").iterdir()) <= 3_000_000  # type: ignore[attr-defined]


def test_about_thirty_people_of_all_ages_live_there() -> None:
    ages = [(MADE_ON - person.birth_date).days // 365 for person in district.people()]
    assert 28 <= len(ages) <= 32
    assert {min(age // 10, 8) for age in ages} == set(range(9))


def test_identity_numbers_are_invented_right_and_unique() -> None:
    numbers = [person.hkid for person in district.people()]
    assert all(number.startswith("QX") and hkid.is_valid(number) for number in numbers)
    assert len(set(numbers)) == len(numbers)


def test_particulars_fit_the_registers() -> None:
    for person in district.people():
        assert person.district in places.DISTRICTS
        assert person.sex in {"M", "F"}
        assert person.language in {"zh-HK", "en"}
        assert person.channel in {"email", "sms", "post"}
        assert person.phone.startswith("+852 0")
        assert person.email.endswith("@example.org")


def test_the_family_has_a_parent_a_child_and_a_carer() -> None:
    born = {person.key: person.birth_date for person in district.people()}
    child = "wong.tsz.hin"
    assert (MADE_ON - born[child]).days < 16 * 365
    acting = {each.acting_key: each.relation for each in district.relations() if each.person_key == child}
    assert set(acting.values()) == {"parent", "carer"}
    assert all((MADE_ON - born[key]).days > 18 * 365 for key in acting)


def test_every_resource_is_valid_fhir() -> None:
    for resource in _resources():
        assert not check(json_text.parse(json.dumps(resource).encode()))


def test_every_reference_leads_to_the_same_bundle_or_an_earlier_one_of_the_same_sender() -> None:
    registers: dict[str, set[str]] = defaultdict(set)
    known: dict[tuple[str, str], set[str]] = {}
    for upload in district.shipped().uploads:
        own = {entry["fullUrl"] for entry in upload.bundle["entry"]}
        here = known.setdefault((upload.provider_code, upload.person_key), set(registers[upload.provider_code]))
        here |= own
        if not upload.person_key:
            registers[upload.provider_code] |= own
        assert set(targets(upload.bundle)) <= here


def test_each_entry_has_a_name_of_its_own() -> None:
    urls = [entry["fullUrl"] for upload in district.shipped().uploads for entry in upload.bundle["entry"]]
    assert len(set(urls)) == len(urls)


def test_each_senders_patient_is_the_person() -> None:
    seen = set()
    for upload in district.shipped().uploads:
        for entry in upload.bundle["entry"]:
            if entry["resource"]["resourceType"] == "Patient":
                seen.add((upload.provider_code, upload.person_key))
                _assert_same(entry["resource"], district.shipped().person(upload.person_key))
    allowed = {("HARBOUR", each.person_key) for each in district.consents()}
    assert seen == allowed | {("HA", person.key) for person in district.people()}


def _assert_same(patient: dict[str, Any], person: district.Person) -> None:
    numbers = {each["system"]: each["value"] for each in patient["identifier"]}
    assert numbers.pop("urn:wutong:hkid") == person.hkid
    assert len(numbers) == 1  # the sender's own
    assert patient["name"][0]["text"] == person.name_en
    assert [each["text"] for each in patient["name"][1:]] == ([person.name_zh] if person.name_zh else [])
    assert patient["birthDate"] == person.birth_date.isoformat()
    assert patient["gender"] == {"M": "male", "F": "female"}[person.sex]
    assert "extension" not in patient


def test_nothing_american_is_left_of_anybody() -> None:
    text = "\n".join(json.dumps(resource, ensure_ascii=False) for resource in _resources())
    notes = "\n".join(note for _, note in _notes())
    assert not re.search(AMERICAN, text)
    assert not re.search(AMERICAN, notes)


def test_every_narrative_and_display_names_the_person_and_nobody_else() -> None:
    names = {person.key: person.spoken_name for person in district.people()}
    for key, note in _notes():
        opening = note.partition("# History of Present Illness\n")[2]
        assert opening.startswith(f"{names[key]} is a ")
    for upload in district.shipped().uploads:
        shown = {each["display"] for each in _displayed(upload.bundle)}
        assert shown <= {names.get(upload.person_key)}


def _displayed(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        if "reference" in tree and "display" in tree:
            yield tree
        for value in tree.values():
            yield from _displayed(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _displayed(value)


def test_the_clinic_uploads_only_for_people_who_allowed_it() -> None:
    uploaded = {each.person_key for each in district.shipped().uploads if each.provider_code == "HARBOUR"} - {""}
    assert uploaded == {each.person_key for each in district.consents()}
    assert {each.kind for each in district.consents()} == {"one-year", "indefinite"}
    assert 5 <= len(uploaded) <= len(district.people()) - 10


def test_a_public_hospital_uploads_no_insurance_papers() -> None:
    papers = {"Coverage", "Claim", "ExplanationOfBenefit"}
    assert not papers & {each["resourceType"] for each in _resources("HA")}
    assert papers <= {each["resourceType"] for each in _resources("HARBOUR")}


def test_whoever_walks_the_journey_has_what_it_shows_from_the_hospital_group_alone() -> None:
    assert WALKER in {person.sign_in_name for person in district.people()}
    assert WALKER not in {each.person_key for each in district.consents()}
    assert not list(_resources("HARBOUR", WALKER))
    assert _of_walker("AllergyIntolerance")
    assert len(_active("Condition")) >= 3
    assert len([each for each in _of_walker("MedicationRequest") if each["status"] == "active"]) >= 3
    assert len(_of_walker("Immunization")) >= 5
    assert len(_of_walker("Encounter")) >= 5
    assert len([each for each in _of_walker("Observation") if _category(each) == "laboratory"]) >= 20


def _active(kind: str) -> list[dict[str, Any]]:
    return [each for each in _of_walker(kind) if each["clinicalStatus"]["coding"][0]["code"] == "active"]


def _category(observation: dict[str, Any]) -> str:
    return str(observation["category"][0]["coding"][0]["code"])


@pytest.mark.parametrize(
    ("sign_in_name", "profession", "provider"),
    [
        ("dr.lee", "DOC", "HARBOUR"),
        ("nurse.mak", "NUR", "HARBOUR"),
        ("pharm.tse", "PHA", "HARBOUR"),
        ("opt.fung", "OPT", "HARBOUR"),
        ("physio.poon", "PT", "HARBOUR"),
        ("dr.kwok", "DOC", "HA"),
    ],
)
def test_each_profession_of_the_clinic_can_sign_in(sign_in_name: str, profession: str, provider: str) -> None:
    found = next(each for each in district.professionals() if each.sign_in_name == sign_in_name)
    assert (found.profession, found.provider_code, found.role) == (profession, provider, "clinician")
    assert found.registered_until
    assert found.registered_until > date(2030, 1, 1)


def test_the_office_and_the_clinic_have_a_privacy_officer_who_sees_no_clinical_data() -> None:
    officers = [each for each in district.professionals() if each.role == "privacy-officer"]
    assert {(each.provider_code, each.profession) for each in officers} == {(staff.OFFICE, ""), (staff.HARBOUR, "")}


_SAID = re.compile(
    r"\?$|\[(HARK|PRAPARE|AUDIT-C|DAST-10|Morse|Reported|Modified)|PHQ|GAD-7|Race|Address|level of education|Housing"
)


def test_what_people_answered_is_shared_as_observations_though_labelled_laboratory() -> None:
    labelled = [
        each for each in _resources() if each["resourceType"] == "Observation" and _category(each) == "laboratory"
    ]
    answers = [each for each in labelled if _SAID.search(each["code"]["coding"][0]["display"])]
    assert len(answers) > 1000
    assert {category_of(each) for each in answers} == {"OBS"}
    measured = [each for each in labelled if "mass/volume" in each["code"]["coding"][0]["display"].lower()]
    assert len(measured) > 100
    assert {category_of(each) for each in measured} == {"LAB"}


def test_the_page_of_the_district_lists_its_people() -> None:
    folder = Path(__file__).parents[2] / "demo"
    table = subprocess.run(
        [sys.executable, folder / "list_people.py"], capture_output=True, text=True, encoding="utf-8", check=True
    ).stdout
    assert table.count("\n") == 32
    assert table in (folder / "README.md").read_text(encoding="utf-8")
