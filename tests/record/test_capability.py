"""What the CapabilityStatement declares is done, for every type that it names; what it does not declare is refused."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from cast import Cast, Registered, patient

from record.least import least
from wutong.core import ids
from wutong.record.definitions import r4
from wutong.record.fhir.interactions import TABLE, Level, codes
from wutong.record.fhir.metadata import statement

_REST: dict[str, Any] = statement("")["rest"][0]
_PATCH = {"content-type": "application/json-patch+json"}
# What a deposit of ours keeps to itself: it is registered, and its records stay under it.
_OWN_PATIENT = "Patient"


@pytest.fixture(scope="module")
def who(cast: Cast) -> Registered:
    """A person about whom all types can speak."""
    return cast.register()


def _resource(cast: Cast, kind: str, who: Registered) -> dict[str, Any]:
    return patient(cast.register().hkid) if kind == _OWN_PATIENT else least(kind, who.patient_id)


def _create(cast: Cast, kind: str, who: Registered) -> dict[str, Any]:
    answer = cast.fhir(cast.ha, "POST", kind, json=_resource(cast, kind, who))
    assert answer.status_code == 201, f"{kind}: {answer.text}"
    made: dict[str, Any] = answer.json()
    return made


def _read(cast: Cast, kind: str, made: dict[str, Any]) -> None:
    read = cast.fhir(cast.ha, "GET", f"{kind}/{made['id']}")
    assert (read.status_code, read.json()) == (200, made)


def _vread(cast: Cast, kind: str, made: dict[str, Any]) -> None:
    assert cast.fhir(cast.ha, "GET", f"{kind}/{made['id']}/_history/1").json() == made


def _update(cast: Cast, kind: str, made: dict[str, Any]) -> None:
    changed = cast.fhir(cast.ha, "PUT", f"{kind}/{made['id']}", json=made, headers={"if-match": 'W/"1"'})
    assert (changed.status_code, changed.headers["etag"]) == (200, 'W/"2"')


def _patch(cast: Cast, kind: str, made: dict[str, Any]) -> None:
    patch = json.dumps([{"op": "add", "path": "/language", "value": "en"}]).encode()
    answer = cast.fhir(cast.ha, "PATCH", f"{kind}/{made['id']}", content=patch, headers=_PATCH)
    assert (answer.status_code, answer.json()["language"]) == (200, "en")


def _history(cast: Cast, kind: str, made: dict[str, Any]) -> None:
    assert cast.fhir(cast.ha, "GET", f"{kind}/{made['id']}/_history").json()["total"] == 3


def _type_history(cast: Cast, kind: str, made: dict[str, Any]) -> None:
    entries = cast.fhir(cast.ha, "GET", f"{kind}/_history?_count=3").json()["entry"]
    assert {entry["fullUrl"].rpartition("/")[2] for entry in entries} == {made["id"]}


def _search(cast: Cast, kind: str, made: dict[str, Any]) -> None:
    assert cast.fhir(cast.ha, "GET", f"{kind}?_id={made['id']}").json()["total"] == 1
    form = {"content-type": "application/x-www-form-urlencoded"}
    posted = cast.fhir(cast.ha, "POST", f"{kind}/_search", content=f"_id={made['id']}", headers=form)
    assert posted.json()["total"] == 1


def _delete(cast: Cast, kind: str, made: dict[str, Any]) -> None:
    assert cast.fhir(cast.ha, "DELETE", f"{kind}/{made['id']}").status_code == 204
    assert cast.fhir(cast.ha, "GET", f"{kind}/{made['id']}").status_code == 410


# In an order in which one does not undo the next.
_DONE: dict[str, Callable[[Cast, str, dict[str, Any]], None]] = {
    "read": _read,
    "vread": _vread,
    "update": _update,
    "patch": _patch,
    "history-instance": _history,
    "history-type": _type_history,
    "search-type": _search,
    "delete": _delete,
}


@pytest.mark.parametrize("described", _REST["resource"], ids=lambda each: each["type"])
def test_a_type_does_what_is_declared_of_it(cast: Cast, who: Registered, described: dict[str, Any]) -> None:
    declared = {each["code"] for each in described["interaction"]}
    assert declared == {"create", *_DONE}, "an interaction that is not exercised is not declared"
    kind = described["type"]
    made = _create(cast, kind, who)
    for act in _DONE.values():
        act(cast, kind, made)


@pytest.mark.parametrize("kind", ["Basic", "Condition", "Practitioner"])
def test_the_conditional_ones_are_done_as_declared(cast: Cast, who: Registered, kind: str) -> None:
    [described] = [each for each in _REST["resource"] if each["type"] == kind]
    made = _create(cast, kind, who)
    one = f"_id={made['id']}"
    assert described["conditionalCreate"] is True
    body = _resource(cast, kind, who)
    assert cast.fhir(cast.ha, "POST", kind, json=body, headers={"if-none-exist": one}).status_code == 200
    assert described["conditionalRead"] == "full-support"
    read = cast.fhir(cast.ha, "GET", f"{kind}/{made['id']}", headers={"if-none-match": 'W/"1"'})
    assert read.status_code == 304
    since = {"if-modified-since": read.headers["last-modified"]}
    assert cast.fhir(cast.ha, "GET", f"{kind}/{made['id']}", headers=since).status_code == 304
    assert described["conditionalUpdate"] is True
    assert cast.fhir(cast.ha, "PUT", f"{kind}?{one}", json=body).headers["etag"] == 'W/"2"'
    assert described["conditionalDelete"] == "single"
    assert cast.fhir(cast.ha, "DELETE", f"{kind}?{one}").status_code == 204
    assert described["updateCreate"] is False
    unknown = body | {"id": str(ids.new())}
    assert cast.fhir(cast.ha, "PUT", f"{kind}/{unknown['id']}", json=unknown).status_code == 404


@pytest.mark.parametrize("code", [each["code"] for each in _REST["interaction"]])
def test_a_bundle_does_what_is_declared(cast: Cast, code: str) -> None:
    bundle = {"resourceType": "Bundle", "type": code, "entry": [{"request": {"method": "GET", "url": "metadata"}}]}
    answer = cast.fhir(cast.ha, "POST", "", json=bundle)
    assert answer.json()["type"] == f"{code}-response"


def test_the_statement_names_all_types_and_is_valid(cast: Cast) -> None:
    assert [each["type"] for each in _REST["resource"]] == r4().resource_types()
    answer = cast.http.get("/fhir/metadata")
    made = cast.fhir(cast.ha, "POST", "CapabilityStatement", content=answer.content)
    assert made.status_code == 201, made.text


def test_each_door_is_declared_and_each_declared_one_has_its_door() -> None:
    declared = {each["code"] for described in _REST["resource"] for each in described["interaction"]}
    assert declared == set(codes(Level.TYPE))
    assert {each["code"] for each in _REST["interaction"]} == set(codes(Level.SYSTEM))
    named = {each["name"] for described in _REST["resource"] for each in described.get("operation", [])}
    assert named == set(codes(Level.OPERATION)) | set(codes(Level.EVERYWHERE))
    assert {each["name"] for each in _REST["operation"]} == set(codes(Level.EVERYWHERE))
    assert {code for each in TABLE for code in each.codes} == declared | named | set(codes(Level.SYSTEM))


@pytest.mark.parametrize(("method", "path"), [("GET", "_history"), ("POST", "_search"), ("PUT", ""), ("DELETE", "")])
def test_what_is_not_declared_is_refused(cast: Cast, method: str, path: str) -> None:
    assert cast.fhir(cast.ha, method, path).status_code in {404, 405}
