"""Whatever the OpenAPI description allows, and what it does not, gets an answer that may be: as FHIR says, and soon."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from cast import Registered
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode

from fuzz.effort import Effort, efforts
from fuzz.watched import Fault, Watched
from wutong.record.fhir import openapi

_OPERATIONS = {
    each.ok().label: each.ok()
    for each in schemathesis.openapi.from_dict(openapi.description("http://127.0.0.1/fhir")).get_all_operations()
}
_OF_THE_TOOL = frozenset({"X-Schemathesis-TestCaseId", "Authorization"})


@efforts
@pytest.mark.parametrize("label", _OPERATIONS)
def test_a_described_door_has_an_answer(
    server_apart: Watched, whom: Registered, tokens: Mapping[str, str], effort: Effort, label: str
) -> None:
    there = [("Patient", str(whom.patient_id)), ("Observation", str(whom.patient_id)), ("Patient", str(whom.person_id))]
    cases = st.one_of(_OPERATIONS[label].as_strategy(generation_mode=mode) for mode in GenerationMode)
    strategy = st.tuples(cases, st.sampled_from(list(tokens.values())), st.sampled_from([None, *there]))
    effort.spend(8, strategy, lambda drawn: _ask(server_apart, *drawn))


def _ask(server: Watched, case: Case, token: str, there: tuple[str, str] | None) -> None:
    if there and case.path_parameters:
        known: dict[str, Any] = dict(zip(("type", "id"), there, strict=True))
        case.path_parameters = {name: known.get(name, value) for name, value in case.path_parameters.items()}
    server.send(_request(server, case, token))


def _request(server: Watched, case: Case, token: str) -> httpx.Request:
    made = requests.Request(**case.as_transport_kwargs(base_url=f"{server.http.base_url}/fhir")).prepare()
    assert made.url
    body = made.body.encode() if isinstance(made.body, str) else made.body
    headers = {
        name: value.encode("latin-1", "replace") if isinstance(value, str) else value
        for name, value in made.headers.items()
        if name not in _OF_THE_TOOL
    }
    if token:
        headers["authorization"] = f"Bearer {token}".encode()
    return httpx.Request(str(made.method), made.url, headers=headers, content=body or b"")


def test_the_judge_sees_a_door_that_fails(broken: Watched, tokens: Mapping[str, str]) -> None:
    """The canary: a server with a door that raises, one that sleeps and one that eats turns this red."""
    assert broken.ask("GET", "Patient", token=tokens["system"]).status_code == 200
    for kind, words in (("Flag", " s for"), ("List", "MiB for"), ("Basic", "500 for")):
        with pytest.raises(Fault, match=words):
            broken.ask("GET", kind, token=tokens["system"])
