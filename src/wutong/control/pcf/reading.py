"""Reads a Consent as what a person wants to hold. What cannot be kept is refused, with its place: nothing is dropped.

Of what we write ourselves (who states it, when, under which terms) a Consent may say what is so, or nothing.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from wutong.control.flows.record_consent import Wanted
from wutong.control.pcf import provisions
from wutong.control.pcf.faults import unfit
from wutong.control.pcf.words import CATEGORY, POLICY, PROVIDER, SCOPE
from wutong.control.pcf.written import custodian

_STATES = {"active": True, "inactive": False}
_READ = {
    "resourceType",
    "id",
    "meta",
    "status",
    "scope",
    "category",
    "patient",
    "dateTime",
    "performer",
    "organization",
}
_READ |= {"sourceAttachment", "sourceReference", "policy", "provision"}


def wanted(content: Mapping[str, Any]) -> Wanted:
    """What the Consent states; it is valid FHIR R4 already. Raises Unfit with every fault of a part at once."""
    provisions.only(content, _READ, "Consent")
    holds = _STATES.get(content["status"])
    if holds is None:
        raise unfit("value", "Consent.status", "State what holds now (active), or take it back (inactive).")
    person_id = patient_of(content)
    _refuse_other_terms(content, person_id)
    found = provisions.read(content.get("provision"), "Consent.provision")
    return Wanted(person_id, found.kind, found.value, holds, found.until, found.title)


def patient_of(content: Mapping[str, Any]) -> UUID:
    """Whose Consent it says that it is; raises Unfit."""
    found = _person(content.get("patient", {}))
    if found is None:
        raise unfit("value", "Consent.patient.reference", "Name the person as Patient/{id}.")
    return found


def _person(reference: Mapping[str, Any]) -> UUID | None:
    kind, person_id = provisions.named(reference)
    return person_id if kind == "Patient" else None


def _refuse_other_terms(content: Mapping[str, Any], person_id: UUID) -> None:
    if not _has(content["scope"], SCOPE):
        raise unfit("value", "Consent.scope", "The scope is patient-privacy: nothing else is stated here.")
    if len(content["category"]) > 1 or not _has(content["category"][0], CATEGORY):
        raise unfit("value", "Consent.category[0]", "The one category is LOINC 59284-0 (Consent).")
    if any(each.get("uri") != POLICY or len(each) > 1 for each in content.get("policy", [])):
        raise unfit(
            "value",
            "Consent.policy[0].uri",
            "The terms are those at /about/what-is-shared/ of this server (its whole address), and no others.",
        )
    keeper = _identifier(custodian())
    if any(_identifier(each) != keeper for each in content.get("organization", [])):
        raise unfit("value", "Consent.organization[0]", "The eHR office keeps all Consents. Leave it out, or name it.")
    _refuse_other_speakers(content, person_id)
    if "data" in content.get("sourceAttachment", {}):
        sentence = "No document is kept with a Consent. Deposit it as a DocumentReference."
        raise unfit("not-supported", "Consent.source.data", sentence)


def _refuse_other_speakers(content: Mapping[str, Any], person_id: UUID) -> None:
    for number, each in enumerate(content.get("performer", [])):
        if each.get("type") != "RelatedPerson" and _person(each) != person_id:
            sentence = "Whoever is signed in states it. Leave it out."
            raise unfit("value", f"Consent.performer[{number}]", sentence)


def _has(concept: Mapping[str, Any], coding: Mapping[str, str]) -> bool:
    return any(coding.items() <= each.items() for each in concept.get("coding", []))


def _identifier(reference: Mapping[str, Any]) -> tuple[Any, Any]:
    given = reference.get("identifier", {})
    return given.get("system", PROVIDER), given.get("value")
