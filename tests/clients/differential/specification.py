"""What a question must find by the specification: the naive evaluator's reading, with references followed by key."""

from collections.abc import Mapping
from typing import Any

from searching.naive import PARAMETERS, Parameters, any_of, at, finds

from clients.differential.questions import Question

Json = dict[str, Any]
_NAME = {name: ("string", at("name", name)) for name in ("family", "given")} | {
    "name": ("string", any_of(at("name", "family"), at("name", "given")))
}
_SUBJECT = {name: ("reference", at("subject")) for name in ("patient", "subject")}
_OURS: Parameters = {
    "Organization": {"name": ("string", at("name")), "active": ("token", at("active"))},
    "Practitioner": _NAME | {"identifier": ("token", at("identifier"))},
    "Patient": _NAME
    | {
        "gender": ("token", at("gender")),
        "birthdate": ("date", at("birthDate")),
        "identifier": ("token", at("identifier")),
        "address-city": ("string", at("address", "city")),
        "active": ("token", at("active")),
        "general-practitioner": ("reference", at("generalPractitioner")),
        "organization": ("reference", at("managingOrganization")),
    },
    "Encounter": _SUBJECT
    | {
        "status": ("token", at("status")),
        "class": ("token", at("class")),
        "date": ("date", at("period")),
        "service-provider": ("reference", at("serviceProvider")),
    },
    "Condition": _SUBJECT
    | {
        "code": ("token", at("code")),
        "clinical-status": ("token", at("clinicalStatus")),
        "severity": ("token", at("severity")),
        "onset-date": ("date", at("onsetDateTime")),
        "recorded-date": ("date", at("recordedDate")),
        "encounter": ("reference", at("encounter")),
        "asserter": ("reference", at("asserter")),
    },
    "MedicationRequest": _SUBJECT
    | {
        "status": ("token", at("status")),
        "intent": ("token", at("intent")),
        "code": ("token", at("medicationCodeableConcept")),
        "authoredon": ("date", at("authoredOn")),
        "encounter": ("reference", at("encounter")),
        "requester": ("reference", at("requester")),
    },
    "Observation": PARAMETERS["Observation"] | _SUBJECT,
    "RiskAssessment": PARAMETERS["RiskAssessment"] | _SUBJECT,
}
_BY_ID = {"_id": ("token", at("id"))}
_ALL: Parameters = {kind: {**names, **_BY_ID} for kind, names in _OURS.items()}


def found(question: Question, resources: Mapping[str, Json]) -> set[str]:
    """The keys of what a question must find."""
    return {
        key.partition("/")[2]
        for key, resource in resources.items()
        if resource["resourceType"] == question.kind
        and all(_holds(key, resource, name, text, resources) for name, text in question.asked)
    }


def kind_of(question: Question, name: str) -> str:
    """The kind of parameter that decides in the end, such as `string` for `patient.name`."""
    if name.startswith("_has:"):
        return "has"
    kind, bare = question.kind, name
    if "." in name:
        reference, _, bare = name.partition(".")
        kind = reference.partition(":")[2] or _TARGETS[reference]
    return _ALL[kind][bare.partition(":")[0]][0]


_TARGETS = {"patient": "Patient", "encounter": "Encounter", "organization": "Organization"}


def _holds(key: str, resource: Json, name: str, text: str, resources: Mapping[str, Json]) -> bool:
    if name.startswith("_has:"):
        _, kind, reference, bare = name.split(":")
        others = (each for each in resources.values() if each["resourceType"] == kind)
        return any(finds(each, bare, text, _ALL) for each in others if key in _named(each, reference))
    if "." in name:
        reference, _, bare = name.partition(".")
        targets = (resources.get(each) for each in _named(resource, reference.partition(":")[0]))
        return any(finds(each, bare, text, _ALL) for each in targets if each)
    return finds(resource | {"id": key.partition("/")[2]}, name, text, _ALL)


def _named(resource: Json, reference: str) -> list[str]:
    where = _ALL[resource["resourceType"]][reference][1]
    return [each["reference"] for each in where(resource) if "reference" in each]
