"""Reads what a request makes its effect depend on: versions it has seen, and searches that name its resource.

Source: HL7 FHIR R4, http page (conditional read, create, update, delete; "managing resource contention"); RFC 9110, 13.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request

from wutong.record.fhir import requests
from wutong.record.fhir.search import condition_search
from wutong.record.flows.changes import Condition
from wutong.record.flows.plane import Plane
from wutong.record.flows.problems import Unacceptable, fault, in_request
from wutong.record.store.rows import Stored

_TAG = re.compile(r'(?:W/)?"([^"]*)"')
_LISTED = re.compile(r'(?:W/)?"[^"]*"|[^\s,]+')
_VERSION = re.compile(r"\d{1,9}", re.ASCII)
_ANY = "*"
_LONGEST = 2_000
# Parameters that say which resources, among those with an underscore; the others shape an answer.
_CRITERIA = frozenset({"_id", "_tag", "_profile", "_security", "_lastUpdated", "_source", "_has"})


def if_match(text: str | None, place: str = in_request("If-Match")) -> frozenset[int] | None:
    """The versions that an If-Match lists; None where there is none, or any version will do. Raises Unacceptable.

    A tag that this server never gave is no version: with such tags alone there is none that would do.
    """
    if text is None or text.strip() == _ANY:
        return None
    tags = [_TAG.fullmatch(each) for each in _LISTED.findall(text)]
    if not tags or None in tags:
        raise fault("value", 'If-Match lists versions as this server gave them, such as W/"3".', place=place)
    return frozenset(int(tag[1]) for tag in tags if tag and _VERSION.fullmatch(tag[1]))


def if_match_of(request: Request) -> frozenset[int] | None:
    """The same of a request, in however many lines it came; raises Unacceptable."""
    texts = request.headers.getlist("if-match")
    return if_match(", ".join(texts) if texts else None)


def must_be_absent(text: str | None, place: str = in_request("If-None-Match")) -> bool:
    """Whether an update is to be done only where there is nothing: If-None-Match with a star. Raises Unacceptable."""
    if text is None:
        return False
    if text.strip() != _ANY:
        sentence = "With an update, If-None-Match can be * alone: only if there is none. Send If-Match for a version."
        raise fault("value", sentence, place=place)
    return True


def is_unchanged(headers: Mapping[str, str], row: Stored) -> bool:
    """Whether a reader has this version already (304). If-None-Match comes first, as RFC 9110 says."""
    named = headers.get("if-none-match")
    if named is not None:
        listed = {each.strip().removeprefix("W/") for each in named.split(",")}
        return _ANY in listed or row.etag.removeprefix("W/") in listed
    since = _date(headers.get("if-modified-since", ""))
    return since is not None and row.stored_at.replace(microsecond=0) <= since


def condition(resource_type: str, text: str, place: str, plane: Plane) -> Condition:
    """The condition that `text`, the part after the question mark, states; raises Unacceptable.

    `place`: where it stands; empty where it is the address, whose parameters have places of their own.
    """
    if len(text) > _LONGEST:
        sentence = f"A condition may have {_LONGEST} characters. Send fewer parameters."
        raise fault("too-long", sentence, place=place)
    pairs = sorted(pair for pair in parse_qsl(text, keep_blank_values=True) if pair[0] != "_format")
    shaping = [name for name, _ in pairs if name.startswith("_") and name.partition(":")[0] not in _CRITERIA]
    if not pairs or shaping or "\x00" in text or "%00" in text:
        sentence = "A condition names one resource by search parameters alone, such as identifier=system|value."
        raise fault("invalid", sentence, place=place)
    try:
        found = condition_search(resource_type, pairs, plane)
    except Unacceptable as wrong:
        if not place:
            raise
        raise wrong.at(place) from wrong
    return Condition(f"{resource_type}?{urlencode(pairs)}", found, place)


def of_address(request: Request) -> Condition:
    """The condition that the address of a request states, such as `Patient?identifier=…`; raises Unacceptable."""
    kind = request.path_params["type"]
    return condition(kind, request.url.query, "", requests.plane(request))


def of_header(request: Request) -> Condition | None:
    """The condition of a create, If-None-Exist; raises Unacceptable, also for two, of which one would be dropped."""
    place, texts = in_request("If-None-Exist"), request.headers.getlist("if-none-exist")
    if len(texts) > 1:
        raise fault("invalid", "Send If-None-Exist once, with all parameters of the condition.", place=place)
    return condition(request.path_params["type"], texts[0], place, requests.plane(request)) if texts else None


def not_in_address(request: Request) -> None:
    """Raise Unacceptable where the address of a create has parameters.

    Some clients put the condition of a create there; passed over, each such create would store one more.
    """
    if named := [name for name in request.query_params if name != "_format"]:
        sentence = "The address of a create has no parameters. Send its condition in the header If-None-Exist."
        raise fault("invalid", sentence, place=in_request(named[0]))


def _date(text: str) -> datetime | None:
    try:
        read = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)
