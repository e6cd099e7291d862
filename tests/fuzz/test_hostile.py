"""What is made to hurt: refused or taken, within a second (or what an honest body of its size takes) and within 200 MB."""

import base64
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from cast import Cast, Registered
from record.resources import of_category

from fuzz.hostile import bodies, patches
from fuzz.watched import MOST_BYTES, Fault, Watched
from wutong.core import ids

_FHIR = {"content-type": "application/fhir+json"}


@pytest.mark.parametrize(
    "size", [0.03, pytest.param(1, marks=[pytest.mark.drill, pytest.mark.timeout(1800)])], ids=["small", "whole"]
)
def test_a_hostile_body_costs_no_more_than_an_honest_one(
    server_apart: Watched, whom: Registered, tokens: Mapping[str, str], size: float
) -> None:
    faults = []
    for each in bodies(whom.patient_id, size):
        for path in (each.path, "Observation/$validate") if each.path == "Observation" else (each.path,):
            try:
                server_apart.ask(
                    each.method, path, token=tokens["system"], content=each.body, headers=dict(each.headers)
                )
            except Fault as fault:
                faults.append(f"{each.name}, {path}: {str(fault)[:200]}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("caller", ["professional", "stranger"])
def test_nobody_else_is_read_at_length(
    server_apart: Watched, whom: Registered, tokens: Mapping[str, str], caller: str
) -> None:
    for each in bodies(whom.patient_id, 0.003):
        answer = server_apart.ask(
            each.method, each.path, token=tokens[caller], content=each.body, headers=dict(each.headers)
        )
        assert answer.status_code != 201, each.name


def test_a_small_patch_makes_nothing_large(server_apart: Watched, whom: Registered, tokens: Mapping[str, str]) -> None:
    made = _create(server_apart, tokens["system"], of_category("LAB", whom.patient_id))
    for each in patches(made["id"]):
        server_apart.ask(each.method, each.path, token=tokens["system"], content=each.body, headers=dict(each.headers))
    read = server_apart.ask("GET", f"Observation/{made['id']}", token=tokens["system"])
    assert len(read.content) < 2_000_000


def _create(server: Watched, token: str, resource: dict[str, Any]) -> dict[str, Any]:
    answer = server.ask("POST", resource["resourceType"], token=token, headers=_FHIR, content=json.dumps(resource))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


@dataclass(frozen=True)
class Large:
    """A person with documents that no answer can hold together."""

    who: Registered
    visit: str
    document: str


@pytest.fixture(scope="module")
def large(cast: Cast, server_apart: Watched, tokens: Mapping[str, str]) -> Large:
    who = cast.register(family="BIG")
    cast.allow(who)
    visit = _create(server_apart, tokens["system"], of_category("ENC", who.patient_id))["id"]
    content = [{"attachment": {"contentType": "text/plain", "data": "QUFB" * 2_000_000}}]
    about = {"content": content, "context": {"encounter": [{"reference": f"Encounter/{visit}"}]}}
    document = ""
    for _ in range(3):
        document = _create(server_apart, tokens["system"], of_category("CNS", who.patient_id) | about)["id"]
    return Large(who, visit, document)


def test_an_answer_is_no_larger_than_it_can_be_held(
    server_apart: Watched, large: Large, tokens: Mapping[str, str]
) -> None:
    person = f"patient={large.who.patient_id}"
    one = f"DocumentReference/{large.document}"
    for path in (
        f"DocumentReference?{person}",
        f"DocumentReference?{person}&_summary=true&_pretty=true",
        f"DocumentReference/_history?{person}",
        f"{one}/_history",
        f"Encounter?_id={large.visit}&_revinclude=DocumentReference:encounter",
        f"Encounter?{person}&_revinclude=DocumentReference:encounter&_elements=status",
    ):
        server_apart.ask("GET", path, token=tokens["system"])
    for url in (one, f"DocumentReference?{person}", f"{one}/_history"):
        entries = [{"request": {"method": "GET", "url": url}}] * 40
        batch = json.dumps({"resourceType": "Bundle", "type": "batch", "entry": entries})
        server_apart.ask("POST", "", token=tokens["system"], headers=_FHIR, content=batch)


def test_documents_that_many_read_at_once_are_read_apart(
    server_apart: Watched, large: Large, tokens: Mapping[str, str]
) -> None:
    path = f"DocumentReference/{large.document}"
    headers = {"authorization": f"Bearer {tokens['system']}"}
    whole = server_apart.ask("GET", path, token=tokens["system"])
    assert (whole.status_code, whole.json()["id"]) == (200, large.document)
    seen = headers | {"if-none-match": whole.headers["etag"]}  # which is read all the same, and not sent
    with server_apart.growing() as grown, ThreadPoolExecutor(32) as threads:
        read = threads.map(lambda _: server_apart.http.get(f"/fhir/{path}", headers=seen).status_code, range(128))
        assert set(read) == {304}
    assert grown() < MOST_BYTES


def test_half_of_what_comes_along_is_not_sent_as_all(
    server_apart: Watched, large: Large, tokens: Mapping[str, str]
) -> None:
    """The refusal beside its permission: the visit alone, with what comes along, and one document with its visit."""
    visit = f"Encounter?_id={large.visit}"
    alone = server_apart.ask("GET", visit, token=tokens["system"])
    assert alone.json()["total"] == 1
    refused = server_apart.ask("GET", f"{visit}&_revinclude=DocumentReference:encounter", token=tokens["system"])
    assert (refused.status_code, refused.json()["issue"][0]["code"]) == (422, "too-costly")
    question = f"DocumentReference?_id={large.document}&_include=DocumentReference:encounter"
    entries = server_apart.ask("GET", question, token=tokens["system"]).json()["entry"]
    assert [each["search"]["mode"] for each in entries] == ["match", "include"]


_ODD_HEADERS: list[dict[str, str | bytes]] = [
    {"if-modified-since": "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"},
    {"if-modified-since": "Mon, 01 Jan 2024 00:00:00 +99999999999"},
    {"if-modified-since": "Mon, 01 Jan 0001 00:00:00 +2300"},
    {"if-modified-since": b"\xff"},
    {"if-none-match": 'W/"' + "9" * 4_000},
    {"if-none-match": "," * 20_000},
    {"accept": "," * 20_000},
    {"accept": "application/fhir+json;q=" + "0" * 1_000},
    {"accept": b"\xff"},
    {"accept-encoding": "gzip;q=x," * 2_000},
    {"authorization": b"Bearer \xff"},
    {"authorization": "Bearer " + "x" * 30_000},
    {"authorization": "bearer"},
    {"prefer": "return=,;=;" * 2_000},
    {"prefer": b"return=\xff"},
    {"content-type": "application/fhir+json;charset=utf-16"},
    {"content-encoding": "gzip, gzip"},
    {"if-match": 'W/"99999999999"'},
    {"if-none-exist": b"identifier=\xff"},
    {"if-none-exist": "identifier=%ED%A0%80"},
    {"idempotency-key": b"\xff"},
    {"idempotency-key": '"' * 5},
    {"x-forwarded-for": "a" * 9_000},
    {"cookie": "a=b;" * 6_000},
    {"x": "a" * 40_000},
    {"expect": "200-ok"},
    {"range": "bytes=0-1,0-1," * 1_000},
]


@pytest.mark.parametrize("header", _ODD_HEADERS, ids=lambda header: repr(header)[:50])
def test_an_odd_header_is_read_or_told(
    server_apart: Watched, whom: Registered, tokens: Mapping[str, str], header: dict[str, str | bytes]
) -> None:
    sent = {"authorization": f"Bearer {tokens['system']}"} | {
        name: value if isinstance(value, bytes) else value.encode() for name, value in header.items()
    }
    twice = [*sent.items(), *((name, value) for name, value in sent.items() if name in header)]
    body = json.dumps(of_category("LAB", whom.patient_id))
    for headers in (list(sent.items()), twice):
        server_apart.ask("GET", f"Patient/{whom.patient_id}", headers=headers)
        server_apart.ask("POST", "Observation", headers=[("content-type", "application/json"), *headers], content=body)


@pytest.mark.parametrize("more", ["", "&status=current"], ids=["by identifier", "by more"])
def test_what_many_conditions_find_is_not_held_many_times(
    server_apart: Watched, large: Large, tokens: Mapping[str, str], more: str
) -> None:
    """The refusal beside its permissions: what was found is answered with as far as one answer holds."""
    path, mark = f"DocumentReference/{large.document}", str(ids.new())
    document = server_apart.ask("GET", path, token=tokens["system"]).json()
    named = [{"system": "urn:hostile", "value": f"{mark}-{number}"} for number in range(40)]
    document = json.dumps(document | {"identifier": named})
    assert server_apart.ask("PUT", path, token=tokens["system"], headers=_FHIR, content=document).status_code == 200
    small = of_category("CNS", large.who.patient_id)

    def sent(count: int, returns: str) -> httpx.Response:
        requests = [
            {"method": "POST", "url": "DocumentReference", "ifNoneExist": f"identifier=urn:hostile|{mark}-{n}{more}"}
            for n in range(count)
        ]
        entries = [{"resource": small, "request": request} for request in requests]
        bundle = json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries})
        headers = _FHIR | {"prefer": f"return={returns}"}
        return server_apart.ask("POST", "", token=tokens["system"], headers=headers, content=bundle)

    assert {each["response"]["status"] for each in sent(40, "minimal").json()["entry"]} == {"200 OK"}
    refused = sent(40, "representation")
    assert (refused.status_code, refused.json()["issue"][0]["code"]) == (413, "too-costly")
    assert [each["resource"]["id"] for each in sent(3, "representation").json()["entry"]] == [large.document] * 3


def test_references_that_lead_nowhere_are_told_in_one_look(
    server_apart: Watched, whom: Registered, tokens: Mapping[str, str]
) -> None:
    item = {"item": {"reference": "urn:uuid:0"}}
    listed = {"resourceType": "List", "status": "current", "mode": "working", "entry": [item] * 5_000}
    entry = {"resource": listed, "request": {"method": "POST", "url": "List"}}
    bundle = json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": [entry] * 2})
    answer = server_apart.ask("POST", "", token=tokens["system"], headers=_FHIR, content=bundle)
    assert answer.status_code == 422
    places = [each["expression"] for each in answer.json()["issue"]]
    assert places == [[f"Bundle.entry[0].resource.entry[{number}].item.reference"] for number in range(100)]


def _patched(server: Watched, token: str, kept: dict[str, list[dict[str, Any]]], *, size: int = 0) -> httpx.Response:
    """The answer to one transaction with a JSON Patch of each resource that is named; `size`: of each of them."""
    entries = []
    for url, patch in kept.items():
        data = base64.b64encode(json.dumps(patch).encode()).decode()
        binary = {"resourceType": "Binary", "contentType": "application/json-patch+json", "data": data}
        entries.append({"resource": binary, "request": {"method": "PATCH", "url": url}})
    bundle = json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries})
    return server.ask("POST", "", token=token, headers=_FHIR, content=bundle, about=size * len(kept))


def test_the_patches_of_a_request_share_their_time(
    server_apart: Watched, whom: Registered, tokens: Mapping[str, str]
) -> None:
    entry = {"resource": of_category("LAB", whom.patient_id), "request": {"method": "POST", "url": "Observation"}}
    bundle = json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": [entry] * 40})
    made = server_apart.ask("POST", "", token=tokens["system"], headers=_FHIR, content=bundle).json()["entry"]
    urls = [each["response"]["location"].partition("/_history/")[0] for each in made]
    note = {"op": "add", "path": "/note", "value": [{"text": "a"}]}
    much = {"op": "add", "path": "/note", "value": [{"text": "a"}] * 300}
    # Each makes some 90,000 values, and leaves one of them.
    long = [much, *({"op": "copy", "from": "/note", "path": f"/x{number}"} for number in range(140))]
    long += [*({"op": "remove", "path": f"/x{number}"} for number in range(140)), note]
    refused = _patched(server_apart, tokens["system"], dict.fromkeys(urls, long))
    assert (refused.status_code, refused.json()["issue"][0]["code"]) == (422, "too-costly")
    for patch in ([note], long):  # many short ones, and one that is as long as each of the others
        changed = _patched(server_apart, tokens["system"], dict.fromkeys(urls if patch == [note] else urls[:1], patch))
        assert changed.status_code == 200, changed.text
    version = server_apart.ask("GET", urls[0], token=tokens["system"]).json()["meta"]["versionId"]
    assert version == "3"  # without what was refused


def test_what_is_patched_together_is_no_larger_than_it_can_be_held(
    server_apart: Watched, large: Large, tokens: Mapping[str, str]
) -> None:
    whole = server_apart.ask("GET", f"DocumentReference/{large.document}", token=tokens["system"])
    document, size = whole.json(), len(whole.content)
    others = [_create(server_apart, tokens["system"], document)["id"] for _ in range(4)]
    patch = [{"op": "add", "path": "/description", "value": "patched"}]
    urls = [f"DocumentReference/{each}" for each in (large.document, *others)]
    refused = _patched(server_apart, tokens["system"], dict.fromkeys(urls, patch), size=size)
    assert (refused.status_code, refused.json()["issue"][0]["code"]) == (413, "too-costly")
    changed = _patched(server_apart, tokens["system"], dict.fromkeys(urls[:3], patch), size=size)
    assert changed.status_code == 200, changed.text
