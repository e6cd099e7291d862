"""Takes Consents from the people whom they are about: create and update. Source: HL7 FHIR R4, http page."""

import re
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from wutong.control.charts.validity import faults_of
from wutong.control.consent.actions import Outdated
from wutong.control.consent.statements import SHARING, statement_id
from wutong.control.flows.read_consents import read_consent
from wutong.control.flows.record_consent import Recorded, Wanted, may_not_state, record_consent, speaks_for
from wutong.control.pcf import reading
from wutong.control.pcf.callers import Answer
from wutong.control.pcf.faults import Fault, Unfit, unfit
from wutong.control.pcf.views import headers, shown
from wutong.control.pcf.words import BASE
from wutong.control.people.queries.providers import provider
from wutong.control.people.queries.tokens import Bearer
from wutong.core import ids, json_text
from wutong.core.answers import Missing, Reason, Refused
from wutong.core.json_text import JsonProblem

_MOST_BYTES = 64 * 1024
_TAG = re.compile(r'(?:W/)?"(\d{1,9})"', re.ASCII)
_MINIMAL = re.compile(r"\breturn\s*=\s*\"?minimal\b", re.ASCII)


def create(request: HttpRequest, bearer: Bearer) -> Answer:
    """A Consent that nothing was stated about yet; one that holds already is answered as it is."""
    content = _content(request, bearer)
    if isinstance(content, Refused):
        return content
    if request.GET.keys() - {"_format"} or "If-None-Exist" in request.headers:
        raise unfit("not-supported", "http.If-None-Exist", "A create has no condition here. Leave it out.", status=400)
    return _recorded(request, bearer, reading.wanted(content), seen=0)


def update(request: HttpRequest, bearer: Bearer, consent_id: str) -> Answer:
    """A new version, of whoever has seen the one before."""
    content = _content(request, bearer)
    if isinstance(content, Refused):
        return content
    versions = read_consent(bearer, ids.read(consent_id) or ids.NOBODY)
    if isinstance(versions, Refused | Missing):
        return versions
    if content.get("id") != consent_id:
        raise unfit("value", "Consent.id", "The id is that of the address.", status=400)
    wanted = reading.wanted(content)
    if _id(wanted) != versions[0].consent_id:
        sentence = "A Consent goes on being about the same person and the same thing. State another one by a POST."
        raise unfit("business-rule", "Consent.provision", sentence)
    return _recorded(request, bearer, wanted, seen=_seen(request))


def _content(request: HttpRequest, bearer: Bearer) -> dict[str, Any] | Refused:
    """A Consent that is valid FHIR R4, from somebody who may state one about somebody; raises Unfit."""
    if refused := may_not_state(bearer):
        return refused
    body = request.body
    if len(body) > _MOST_BYTES:
        raise unfit("too-long", "", f"A Consent has no more than {_MOST_BYTES // 1024} KiB.", status=413)
    try:
        content = json_text.parse(body)
    except JsonProblem as wrong:
        raise unfit("structure", "", wrong.message, status=400) from wrong
    if not isinstance(content, dict) or content.get("resourceType") != "Consent":
        raise unfit("structure", "", "Send one Consent, in JSON.", status=400)
    _refuse_invalid(bearer, body)
    return content


def _refuse_invalid(bearer: Bearer, body: bytes) -> None:
    issues = faults_of(bearer.token, "Consent", body)
    if issues is None:
        sentence = "The validator does not answer. Nothing was stated: send it again in a minute."
        raise unfit("transient", "", sentence, status=503)
    if issues:
        raise Unfit(*[Fault(each["code"], _place(each), each["details"]["text"]) for each in issues])


def _place(issue: dict[str, Any]) -> str:
    return str(next(iter(issue.get("expression", [])), "Consent"))


def _id(wanted: Wanted) -> UUID:
    return statement_id(wanted.person_id, wanted.kind, wanted.value)


def _seen(request: HttpRequest) -> int:
    """The version that the speaker has seen; one that was never given is no version of ours."""
    text = request.headers.get("If-Match", "").strip()
    if not text or text == "*" or "," in text:
        sentence = 'Send If-Match with the ETag of the version that the person was shown, such as W/"3".'
        raise unfit("required", "http.If-Match", sentence, status=428)
    tag = _TAG.fullmatch(text)
    return int(tag[1]) if tag and int(tag[1]) else -1


def _recorded(request: HttpRequest, bearer: Bearer, wanted: Wanted, *, seen: int) -> Answer:
    stated_as = speaks_for(bearer, wanted.person_id)
    if isinstance(stated_as, Refused):
        return stated_as
    match record_consent(bearer.actor, wanted, stated_as=stated_as, seen=seen):
        case Outdated():
            raise _outdated() if seen else _stated_before(wanted)
        case Missing("person"):
            return Refused(Reason.NO_RULE)
        case Missing(what):
            raise _unstatable(wanted, what)
        case Recorded(statement, is_new):
            is_created = is_new and seen == 0
            location = f"{BASE}/Consent/{statement.consent_id}/_history/{statement.version}"
            status = HTTPStatus.CREATED if is_created else HTTPStatus.OK
            if _MINIMAL.search(request.headers.get("Prefer", "")):
                return HttpResponse(status=status, headers=headers(statement, location))
            return shown(statement, status=status, location=location)


def _outdated() -> Unfit:
    sentence = "Another version holds by now. Read it again, show it to the person, and send the change anew."
    return unfit("conflict", "http.If-Match", sentence, status=412)


def _stated_before(wanted: Wanted) -> Unfit:
    sentence = f"There is Consent/{_id(wanted)} about this already. Read it, and send a PUT with its ETag."
    return unfit("conflict", "", sentence, status=409)


def _unstatable(wanted: Wanted, what: str) -> Unfit:
    """Why something cannot be stated, in the words of the rule."""
    match what:
        case "length":
            sentence = "Allow for one year (end: the same date next year), or leave the end out: until it is withdrawn."
            return unfit("business-rule", "Consent.provision.period.end", sentence)
        case "provider":
            return _unallowable(UUID(wanted.value), "Consent.provision.actor[0].reference")
        case "closable":
            sentence = "This is none of what can be closed: who somebody is stays open, and so does a public provider."
            return unfit("business-rule", "Consent.provision", sentence)
    place = "Consent.provision.period.end" if wanted.kind == SHARING and wanted.holds else "Consent.status"
    return unfit("business-rule", place, "There is nothing to take back: it does not hold.")


def _unallowable(provider_id: UUID, place: str) -> Unfit:
    found = provider(provider_id)
    if found and found.is_deemed:
        sentence = (
            "Joining itself allows this provider (deemed consent): it is neither allowed nor withdrawn one by one."
        )
        return unfit("business-rule", place, sentence)
    if found is None or not found.is_active:
        return unfit("business-rule", place, "This provider's access is suspended or ended.")
    sentence = "The record is closed to this provider. Take that back first; allowing opens nothing that is closed."
    return unfit("business-rule", place, sentence)
