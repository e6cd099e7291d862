"""The official examples as a provider of their own deposits them, by the door: one transaction, in a world of its own.

The `fullUrl` of each entry is the address that its example has at HL7, so that the references among them lead to what
they became. Who is spoken of and has no example of their own is a Patient whom this deposit brings beside them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cast import Cast

from examples import examples
from wutong.control.audit.append import HOST
from wutong.control.people.actions import providers
from wutong.core import json_text
from wutong.record.profiles import patient_references

PROVIDER = "EXAMPLES"
BASE = "http://hl7.org/fhir/"
Json = dict[str, Any]
_PATIENT = re.compile(r"(?:https?://.+/)?Patient/[A-Za-z0-9\-.]{1,64}")
# The same person as Patient/genetics-example1, by name, birth date and number: one upload does not register her twice.
_AGAIN = BASE + "Patient/mom"
_AT_ONCE = 100  # entries of a batch


@dataclass(frozen=True)
class Example:
    """One example: its file, its tree as it was sent, and the resource that it became (`Type/id`).

    `is_alone`: it was sent by itself, so that its references were nobody's to lead anywhere.
    """

    file: str
    tree: Json
    name: str
    is_alone: bool = False

    @property
    def resource_type(self) -> str:
        """Of which type it is."""
        return self.name.partition("/")[0]


@dataclass(frozen=True)
class Loaded:
    """The examples that were stored, the token of their depositor, and what each address became (`Type/id`)."""

    cast: Cast
    token: str
    stored: list[Example]
    became: dict[str, str]

    def get(self, paths: Sequence[str]) -> Iterator[Json]:
        """What the door answers to their depositor, asked in batches; numbers keep their text."""
        for begin in range(0, len(paths), _AT_ONCE):
            asked = paths[begin : begin + _AT_ONCE]
            entries = [{"request": {"method": "GET", "url": path}} for path in asked]
            answer = self.cast.fhir(
                self.token, "POST", "", json={"resourceType": "Bundle", "type": "batch", "entry": entries}
            )
            for path, entry in zip(asked, json_text.parse(answer.content, max_depth=100)["entry"], strict=True):
                assert entry["response"]["status"] == "200 OK", f"{path}: {entry}"
                yield entry["resource"]


def load(cast: Cast, *, but: set[str]) -> Loaded:
    """Store all examples but those files."""
    providers.register_provider(
        actor=HOST, code=PROVIDER, name_en="Examples", name_zh="範例", kind="hospital-group", is_deemed=True
    )
    token = cast.client_token(PROVIDER, may_register=True)
    trees = {name: json_text.parse(body) for name, body in examples() if name not in but}
    urls = {name: f"{BASE}{tree['resourceType']}/{tree['id']}" for name, tree in trees.items()}
    missing = sorted(set(_patients(trees.values())) - set(urls.values()))
    entries = [_entry(urls[name], tree) for name, tree in trees.items()]
    entries += [_entry(url, {"resourceType": "Patient"}) for url in missing]
    _register_first(cast, token, next(each for each in entries if each["fullUrl"] == _AGAIN))
    locations = _send(cast, token, entries)
    became = dict(zip([*urls.values(), *missing], locations, strict=True))
    stored = [Example(name, tree, became[urls[name]], urls[name] == _AGAIN) for name, tree in trees.items()]
    return Loaded(cast, token, stored, became)


def _entry(url: str, resource: Json) -> Json:
    return {
        "fullUrl": url,
        "resource": resource,
        "request": {"method": "POST", "url": resource["resourceType"]},
    }


def _patients(trees: Any) -> Iterator[str]:
    for tree in trees:
        for _, reference in patient_references(tree):
            if _PATIENT.fullmatch(reference):
                yield reference if "://" in reference else BASE + reference


def _register_first(cast: Cast, token: str, entry: Json) -> None:
    """By herself; the transaction then finds her by her number and does not store her again."""
    answer = cast.fhir(token, "POST", "Patient", content=json_text.dump(entry["resource"]))
    assert answer.status_code == 201, answer.text
    [number] = [each for each in entry["resource"]["identifier"] if "us-ssn" in each["system"]]
    kept = f"_id={answer.json()['id']}&identifier={number['system']}|{number['value']}"
    entry["request"]["ifNoneExist"] = kept


def _send(cast: Cast, token: str, entries: list[Json]) -> list[str]:
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    answer = cast.fhir(token, "POST", "", content=json_text.dump(bundle))
    assert answer.status_code == 200, answer.text[:5000]
    return [each["response"]["location"].partition("/_history")[0] for each in answer.json()["entry"]]
