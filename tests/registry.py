"""How tests come in by the door of the consent registry: somebody's token, and Consents in the shape of IHE PCF."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from cast import HARBOUR, Cast, Registered

SCOPE = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}]}
CATEGORY = [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}]
RECIPIENT = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "code": "IRCP"}]}
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
Tree = dict[str, Any]


@dataclass(frozen=True)
class Registry:
    """The registry as somebody with a token sees it."""

    cast: Cast
    token: str

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request."""
        told = {"content-type": "application/fhir+json"}
        told |= {"authorization": f"Bearer {self.token}"} if self.token else {}
        headers = told | more.pop("headers", {})
        return self.cast.http.request(method, f"/pcf/{path}", headers=headers, **more)

    def create(self, content: Tree, **more: Any) -> httpx.Response:
        """POST it."""
        return self.ask("POST", "Consent", json=content, **more)

    def update(self, content: Tree, version: int | None = None) -> httpx.Response:
        """PUT it, as whoever has seen that version (the one in it)."""
        seen = content["meta"]["versionId"] if version is None else version
        return self.ask("PUT", f"Consent/{content['id']}", json=content, headers={"if-match": f'W/"{seen}"'})

    def read(self, consent_id: str) -> Tree:
        """The newest version, which is there."""
        answer = self.ask("GET", f"Consent/{consent_id}")
        assert answer.status_code == 200, answer.text
        found: Tree = answer.json()
        return found

    def found(self, query: str = "") -> list[Tree]:
        """The Consents of a search."""
        answer = self.ask("GET", f"Consent?{query}")
        assert answer.status_code == 200, answer.text
        return [entry["resource"] for entry in answer.json().get("entry", [])]


def owner(cast: Cast, who: Registered) -> Registry:
    """The person, signed in to their own portal."""
    return Registry(cast, cast.portal_token(cast.patient_account(who)))


def consent(person_id: UUID, provision: Tree, status: str = "active") -> Tree:
    """A Consent with the least that FHIR R4 asks for."""
    return {
        "resourceType": "Consent",
        "status": status,
        "scope": SCOPE,
        "category": CATEGORY,
        "patient": {"reference": f"Patient/{person_id}"},
        "policy": [{"uri": policy()}],
        "provision": provision,
    }


def policy() -> str:
    """The terms under which Consents are given."""
    from wutong.control.pcf.words import POLICY

    return POLICY


def permit(code: str = HARBOUR, **more: Any) -> Tree:
    """Allow a provider."""
    return {"type": "permit", "actor": [_actor(code)], **more}


def deny(**what: Any) -> Tree:
    """Close something; `code`: a provider."""
    code = what.pop("code", None)
    return {"type": "deny", **({"actor": [_actor(code)]} if code else what)}


def _actor(code: str) -> Tree:
    reference = {"type": "Organization", "identifier": {"system": "urn:wutong:provider", "value": code}}
    return {"role": RECIPIENT, "reference": reference}


def faults(answer: httpx.Response) -> list[str]:
    """The places of what is wrong."""
    issues = answer.json()["issue"]
    return [place for each in issues for place in each.get("expression", each.get("location", [""]))]
