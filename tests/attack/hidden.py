"""The record that nobody may see, and what those who may were answered: ids, versions, ETags, links to further pages."""

import secrets
from dataclasses import dataclass
from typing import Any

import httpx
from cast import Cast, Registered, patient
from emergencies import CATEGORIES
from record.resources import of_category

from wutong.core.categories import CATEGORIES_OF_TYPE

SYSTEM = "urn:attack"


@dataclass(frozen=True)
class Row:
    """One resource: in its second version, at its address, with the words in it that must not be told."""

    category: str
    kind: str
    row_id: str
    etag: str
    handle: str  # its identifier, which whoever sends a request may know
    secrets: tuple[str, ...]

    @property
    def address(self) -> str:
        """As a reference writes it."""
        return f"{self.kind}/{self.row_id}"

    @property
    def is_alone(self) -> bool:
        """Whether all of its type is of its category."""
        return CATEGORIES_OF_TYPE[self.kind] == {self.category}


@dataclass(frozen=True)
class Hidden:
    """A person with a row of each category from the hospital group."""

    who: Registered
    rows: tuple[Row, ...]
    secrets: tuple[str, ...]  # of the person

    def content(self, row: Row) -> dict[str, Any]:
        """What an attacker sends instead of it: without a word that must not be told."""
        return {**of_category(row.category, self.who.patient_id), "id": row.row_id}


@dataclass(frozen=True)
class Links:
    """The query of a link to a further page, as it was answered to somebody."""

    search: str = ""
    everything: str = ""
    history: str = ""


def hidden(cast: Cast) -> Hidden:
    """A fresh one."""
    mark = secrets.token_hex(4)
    names = {"family": f"Zq{mark}", "given": f"Xu{mark}", "chinese": f"藏{mark}"}
    who = cast.register(**names)
    rows = [_patient(cast, who, names)]
    rows += [_deposited(cast, who, category, mark) for category in CATEGORIES]
    return Hidden(who, tuple(rows), (*names.values(), who.hkid, who.email, who.hkid[:-1]))


def _patient(cast: Cast, who: Registered, names: dict[str, str]) -> Row:
    content, handle = patient(who.hkid, **names), f"hPID{secrets.token_hex(4)}"
    content |= {"id": str(who.patient_id)}
    content["identifier"].append({"system": SYSTEM, "value": handle})
    changed = _good(cast.fhir(cast.ha, "PUT", f"Patient/{who.patient_id}", json=content))
    return Row(
        "PID", "Patient", str(who.patient_id), changed.headers["etag"], handle, (names["family"], names["given"])
    )


def _deposited(cast: Cast, who: Registered, category: str, mark: str) -> Row:
    handle, word = f"h{category}{secrets.token_hex(4)}", f"Vz{category}{mark}"
    number = secrets.randbelow(10**9) + 10**9
    told = {
        "extension": [
            {"url": f"{SYSTEM}:told", "valueString": word},
            {"url": f"{SYSTEM}:number", "valueInteger": number},
        ]
    }
    content = of_category(category, who.patient_id) | told | {"identifier": [{"system": SYSTEM, "value": handle}]}
    made = _good(cast.fhir(cast.ha, "POST", content["resourceType"], json=content)).json()
    address = f"{made['resourceType']}/{made['id']}"
    changed = _good(cast.fhir(cast.ha, "PUT", address, json={**content, "id": made["id"], "language": "en"}))
    return Row(category, made["resourceType"], made["id"], changed.headers["etag"], handle, (word, str(number)))


def links_for(cast: Cast, token: str, about: Hidden) -> Links:
    """What somebody who may is led on to; raises where they may not."""
    observations = f"Observation?patient={about.who.patient_id}&_count=1"
    everything = f"Patient/{about.who.person_id}/$everything?_count=1"
    lab = next(row for row in about.rows if row.category == "LAB")
    history = f"{lab.address}/_history?_count=1"
    return Links(*(_next(cast, token, each) for each in (observations, everything, history)))


def _next(cast: Cast, token: str, address: str) -> str:
    told = _good(cast.fhir(token, "GET", address)).json()["link"]
    url = next(each["url"] for each in told if each["relation"] == "next")
    return str(httpx.URL(url).query.decode())


def is_shown(cast: Cast, token: str, row: Row) -> bool:
    """Whether this caller reads it, words and all."""
    answer = cast.fhir(token, "GET", row.address)
    return answer.status_code == 200 and all(each in answer.text for each in row.secrets)


def _good(answer: httpx.Response) -> httpx.Response:
    assert answer.status_code in {200, 201}, answer.text
    return answer
