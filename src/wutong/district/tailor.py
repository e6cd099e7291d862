"""From one Synthea bundle to one invented person with the uploads of two providers' systems."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from wutong.district import dress, register
from wutong.district.records import Person, Resource, Upload
from wutong.district.references import Target, redirected, targets
from wutong.district.senders import PAPERS, REGISTER, senders
from wutong.district.staff import HA, HARBOUR
from wutong.district.years import recent

MOST_ENTRIES = 400

# What a resource refers to is uploaded in the same bundle or before it.
_ORDER = (
    "Patient",
    "Coverage",
    "Encounter",
    "Condition",
    "AllergyIntolerance",
    "CareTeam",
    "Goal",
    "CarePlan",
    "MedicationRequest",
    "MedicationAdministration",
    "Immunization",
    "Procedure",
    "Observation",
    "DiagnosticReport",
    "ImagingStudy",
    "Device",
    "SupplyDelivery",
    "DocumentReference",
    "Claim",
    "ExplanationOfBenefit",
    "Provenance",
)


@dataclass(frozen=True)
class Tailored:
    """The person, with birth date and first day of the record, and what is uploaded of it."""

    person: Person
    uploads: tuple[Upload, ...]


def tailored(bundle: Resource, person: Person, *, allows_clinic: bool, most: int, today: date) -> Tailored:
    """Dress, share out and cut one Synthea bundle; raises dress.NotDressed.

    `most`: how many resources, about, the providers upload of this person together.
    """
    resources = _acceptable({entry["fullUrl"]: entry["resource"] for entry in bundle["entry"]})
    old = next(each for each in resources.values() if each["resourceType"] == "Patient")
    sent_by = senders(resources, allows_clinic=allows_clinic)
    kept, since = recent({url: resources[url] for url in sent_by}, most=most, today=today)
    claimed = _claimed_coverages(resources, kept)
    kept = {url for url in kept if resources[url]["resourceType"] != "Coverage"} | (claimed & sent_by.keys())
    dressed = replace(person, birth_date=date.fromisoformat(old["birthDate"]), records_from=since)
    uploads = [
        upload
        for code in (HA, HARBOUR)
        if code == HA or allows_clinic
        for upload in _uploads(code, resources, {url for url in kept if sent_by[url] == code}, dressed)
    ]
    dress.refuse_traces(old, [entry["resource"] for upload in uploads for entry in upload.bundle["entry"]])
    return Tailored(dressed, tuple(uploads))


def _acceptable(resources: dict[str, Resource]) -> dict[str, Resource]:
    """Without the explanations of benefit that name the patient as the insurer: FHIR wants an organization there."""
    patients = {url for url, each in resources.items() if each["resourceType"] == "Patient"}
    return {url: each for url, each in resources.items() if not patients.intersection(targets(each.get("insurer")))}


def _claimed_coverages(resources: Mapping[str, Resource], kept: set[str]) -> set[str]:
    """The insurance that kept papers speak of, however old it is; no other is uploaded."""
    claimed = {target for url in kept if resources[url]["resourceType"] in PAPERS for target in targets(resources[url])}
    return {url for url in claimed if url in resources and resources[url]["resourceType"] == "Coverage"}


def _uploads(code: str, resources: Mapping[str, Resource], own: set[str], person: Person) -> list[Upload]:
    entries = _entries(code, resources, own, person)
    chunks = [entries[start : start + MOST_ENTRIES] for start in range(0, len(entries), MOST_ENTRIES)]
    return [
        Upload(code, person.key, number, {"resourceType": "Bundle", "type": "transaction", "entry": chunk})
        for number, chunk in enumerate(chunks, start=1)
    ]


def _entries(code: str, resources: Mapping[str, Resource], own: set[str], person: Person) -> list[Resource]:
    known = _known(code, resources, own, person)
    chosen = sorted(_chosen(resources, own), key=lambda url: _ORDER.index(resources[url]["resourceType"]))
    found = []
    for url in chosen:
        resource = _dressed(code, resources[url], resources, person)
        content = redirected(resource, known.get)
        content.pop("id", None)
        request = {"method": "POST", "url": content["resourceType"]}
        found.append({"fullUrl": known[url].url, "resource": content, "request": request})
    return found


def _chosen(resources: Mapping[str, Resource], own: set[str]) -> Iterator[str]:
    for url, resource in resources.items():
        if url in own or resource["resourceType"] in {"Patient", "Provenance"}:
            yield url


def _known(code: str, resources: Mapping[str, Resource], own: set[str], person: Person) -> dict[str, Target]:
    """What this provider's uploads may refer to; Patient and Provenance exist once for each provider."""
    stand_ins = register.stand_ins(code, {url: each for url, each in resources.items() if _is_register(each)})
    known = {url: Target(new) for url, new in stand_ins.items()}
    known |= {url: Target(url, keeps_display=True) for url in own}
    for url, resource in resources.items():
        if resource["resourceType"] in {"Patient", "Provenance"}:
            known[url] = Target(register.urn(code, url), display=person.spoken_name)
    return known


def _is_register(resource: Resource) -> bool:
    return resource["resourceType"] in REGISTER


def _dressed(code: str, resource: Resource, resources: Mapping[str, Resource], person: Person) -> Resource:
    match resource["resourceType"]:
        case "Patient":
            return dress.patient(resource, person, code)
        case "DocumentReference":
            return dress.note(resource, _given_name(resources), person)
        case "Coverage":
            return dress.coverage(resource)
        case kind if kind in PAPERS:
            return dress.paid_here(resource)
        case "Provenance":
            return resource | {"target": [each for each in resource["target"] if _is_own(each, resources)]}
    return resource


def _is_own(target: Resource, resources: Mapping[str, Resource]) -> bool:
    """A provider vouches for the record, not for its register."""
    return not _is_register(resources.get(target["reference"], {"resourceType": ""}))


def _given_name(resources: Mapping[str, Resource]) -> str:
    patient = next(each for each in resources.values() if each["resourceType"] == "Patient")
    return str(patient["name"][0]["given"][0])
