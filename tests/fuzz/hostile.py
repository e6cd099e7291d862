"""Bodies that no honest program sends: huge, deep, repetitive, compressed out of nothing. Each with its name and type.

`size`: 1 is as large as is taken in (20 MiB, a million values); the suite sends smaller ones.
"""

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cast import patient
from record.resources import of_category

_MIB = 1024 * 1024


@dataclass(frozen=True)
class Hostile:
    """A request with a body."""

    name: str
    path: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = (("content-type", "application/fhir+json"),)
    method: str = "POST"


def bodies(patient_id: UUID, size: float) -> Iterator[Hostile]:
    """All of them, about one patient."""
    yield from (Hostile(name, "Observation", body) for name, body in _texts(size))
    subject = {"reference": f"Patient/{patient_id}"}
    observation = of_category("LAB", patient_id)
    for name, members in _elements(lambda most: int(most * size)).items():
        yield Hostile(name, "Observation", _json(observation | members))
    for number in ("1e999999999", "1e-999999999", "1E400", "-0.0e0", "9" * 64, "9" * 5_000):
        body = _json(observation | {"valueQuantity": {"value": 1}}).replace(
            b'"value": 1', f'"value": {number}'.encode()
        )
        yield Hostile(f"number {number[:12]}", "Observation", body)
    for name, body in _compressed(size):
        yield Hostile(
            name, "Observation", body, (("content-type", "application/fhir+json"), ("content-encoding", "gzip"))
        )
    yield from (
        Hostile(name, "", _json(bundle)) for name, bundle in _bundles(observation, lambda most: int(most * size))
    )
    yield from _others(subject, lambda most: int(most * size))


def _json(tree: Any) -> bytes:
    return json.dumps(tree, ensure_ascii=False).encode()


def _texts(size: float) -> Iterator[tuple[str, bytes]]:
    many, long = int(490_000 * size), int(19 * _MIB * size)
    begin = b'{"resourceType":"Observation","category":['
    yield "lists in lists", b'{"resourceType":"Observation","a":' + b"[" * long
    yield "objects in objects", b'{"a":' * many
    yield "numbers", begin + b"1.5," * many + b"1]}"
    yield "objects", begin + b"{}," * many + b"{}]}"
    yield "objects and a wide character", begin + b'{"a":1.5},' * many + '{"a":"\U0001f600"}]}'.encode()
    yield "nulls", begin + b"null," * many + b"null]}"
    yield "names", b'{"resourceType":"Observation",' + b",".join(b'"k%d":1' % number for number in range(many)) + b"}"
    yield "one name", b'{"resourceType":"Observation",' + b'"k":1,' * many + b'"k":1}'
    yield "quotes", b'{"a":"' + b'\\"' * (long // 2) + b'"}'
    yield "backslashes", b'{"a":"' + b"\\" * long
    yield "quotes and brackets", b'"[' * (long // 2)
    yield "spaces", b" " * long + b"{}"
    yield "halves of characters", b'{"a":"' + b"\\ud800" * (long // 6) + b'"}'
    yield "no UTF-8", b'{"a":"' + b"\xed\xa0\x80" * 10 + b'"}'
    yield "NUL", b'{"a":"\\u0000","b":"\x00"}'


def _elements(most: Callable[[int], int]) -> dict[str, dict[str, Any]]:
    def codings(count: int) -> list[dict[str, str]]:
        return [{"system": "urn:a", "code": f"c{number}"} for number in range(count)]

    def narrative(inner: str) -> dict[str, Any]:
        return {"text": {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{inner}</div>'}}

    pairs = [{"code": {"coding": codings(300)}, "valueCodeableConcept": {"coding": codings(300)}}]
    entities = '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">'
    return {
        "codes": {"category": [{"coding": codings(most(300_000))}]},
        "pairs of codes": {"component": pairs * most(500)},
        "identifiers": {"identifier": [{"system": "urn:a", "value": f"v{number}"} for number in range(most(100_000))]},
        "references": {"performer": [{"reference": f"Practitioner/x{number}"} for number in range(most(150_000))]},
        "extensions": {"extension": [{"url": "urn:a", "valueString": f"{number}"} for number in range(most(150_000))]},
        "contained": {"contained": [{"resourceType": "Basic", "id": f"a{number}"} for number in range(most(100_000))]},
        "a long text": {"note": [{"text": "a" * most(19 * _MIB)}]},
        "a long wide text": {"note": [{"text": "a" * most(18 * _MIB) + "\U0001f600"}]},
        "a long code": {"status": " " * most(4 * _MIB) + "x"},
        "a long identifier": {"identifier": [{"value": "v" * most(9 * _MIB)}]},
        "a long date": {"effectiveDateTime": "2" * most(9 * _MIB)},
        "a long second": {"effectiveDateTime": "2024-01-01T00:00:00." + "0" * most(4 * _MIB) + "Z"},
        "the end of time": {"effectivePeriod": {"start": "0001", "end": "9999-12-31T23:59:60.999999999999-14:00"}},
        "profiles": {"meta": {"profile": ["http://a/" + "a" * 1_000 for _ in range(most(10_000))]}},
        "tags that stay open": narrative("<p>" * most(100_000)),
        "tags in a row": narrative("<b>a</b>" * most(1_000_000)),
        "entities": narrative("&amp;" * most(2_000_000)),
        "entities of entities": {"text": {"status": "generated", "div": f"<!DOCTYPE a [{entities}]><div>&b;</div>"}},
    }


def _compressed(size: float) -> Iterator[tuple[str, bytes]]:
    yield "a bomb", gzip.compress(b" " * int(400 * _MIB * size), 9)
    yield "a bomb of values", gzip.compress(b'{"category":[' + b"{}," * int(490_000 * size) + b"{}]}", 9)
    yield "two members", gzip.compress(b"{}") * 2
    yield "half a member", gzip.compress(b'{"resourceType":"Observation"}')[:-9]
    yield "no gzip", b"{}"


def _bundles(observation: dict[str, Any], most: Callable[[int], int]) -> Iterator[tuple[str, dict[str, Any]]]:
    def bundle(kind: str, entries: list[Any]) -> dict[str, Any]:
        return {"resourceType": "Bundle", "type": kind, "entry": entries}

    def entry(method: str, url: str, resource: Any = None) -> dict[str, Any]:
        return {"request": {"method": method, "url": url}} | ({"resource": resource} if resource else {})

    count, searches = most(10_000), most(1_000)
    yield "many entries", bundle("transaction", [entry("POST", "Observation", observation)] * most(2_000))
    yield (
        "many wrong entries",
        bundle("transaction", [entry("POST", "Observation", {"resourceType": "Observation"})] * count),
    )
    yield "too many entries", bundle("transaction", [{}] * 10_001)
    yield "nothing many times", bundle("batch", [None, {}, [], {"request": {}}, {"request": None}] * most(100))
    yield "what describes, many times", bundle("batch", [entry("GET", "metadata")] * most(500))
    yield "a bundle in a bundle", bundle("batch", [entry("POST", "/", bundle("batch", []))] * most(500))
    for kind in ("batch", "transaction"):
        yield f"searches in a {kind}", bundle(kind, [entry("GET", "Observation?_count=500")] * most(100))
    yield (
        "conditions",
        bundle("transaction", [entry("PUT", f"Observation?identifier=a|{n}", observation) for n in range(searches)]),
    )
    named = [{**observation, "performer": [{"reference": f"Practitioner?identifier=a|{n}"}]} for n in range(searches)]
    yield "conditional references", bundle("transaction", [entry("POST", "Observation", each) for each in named])


def _others(subject: dict[str, str], most: Callable[[int], int]) -> Iterator[Hostile]:
    items = [{"linkId": f"{number}", "type": "string"} for number in range(most(60_000))]
    yield Hostile("items", "Questionnaire", _json({"resourceType": "Questionnaire", "status": "active", "item": items}))
    twice = [{"linkId": "1", "type": "string"}] * most(60_000)
    yield Hostile(
        "items alike", "Questionnaire", _json({"resourceType": "Questionnaire", "status": "active", "item": twice})
    )
    concepts = [{"code": f"c{number}"} for number in range(most(100_000))]
    system = {"resourceType": "CodeSystem", "status": "active", "content": "complete", "concept": concepts}
    yield Hostile("concepts", "CodeSystem", _json(system))
    names = [{"family": f"x{number}", "given": ["a"] * 5} for number in range(most(30_000))]
    yield Hostile("people's names", "Patient", _json(patient(None) | {"name": names}))
    inner = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": {"resourceType": "Basic"}}] * most(20_000),
    }
    yield Hostile("a bundle as it is", "Bundle", _json(inner))
    yield Hostile("to be validated", "$validate", _json(inner))
    open_body = {
        "resourceType": "Parameters",
        "parameter": [{"_name": {"extension": [{"url": "a", "valueCode": "a"}]}}],
    }
    yield Hostile("a name that is none", "Patient/x/$open", _json(open_body))
    elements = [{"id": f"Basic.a{number}", "path": f"Basic.a{number}"} for number in range(most(20_000))]
    definition = {
        "resourceType": "StructureDefinition", "url": "urn:a", "name": "A", "status": "active", "kind": "resource",
        "abstract": False, "type": "Basic", "snapshot": {"element": elements},
    }  # fmt: skip
    yield Hostile("a definition", "StructureDefinition", _json(definition))
    subjects = {
        "resourceType": "List",
        "status": "current",
        "mode": "working",
        "entry": [{"item": subject}] * most(50_000),
    }
    yield Hostile("a list", "List", _json(subjects))


def patches(kept: str) -> Iterator[Hostile]:
    """Patches of an Observation that make much of little."""
    note = {"op": "add", "path": "/note", "value": [{"text": "a"}]}
    long = {"op": "add", "path": "/note", "value": [{"text": "a" * 900_000}]}
    copies = [{"op": "copy", "from": "/note/0", "path": "/note/-"}] * 900
    whole = [{"op": "copy", "from": "", "path": f"/x{number}"} for number in range(60)]
    double = [{"op": "copy", "from": "/note", "path": "/note/-"}] * 60
    equal = {"op": "test", "path": "/note", "value": [{"text": "a"}] * 20_000}
    made: dict[str, list[Any]] = {
        "copies": [note, *copies],
        "copies of a long text": [long, *copies],
        "copies of the whole": whole,
        "doubled": [note, *double],
        "moves": [note] + [{"op": "move", "from": "/note/0", "path": "/note/0"}] * 998,
        "tests": [equal | {"op": "add"}, equal],
        "a root that is none": [{"op": "add", "path": "", "value": None}],
        "too many": [note] * 1_001,
    }
    headers = (("content-type", "application/json-patch+json"),)
    for name, patch in made.items():
        yield Hostile(name, f"Observation/{kept}", _json(patch), headers, "PATCH")
    for number in ("1e999999999", "1e" + "9" * 40):
        quantity = '{"op":"add","path":"/valueQuantity","value":{"value":1e1}}'
        body = f'[{quantity},{{"op":"test","path":"/valueQuantity/value","value":{number}}}]'.encode()
        yield Hostile(f"number {number[:12]}", f"Observation/{kept}", body, headers, "PATCH")
