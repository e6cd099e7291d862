"""An invented population, small in its words, so that a question finds some of it and not the rest.

A resource is known by its key, such as `Patient/pat-003`; references and questions name keys. Each server has ids of its own for them.
"""

import re
from collections.abc import Callable, Mapping
from random import Random
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from searching import made_up

Json = dict[str, Any]
KEY = re.compile(r"\b(?:org|pra|pat|enc|con|med|obs|ris)-\d{3}\b")
PATIENTS, OTHERS = 30, 6
MRN, STAFF = "urn:differ:mrn", "urn:differ:staff"
FAMILIES = ["CHAN", "CHANG", "CHEUNG", "LAM", "LEE", "LEUNG", "NG", "WONG"]
GIVENS = ["Tai Man", "Siu Ming", "Mei Ling", "Ka Yan", "Wing", "Chi Keung"]
CITIES = ["Sha Tin", "Sham Shui Po", "Tsuen Wan", "Tuen Mun"]
SNOMED, ATC = "http://snomed.info/sct", "http://www.whocc.no/atc"
CONDITIONS = ["38341003", "44054006", "195967001", "84114007"]
DRUGS = ["C09AA02", "A10BA02", "R03AC02"]
PERIODS = [("2023-01-05", "2023-01-09"), ("2023-12-30", "2024-01-02"), ("2024-01-01", None), (None, "2023-06-30")]
MOMENTS = ["2023-03-04", "2023-12", "2023-12-31", "2024-01-01T10:00:00+08:00", "2024-02-29"]
_HL7 = "http://terminology.hl7.org/CodeSystem"


def population(dice: Random) -> dict[str, Json]:
    """Every resource by its key, such that what is referred to comes first."""
    made: dict[str, Json] = {}
    for kind, count, make in _KINDS:
        for number in range(count):
            made[f"{kind.title}/{kind.stem}-{number:03}"] = make(dice, number) | {"resourceType": kind.title}
    return made


def bundle(resources: Mapping[str, Json]) -> Json:
    """The transaction that brings them, each under a urn that the others name."""
    entries = [
        {
            "fullUrl": _urn(key),
            "resource": _with_urns(resource),
            "request": {"method": "POST", "url": resource["resourceType"]},
        }
        for key, resource in resources.items()
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def _urn(key: str) -> str:
    return uuid5(NAMESPACE_URL, key).urn


def _with_urns(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_urns(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _urn(each) if name == "reference" and KEY.search(each) else _with_urns(each)
        for name, each in value.items()
    }


class _Kind:
    def __init__(self, title: str, stem: str) -> None:
        self.title, self.stem = title, stem

    def one_of(self, dice: Random, count: int) -> Json:
        """A reference to one of so many."""
        return {"reference": f"{self.title}/{self.stem}-{dice.randrange(count):03}"}


_ORGANIZATION, _PRACTITIONER = _Kind("Organization", "org"), _Kind("Practitioner", "pra")
_PATIENT, _ENCOUNTER = _Kind("Patient", "pat"), _Kind("Encounter", "enc")


def _sometimes(dice: Random, **elements: Any) -> Json:
    """Each element in two of three cases."""
    return {name: value for name, value in elements.items() if dice.randrange(3)}


def _coded(system: str, code: str) -> Json:
    return {"coding": [{"system": system, "code": code}]}


def _organization(dice: Random, number: int) -> Json:
    return {"name": f"{CITIES[number % len(CITIES)]} Clinic {number}", "active": bool(number % 2)}


def _practitioner(dice: Random, number: int) -> Json:
    return {
        "identifier": [{"system": STAFF, "value": f"S{number}"}],
        "name": [{"family": FAMILIES[number], "given": dice.choice(GIVENS).split()}],
    } | _sometimes(dice, gender=dice.choice(["female", "male"]))


def _patient(dice: Random, number: int) -> Json:
    name = {"family": dice.choice(FAMILIES), "given": dice.choice(GIVENS).split()}
    return (
        {
            "identifier": [{"system": MRN, "value": f"M{number}"}],
            "name": [name],
            "birthDate": f"{1930 + 2 * number}-{number % 12 + 1:02}-{number % 28 + 1:02}",  # no two alike, to be put in order
            "address": [{"city": dice.choice(CITIES), "country": "HK"}],
        }
        | _sometimes(
            dice,
            gender=dice.choice(["female", "male", "unknown"]),
            active=bool(dice.randrange(2)),
            generalPractitioner=[_PRACTITIONER.one_of(dice, OTHERS)],
            managingOrganization=_ORGANIZATION.one_of(dice, OTHERS),
        )
    )


def _encounter(dice: Random, number: int) -> Json:
    start, end = dice.choice(PERIODS)
    period = {name: value for name, value in (("start", start), ("end", end)) if value}
    return {
        "status": dice.choice(["finished", "in-progress", "cancelled"]),
        "class": {"system": f"{_HL7}/v3-ActCode", "code": dice.choice(["AMB", "IMP", "EMER"])},
        "subject": {"reference": f"Patient/pat-{number % PATIENTS:03}"},
    } | _sometimes(dice, period=period, serviceProvider=_ORGANIZATION.one_of(dice, OTHERS))


def _condition(dice: Random, number: int) -> Json:
    return {
        "clinicalStatus": _coded(f"{_HL7}/condition-clinical", dice.choice(["active", "inactive"])),
        "code": _coded(SNOMED, dice.choice(CONDITIONS)),
        "subject": _PATIENT.one_of(dice, PATIENTS),
    } | _sometimes(
        dice,
        onsetDateTime=dice.choice(MOMENTS),
        recordedDate=dice.choice(MOMENTS),
        encounter=_ENCOUNTER.one_of(dice, PATIENTS),
        asserter=_PRACTITIONER.one_of(dice, OTHERS),
        severity=_coded(SNOMED, dice.choice(["24484000", "255604002"])),
    )


def _medication_request(dice: Random, number: int) -> Json:
    return {
        "status": dice.choice(["active", "completed", "stopped"]),
        "intent": dice.choice(["order", "plan"]),
        "medicationCodeableConcept": _coded(ATC, dice.choice(DRUGS)),
        "subject": _PATIENT.one_of(dice, PATIENTS),
    } | _sometimes(
        dice,
        authoredOn=dice.choice(MOMENTS),
        encounter=_ENCOUNTER.one_of(dice, PATIENTS),
        requester=_PRACTITIONER.one_of(dice, OTHERS),
    )


def _observation(dice: Random, number: int) -> Json:
    made = made_up.observation(dice, _PATIENT.one_of(dice, PATIENTS))
    ours = {"encounter": _ENCOUNTER.one_of(dice, PATIENTS), "performer": [_PRACTITIONER.one_of(dice, OTHERS)]}
    return {name: value for name, value in made.items() if name not in ours} | _sometimes(dice, **ours)


def _risk(dice: Random, number: int) -> Json:
    return made_up.risk(dice, _PATIENT.one_of(dice, PATIENTS))


_KINDS: list[tuple[_Kind, int, Callable[[Random, int], Json]]] = [
    (_ORGANIZATION, OTHERS, _organization),
    (_PRACTITIONER, OTHERS, _practitioner),
    (_PATIENT, PATIENTS, _patient),
    (_ENCOUNTER, PATIENTS, _encounter),
    (_Kind("Condition", "con"), 40, _condition),
    (_Kind("MedicationRequest", "med"), 40, _medication_request),
    (_Kind("Observation", "obs"), 80, _observation),
    (_Kind("RiskAssessment", "ris"), 20, _risk),
]
