"""A provider's own register as FHIR: places and staff, uploaded once, before its patients' records.

Synthea's American hospitals and doctors become these. The same one always becomes the same, so that a reader meets
the same doctor again; the specialty is kept where the provider has it.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import TypeVar
from uuid import UUID, uuid5

from wutong.district import staff
from wutong.district.places import DISTRICTS
from wutong.district.records import Resource
from wutong.district.staff import Doctor, Site

_OURS = UUID("6f0d1c52-7a0e-4b0b-9d0c-5d1f6a3c2e10")
_SPEAKS = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation"

_Choice = TypeVar("_Choice")


def urn(*names: object) -> str:
    """The name inside a bundle of the thing so described, always the same."""
    return f"urn:uuid:{uuid5(_OURS, '/'.join(map(str, names)))}"


def human_names(family: str, given: str, name_zh: str) -> list[Resource]:
    """The English name, and the Chinese one where there is one, as FHIR HumanNames."""
    english: Resource = {"use": "official", "text": f"{family}, {given}" if given else family, "family": family}
    if given:
        english["given"] = [given]
    if not name_zh:
        return [english]
    return [english, {"extension": [{"url": _SPEAKS, "valueCode": "IDE"}], "use": "official", "text": name_zh}]


def entries(provider_code: str) -> list[Resource]:
    """The entries of the provider's register bundle."""
    group = _group(provider_code)
    doctors = [each for each in staff.DOCTORS if each.provider_code == provider_code]
    return [
        *group,
        *(each for site in staff.SITES[provider_code] for each in _site(provider_code, site, has_group=bool(group))),
        *(each for doctor in doctors for each in _doctor(doctor)),
        *(_insurer(*each) for each in (staff.INSURERS if provider_code == staff.HARBOUR else ())),
    ]


def stand_ins(provider_code: str, resources: Mapping[str, Resource]) -> dict[str, str]:
    """Which entry of the register stands for each place and professional among `resources` (both by fullUrl)."""
    specialties = _specialties(resources.values())
    found = {}
    for url, resource in resources.items():
        match resource["resourceType"]:
            case "Organization":
                found[url] = _stand_in_of_organization(provider_code, resource)
            case "Location":
                found[url] = urn(provider_code, "location", _site_of(provider_code, _manager(resource, resources)).code)
            case "Practitioner":
                found[url] = _stand_in_of_practitioner(provider_code, resource, specialties.get(url, ""))
    return found


def is_insurer(organization: Resource) -> bool:
    """Synthea numbers its insurers and names the kind of all other organizations."""
    return _identity(organization)[:1].isdigit()


def _entry(url: str, resource: Resource) -> Resource:
    return {"fullUrl": url, "resource": resource, "request": {"method": "POST", "url": resource["resourceType"]}}


def _group(provider_code: str) -> list[Resource]:
    """The organization above several sites."""
    if len(staff.SITES[provider_code]) == 1:
        return []
    provider = next(each for each in staff.PROVIDERS if each.code == provider_code)
    organization = _organization(provider.name_en, provider.name_zh)
    return [_entry(urn(provider_code, "organization", "group"), organization)]


def _organization(name: str, name_zh: str, kind: str = "prov") -> Resource:
    coding = {"system": "http://terminology.hl7.org/CodeSystem/organization-type", "code": kind}
    return {
        "resourceType": "Organization",
        "active": True,
        "type": [{"coding": [coding]}],
        "name": name,
        "alias": [name_zh],
    }


def _site(provider_code: str, site: Site, *, has_group: bool) -> list[Resource]:
    name, _, region = DISTRICTS[site.district]
    address = {"line": [site.line], "district": name, "state": region, "country": "HK"}
    url = urn(provider_code, "organization", site.code)
    organization = _organization(site.name_en, site.name_zh) | {"address": [address]}
    if has_group:
        organization["partOf"] = {"reference": urn(provider_code, "organization", "group")}
    location = {
        "resourceType": "Location",
        "status": "active",
        "name": site.name_en,
        "alias": [site.name_zh],
        "address": address,
        "managingOrganization": {"reference": url},
    }
    return [_entry(url, organization), _entry(urn(provider_code, "location", site.code), location)]


def _doctor(doctor: Doctor) -> list[Resource]:
    url = _url_of(doctor)
    practitioner = {
        "resourceType": "Practitioner",
        "active": True,
        "identifier": [{"system": "urn:wutong:demo:registration-number", "value": doctor.registration_number}],
        "name": human_names(doctor.family_name, doctor.given_name, doctor.name_zh),
    }
    home = "group" if len(staff.SITES[doctor.provider_code]) > 1 else staff.SITES[doctor.provider_code][0].code
    role = {
        "resourceType": "PractitionerRole",
        "active": True,
        "practitioner": {"reference": url},
        "organization": {"reference": urn(doctor.provider_code, "organization", home)},
        "specialty": [{"text": doctor.specialty_en}],
    }
    return [_entry(url, practitioner), _entry(urn(url, "role"), role)]


def _insurer(code: str, name: str, name_zh: str) -> Resource:
    return _entry(urn("insurer", code), _organization(name, name_zh, kind="ins"))


def _url_of(doctor: Doctor) -> str:
    return urn(doctor.provider_code, "practitioner", doctor.registration_number)


def _identity(resource: Resource) -> str:
    first: Resource = next(iter(resource.get("identifier", [])), {})
    return str(first.get("value") or resource.get("name", ""))


def _pick(choices: Sequence[_Choice], identity: str) -> _Choice:
    return choices[int.from_bytes(sha256(identity.encode()).digest()[:8], "big") % len(choices)]


def _stand_in_of_organization(provider_code: str, organization: Resource) -> str:
    if is_insurer(organization):
        return urn("insurer", _pick(staff.INSURERS, _identity(organization))[0])
    return urn(provider_code, "organization", _site_of(provider_code, organization).code)


def _site_of(provider_code: str, organization: Resource) -> Site:
    sites = staff.SITES[provider_code]
    alike = [site for site in sites if _identity(organization).startswith(f"{site.kind}-")]
    return _pick(alike or sites, _identity(organization))


def _manager(location: Resource, resources: Mapping[str, Resource]) -> Resource:
    return resources.get(location.get("managingOrganization", {}).get("reference", ""), location)


def _specialties(resources: Iterable[Resource]) -> dict[str, str]:
    roles = [each for each in resources if each["resourceType"] == "PractitionerRole"]
    return {role["practitioner"]["reference"]: role["specialty"][0]["text"] for role in roles if role.get("specialty")}


def _stand_in_of_practitioner(provider_code: str, practitioner: Resource, specialty: str) -> str:
    own = [each for each in staff.DOCTORS if each.provider_code == provider_code]
    alike = [each for each in own if each.specialty == specialty] or [
        each for each in own if each.specialty in {"", "General Practice"}
    ]
    return _url_of(_pick(alike, _identity(practitioner)))
