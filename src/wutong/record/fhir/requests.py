"""Reads the head of a request: who asks, and how the answer is preferred. Bodies: bodies.py."""

from enum import StrEnum

from starlette.requests import Request

from wutong.core.sealing import token_hash
from wutong.record.flows.plane import Plane
from wutong.record.flows.problems import fault, in_request
from wutong.record.searching import writing
from wutong.record.searching.writing import Unreadable

PLANE = "wutong.plane"


class Returns(StrEnum):
    """What a write answers with (Prefer: return=…)."""

    MINIMAL = "minimal"
    REPRESENTATION = "representation"
    OUTCOME = "OperationOutcome"


def plane(request: Request) -> Plane:
    """The running plane; for the entry of a transaction, as the transaction sees it."""
    running: Plane = request.scope.get(PLANE) or request.app.state.plane
    return running


def token(request: Request) -> bytes:
    """The hash of the bearer token; of nothing, where there is none, so that the gate refuses it like any wrong one."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    return token_hash(value.strip() if scheme.lower() == "bearer" else "")


def returns(request: Request, usual: Returns = Returns.REPRESENTATION) -> Returns:
    """What the sender prefers as an answer to a write; what nobody knows is passed over (RFC 7240, section 2)."""
    wanted = _preference(request, "return")
    return Returns(wanted) if wanted in set(Returns) else usual


def is_strict(request: Request) -> bool | None:
    """Prefer: handling=strict or lenient; None where the sender does not say, or says what nobody knows (RFC 7240)."""
    wanted = _preference(request, "handling")
    return wanted == "strict" if wanted in {"strict", "lenient"} else None


def page_size(text: str, most: int) -> int:
    """The `_count` of a page that holds something; raises Unacceptable."""
    try:
        return writing.page_size(text, least=1, most=most)
    except Unreadable as wrong:
        raise fault(wrong.code, wrong.message, place=in_request(wrong.name)) from wrong


def _preference(request: Request, name: str) -> str | None:
    for header in request.headers.getlist("prefer"):
        for each in header.replace(";", ",").split(","):
            key, _, value = each.partition("=")
            if key.strip().lower() == name:
                return value.strip().strip('"')
    return None
