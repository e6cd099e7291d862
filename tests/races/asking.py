"""Asks the ways, and reduces answers to what they tell: of two that are alike, neither tells more than the other."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from cast import Cast, Registered, Somebody, patient
from doors import Browser
from record.resources import of_category

from races.ways import Known, Way
from wutong.core import ids

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_SECRET = re.compile(r'(name="csrfmiddlewaretoken" value=")[^"]+')
# A refusal names its statement (decision 0047): how often the person spoke of this clinic, and nothing of the record.
_STATEMENT = re.compile(r"(Their latest statement about your clinic is number )\d+(?=, of )")
_OF_THE_MOMENT = {"date", "set-cookie", "content-length"}  # the length is that of the text, which is compared
_JSON = {"content-type": "application/fhir+json"}
_TEST = "83f477d19c148d87"  # the test of `_LOINC`, as the pages name it
_LOINC = {"coding": [{"system": "http://loinc.org", "code": "2345-7", "display": "Glucose"}], "text": "Glucose"}
_FIRST_PAGES = {
    "search_link": "Observation?patient={person}&_count=1",
    "type_history_link": "Condition/_history?patient={person}&_count=1",
    "history_link": "Condition/{Condition}/_history?_count=1",
    "everything_link": "Patient/{person}/$everything?_count=2",
}


@dataclass(frozen=True)
class Told:
    """What an answer tells: status, headers and text, without whose it is; where it was sent on to."""

    status: int
    headers: tuple[tuple[str, str], ...]
    text: str
    sent_on: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """A question that was answered: when it was begun (time.monotonic), and what it was told."""

    way: Way
    begun: float
    ended: float
    told: Told


@dataclass
class Asker:
    """A doctor of the clinic at a server: with a token, at a browser; and the clinic's own system."""

    cast: Cast
    address: str
    doctor: Somebody
    system: str

    def __post_init__(self) -> None:
        browser = Browser(self.address, self.doctor)
        browser.get("/clinic/")
        self._form = {"csrfmiddlewaretoken": browser.token()}
        self._cookies = browser.cookies
        browser.close()
        self.renew()

    def client(self, **more: Any) -> httpx.Client:
        """A client for one question: many threads ask at once, and a pool that they share closes connections in use."""
        return httpx.Client(base_url=self.address, verify=False, timeout=60, trust_env=False, **more)

    def renew(self) -> None:
        """A session's token lasts five minutes."""
        self._tokens = {"doctor": self.cast.session_token(self.doctor), "system": self.system}

    def ask(self, way: Way, known: Known) -> Asked:
        """Put one question about somebody."""
        begun = monotonic()
        answer = self._page(way, known) if way.asks == "page" else self._record(way, known)
        return Asked(way, begun, monotonic(), _told(answer, known))

    def open(self, known: Known) -> None:
        """State why, and open the record."""
        answer = self.cast.open(self._tokens["doctor"], ids.UUID(known.ids["person"]))
        assert answer.status_code == 200, answer.text

    def links(self, known: Known) -> Known:
        """With the links to further pages, as they are given now that the record is open."""
        found = {name: self._next(known.filled(path)) for name, path in _FIRST_PAGES.items()}
        return Known({**known.ids, **found})

    def _next(self, path: str) -> str:
        answer = self._send("GET", path, "doctor").json()
        [url] = [each["url"] for each in answer["link"] if each["relation"] == "next"]
        parts = urlsplit(url)
        return f"{parts.path.removeprefix('/fhir/')}?{parts.query}"

    def _record(self, way: Way, known: Known) -> httpx.Response:
        headers = {name: known.filled(value) for name, value in way.headers.items()}
        return self._send(way.method, known.filled(way.path), way.asks, headers=headers, content=way.content(known))

    def _send(
        self, method: str, path: str, who: str, *, headers: Mapping[str, str] | None = None, content: str | None = None
    ) -> httpx.Response:
        told = {"authorization": f"Bearer {self._tokens[who]}", **_JSON, **(headers or {})}
        with self.client() as http:
            return http.request(method, f"/fhir/{path}" if path else "/fhir", headers=told, content=content)

    def _page(self, way: Way, known: Known) -> httpx.Response:
        typed = dict(parse_qsl(known.filled(way.body or ""), keep_blank_values=True))
        headers = {"accept-language": "en", "origin": self.address}
        with self.client(cookies=self._cookies, headers=headers, follow_redirects=True) as http:
            data = self._form | typed if way.method == "POST" else None
            return http.request(way.method, known.filled(way.path), data=data)


def _told(answer: httpx.Response, known: Known) -> Told:
    headers = tuple((name, value) for name, value in answer.headers.items() if name not in _OF_THE_MOMENT)
    text = _SECRET.sub(r"\1", _ID.sub("·", answer.text)).replace(known.ids["hkid"], "·")
    text = _STATEMENT.sub(r"\1·", text)
    return Told(answer.status_code, headers, text, tuple(_ID.sub("·", each.url.path) for each in answer.history))


def own_deposit(cast: Cast, who: Registered) -> dict[str, str]:
    """What the clinic's system deposits about somebody who allows it: its own Patient, and a Flag."""

    def upload(content: dict[str, object]) -> str:
        answer = cast.fhir(cast.harbour, "POST", str(content["resourceType"]), json=content)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    own = upload(patient(who.hkid))
    flag = {"status": "active", "code": {"text": "the clinic's own"}, "subject": {"reference": f"Patient/{own}"}}
    return {"clinics_patient": own, "Flag": upload({"resourceType": "Flag", **flag})}


def nobody_knows(who: Registered, own: Mapping[str, str]) -> Known:
    """What can be guessed about somebody of whose record nothing was ever seen: a first page in place of each link."""
    made = Known(
        {
            "person": str(who.person_id),
            "patient": str(who.patient_id),
            "hkid": who.hkid,
            **own,
            "tomorrow": "Tue, 01 Jan 2199 00:00:00 GMT",
            "test": _TEST,
            **{kind: str(ids.new()) for kind in ("Condition", "Observation", "DocumentReference", "Practitioner")},
        }
    )
    return Known({**made.ids, **{name: made.filled(path) for name, path in _FIRST_PAGES.items()}})


def filled_record(cast: Cast, who: Registered, own: Mapping[str, str]) -> Known:
    """Upload a record with all that the ways ask for; what somebody knows who saw it, but for the links."""

    def upload(content: dict[str, object], method: str = "POST") -> dict[str, object]:
        path = f"{content['resourceType']}/{content['id']}" if method == "PUT" else str(content["resourceType"])
        answer = cast.fhir(cast.ha, method, path, json=content)
        assert answer.status_code in {200, 201}, answer.text
        return dict(answer.json())

    asserter = upload({"resourceType": "Practitioner", "active": True})["id"]
    visit = upload(of_category("ENC", who.patient_id))["id"]
    named = {
        "asserter": {"reference": f"Practitioner/{asserter}"},
        "encounter": {"reference": f"Encounter/{visit}"},
    }
    conditions = [upload(of_category("DX", who.patient_id) | named) for _ in range(2)]
    upload(conditions[0] | {"note": [{"text": "changed"}]}, "PUT")
    results = [
        upload(
            of_category("LAB", who.patient_id)
            | {
                "code": _LOINC,
                "effectiveDateTime": f"2026-0{month}-01",
                "valueQuantity": {"value": month, "unit": "mmol/L"},
            }
        )
        for month in (1, 2, 3)
    ]
    pdf = {"attachment": {"contentType": "application/pdf", "data": "JVBERi0xLjQ="}}
    letter = upload(of_category("CNS", who.patient_id) | {"content": [pdf]})
    upload(of_category("ALG", who.patient_id))
    seen = {"Condition": conditions[0], "Observation": results[0], "DocumentReference": letter}
    known = {kind: str(made["id"]) for kind, made in seen.items()}
    return Known({**nobody_knows(who, own).ids, **known, "Practitioner": str(asserter)})
