"""How answers look on the wire: resources as bytes, problems as OperationOutcome (HL7 FHIR R4, http and json pages)."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from starlette.responses import Response

from wutong.core import json_text
from wutong.core.answers import Gone, Missing, Reason, Refused
from wutong.record.definitions import r4
from wutong.record.flows.problems import Fault, Unacceptable
from wutong.record.store.rows import Stored

FHIR_JSON = "application/fhir+json; charset=utf-8"
REASONS = "urn:wutong:refusal"
_PATH = re.compile(r"([A-Z][A-Za-z]+)(?:\.\w+(?:\(name='[\w-]*'\))?|\[\d+\])*", re.ASCII)  # simple FHIRPath
# A browser shall neither keep an answer nor take what a sender wrote in it for a page.
NOT_KEPT = {"cache-control": "no-store", "x-content-type-options": "nosniff"}

SENTENCES: Mapping[Reason, str] = {
    Reason.NO_TOKEN: "Sign in first: send a bearer token that is still valid. A system gets one at /oauth/token.",
    Reason.SIGN_IN_TOO_WEAK: "This needs a stronger sign-in, such as a passkey. Sign out, and sign in with it.",
    Reason.PROVIDER_NOT_ACTIVE: "This provider's access is suspended or ended. Ask the eHR office.",
    Reason.NAME_PATIENT: "A professional's search must name one patient: add patient={id}, and open the record first "
    "(POST Patient/{id}/$open). An Organization, Practitioner, PractitionerRole or Location is read by its id.",
    Reason.NOT_REGISTERED: "No such patient is registered, or this system may not register patients. Send the Patient "
    "in the same bundle, from a system created with the right to register.",
    Reason.PERSON_NOT_ACTIVE: "This person's registration is not active. Ask the eHR office.",
    Reason.NO_CONSENT: "The patient has not given your provider a sharing consent. The patient can give it in the "
    "portal, under 'Who may look'.",
    Reason.CONSENT_ENDED: "The patient's sharing consent to your provider has ended. The patient can give it again in "
    "the portal, under 'Who may look'.",
    Reason.REGISTRATION_ENDED: "Your professional registration is not current. Ask your account administrator.",
    Reason.CARE_NOT_STATED: "The record shows no appointment, visit, stay, referral, enrolment or dispensing at your "
    "provider in these days. Say in your own words why you treat this person: parameter `reason` (valueString).",
    Reason.NOT_OPENED: "State why you treat this person first: POST Patient/{id}/$open. A record stays open for 30 "
    "minutes.",
    Reason.CATEGORY_RESTRICTED: "Your profession sees this category only with the patient's extra consent. Ask for it "
    "on the clinic's pages: the patient tells you a one-time code.",
    Reason.CATEGORY_CLOSED: "Your profession's role does not open this category.",
    Reason.CATEGORY_NOT_NAMED: "The emergency access that is open does not name this category, and nothing else opens "
    "it now.",
    Reason.EMERGENCY_OFF: "Emergency access is switched off here. The patient can give a sharing consent in the "
    "portal, under 'Who may look'.",
    Reason.EMERGENCY_NOT_STATED: "Say what kind of emergency it is, and the reason in your own words: at least 20 "
    "characters.",
    Reason.EMERGENCY_NOT_GRANTED: "No emergency access to this person was granted in this session, or its 60 minutes "
    "are over. Ask for it on the clinic's pages, with a fresh one-time code; then open the record.",
    Reason.NOBODY_TO_AUTHORISE: "Nobody can be sent a one-time code: no mobile number, e-mail address or portal "
    "account is known of the patient, or of who decides for them.",
    Reason.ASKED_TOO_OFTEN: "The patient was asked several times within an hour. Try again later.",
    Reason.WITHHELD: "The patient has closed this record to you or to your provider. Speak with the patient.",
    Reason.CATEGORY_WITHHELD: "The patient has closed this category. Speak with the patient, if you need it.",
    Reason.NOT_YOUR_DEPOSIT: "That was not deposited by your provider.",
    Reason.NOT_REFERENCED: "No record that you have open names this. Open the patient's record first.",
    Reason.NO_RULE: "No rule allows this.",
}


def resource(body: bytes, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """FHIR JSON; never kept by a cache."""
    return Response(body, status, {**NOT_KEPT, **(headers or {})}, media_type=FHIR_JSON)


def tree(content: Mapping[str, Any], *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A resource made here."""
    return resource(json_text.dump(content), status=status, headers=headers)


def stored(row: Stored, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """One version of a resource, with its ETag and time."""
    return resource(row.body, status=status, headers={**version_headers(row), **(headers or {})})


def found(base: str, row: Stored, mode: str) -> dict[str, Any]:
    """One resource as an entry of a Bundle of type `searchset`; its body stays bytes."""
    url = f"{base}/{row.resource_type}/{row.resource_id}"
    return {"fullUrl": url, "resource": json_text.raw(row.body), "search": {"mode": mode}}


def version_headers(row: Stored) -> dict[str, str]:
    """ETag and Last-Modified of a version."""
    return {"etag": row.etag, "last-modified": http_date(row.stored_at)}


def http_date(at: datetime) -> str:
    """An instant as HTTP's headers write it."""
    return format_datetime(at.astimezone(UTC), usegmt=True)


def utc(at: datetime) -> datetime:
    """The same instant in UTC."""
    return at.astimezone(UTC)


def outcome(faults: Sequence[Fault], *, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """All problems at once, each with its place."""
    return tree(outcome_tree(faults), status=status, headers=headers)


def outcome_tree(faults: Sequence[Fault], *, severity: str = "error") -> dict[str, Any]:
    """The OperationOutcome itself, such as an entry of a bundle."""
    return {"resourceType": "OperationOutcome", "issue": [_issue(fault) | {"severity": severity} for fault in faults]}


def bundle(kind: str, entries: Sequence[Mapping[str, Any]]) -> Response:
    """A Bundle of that type; FHIR has no empty lists."""
    return tree({"resourceType": "Bundle", "type": kind, **({"entry": entries} if entries else {})})


def unacceptable(problem: Unacceptable) -> Response:
    """What a flow could not carry out."""
    return outcome(problem.faults, status=problem.status, headers=problem.headers)


def refused(answer: Refused) -> Response:
    """A refusal at patient level: 403 with the reason (401 without a token)."""
    status = 401 if answer.reason is Reason.NO_TOKEN else 403
    code = "login" if status == 401 else "forbidden"
    issue = {
        "severity": "error",
        "code": code,
        "details": {"coding": [{"system": REASONS, "code": answer.reason}], "text": SENTENCES[answer.reason]},
        "diagnostics": f"audit entry {answer.entry_id}",
    }
    headers = {"www-authenticate": 'Bearer realm="wutong"'} if status == 401 else None
    return tree({"resourceType": "OperationOutcome", "issue": [issue]}, status=status, headers=headers)


def not_shown(answer: Refused | Missing | Gone) -> Response:
    """What is asked for by its id and is not to be shown."""
    return gone(answer) if isinstance(answer, Gone) else hidden(answer)


def hidden(answer: Refused | Missing) -> Response:
    """By id, refused and missing look alike: 404 either way (but 401 without a token)."""
    if isinstance(answer, Refused) and answer.reason is Reason.NO_TOKEN:
        return refused(answer)
    return outcome([Fault("not-found", "", "There is no such resource, or it is not for you to see.")], status=404)


def gone(answer: Gone) -> Response:
    """What its depositor deleted: 410 with the version that says so."""
    sentence = "This was deleted. Earlier versions are in its history; a PUT brings it back."
    return outcome([Fault("deleted", "", sentence)], status=410, headers={"etag": answer.etag})


def _issue(fault: Fault) -> dict[str, Any]:
    issue: dict[str, Any] = {"severity": "error", "code": fault.code, "details": {"text": fault.message}}
    if fault.place.startswith("http."):
        return issue | {"location": [fault.place]} | ({"diagnostics": fault.detail} if fault.detail else {})
    path = _PATH.fullmatch(fault.place)
    is_path = path is not None and r4().is_resource(path[1])
    if is_path:  # what stands beside a primitive in JSON is of the same element
        issue["expression"] = [fault.place.replace("._", ".")]
    if told := ", ".join(filter(None, ["" if is_path else fault.place, fault.detail])):
        issue["diagnostics"] = told
    return issue
