"""Uploads: what a system is answered, of its own rows, of others', and of what is in one world alone."""

import json
from urllib.parse import urlencode

from wutong.proving import rows
from wutong.proving.questions.question import About, Content, Question
from wutong.proving.rows import CARDS, CODES, PASSPORTS
from wutong.proving.who import Caller

_JSON = {"content-type": "application/fhir+json"}
_PATCH = {"content-type": "application/json-patch+json"}
_MATCHES = [{}, {}, {"if-match": 'W/"1"'}, {"if-match": 'W/"2"'}, {"prefer": "return=minimal"}]


def create(about: About) -> Question:
    """Mostly with a condition, which looks for what is there."""
    content = _content(about)
    headers = _JSON | ({"if-none-exist": _condition(about)} if about.dice.randrange(3) else {})
    return Question(_caller(about), "POST", f"/fhir/{content['resourceType']}", "create", headers, json.dumps(content))


def update(about: About) -> Question:
    """By id, or by a condition."""
    address, content = about.address(), _content(about)
    kind, _, row_id = address.partition("/")
    if about.chance(3):
        path = f"/fhir/{content['resourceType']}?{_condition(about)}"
    else:
        path, content = f"/fhir/{address}", content | {"resourceType": kind, "id": row_id}
    return Question(_caller(about), "PUT", path, "update", _JSON | about.dice.choice(_MATCHES), json.dumps(content))


def patch(about: About) -> Question:
    """By id, or by a condition."""
    body = json.dumps([{"op": "add", "path": "/language", "value": "zh-HK"}])
    path = f"{about.row().kind}?{_condition(about)}" if about.chance(3) else about.address()
    return Question(_caller(about), "PATCH", f"/fhir/{path}", "patch", _PATCH | about.dice.choice(_MATCHES), body)


def delete(about: About) -> Question:
    """By id, or by a condition; what a hospital has of a Patient stays, or the world would end."""
    path = f"{about.row().kind}?{_condition(about)}" if about.chance(2) else about.address()
    if path.startswith("Patient"):
        path = about.row().address
    return Question(_caller(about), "DELETE", f"/fhir/{path}", "delete", about.dice.choice(_MATCHES))


def validate(about: About) -> Question:
    """Of a content alone, or of a change that is tried and undone."""
    content, mode = _content(about), about.dice.choice(["", "?mode=create"])
    path = f"/fhir/{content['resourceType']}/$validate{mode}"
    if about.chance(2):
        address = about.address()
        path = f"/fhir/{address}/$validate?mode={about.dice.choice(['update', 'delete'])}"
        kind, _, row_id = address.partition("/")
        content |= {"resourceType": kind, "id": row_id}
    return Question(_caller(about), "POST", path, "validate", _JSON, json.dumps(content))


def transaction(about: About) -> Question:
    """A row, and what refers to it or to something that may be there."""
    first, second = _content(about), _content(about)
    named = about.dice.choice([about.address(), f"{about.row().kind}?{_condition(about)}"])
    entries = [
        {"resource": first, "request": {"method": "POST", "url": first["resourceType"]}},
        {"resource": second, "request": {"method": "PUT", "url": f"{second['resourceType']}?{_condition(about)}"}},
        {"request": {"method": "GET", "url": named}},
    ]
    entry = about.dice.sample(entries, about.dice.randint(1, 3))
    body = json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entry})
    return Question(_caller(about), "POST", "/fhir/", "transaction", _JSON, body)


def _caller(about: About) -> Caller:
    return about.caller() if about.chance(4) else about.caller("system")


def _content(about: About) -> Content:
    person = about.person()
    category = about.dice.choice([*rows.CATEGORIES, ""])
    content = rows.made(about.dice, category, about.patient_id(person), visit=_visit(about, person.key))
    return content | {"identifier": [{"system": "urn:a", "value": about.dice.choice(CODES)}]}


def _visit(about: About, key: str) -> str:
    visits = about.world.visits.get(key, [])
    return about.dice.choice(visits) if visits and about.chance(2) else ""


def _condition(about: About) -> str:
    asked = [
        ("identifier", about.dice.choice([*CODES, *CARDS, *PASSPORTS])),
        ("_id", about.address().partition("/")[2]),
        ("_lastUpdated", "ge2020"),
        ("code", about.dice.choice(CODES)),
    ]
    return urlencode([about.dice.choice(asked)])
