"""The OpenAPI description is valid, says of the doors what they are, and is there for everybody."""

import json
from typing import Any

import pytest
from cast import Cast
from openapi_spec_validator import OpenAPIV31SpecValidator
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

from wutong.record.app import create_app
from wutong.record.definitions import r4
from wutong.record.fhir.interactions import TABLE
from wutong.record.fhir.openapi import description

_DESCRIBED = description("http://127.0.0.1/fhir")
_MOST_BYTES = 100_000


def _valid(described: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(json.loads(json.dumps(described))).validate()


def test_it_is_valid() -> None:
    _valid(_DESCRIBED)


def test_what_is_not_valid_is_seen() -> None:
    """The canary: a parameter of the path that no operation describes, and a reference that leads nowhere."""
    with pytest.raises(OpenAPIValidationError):
        _valid({**_DESCRIBED, "paths": {"/{nothing}": {"get": {"responses": {"200": {"description": ""}}}}}})
    with pytest.raises(OpenAPIValidationError):
        _valid({**_DESCRIBED, "paths": {"/": {"get": {"responses": {"200": {}}}}}})


def test_it_describes_the_doors_and_no_others() -> None:
    described = {(path, method.upper()) for path, methods in _DESCRIBED["paths"].items() for method in methods}
    assert described == {(path, method) for method, path in create_app().doors.addresses}


def test_each_operation_names_its_interaction_and_its_own_id() -> None:
    operations = [each for methods in _DESCRIBED["paths"].values() for each in methods.values()]
    assert len({each["operationId"] for each in operations}) == len(operations)
    for each in TABLE:
        described = _DESCRIBED["paths"][each.path][each.method.lower()]
        assert described["tags"] == list(each.codes)
        assert described["summary"]


def test_everybody_may_have_it_and_need_not_take_it_twice(cast: Cast) -> None:
    answer = cast.http.get("/fhir/openapi.json")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert answer.json()["servers"] == [{"url": f"{cast.server}/fhir"}]
    assert answer.json()["components"]["parameters"]["path-type"]["schema"]["enum"] == r4().resource_types()
    assert len(answer.content) < _MOST_BYTES
    again = cast.http.get("/fhir/openapi.json", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = cast.http.get("/fhir/openapi.json", headers={"if-none-match": 'W/"another"'})
    assert other.status_code == 200


def test_it_is_no_resource_that_a_batch_could_answer_with(cast: Cast) -> None:
    entries = [{"request": {"method": "GET", "url": url}} for url in ("openapi.json", "metadata")]
    answer = cast.fhir(cast.ha, "POST", "", json={"resourceType": "Bundle", "type": "batch", "entry": entries})
    assert [each["response"]["status"][:3] for each in answer.json()["entry"]] == ["404", "200"]


# Of each described parameter a use that it does not have: read, it is refused.
_ODD = {
    "_count": "_count=x", "_summary": "_summary=x", "_elements": "_elements:x=x", "_format": "_format=xml", "_total": "_total=x",
    "_sort": "_sort=x", "_include": "_include=x", "_revinclude": "_revinclude=x", "_since": "_since=x", "_after": "_after=x",
    "patient": "patient=x", "subject": "subject=x", "_lastUpdated": "_lastUpdated=x", "_id": "_id:x=x", "_profile": "_profile:x=x",
    "_security": "_security:x=x", "_source": "_source:x=x", "_tag": "_tag:x=x", "criteria": "x=x",
}  # fmt: skip
_ODD_OF_A_READ = {"_elements": "_elements=x"}
_SHAPES = frozenset({"_pretty"})  # takes anything for no


@pytest.mark.parametrize("path", ["/{type}", "/{type}/{id}", "/{type}/_history"])
def test_a_described_parameter_is_read(cast: Cast, path: str) -> None:
    parameters = _DESCRIBED["components"]["parameters"]
    named = [each["$ref"].rpartition("/")[2] for each in _DESCRIBED["paths"][path]["get"]["parameters"]]
    address = path[1:].replace("{type}", "Observation").replace("{id}", "x")
    odd = _ODD | (_ODD_OF_A_READ if "{id}" in path else {})
    for parameter in named:
        if parameters[parameter]["in"] == "query" and parameter not in _SHAPES:
            answer = cast.fhir(cast.ha, "GET", f"{address}?{odd[parameter]}")
            assert answer.status_code == (406 if parameter == "_format" else 400), f"{odd[parameter]}: {answer.text}"
