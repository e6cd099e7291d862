"""The compiled definitions are the official package's, and hold what the checker builds on."""

import gzip
import hashlib
import json
import re
import subprocess
import sys
from importlib.resources import files

import pytest

from wutong.record import definitions, fhirpath
from wutong.record.definitions import COMPILED, PACKAGE, compile_search, r4, search_parameters
from wutong.record.definitions.compile import compiled

FOLDER = files(definitions)


def test_the_package_is_the_one_that_the_readme_names() -> None:
    named = re.search(r"sha256 `([0-9a-f]{64})`", (FOLDER / "README.md").read_text())
    assert named is not None
    assert hashlib.sha256((FOLDER / PACKAGE).read_bytes()).hexdigest() == named[1]


def test_the_committed_file_equals_a_fresh_compile() -> None:
    # Compared unpacked: another zlib may pack the same content into other bytes.
    committed = json.loads(gzip.decompress((FOLDER / COMPILED).read_bytes()))
    assert committed == json.loads(gzip.decompress(compiled()))


def test_loading_is_quick() -> None:
    # A loose limit that a busy machine keeps: reading the package itself takes over a second.
    code = "import time; from wutong.record.definitions import r4; s = time.process_time(); r4(); print(time.process_time() - s)"
    took = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout
    assert float(took) < 0.6


def test_all_types_are_there() -> None:
    assert len(r4().resources) == 146
    assert {"DomainResource", "Resource"}.isdisjoint(r4().resources)
    assert len(r4().primitives) == 20
    known = r4().types.keys() | r4().primitives.keys() | {"Resource"}
    for name, kind in r4().types.items():
        assert {element.type for element in kind.elements.values()} <= known, name


@pytest.mark.parametrize(
    ("type_name", "element", "least", "most", "kind"),
    [
        ("Observation", "status", 1, 1, "code"),
        ("Observation", "category", 0, 0, "CodeableConcept"),
        ("Observation", "valueQuantity", 0, 1, "Quantity"),
        ("Observation", "component", 0, 0, "Observation.component"),
        ("Observation.component", "referenceRange", 0, 0, "Observation.referenceRange"),
        ("Questionnaire.item", "item", 0, 0, "Questionnaire.item"),
        ("Patient", "contact", 0, 0, "Patient.contact"),
        ("Patient", "id", 0, 1, "id"),
        ("Patient.contact", "id", 0, 1, "string"),
        ("Bundle.entry", "resource", 0, 1, "Resource"),
        ("Extension", "url", 1, 1, "uri"),
        ("Immunization", "occurrenceDateTime", 1, 1, "dateTime"),
        ("Timing.repeat", "dayOfWeek", 0, 0, "code"),
    ],
)
def test_an_element_is_as_its_page_says(type_name: str, element: str, least: int, most: int, kind: str) -> None:
    found = r4().types[type_name].elements[element]
    assert (found.least, found.most, found.type) == (least, most, kind)


def test_required_bindings_list_their_codes() -> None:
    observation = r4().types["Observation"].elements["status"]
    assert observation.codes == {
        "registered", "preliminary", "final", "amended", "corrected", "cancelled", "entered-in-error", "unknown",
    }  # fmt: skip
    assert "male" in r4().types["Patient"].elements["gender"].codes
    status = "http://terminology.hl7.org/CodeSystem/condition-clinical"
    assert f"{status}|remission" in r4().types["Condition"].elements["clinicalStatus"].codes  # a nested concept
    assert not r4().types["Patient"].elements["language"].codes  # preferred, not required


def test_choices_know_their_names() -> None:
    choices = r4().types["Observation"].choices
    assert choices["effective"] == ("effectiveDateTime", "effectivePeriod", "effectiveTiming", "effectiveInstant")
    assert "occurrence" in r4().types["Immunization"].required


def test_a_reference_knows_its_targets() -> None:
    assert r4().types["Immunization"].elements["patient"].targets == {"Patient"}
    assert r4().types["Observation"].elements["subject"].targets == {"Patient", "Group", "Device", "Location"}


@pytest.mark.parametrize(
    ("kind", "paths"),
    [
        ("Observation", ["subject"]),
        ("Immunization", ["patient"]),
        ("Coverage", ["beneficiary"]),
        ("Appointment", ["participant.actor"]),
        ("Task", ["for"]),
        ("Device", ["patient"]),
        ("ResearchSubject", ["individual"]),
        ("EpisodeOfCare", ["patient"]),
    ],
)
def test_the_element_that_names_the_patient(kind: str, paths: list[str]) -> None:
    assert list(r4().patients[kind]) == paths


def test_what_is_about_nobody_or_many_names_no_patient() -> None:
    about_no_one = {
        "Organization",
        "Practitioner",
        "Location",
        "Medication",
        "Bundle",
        "Patient",
        "Group",
        "Provenance",
    }
    assert about_no_one.isdisjoint(r4().patients)


def test_the_narrative_rule_has_its_tags() -> None:
    assert {"div", "table", "img", "a"} <= r4().narrative_tags
    assert {"script", "form", "iframe", "object", "link"}.isdisjoint(r4().narrative_tags)
    assert {"href", "src", "style", "class"} <= r4().narrative_attributes
    assert not [name for name in r4().narrative_attributes if name.startswith("on")]


def test_the_committed_search_parameters_equal_a_fresh_compile() -> None:
    committed = json.loads(gzip.decompress((FOLDER / search_parameters.COMPILED).read_bytes()))
    assert committed == json.loads(gzip.decompress(compile_search.compiled()))


@pytest.mark.parametrize(
    ("kind", "name", "system"),
    [
        ("Patient", "gender", "http://hl7.org/fhir/administrative-gender"),
        ("Observation", "status", "http://hl7.org/fhir/observation-status"),
        ("Location", "operational-status", ""),  # a Coding, which says its own
        ("Task", "intent", ""),  # of two systems
        ("ValueSet", "code", ""),  # of any
    ],
)
def test_a_bare_code_implies_the_system_of_its_value_set(kind: str, name: str, system: str) -> None:
    assert search_parameters.parameters(kind)[name].system == system


def test_every_official_parameter_is_there_and_its_expression_compiles() -> None:
    found = [each for name in r4().resource_types() for each in search_parameters.parameters(name).values()]
    assert len({each.url for each in found}) == 1380  # of 1,400: the others have no expression, or are examples
    for name in r4().resource_types():
        for each in search_parameters.parameters(name).values():
            fhirpath.compile(each.expression, name)
            assert (each.type == "composite") == bool(each.components), each.url
