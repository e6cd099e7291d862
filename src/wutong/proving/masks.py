"""What differs between two answers by construction, and why: nothing else may."""

import re
from dataclasses import dataclass

from wutong.proving.platform import Told


@dataclass(frozen=True)
class Mask:
    """`found` in a body, or the value of the header of that name, is read as `plain`."""

    reason: str
    found: re.Pattern[bytes] | None = None
    header: str = ""
    plain: bytes = b"..."


MASKS = (
    Mask(
        "sealed with a fresh nonce; holds PostgreSQL's snapshot, whose length says how busy it is",
        re.compile(rb"_page=[\w-]+"),
    ),
    Mask("a form's token is masked anew each time", re.compile(rb'name="csrfmiddlewaretoken" value="\w+"')),
    Mask("a session's cookie is random", header="set-cookie"),
)
_HEADERS = frozenset(each.header for each in MASKS if each.header)


def masked(told: Told) -> Told:
    """The answer without what differs by construction. Where a length was masked, the header about it is too."""
    body = told.body
    for each in MASKS:
        if each.found:
            body = each.found.sub(each.plain, body)
    hidden = _HEADERS | ({"content-length"} if body != told.body else frozenset())
    headers = tuple((name, "..." if name in hidden else value) for name, value in told.headers)
    return Told(told.status, headers, body)
