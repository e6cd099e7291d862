"""Reads Consents: by id, by version, their versions, and by search. Source: HL7 FHIR R4, http; IHE PCF, ITI-108."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from wutong.control.consent.statements import Statement
from wutong.control.flows.read_consents import read_consent, search_consents
from wutong.control.pcf import answers, asking, bundles, written
from wutong.control.pcf.callers import Answer
from wutong.control.people.queries.tokens import Bearer
from wutong.core import ids
from wutong.core.answers import Missing, Refused


def search(request: HttpRequest, bearer: Bearer) -> Answer:
    """The newest version of each Consent of a person."""
    page, patient_id, filters = asking.page(request.GET), asking.patient(request.GET), asking.filters(request.GET)
    found = search_consents(bearer, patient_id, filters, limit=page.count, offset=page.offset)
    return found if isinstance(found, Refused) else bundles.searchset(request, page, found.statements, found.total)


def read(request: HttpRequest, bearer: Bearer, consent_id: str) -> Answer:
    """The newest version of a Consent."""
    versions = read_consent(bearer, ids.read(consent_id) or ids.NOBODY)
    if isinstance(versions, Refused | Missing):
        return versions
    known = {each.strip() for each in request.headers.get("If-None-Match", "").split(",")}
    if answers.etag(versions[0].version) in known:
        return HttpResponse(status=HTTPStatus.NOT_MODIFIED, headers=headers(versions[0]))
    return shown(versions[0])


def vread(request: HttpRequest, bearer: Bearer, consent_id: str, version: str) -> Answer:  # noqa: ARG001 - as doors are called
    """One version of a Consent."""
    versions = read_consent(bearer, ids.read(consent_id) or ids.NOBODY)
    if isinstance(versions, Refused | Missing):
        return versions
    return next((shown(each) for each in versions if str(each.version) == version), Missing("version"))


def history(request: HttpRequest, bearer: Bearer, consent_id: str) -> Answer:
    """The versions of a Consent, newest first."""
    page = asking.page(request.GET)
    asking.only_paging(request.GET)
    versions = read_consent(bearer, ids.read(consent_id) or ids.NOBODY)
    return versions if isinstance(versions, Refused | Missing) else bundles.history(request, page, versions)


def shown(statement: Statement, *, status: int = HTTPStatus.OK, location: str = "") -> HttpResponse:
    """One version with its ETag."""
    [tree] = written.consents([statement])
    return answers.fhir(tree, status=status, headers=headers(statement, location))


def headers(statement: Statement, location: str = "") -> dict[str, str]:
    """Of a version."""
    told = {"ETag": answers.etag(statement.version), "Last-Modified": answers.http_date(statement.stated_at)}
    return told | ({"Location": location} if location else {})
