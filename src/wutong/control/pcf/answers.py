"""How answers look on the wire: FHIR JSON, problems as OperationOutcome (HL7 FHIR R4, http and json pages)."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from django.http import HttpResponse

from wutong.control.pcf.faults import Fault
from wutong.core import json_text
from wutong.core.answers import Reason

_FHIR_JSON = "application/fhir+json; charset=utf-8"
_REASONS = "urn:wutong:refusal"
_SENTENCES: Mapping[Reason, str] = {
    Reason.NO_TOKEN: "Send a bearer token that is still valid: a person's, from their portal, or a provider's.",
    Reason.NO_RULE: "No rule allows this. People state what holds for themselves, or for a child whom they decide for; "
    "nobody else does. A provider reads what was stated about itself.",
    Reason.PROVIDER_NOT_ACTIVE: "This provider's access is suspended or ended. Ask the eHR office.",
    Reason.REGISTRATION_ENDED: "Your professional registration is not current. Ask your account administrator.",
    Reason.SIGN_IN_TOO_WEAK: "Sign in again, with a one-time code.",
    Reason.NAME_PATIENT: "Name the patient: add patient={id}.",
}


def fhir(tree: Mapping[str, Any], *, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """A resource."""
    return HttpResponse(json_text.dump(tree), status=status, headers=headers, content_type=_FHIR_JSON)


def outcome(faults: Sequence[Fault], *, status: int, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """All problems at once, each with its place."""
    issues = [_issue(each) for each in faults]
    return fhir({"resourceType": "OperationOutcome", "issue": issues}, status=status, headers=headers)


def refused(reason: Reason) -> HttpResponse:
    """403 with the reason; 401 without a token."""
    is_stranger = reason is Reason.NO_TOKEN
    details = {"coding": [{"system": _REASONS, "code": reason}], "text": _SENTENCES[reason]}
    issue = {"severity": "error", "code": "login" if is_stranger else "forbidden", "details": details}
    headers = {"WWW-Authenticate": 'Bearer realm="wutong"'} if is_stranger else None
    tree = {"resourceType": "OperationOutcome", "issue": [issue]}
    return fhir(tree, status=401 if is_stranger else 403, headers=headers)


def hidden() -> HttpResponse:
    """By id, what is refused and what is not there look alike."""
    return outcome([Fault("not-found", "", "There is no such Consent, or it is not for you to see.")], status=404)


def etag(version: int) -> str:
    """Of a version, as HTTP writes it."""
    return f'W/"{version}"'


def http_date(at: datetime) -> str:
    """An instant as HTTP's headers write it."""
    return format_datetime(at.astimezone(UTC), usegmt=True)


def _issue(fault: Fault) -> dict[str, Any]:
    issue: dict[str, Any] = {"severity": "error", "code": fault.code, "details": {"text": fault.message}}
    if fault.place:
        issue["location" if fault.place.startswith("http.") else "expression"] = [fault.place]
    return issue
