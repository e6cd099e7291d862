"""Reads by id: the newest version, an earlier one, histories, and the operations of a Patient."""

import json
from urllib.parse import urlencode

from wutong.proving.questions.question import About, Pairs, Question
from wutong.proving.questions.searching import search

_PARTS = ["Observation,Encounter", "Observation", "Practitioner,Goal", "Patient", "Condition,Immunization"]
_HEADERS: list[dict[str, str]] = [
    {},
    {},
    {},
    {"if-none-match": 'W/"1"'},
    {"if-none-match": 'W/"3"'},
    {"if-modified-since": "Sat, 31 Jan 2026 00:00:00 GMT"},
    {"accept-encoding": "gzip"},
]
_SHAPES = ["", "", "", "?_summary=true", "?_summary=text", "?_elements=identifier", "?_pretty=true"]
_JSON = {"content-type": "application/fhir+json"}


def read(about: About) -> Question:
    """What is there, or is not, or is in one world alone."""
    path = f"/fhir/{about.address()}{about.dice.choice(_SHAPES)}"
    return Question(about.caller(), _get(about), path, "read", about.dice.choice(_HEADERS))


def vread(about: About) -> Question:
    """An earlier version."""
    path = f"/fhir/{about.address()}/_history/{about.dice.randint(1, 4)}"
    return Question(about.caller(), _get(about), path, "vread", about.dice.choice(_HEADERS))


def history(about: About) -> Question:
    """Of one row."""
    path = f"/fhir/{about.address()}/_history?{urlencode(_paged(about))}"
    return Question(about.caller(), _get(about), path, "history-instance")


def type_history(about: About) -> Question:
    """Of a type, mostly of one patient."""
    pairs = _paged(about)
    if about.dice.randrange(5):
        pairs.append(("patient", about.patient_id(about.person())))
    path = f"/fhir/{about.row().kind}/_history?{urlencode(pairs)}"
    return Question(about.caller(), _get(about), path, "history-type")


def everything(about: About) -> Question:
    """All that the caller may see of a patient, by GET or POST."""
    pairs: Pairs = [("_count", about.dice.choice(["1", "5", "500"]))]
    pairs += [("_type", about.dice.choice(_PARTS))] if about.chance(2) else []
    pairs += [("start", "2020"), ("end", "2024-01-01")] if about.chance(4) else []
    path = f"/fhir/Patient/{about.patient_id(about.person())}/$everything"
    if about.dice.randrange(4):
        return Question(about.caller(), _get(about), f"{path}?{urlencode(pairs)}", "everything")
    kinds = {"_count": "valueInteger", "_type": "valueString"}
    parts = [{"name": k, kinds[k]: int(v) if k == "_count" else v} for k, v in pairs if k in kinds]
    body = json.dumps({"resourceType": "Parameters", "parameter": parts})
    return Question(about.caller(), "POST", path, "everything", _JSON, body)


def access(about: About) -> Question:
    """What is open, and why not."""
    path = f"/fhir/Patient/{about.patient_id(about.person())}/$access"
    return Question(about.caller(), _get(about), path, "access")


def inventory(about: About) -> Question:
    """How much there is."""
    caller = about.caller() if about.chance(3) else about.caller("patient", "nobody")
    path = f"/fhir/Patient/{about.patient_id(about.person())}/$inventory"
    return Question(caller, _get(about), path, "inventory")


def open_record(about: About) -> Question:
    """State why."""
    purpose = about.dice.choice(["TREAT", "TREAT", "TREAT", "ETREAT", "HRESCH"])
    parts = [{"name": "purpose", "valueCode": purpose}]
    parts += [{"name": "reason", "valueString": "A follow-up of what was found"}] if about.chance(2) else []
    body = json.dumps({"resourceType": "Parameters", "parameter": parts})
    path = f"/fhir/Patient/{about.patient_id(about.person())}/$open"
    return Question(about.caller("professional", "system", "patient"), "POST", path, "open", _JSON, body)


def batch(about: About) -> Question:
    """Several reads at once: each is answered as if it came alone."""
    makers = [search, search, read, vread, history, type_history, everything, access]
    every = [about.dice.choice(makers)(about) for _ in range(3)]
    urls = [each.path.removeprefix("/fhir/") for each in every if each.method in {"GET", "HEAD"}]
    entries = [{"request": {"method": "GET", "url": url}} for url in urls]
    body = json.dumps({"resourceType": "Bundle", "type": "batch", "entry": entries})
    return Question(about.caller(), "POST", "/fhir/", "batch", _JSON, body)


def metadata(about: About) -> Question:
    """What the plane says of itself."""
    return Question(about.caller(), "GET", about.dice.choice(["/fhir/metadata", "/fhir/openapi.json"]), "capabilities")


def _get(about: About) -> str:
    return about.dice.choice(["GET"] * 7 + ["HEAD"])


def _paged(about: About) -> Pairs:
    pairs: Pairs = [("_count", about.dice.choice(["1", "3", "20", "500"]))]
    return pairs + (
        [("_since", about.dice.choice(["2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z"]))] if about.chance(5) else []
    )
