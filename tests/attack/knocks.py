"""What is asked at each door of the record plane about the hidden record, and with which status it is refused."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from attack.hidden import SYSTEM, Hidden, Links, Row
from wutong.core.access import Act
from wutong.core.categories import CATEGORY_TAG
from wutong.record.fhir.interactions import Interaction

_JSON = {"content-type": "application/fhir+json"}
_FORM = {"content-type": "application/x-www-form-urlencoded"}
_PATCH = {"content-type": "application/json-patch+json"}
_BY_ID, _BY_PATIENT, _EITHER = frozenset({404}), frozenset({403}), frozenset({403, 404})
_STALE = frozenset({403, 410})


@dataclass(frozen=True)
class Knock:
    """One request. `row`: what it is about, None: the whole record or several parts of it.

    `is_nameless`: a search that names no patient. `is_found`: the door looks for what is meant before it asks who may
    write. `is_mixed`: a batch, whose entries are refused each by itself. `says_why`: `$access`, which tells a caller that
    nothing opens, and why. `is_of_strangers`: whoever has a live token may ask it. `empty`: the statuses for a system that finds none of its own, where it may be let look.
    """

    method: str
    path: str
    act: Act
    refused: frozenset[int]
    row: Row | None = None
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    is_nameless: bool = False
    is_found: bool = False
    is_mixed: bool = False
    says_why: bool = False
    is_of_strangers: bool = False
    empty: frozenset[int] = frozenset()

    def __str__(self) -> str:
        return f"{self.method} /fhir/{self.path} {self.body[:300]}"


Knocks = Iterator[Knock]


def knocks(at: Interaction, about: Hidden, links: Links) -> list[Knock]:
    """All requests at one door; a GET by HEAD as well."""
    made = list(_MAKERS[at.method, at.path](about, links))
    heads = [Knock(**{**vars(each), "method": "HEAD"}) for each in made if each.method == "GET"]
    return made + heads[::3]


def _read(about: Hidden, _: Links) -> Knocks:
    for row in about.rows:
        for more, headers in (("", {}), ("?_summary=true", {}), ("", {"if-none-match": row.etag})):
            yield Knock("GET", row.address + more, Act.READ, _BY_ID, row, headers=headers)
    # A system is let look among its own deposits for what has a person's id, which nothing there has.
    yield Knock("GET", f"Patient/{about.who.person_id}", Act.READ, _BY_ID, about.rows[0], empty=_BY_ID)


def _vread(about: Hidden, _: Links) -> Knocks:
    for row in about.rows:
        for version in (1, 2):
            yield Knock("GET", f"{row.address}/_history/{version}", Act.READ, _BY_ID, row)


def _history(about: Hidden, links: Links) -> Knocks:
    for row in about.rows:
        yield Knock("GET", f"{row.address}/_history", Act.READ, _BY_ID, row)
        yield Knock("GET", f"{row.address}/_history?_count=1", Act.READ, _BY_ID, row)
    if links.history:
        lab = next(each for each in about.rows if each.category == "LAB")
        yield Knock("GET", f"{lab.address}/_history?{links.history}", Act.READ, _BY_ID, lab)


def _type_history(about: Hidden, _: Links) -> Knocks:
    found = frozenset({200})
    for row in about.rows:
        for whom in (about.who.patient_id, about.who.person_id):
            yield Knock("GET", f"{row.kind}/_history?patient={whom}", Act.READ, _BY_PATIENT, row, empty=found)
        yield Knock("GET", f"{row.kind}/_history", Act.READ, _BY_PATIENT, row, is_nameless=True, empty=found)


def _questions(about: Hidden, row: Row) -> Iterator[tuple[str, bool]]:
    """Each a query, and whether it names no patient."""
    yield f"patient={about.who.patient_id}&_id={row.row_id}", False
    yield f"patient={about.who.person_id}&identifier={SYSTEM}|{row.handle}", False
    yield f"patient={about.who.person_id}&_tag={CATEGORY_TAG}|{row.category}&_summary=count", False
    yield f"patient={about.who.person_id}&_lastUpdated=ge2020-01-01&_sort=-_lastUpdated&_count=1", False
    yield f"_id={row.row_id}", True
    yield f"identifier={SYSTEM}|{row.handle}", True


def _search(about: Hidden, links: Links) -> Knocks:
    found = frozenset({200})
    for row in about.rows:
        for query, is_nameless in _questions(about, row):
            address = f"{row.kind}?{quote(query, safe='=&')}"
            yield Knock("GET", address, Act.READ, _BY_PATIENT, row, is_nameless=is_nameless, empty=found)
    included = (
        f"Observation?patient={about.who.patient_id}&_include=Observation:subject&_revinclude=DiagnosticReport:result"
    )
    yield Knock("GET", included, Act.READ, _BY_PATIENT, empty=found)
    if links.search:
        yield Knock("GET", f"Observation?{links.search}", Act.READ, _STALE, empty=frozenset({410}))


def _search_posted(about: Hidden, links: Links) -> Knocks:
    for each in _search(about, links):
        kind, _, query = each.path.partition("?")
        yield Knock(**{**vars(each), "method": "POST", "path": f"{kind}/_search", "body": query, "headers": _FORM})


def _everything(about: Hidden, links: Links) -> Knocks:
    found = frozenset({200, 404})
    for whom in (about.who.patient_id, about.who.person_id):
        for query in ("", "?_count=1", "?_type=Observation,Condition", "?_since=2020-01-01T00:00:00Z", "?start=2020"):
            yield Knock("GET", f"Patient/{whom}/$everything{query}", Act.READ, _BY_PATIENT, empty=found)
    if links.everything:
        path = f"Patient/{about.who.person_id}/$everything?{links.everything}"
        yield Knock("GET", path, Act.READ, _STALE, empty=frozenset({410}))


def _everything_posted(about: Hidden, _: Links) -> Knocks:
    body = _parameters(_type={"valueString": "Observation,Patient"})
    for whom in (about.who.patient_id, about.who.person_id):
        for more in (_parameters(), body):
            path = f"Patient/{whom}/$everything"
            empty = frozenset({200, 404})
            yield Knock("POST", path, Act.READ, _BY_PATIENT, body=more, headers=_JSON, empty=empty)


def _parameters(**given: dict[str, Any]) -> str:
    parts = [{"name": name, **value} for name, value in given.items()]
    return json.dumps({"resourceType": "Parameters", **({"parameter": parts} if parts else {})})


def _open(about: Hidden, _: Links) -> Knocks:
    for whom in (about.who.patient_id, about.who.person_id):
        for reason in ("The patient is here now", "", "An appointment", "a" * 500, "病人在此"):
            stated = {"reason": {"valueString": reason}} if reason else {}
            body = _parameters(purpose={"valueCode": "TREAT"}, **stated)
            yield Knock("POST", f"Patient/{whom}/$open", Act.OPEN, _BY_PATIENT, body=body, headers=_JSON)


def _access(about: Hidden, _: Links) -> Knocks:
    for whom in (about.who.patient_id, about.who.person_id):
        yield Knock("GET", f"Patient/{whom}/$access", Act.ACCESS, _BY_PATIENT, says_why=True)


def _inventory(about: Hidden, _: Links) -> Knocks:
    for whom in (about.who.patient_id, about.who.person_id):
        yield Knock("GET", f"Patient/{whom}/$inventory", Act.COUNT, _BY_PATIENT)


def _update(about: Hidden, _: Links) -> Knocks:
    for row in about.rows:
        body = json.dumps(_content(about, row))
        for headers in (_JSON, _JSON | {"if-match": row.etag}):
            yield Knock("PUT", row.address, Act.WRITE, _BY_ID, row, body, headers)


def _patch(about: Hidden, _: Links) -> Knocks:
    for row in about.rows:
        for headers in (_PATCH, _PATCH | {"if-match": row.etag}):
            yield Knock("PATCH", row.address, Act.WRITE, _BY_ID, row, _PATCHED, headers)


def _delete(about: Hidden, _: Links) -> Knocks:
    for row in about.rows:
        for headers in ({}, {"if-match": row.etag}):
            yield Knock("DELETE", row.address, Act.WRITE, _BY_ID, row, headers=headers)


def _create(about: Hidden, _: Links) -> Knocks:
    for row in about.rows[1:]:
        body = json.dumps(_content(about, row))
        exists = {"if-none-exist": f"identifier={SYSTEM}|{row.handle}"}
        yield Knock("POST", row.kind, Act.WRITE, _BY_PATIENT, row, body, _JSON)
        yield Knock("POST", row.kind, Act.WRITE, _BY_PATIENT, row, body, _JSON | exists, is_found=True)


def _conditional(method: str, empty: int) -> Callable[[Hidden, Links], Knocks]:
    headers = _PATCH if method == "PATCH" else _JSON

    def made(about: Hidden, _: Links) -> Knocks:
        for row in about.rows[1:]:
            content = {name: value for name, value in _content(about, row).items() if name != "id"}
            body = {"PUT": json.dumps(content), "PATCH": _PATCHED}.get(method, "")
            for query in (f"identifier={SYSTEM}|{row.handle}", f"patient={about.who.patient_id}&_id={row.row_id}"):
                path = f"{row.kind}?{quote(query, safe='=&')}"
                found = frozenset({empty})
                yield Knock(method, path, Act.WRITE, _BY_PATIENT, row, body, headers, is_found=True, empty=found)

    return made


def _bundles(about: Hidden, _: Links) -> Knocks:
    for row in about.rows:
        content = _content(about, row)
        put = {"request": {"method": "PUT", "url": row.address}, "resource": content}
        post = {"request": {"method": "POST", "url": row.kind}, "resource": {**content, "id": "x"}}
        erased = {"request": {"method": "DELETE", "url": row.address}}
        read = {"request": {"method": "GET", "url": row.address}}
        for entry in (put, post, erased) if row.category != "PID" else (put, erased):
            yield _bundle("transaction", [entry], row, Act.WRITE)
        yield _bundle("transaction", [read], row, Act.READ)
        yield _bundle("batch", [put, erased, read], row, Act.READ)


def _bundle(kind: str, entries: list[Any], row: Row, act: Act) -> Knock:
    body = json.dumps({"resourceType": "Bundle", "type": kind, "entry": entries})
    return Knock("POST", "", act, _EITHER, row, body, _JSON, is_mixed=kind == "batch")


def _validate_one(about: Hidden, _: Links) -> Knocks:
    for row in about.rows:
        body, path = json.dumps(_content(about, row)), f"{row.address}/$validate?mode="
        yield Knock("POST", f"{path}update", Act.WRITE, _BY_ID, row, body, _JSON)
        yield Knock("POST", f"{path}delete", Act.WRITE, _BY_ID, row, headers=_JSON)


def _validate_type(about: Hidden, _: Links) -> Knocks:
    for row in about.rows[1:]:
        body = json.dumps(_content(about, row))
        yield Knock("POST", f"{row.kind}/$validate?mode=create", Act.WRITE, _BY_PATIENT, row, body, _JSON)
        yield Knock("POST", f"{row.kind}/$validate", Act.WRITE, _BY_PATIENT, row, body, _JSON, is_of_strangers=True)


def _validate(about: Hidden, _: Links) -> Knocks:
    for row in about.rows[1:]:
        body = json.dumps(_content(about, row))
        yield Knock("POST", "$validate?mode=create", Act.WRITE, _BY_PATIENT, row, body, _JSON)
        yield Knock("POST", "$validate", Act.WRITE, _BY_PATIENT, row, body, _JSON, is_of_strangers=True)


_PATCHED = json.dumps([{"op": "add", "path": "/language", "value": "fr"}])


def _content(about: Hidden, row: Row) -> dict[str, Any]:
    if row.category != "PID":
        return about.content(row)
    return {"resourceType": "Patient", "id": row.row_id, "gender": "male"}


_MAKERS: dict[tuple[str, str], Callable[[Hidden, Links], Knocks]] = {
    ("POST", "/"): _bundles,
    ("POST", "/$validate"): _validate,
    ("POST", "/{type}/$validate"): _validate_type,
    ("POST", "/{type}/{id}/$validate"): _validate_one,
    ("POST", "/Patient/{id}/$open"): _open,
    ("GET", "/Patient/{id}/$access"): _access,
    ("GET", "/Patient/{id}/$inventory"): _inventory,
    ("GET", "/Patient/{id}/$everything"): _everything,
    ("POST", "/Patient/{id}/$everything"): _everything_posted,
    ("POST", "/{type}/_search"): _search_posted,
    ("GET", "/{type}/{id}/_history/{version}"): _vread,
    ("GET", "/{type}/{id}/_history"): _history,
    ("GET", "/{type}/_history"): _type_history,
    ("GET", "/{type}/{id}"): _read,
    ("PUT", "/{type}/{id}"): _update,
    ("PATCH", "/{type}/{id}"): _patch,
    ("DELETE", "/{type}/{id}"): _delete,
    ("GET", "/{type}"): _search,
    ("POST", "/{type}"): _create,
    ("PUT", "/{type}"): _conditional("PUT", 403),
    ("PATCH", "/{type}"): _conditional("PATCH", 404),
    ("DELETE", "/{type}"): _conditional("DELETE", 204),
}
