"""Bundles of Consents: of a search, and of the versions of one."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from wutong.control.consent.statements import Statement
from wutong.control.pcf import answers, written
from wutong.control.pcf.asking import Page
from wutong.control.pcf.words import BASE
from wutong.core import clock


def searchset(request: HttpRequest, page: Page, found: Sequence[Statement], total: int) -> HttpResponse:
    """What was found."""
    shown = zip(found, written.consents(found), strict=True)
    entries = [{"fullUrl": _url(each), "resource": tree, "search": {"mode": "match"}} for each, tree in shown]
    return _bundle(request, page, "searchset", entries, total)


def history(request: HttpRequest, page: Page, versions: Sequence[Statement]) -> HttpResponse:
    """The versions of one Consent, newest first."""
    part = versions[page.offset : page.offset + page.count]
    shown = zip(part, written.consents(part), strict=True)
    return _bundle(request, page, "history", [_version(each, tree) for each, tree in shown], len(versions))


def _version(each: Statement, tree: dict[str, Any]) -> dict[str, Any]:
    is_first = each.version == 1
    response = {"etag": answers.etag(each.version), "lastModified": clock.written(each.stated_at)}
    return {
        "fullUrl": _url(each),
        "resource": tree,
        "request": {"method": "POST", "url": "Consent"} if is_first else {"method": "PUT", "url": _path(each)},
        "response": {"status": "201 Created" if is_first else "200 OK", **response},
    }


def _bundle(request: HttpRequest, page: Page, kind: str, entries: Sequence[dict[str, Any]], total: int) -> HttpResponse:
    base = f"{BASE}{request.path.removeprefix('/pcf')}"
    links = [page.link(request, "self", base, offset=page.offset)]
    if page.offset + page.count < total:
        links.append(page.link(request, "next", base, offset=page.offset + page.count))
    tree = {"resourceType": "Bundle", "type": kind, "total": total, "link": links}
    return answers.fhir(tree | ({"entry": entries} if entries else {}))


def _path(each: Statement) -> str:
    return f"Consent/{each.consent_id}"


def _url(each: Statement) -> str:
    return f"{BASE}/{_path(each)}"
