"""Reads what a request makes its effect depend on: versions it has seen, and searches that name its resource.

Source: HL7 FHIR R4, http page (conditional read, create, update, delete; "managing resource contention"); RFC 9110, 13.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request

from wutong.core.sealing import Sealer
from wutong.record.fhir import requests
from wutong.record.fhir.search import condition_search
from wutong.record.flows.changes import Condition
from wutong.record.flows.problems import fault
from wutong.record.store.rows import Stored

_ETAG = re.compile(r'(?:W/)?"(\d{1,9})"')
_ANY = "*"
_LONGEST = 2_000
# Parameters that say which resources, among those with an underscore; the others shape an answer.
_CRITERIA = frozenset({"_id", "_tag", "_profile", "_security", "_lastUpdated", "_source", "_has"})


def if_match(text: str | None, place: str) -> int | None:
    """The version of an If-Match; None where there is none, or any version will do. Raises Unacceptable."""
    if text is None or text.strip() == _ANY:
        return None
    etag = _ETAG.fullmatch(text.strip())
    if etag is None:
        raise fault("value", 'If-Match must be a version this server gave, such as W/"3".', place=place)
    return int(etag[1])


def must_be_absent(text: str | None, place: str) -> bool:
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


def condition(resource_type: str, text: str, place: str, sealer: Sealer) -> Condition:
    """The condition that `text`, the part after the question mark, states; raises Unacceptable."""
    if len(text) > _LONGEST:
        sentence = f"A condition may have {_LONGEST} characters. Send fewer parameters."
        raise fault("too-long", sentence, place=place)
    pairs = sorted(pair for pair in parse_qsl(text, keep_blank_values=True) if pair[1] and pair[0] != "_format")
    shaping = [name for name, _ in pairs if name.startswith("_") and name.partition(":")[0] not in _CRITERIA]
    if not pairs or shaping or "\x00" in text or "%00" in text:
        sentence = "A condition names one resource by search parameters alone, such as identifier=system|value."
        raise fault("invalid", sentence, place=place)
    return Condition(f"{resource_type}?{urlencode(pairs)}", condition_search(resource_type, pairs, "", sealer))


def of_address(request: Request) -> Condition:
    """The condition that the address of a request states, such as `Patient?identifier=…`; raises Unacceptable."""
    kind = request.path_params["type"]
    return condition(kind, request.url.query, "the address", requests.plane(request).store.sealer)


def _date(text: str) -> datetime | None:
    try:
        read = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)
