"""The consent registry: whatever its description allows and does not, and a Consent with a fault in it, has an answer."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from cast import Cast, Registered
from hypothesis import strategies as st
from registry import Registry, Tree, consent, owner, permit
from schemathesis import Case, GenerationMode

from fuzz.effort import Effort, efforts
from fuzz.test_mutations import _ODD
from fuzz.watched import refuse
from wutong.control.pcf import description

Way = tuple[str | int, ...]
_OPERATIONS = {
    each.ok().label: each.ok()
    for each in schemathesis.openapi.from_dict(description.openapi_description()).get_all_operations()
}
_OF_THE_TOOL = {"x-schemathesis-testcaseid", "authorization"}


@pytest.fixture(scope="module")
def who(cast: Cast) -> Registered:
    """Who states."""
    return cast.register()


@pytest.fixture(scope="module")
def own(cast: Cast, who: Registered) -> Registry:
    """The registry, as they see it."""
    return owner(cast, who)


@pytest.fixture(scope="module")
def made(own: Registry, who: Registered) -> Tree:
    """A Consent of theirs with all that one has."""
    found: Tree = own.create(consent(who.person_id, permit())).json()
    return found


@efforts
@pytest.mark.parametrize("label", _OPERATIONS)
def test_a_described_door_has_an_answer(cast: Cast, own: Registry, made: Tree, effort: Effort, label: str) -> None:
    cases = st.one_of(_OPERATIONS[label].as_strategy(generation_mode=mode) for mode in GenerationMode)
    tokens = st.sampled_from([own.token, cast.ha, cast.session_token(cast.doctor), ""])
    strategy = st.tuples(cases, tokens, st.sampled_from([None, made["id"]]))
    effort.spend(10, strategy, lambda drawn: _ask(cast, *drawn))


def _ask(cast: Cast, case: Case, token: str, consent_id: str | None) -> None:
    if consent_id and case.path_parameters:
        case.path_parameters = {**case.path_parameters, "consent_id": consent_id}
    sent = requests.Request(**case.as_transport_kwargs(base_url=f"{cast.server}/pcf")).prepare()
    assert sent.url
    headers = {
        name: value.encode("latin-1", "replace") if isinstance(value, str) else value
        for name, value in sent.headers.items()
        if name.lower() not in _OF_THE_TOOL
    }
    headers |= {"authorization": f"Bearer {token}".encode()} if token else {}
    body = sent.body.encode() if isinstance(sent.body, str) else sent.body
    _answered(cast, httpx.Request(str(sent.method), sent.url, headers=headers, content=body or b""))


def _answered(cast: Cast, request: httpx.Request) -> httpx.Response:
    request.read()
    answer = cast.http.send(request)
    if b"%0A" not in request.url.raw_path.partition(b"?")[0]:  # such a path leads nowhere, before any door reads it
        refuse(request, answer)
    assert answer.status_code < 500
    return answer


@efforts
def test_a_consent_with_a_fault_in_it_is_taken_or_refused_with_its_place(
    cast: Cast, own: Registry, made: Tree, effort: Effort
) -> None:
    strategy = st.tuples(st.sampled_from(list(_ways(made))), st.sampled_from(_ODD), st.booleans())
    effort.spend(60, strategy, lambda drawn: _send(cast, own, made, *drawn))


def _ways(tree: Any, before: Way = ()) -> Iterator[Way]:
    """To everything in it."""
    named = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for name, value in named:
        yield (*before, name)
        yield from _ways(value, (*before, name))


def _send(cast: Cast, own: Registry, made: Tree, way: Way, odd: Any, is_new: bool) -> None:
    content = json.loads(json.dumps(made))
    within: Any = content
    for name in way[:-1]:
        within = within[name]
    within[way[-1]] = odd
    headers = {"authorization": f"Bearer {own.token}", "content-type": "application/fhir+json", "if-match": 'W/"1"'}
    method, path = ("POST", "Consent") if is_new else ("PUT", f"Consent/{made['id']}")
    sent = httpx.Request(method, f"{cast.server}/pcf/{path}", headers=headers, content=json.dumps(content).encode())
    answer = _answered(cast, sent)
    if answer.status_code == 422:
        assert all(each.get("expression") for each in answer.json()["issue"]), (way, odd)
