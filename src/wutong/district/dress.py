"""Dresses a Synthea patient as an invented Hong Kong person. Clinical content is not touched.

Synthea's patients are American: their names, numbers, addresses, insurers, race and ethnicity go; nothing of a name may
be left anywhere, in a narrative or a display.
"""

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from hashlib import sha256

from wutong.core.answers import Problem
from wutong.district.places import DISTRICTS
from wutong.district.records import Person, Resource
from wutong.district.register import human_names

_NI = {"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "NI"}
_MR = {"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MR"}
_KEPT_OF_PATIENT = ("active", "gender", "birthDate", "maritalStatus", "multipleBirthBoolean", "multipleBirthInteger")
_LANGUAGES = {"zh-HK": "Chinese (Hong Kong)", "en": "English"}
_INSURED = re.compile(r"^Patient currently has .*\.\n", re.MULTILINE)


class NotDressed(Problem):
    """Something of the Synthea patient would have been left."""


def patient(old: Resource, person: Person, provider_code: str) -> Resource:
    """The provider's own Patient record of the person."""
    kept = {name: old[name] for name in _KEPT_OF_PATIENT if name in old}
    dressed = {
        "resourceType": "Patient",
        "identifier": [
            {"use": "official", "type": {"coding": [_NI]}, "system": "urn:wutong:hkid", "value": person.hkid},
            _local_number(person, provider_code),
        ],
        "name": human_names(person.family_name, person.given_name, person.name_zh),
        "telecom": _telecom(person),
        "address": [_address(person)],
        "communication": [_speaks(person.language)],
    }
    return dressed | kept


def note(resource: Resource, given_name: str, person: Person) -> Resource:
    """A DocumentReference whose text speaks of the person; age, sex and all else in it stay."""
    content = []
    for each in resource.get("content", []):
        attachment = each["attachment"]
        text = _retold(b64decode(attachment["data"]).decode(), given_name, person)
        content.append(each | {"attachment": attachment | {"data": b64encode(text.encode()).decode()}})
    return resource | {"content": content}


def coverage(resource: Resource) -> Resource:
    """A Coverage without the name of an American plan."""
    plain = [{name: value for name, value in each.items() if name != "name"} for each in resource.get("class", [])]
    return resource | {"class": plain} if plain else resource


def paid_here(resource: Resource) -> Resource:
    """Insurance papers in the currency of the place; the figures stay."""
    changed: Resource = json.loads(json.dumps(resource).replace('"currency": "USD"', '"currency": "HKD"'))
    return changed


def refuse_traces(old: Resource, resources: Sequence[Resource]) -> None:
    """Raise NotDressed if a name or number of the Synthea patient `old` is left in `resources`."""
    words = {word for name in old["name"] for word in [name["family"], *name["given"]]}
    numbers = {each["value"] for each in old["identifier"]} | {each["value"] for each in old.get("telecom", [])}
    trace = re.compile("|".join(rf"\b{re.escape(each)}\b" for each in sorted(words | numbers)))
    for resource in resources:
        if found := trace.search(_all_text(resource)):
            raise NotDressed(f"{found[0]!r} of the Synthea patient is left in a {resource['resourceType']}.")


def _local_number(person: Person, provider_code: str) -> Resource:
    digits = int(sha256(f"{provider_code}/{person.hkid}".encode()).hexdigest()[:12], 16) % 10**7
    system = f"urn:wutong:demo:{provider_code.lower()}:patient-number"
    return {"use": "usual", "type": {"coding": [_MR]}, "system": system, "value": f"{provider_code}-{digits:07}"}


def _telecom(person: Person) -> list[Resource]:
    phone = {"system": "phone", "value": person.phone, "use": "mobile"}
    return [phone, {"system": "email", "value": person.email}] if person.email else [phone]


def _address(person: Person) -> Resource:
    name, _, region = DISTRICTS[person.district]
    lines = person.address.split(", ")
    return {
        "use": "home",
        "text": person.address,
        "line": [", ".join(lines[:3]), *lines[3:-3]],
        "district": name,
        "state": region,
        "country": "HK",
    }


def _speaks(language: str) -> Resource:
    coding = {"system": "urn:ietf:bcp:47", "code": language, "display": _LANGUAGES[language]}
    return {"language": {"coding": [coding]}, "preferred": True}


def _retold(text: str, given_name: str, person: Person) -> str:
    opening = re.compile(
        rf"^{re.escape(given_name)} is a (\d+ (?:year|month)-old|newborn) (?:[a-z ]+ )?(male|female)\.", re.MULTILINE
    )
    retold, times = opening.subn(rf"{person.spoken_name} is a \1 \2.", text)
    if times != 1:
        raise NotDressed("A note does not open the way Synthea's notes do; its patient's name cannot be replaced.")
    return _INSURED.sub("", retold)


def _all_text(resource: Resource) -> str:
    notes = [b64decode(each["attachment"].get("data", "")).decode() for each in resource.get("content", [])]
    return "\n".join([json.dumps(resource, ensure_ascii=False), *notes])
