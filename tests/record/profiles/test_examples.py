"""Every official example is accepted, but for those that break the standard themselves, each with its reason."""

import json
from typing import Any

from examples import examples

from record.fhirpath.asking import package_files
from wutong.core import json_text
from wutong.record.profiles import check

# File: the places of its faults begin so, and why it is no fault of ours.
SLIPS: dict[str, tuple[str, str]] = {
    "ActivityDefinition-blood-tubes-supply.json": ("ActivityDefinition.text.div", "its narrative is empty (txt-2)"),
    "ActivityDefinition-heart-valve-replacement.json": (
        "ActivityDefinition.text.div",
        "its narrative is empty (txt-2)",
    ),
    "DeviceMetric-example.json": ("DeviceMetric.parent", "the parent is a DeviceDefinition; only a Device may be"),
    "DeviceUseStatement-example.json": ("DeviceUseStatement.reasonReference", "a Procedure may not be the reason"),
    "EventDefinition-example.json": ("EventDefinition.text.div", "its narrative is empty (txt-2)"),
    "Media-1.2.840.11361907579238403408700.3.1.04.19970327150033.json": (
        "Media.text.div",
        "its narrative fetches a picture from elsewhere, which would tell who reads; stricter than the standard",
    ),
    "MedicationRequest-medrx0301.json": ("MedicationRequest.dispenseRequest.performer", "a Practitioner may not be"),
    "Observation-clinical-gender.json": ("Observation.performer[0]", "an Encounter performs nothing"),
    "Observation-decimal.json": ("Observation.component", "1E-245 and 1E+245 are beyond what our readers can hold"),
    "Questionnaire-qs1.json": ("Questionnaire.item", "its items have no linkId, which is required"),
    "Questionnaire-zika-virus-exposure-assessment.json": ("Questionnaire.text.div", "its narrative is empty (txt-2)"),
}
# Resources of the definitions' package: likewise, by type and id (or its beginning).
SLIPS_OF_PACKAGE: dict[str, tuple[str, str]] = {
    "SearchParameter/codesystem-extensions-": ("SearchParameter.base", "base is required and missing"),
    "SearchParameter/valueset-extensions-": ("SearchParameter.base", "base is required and missing"),
    "SearchParameter/questionnaireresponse-extensions-": ("SearchParameter.id", "its id has over 64 characters"),
    **{
        f"StructureDefinition/{name}": ("StructureDefinition", "not abstract, and without a baseDefinition (sdf-4)")
        for name in ("Definition", "Event", "FiveWs", "Request")
    },
}


def _refused(tree: Any, slip: tuple[str, str] | None) -> bool:
    """Whether it is refused, for the known reason alone."""
    found = check(tree)
    assert slip is not None or found == []
    for issue in found:
        assert slip is not None
        assert issue.place.startswith(slip[0]), issue
    return bool(found)


def test_every_example_is_accepted_but_for_known_slips() -> None:
    every = list(examples())
    assert len(every) == 716
    refused = {name for name, body in every if _refused(json_text.parse(body), SLIPS.get(name))}
    assert refused == set(SLIPS)


def test_the_examples_are_of_every_type_that_has_one() -> None:
    assert len({json.loads(body)["resourceType"] for _, body in examples()}) >= 130


def test_every_definition_is_accepted_but_for_known_slips() -> None:
    refused, count = set(), 0
    for body in package_files(
        "CodeSystem-", "ConceptMap-", "OperationDefinition-", "SearchParameter-", "StructureDefinition-", "ValueSet-"
    ):
        tree = json_text.parse(body)
        name = f"{tree['resourceType']}/{tree['id']}"
        start = next((each for each in SLIPS_OF_PACKAGE if name.startswith(each)), "")
        if _refused(tree, SLIPS_OF_PACKAGE.get(start)):
            refused.add(start)
        count += 1
    assert refused == set(SLIPS_OF_PACKAGE)
    assert count > 4500
