"""Every way by which something of a record leaves: what a clinician, the clinic's pages and its system can ask.

A way is written with the names of what it asks about in braces (`Known.ids`), so that the same question can be put about
somebody else. Links to further pages are names too: they were given while the record was open.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wutong.core import json_text

_NAME = re.compile(r"\{(\w+)\}")
_GZIP = {"accept-encoding": "gzip"}


@dataclass(frozen=True)
class Known:
    """What somebody who saw the record knows: ids, links, and how to find the person."""

    ids: Mapping[str, str]

    def filled(self, text: str) -> str:
        """The text about this person."""
        return _NAME.sub(lambda found: self.ids[found[1]], text)


@dataclass(frozen=True, eq=False)
class Way:
    """One question. `asks`: "doctor" or "system" at the record plane, "page" for the clinic's pages."""

    name: str
    method: str
    path: str
    asks: str = "doctor"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None

    def content(self, known: Known) -> str | None:
        """What is sent, about this person."""
        if self.body is None:
            return None
        return known.filled(self.body if isinstance(self.body, str) else json_text.dump(self.body).decode())


def _batch(kind: str, *requests: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": kind, "entry": list(requests)}


def _get(url: str) -> dict[str, Any]:
    return {"request": {"method": "GET", "url": url}}


def _put(url: str, resource: dict[str, Any]) -> dict[str, Any]:
    return {"request": {"method": "PUT", "url": url}, "resource": resource}


_OF_PATIENT = "patient={person}"
_STATED = [{"name": "purpose", "valueCode": "TREAT"}, {"name": "reason", "valueString": "a rash"}]
_OWN = {
    "resourceType": "Flag",
    "id": "{Flag}",
    "status": "active",
    "code": {"text": "the clinic's own"},
    "subject": {"reference": "Patient/{clinics_patient}"},
}
_NEW = {name: value for name, value in _OWN.items() if name != "id"}
_FORM = {"content-type": "application/x-www-form-urlencoded"}

BY_ID = (
    Way("read", "GET", "Condition/{Condition}"),
    Way("read of another type", "GET", "Observation/{Observation}"),
    Way("read of a document", "GET", "DocumentReference/{DocumentReference}"),
    Way("head", "HEAD", "Condition/{Condition}"),
    Way("unchanged", "GET", "Condition/{Condition}", headers={"if-none-match": 'W/"2"'}),
    Way("unchanged since", "GET", "Condition/{Condition}", headers={"if-modified-since": "{tomorrow}"}),
    Way("a part", "GET", "Condition/{Condition}?_elements=code"),
    Way("a summary", "GET", "Condition/{Condition}?_summary=true"),
    Way("version", "GET", "Condition/{Condition}/_history/2"),
    Way("earlier version", "GET", "Condition/{Condition}/_history/1"),
    Way("history", "GET", "Condition/{Condition}/_history"),
    Way("history's next page", "GET", "{history_link}"),
    Way("source Patient", "GET", "Patient/{patient}"),
    Way("projection", "GET", "Patient/{person}"),
    Way("projection's head", "HEAD", "Patient/{person}"),
    Way("whom it names", "GET", "Practitioner/{Practitioner}"),
    Way("versions of whom it names", "GET", "Practitioner/{Practitioner}/_history"),
    Way("version of whom it names", "GET", "Practitioner/{Practitioner}/_history/1"),
)
OF_PATIENT = (
    Way("type's history", "GET", f"Condition/_history?{_OF_PATIENT}"),
    Way("type's history's next page", "GET", "{type_history_link}"),
    Way("search", "GET", f"Condition?{_OF_PATIENT}"),
    Way("search by POST", "POST", "Condition/_search", headers=_FORM, body="patient={person}"),
    Way("search's head", "HEAD", f"Condition?{_OF_PATIENT}"),
    Way("count", "GET", f"Observation?{_OF_PATIENT}&_summary=count"),
    Way("page without a total", "GET", f"Observation?{_OF_PATIENT}&_count=1&_total=none"),
    Way("next page", "GET", "{search_link}"),
    Way("include", "GET", f"Condition?{_OF_PATIENT}&_include=Condition:asserter"),
    Way("revinclude", "GET", f"Encounter?{_OF_PATIENT}&_revinclude=Condition:encounter"),
    Way("chain", "GET", f"Condition?{_OF_PATIENT}&encounter.status=finished"),
    Way("has", "GET", f"Encounter?{_OF_PATIENT}&_has:Condition:encounter:_id={{Condition}}"),
    Way("by its id", "GET", f"Condition?{_OF_PATIENT}&_id={{Condition}}"),
    Way("sorted", "GET", f"Observation?{_OF_PATIENT}&_sort=-date&_lastUpdated=ge2020"),
    Way("nobody's", "GET", f"Condition?{_OF_PATIENT}&code=never"),
    Way("everything", "GET", "Patient/{person}/$everything"),
    Way("everything by POST", "POST", "Patient/{person}/$everything", body={"resourceType": "Parameters"}),
    Way("everything's next page", "GET", "{everything_link}"),
    Way("compressed", "GET", f"Observation?{_OF_PATIENT}", headers=_GZIP),
    Way("access", "GET", "Patient/{person}/$access"),
    Way(
        "open", "POST", "Patient/{person}/$open", body={"resourceType": "Parameters", "parameter": _STATED}
    ),
)  # fmt: skip
TOGETHER = (
    Way(
        "batch",
        "POST",
        "",
        body=_batch(
            "batch", _get("Condition/{Condition}"), _get(f"Observation?{_OF_PATIENT}"), _get("Condition/{Condition}/_history")
        ),
    ),
    Way(
        "batch of what is unchanged",
        "POST",
        "",
        body=_batch("batch", {"request": {"method": "GET", "url": "Condition/{Condition}", "ifNoneMatch": 'W/"2"'}}),
    ),
)  # fmt: skip
UPLOADS = (
    Way("create", "POST", "Flag", "system", body=_NEW),
    Way("update", "PUT", "Flag/{Flag}", "system", body=_OWN),
    Way("transaction", "POST", "", "system", body=_batch("transaction", _put("Flag/{Flag}", _OWN))),
    Way("batch of an upload", "POST", "", "system", body=_batch("batch", _put("Flag/{Flag}", _OWN))),
    Way(
        "create unless there", "POST", "Flag", "system",
        headers={"if-none-exist": "identifier=urn:clinic:flag|never"}, body=_NEW,
    ),
)  # fmt: skip
_RECORD = "/clinic/record/{person}/"
_DOCUMENT = _RECORD + "documents/DocumentReference/{DocumentReference}/"
PAGES = (
    Way("found page", "POST", "/clinic/", "page", body="hkid={hkid}"),
    Way("person's page", "GET", "/clinic/patient/{person}/", "page"),
    Way("opening page", "POST", "/clinic/patient/{person}/", "page", body="common=here&reason="),
    Way("record page", "GET", _RECORD, "page"),
    Way("new page", "GET", _RECORD + "new/", "page"),
    Way("results page", "GET", _RECORD + "results/", "page"),
    Way("results' later page", "GET", _RECORD + "results/?from=1", "page"),
    Way("test page", "GET", _RECORD + "results/test/{test}/", "page"),
    Way("documents page", "GET", _RECORD + "documents/", "page"),
    Way("document page", "GET", _DOCUMENT, "page"),
    Way("document's file", "GET", _DOCUMENT + "0/", "page"),
)
WAYS = (*BY_ID, *OF_PATIENT, *TOGETHER, *UPLOADS, *PAGES)
