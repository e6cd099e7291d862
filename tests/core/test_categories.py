"""Which category each resource belongs to: a table written by hand from the domain dossier 3.1 and house 6.1."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wutong.core.categories import (
    CATEGORIES_OF_TYPE,
    CATEGORY_NAMES,
    STRICTEST_FIRST,
    categories_asked,
    category_of,
)

OBSERVATION_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
V2_0074 = "http://terminology.hl7.org/CodeSystem/v2-0074"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"


def concept(system: str, *codes: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code} for code in codes]}


def observation(*categories: str, code: str = "0-0") -> dict[str, Any]:
    made = {"resourceType": "Observation", "code": concept(LOINC, code)}
    return {**made, "category": [concept(OBSERVATION_CATEGORY, each) for each in categories]} if categories else made


def report(system: str, *codes: str, code: str = "0-0") -> dict[str, Any]:
    categories = [concept(system, each) for each in codes]
    return {"resourceType": "DiagnosticReport", "category": categories, "code": concept(LOINC, code)}


def request(code: str, system: str = SNOMED) -> dict[str, Any]:
    return {"resourceType": "ServiceRequest", "category": [concept(system, code)]}


def document(code: str) -> dict[str, Any]:
    return {"resourceType": "DocumentReference", "type": concept(LOINC, code)}


OF_TYPES = {
    "PID": ["Patient", "RelatedPerson"],
    "ALG": ["AllergyIntolerance"],
    "DX": ["Condition"],
    "PX": ["Procedure"],
    "MED": ["MedicationRequest", "MedicationDispense", "MedicationStatement", "MedicationAdministration"],
    "ENC": ["Encounter", "EpisodeOfCare", "Appointment"],
    "CNS": ["DocumentReference", "Composition"],
    "IMM": ["Immunization"],
    "LAB": ["Specimen"],
    "RAD": ["ImagingStudy"],
    "OIR": ["Media", "DiagnosticReport"],
    "REF": ["ServiceRequest", "Task"],
}
NEVER_SHARED = [
    "Account", "AuditEvent", "Basic", "Binary", "Bundle", "CarePlan", "CareTeam", "Claim", "ClaimResponse", "Consent",
    "Coverage", "Device", "ExplanationOfBenefit", "FamilyMemberHistory", "Flag", "Goal", "Group", "List", "Location",
    "Medication", "Organization", "Practitioner", "PractitionerRole", "Provenance", "QuestionnaireResponse",
    "SupplyDelivery", "Nonsense", "",
]  # fmt: skip


@pytest.mark.parametrize(("category", "kind"), [(each, kind) for each, kinds in OF_TYPES.items() for kind in kinds])
def test_a_type_alone_tells_its_category(category: str, kind: str) -> None:
    assert category_of({"resourceType": kind}) == category


@pytest.mark.parametrize("kind", NEVER_SHARED)
def test_what_is_outside_the_scope_has_none(kind: str) -> None:
    assert category_of({"resourceType": kind}) is None
    assert kind not in CATEGORIES_OF_TYPE


@pytest.mark.parametrize(
    ("resource", "category"),
    [
        (observation("laboratory"), "LAB"),
        (observation("imaging"), "RAD"),
        (observation("vital-signs"), "OBS"),
        (observation("social-history"), "OBS"),
        (observation("survey"), "OBS"),
        (observation("activity"), "OBS"),
        (observation("procedure"), "OIR"),
        (observation("exam"), "OIR"),
        (observation("therapy"), "OIR"),
        # Several: the strictest.
        (observation("vital-signs", "laboratory"), "LAB"),
        (observation("survey", "exam"), "OIR"),
        (observation("exam", "imaging"), "RAD"),
        (observation("local-code", "vital-signs"), "OBS"),
        # Nothing known is said: the strictest that it can be, unless its code leaves no doubt.
        (observation(), "LAB"),
        (observation("local-code"), "LAB"),
        (observation(code="8867-4"), "OBS"),
        (observation("laboratory", code="8867-4"), "LAB"),
        ({"resourceType": "Observation", "category": [{"text": "vital signs"}]}, "LAB"),
        # Questionnaires and social history, under whatever label: the code leaves no doubt.
        (observation("laboratory", code="71802-3"), "OBS"),  # housing
        (observation("laboratory", code="82589-3"), "OBS"),  # education
        (observation("laboratory", code="32624-9"), "OBS"),  # race
        (observation("laboratory", code="76504-0"), "OBS"),  # abuse by a partner
        (observation("laboratory", code="55758-7"), "OBS"),  # depression
        (observation("laboratory", code="75626-2"), "OBS"),  # alcohol
        (observation("laboratory", code="72166-2"), "OBS"),  # smoking
        (observation("imaging", "exam", code="76501-6"), "OBS"),
        (observation(code="44261-6"), "OBS"),
        (report(V2_0074, "LAB", code="93025-5"), "OBS"),
        (report(V2_0074, "LAB", code="76499-3"), "OBS"),
        # ... and laboratory results that look like them
        (observation("laboratory", code="55277-8"), "LAB"),  # HIV status
        (observation("laboratory", code="2345-7"), "LAB"),  # glucose
        (report(V2_0074, "LAB", code="57698-3"), "LAB"),  # lipids
        # Births
        (observation("vital-signs", code="8339-4"), "BIRTH"),
        (observation("survey", code="9272-6"), "BIRTH"),
        (observation("procedure", code="57722-1"), "BIRTH"),
        ({"resourceType": "Encounter", "hospitalization": {"admitSource": concept("urn:x", "born")}}, "BIRTH"),
        ({"resourceType": "Encounter", "hospitalization": {"admitSource": concept("urn:x", "emd")}}, "ENC"),
        # Reports
        (report(V2_0074, "LAB"), "LAB"),
        (report(V2_0074, "MB"), "LAB"),
        (report(V2_0074, "HM"), "LAB"),
        (report(V2_0074, "SP"), "LAB"),
        (report(V2_0074, "RAD"), "RAD"),
        (report(V2_0074, "CT"), "RAD"),
        (report(V2_0074, "NMR"), "RAD"),
        (report(V2_0074, "EC"), "OIR"),
        (report(V2_0074, "PF"), "OIR"),
        (report(V2_0074, "OTH"), "OIR"),
        (report(V2_0074, "EC", "LAB"), "LAB"),
        (report(LOINC, "34117-2", "51847-2"), "CNS"),
        (report(LOINC, "34117-2", "11502-2"), "LAB"),
        (report("urn:local", "mystery"), "OIR"),
        # Requests
        (request("108252007"), "LAB"),
        (request("363679005"), "RAD"),
        (request("3457005"), "REF"),
        (request("laboratory", "urn:local"), "LAB"),
        # Documents
        (document("34117-2"), "CNS"),
        (document("18842-5"), "CNS"),
        (document("57133-1"), "CNS"),
        (document("11502-2"), "LAB"),
        (document("18748-4"), "RAD"),
        ({"resourceType": "Composition", "type": concept(LOINC, "11502-2")}, "LAB"),
    ],
    ids=lambda each: str(each)[:60],
)
def test_a_resource_belongs_to_its_category(resource: dict[str, Any], category: str) -> None:
    assert category_of(resource) == category
    assert category in CATEGORIES_OF_TYPE[resource["resourceType"]]


def test_what_is_contained_carries_the_category_of_its_container() -> None:
    container = {"resourceType": "Condition", "contained": [observation("laboratory")]}
    assert category_of(container) == "DX"


# How many professions see each category without asking, counted by hand in the dossier's role matrix (4.2).
SEEN_BY = {"BIRTH": 4, "IMM": 5, "LAB": 7, "RAD": 7, "OIR": 8, "OBS": 8, "CNS": 9, "MED": 9, "DX": 10, "PX": 10,
           "PID": 11, "ALG": 11, "ENC": 11, "REF": 11}  # fmt: skip


def test_stricter_is_what_fewer_professions_see() -> None:
    seen = [SEEN_BY[category] for category in STRICTEST_FIRST]
    assert seen == sorted(seen)
    several = {category for found in CATEGORIES_OF_TYPE.values() if len(found) > 1 for category in found}
    assert several == set(STRICTEST_FIRST)


def test_there_are_fourteen_categories_with_names_in_both_languages() -> None:
    assert list(CATEGORY_NAMES) == [
        "PID",
        "ALG",
        "DX",
        "PX",
        "MED",
        "ENC",
        "CNS",
        "BIRTH",
        "IMM",
        "LAB",
        "RAD",
        "OIR",
        "REF",
        "OBS",
    ]
    assert {each for found in CATEGORIES_OF_TYPE.values() for each in found} == set(CATEGORY_NAMES)
    for english, chinese in CATEGORY_NAMES.values():
        assert english.isascii()
        assert not chinese.isascii()


@pytest.mark.parametrize(
    ("kind", "tags", "asked"),
    [
        ("Observation", [], {"BIRTH", "LAB", "RAD", "OIR", "OBS"}),
        ("Observation", ["urn:wutong:category|LAB"], {"LAB"}),
        ("Observation", ["urn:wutong:category|OBS", "urn:wutong:category|OIR"], {"OBS", "OIR"}),
        # A tag of anybody else's, or without its system, can be on any resource.
        ("Observation", ["urn:wutong:category|LAB", "urn:other|x"], {"BIRTH", "LAB", "RAD", "OIR", "OBS"}),
        ("Observation", ["LAB"], {"BIRTH", "LAB", "RAD", "OIR", "OBS"}),
        # What the type cannot belong to is not asked for.
        ("Condition", ["urn:wutong:category|LAB"], set()),
        ("Condition", [], {"DX"}),
        ("Claim", [], set()),
        ("Claim", ["urn:wutong:category|LAB"], set()),
    ],
)
def test_a_search_that_names_categories_asks_for_less(kind: str, tags: list[str], asked: set[str]) -> None:
    assert categories_asked(kind, tags) == asked


ANYTHING = st.recursive(
    st.none() | st.integers() | st.text(max_size=5) | st.sampled_from(["laboratory", "LAB", "born"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["coding", "code", "text", "admitSource"]), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(st.sampled_from(sorted(CATEGORIES_OF_TYPE)), ANYTHING, ANYTHING, ANYTHING)
def test_whatever_stands_in_it_a_type_keeps_to_its_categories(kind: str, one: Any, two: Any, three: Any) -> None:
    resource = {"resourceType": kind, "category": one, "code": two, "type": three, "hospitalization": one}
    assert category_of(resource) in CATEGORIES_OF_TYPE[kind]


@pytest.mark.parametrize("kind", [None, 1, ["Patient"], {}])
def test_what_has_no_type_has_no_category(kind: Any) -> None:
    assert category_of({"resourceType": kind}) is None
