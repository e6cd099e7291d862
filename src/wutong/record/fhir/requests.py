"""Reads the head of a request: who asks, and how the answer is preferred. Bodies: bodies.py."""

from enum import StrEnum

from starlette.requests import Request

from wutong.core.sealing import token_hash
from wutong.record.flows.plane import Plane
from wutong.record.flows.problems import fault


class Returns(StrEnum):
    """What a write answers with (Prefer: return=…)."""

    MINIMAL = "minimal"
    REPRESENTATION = "representation"
    OUTCOME = "OperationOutcome"


def plane(request: Request) -> Plane:
    """The running plane."""
    running: Plane = request.app.state.plane
    return running


def token(request: Request) -> bytes:
    """The hash of the bearer token; of nothing, where there is none, so that the gate refuses it like any wrong one."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    return token_hash(value.strip() if scheme.lower() == "bearer" else "")


def returns(request: Request, usual: Returns = Returns.REPRESENTATION) -> Returns:
    """What the sender prefers as an answer to a write; raises Unacceptable for what FHIR does not know."""
    wanted = _preference(request, "return")
    if wanted is None:
        return usual
    if wanted not in set(Returns):
        sentence = f"Prefer: return can be {', '.join(Returns)}."
        raise fault("value", sentence)
    return Returns(wanted)


def is_strict(request: Request) -> bool | None:
    """Prefer: handling=strict or lenient; None where the sender does not say. Raises Unacceptable for others."""
    wanted = _preference(request, "handling")
    if wanted not in {None, "strict", "lenient"}:
        raise fault("value", "Prefer: handling can be strict or lenient.")
    return None if wanted is None else wanted == "strict"


def _preference(request: Request, name: str) -> str | None:
    for header in request.headers.getlist("prefer"):
        for each in header.replace(";", ",").split(","):
            key, _, value = each.partition("=")
            if key.strip().lower() == name:
                return value.strip().strip('"')
    return None
