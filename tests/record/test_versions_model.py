"""Any sequence of create, update, patch, delete and reading does what a simple model of versions does.

Each by id, by a condition, and in a transaction; and what is stored afterwards is whole and indexed as it says.
"""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from cast import Cast, Registered
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from keeping import differences

from record.resources import of_category
from wutong.core import ids

_PATCH = {"content-type": "application/json-patch+json"}
_ACTS = st.sampled_from(
    [
        "put",
        "patch",
        "delete",
        "put_where",
        "patch_where",
        "delete_where",
        "together",
        "undone",
        "get",
        "vread",
        "history",
        "since",
        "search",
    ]
)
_STEPS = st.lists(st.tuples(_ACTS, st.sampled_from(["right", "stale", "none"]), st.integers(1, 9)), max_size=14)


@dataclass
class Model:
    """The texts of all versions, oldest first; None where one says "deleted"."""

    versions: list[str | None] = field(default_factory=list)

    @property
    def is_deleted(self) -> bool:
        """Whether the newest version says so."""
        return self.versions[-1] is None


@pytest.fixture(scope="session")
def who(cast: Cast) -> Registered:
    """A person."""
    return cast.register()


@dataclass
class Run:
    """One resource, asked by the door and by the model."""

    cast: Cast
    resource: dict[str, Any]
    model: Model

    @property
    def path(self) -> str:
        """Its address."""
        return f"Condition/{self.resource['id']}"

    def ask(self, method: str, tail: str = "", **more: Any) -> Any:
        """One request about it."""
        return self.cast.fhir(self.cast.ha, method, self.path + tail, **more)

    def step(self, act: str, seen: str, number: int) -> None:
        """Do it, and compare."""
        newest = len(self.model.versions)
        etag = {"right": newest, "stale": newest - 1, "none": None}[seen]
        headers = {} if etag is None else {"if-match": f'W/"{etag}"'}
        is_stale = etag is not None and etag != newest
        getattr(self, f"_{act}")(headers, is_stale, number)

    def _put(self, headers: dict[str, str], is_stale: bool, number: int) -> None:
        text = f"put {number}"
        answer = self.ask("PUT", json=self.resource | {"code": {"text": text}}, headers=headers)
        expected = 412 if is_stale else 201 if self.model.is_deleted else 200
        assert answer.status_code == expected, answer.text
        if not is_stale:
            self.model.versions.append(text)

    def _patch(self, headers: dict[str, str], is_stale: bool, number: int) -> None:
        patch = json.dumps([{"op": "replace", "path": "/code/text", "value": f"patch {number}"}]).encode()
        answer = self.ask("PATCH", content=patch, headers=_PATCH | headers)
        assert answer.status_code == (412 if is_stale else 410 if self.model.is_deleted else 200), answer.text
        if answer.status_code == 200:
            self.model.versions.append(f"patch {number}")

    def _delete(self, headers: dict[str, str], is_stale: bool, _number: int) -> None:
        answer = self.ask("DELETE", headers=headers)
        assert answer.status_code == (412 if is_stale else 204), answer.text
        if not is_stale and not self.model.is_deleted:
            self.model.versions.append(None)

    def _put_where(self, _headers: Any, _stale: Any, number: int) -> None:
        """By its identifier; what is deleted is not found, and would be created anew."""
        if self.model.is_deleted:
            return
        text = f"put where {number}"
        answer = self.where("PUT", json={**self.resource, "code": {"text": text}})
        assert answer.status_code == 200, answer.text
        self.model.versions.append(text)

    def _patch_where(self, _headers: Any, _stale: Any, number: int) -> None:
        patch = json.dumps([{"op": "replace", "path": "/code/text", "value": f"patch where {number}"}]).encode()
        answer = self.where("PATCH", content=patch, headers=_PATCH)
        assert answer.status_code == (404 if self.model.is_deleted else 200), answer.text
        if answer.status_code == 200:
            self.model.versions.append(f"patch where {number}")

    def _delete_where(self, *_: Any) -> None:
        assert self.where("DELETE").status_code == 204
        if not self.model.is_deleted:
            self.model.versions.append(None)

    def _together(self, headers: dict[str, str], is_stale: bool, number: int) -> None:
        """In a transaction, beside another change."""
        text = f"together {number}"
        answer = self.transaction(headers, text, {"resourceType": "Basic", "code": {"text": "x"}})
        assert answer.status_code == (412 if is_stale else 200), answer.text
        if not is_stale:
            self.model.versions.append(text)

    def _undone(self, _headers: Any, _stale: Any, number: int) -> None:
        """In a transaction of which another part is refused."""
        absent = {"resourceType": "Basic", "code": {"text": "x"}, "subject": {"reference": f"Patient/{ids.new()}"}}
        assert self.transaction({}, f"undone {number}", absent).status_code in {403, 404, 422}

    def where(self, method: str, **more: Any) -> Any:
        """One request about whatever has its identifier."""
        search = f"Condition?identifier={self.resource['identifier'][0]['value']}"
        return self.cast.fhir(self.cast.ha, method, search, **more)

    def transaction(self, headers: dict[str, str], text: str, other: dict[str, Any]) -> Any:
        """A new version of it, and another resource."""
        match = {"ifMatch": headers["if-match"]} if headers else {}
        changed = self.resource | {"code": {"text": text}}
        entry = [
            {"resource": changed, "request": {"method": "PUT", "url": self.path} | match},
            {"resource": other, "request": {"method": "POST", "url": "Basic"}},
        ]
        bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entry}
        return self.cast.fhir(self.cast.ha, "POST", "", json=bundle)

    def _get(self, *_: Any) -> None:
        answer = self.ask("GET")
        assert answer.headers["etag"] == f'W/"{len(self.model.versions)}"'
        self._same(answer, self.model.versions[-1])

    def _vread(self, _headers: Any, _stale: Any, number: int) -> None:
        answer = self.ask("GET", f"/_history/{number}")
        if number > len(self.model.versions):
            assert answer.status_code == 404
        else:
            self._same(answer, self.model.versions[number - 1])

    def _history(self, _headers: Any, _stale: Any, number: int) -> None:
        found, address = list[str | None](), f"/_history?_count={number}"
        while address:
            bundle = self.ask("GET", address).json()
            assert bundle["total"] == len(self.model.versions)
            found += [each["resource"]["code"]["text"] if "resource" in each else None for each in bundle["entry"]]
            onward = [link["url"] for link in bundle["link"] if link["relation"] == "next"]
            address = onward[0].partition(self.path)[2] if onward else ""
        assert found == self.model.versions[::-1]

    def _since(self, *_: Any) -> None:
        newest = self.ask("GET", "/_history?_count=1").json()["entry"][0]["response"]["lastModified"]
        bundle = self.ask("GET", f"/_history?_since={newest.replace('+', '%2B')}").json()
        assert bundle["total"] >= 1

    def _search(self, *_: Any) -> None:
        answer = self.cast.fhir(self.cast.ha, "GET", f"Condition?_id={self.resource['id']}").json()
        assert answer["total"] == (0 if self.model.is_deleted else 1)

    def _same(self, answer: Any, text: str | None) -> None:
        if text is None:
            assert answer.status_code == 410
        else:
            assert (answer.status_code, answer.json()["code"]["text"]) == (200, text)


_MADE = set[str]()  # ids of all that the sequences were about


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=_STEPS)
def test_any_sequence_is_as_the_model_says(cast: Cast, who: Registered, steps: list[tuple[str, str, int]]) -> None:
    named = {"identifier": [{"system": "urn:model", "value": str(ids.new())}]}
    made = cast.fhir(cast.ha, "POST", "Condition", json=of_category("DX", who.patient_id) | named)
    _MADE.add(made.json()["id"])
    run = Run(cast, made.json(), Model(["a DX thing"]))
    for step in [*steps, ("get", "none", 1), ("history", "none", 3)]:
        run.step(*step)


def test_what_such_sequences_leave_is_whole_and_indexed_as_it_says(who: Registered) -> None:
    ours = {str(who.patient_id), *_MADE}
    assert [sentence for sentence in differences() if any(each in sentence for each in ours)] == []
