"""Who could see what of a record at an instant of the past: the gate's own decision, on the facts of then. Pure.

It asks about ordinary care: whether a record that somebody had opened then would have been shown (docs/decisions/0041).
Evidence of care is presumed, or the professional's word in its place, which nobody is kept from giving (0039).
What a one-time code opened is of one session and of minutes, and is told by "who looked" (docs/decisions/0040).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from wutong.core import access
from wutong.core.access import Act, Allowed
from wutong.core.answers import Refused
from wutong.core.categories import CATEGORY_NAMES
from wutong.core.closings import closed_of
from wutong.core.facts import Caller, ConsentFacts, Facts, LookFacts, PersonFacts

_LOOK, _LASTS = UUID(int=0), timedelta(minutes=1)
_EVERYTHING = frozenset(CATEGORY_NAMES)


@dataclass(frozen=True)
class Then:
    """What held about one person at an instant: of each thing the newest statement made by then, and the role matrix.

    `consents`: by provider; `closings`: kind and value of what was closed; `roles`: profession -> category -> access.
    """

    at: datetime
    person: PersonFacts
    consents: Mapping[UUID, ConsentFacts]
    closings: tuple[tuple[str, str], ...]
    roles: Mapping[str, Mapping[str, str]]


def could_enter(then: Then, caller: Caller) -> Allowed | Refused:
    """Whether the caller could have opened the record at all, whatever the profession sees of it."""
    return _decided(then, caller, Act.ACCESS)


def could_see(then: Then, caller: Caller) -> Allowed | Refused:
    """What the caller could have seen of the record, had it been open to them."""
    return _decided(then, caller, Act.READ)


def _decided(then: Then, caller: Caller, act: Act) -> Allowed | Refused:
    facts = Facts(
        caller=caller,
        person=then.person,
        consent=then.consents.get(caller.provider_id) if caller.provider_id else None,
        look=LookFacts(_LOOK, "TREAT", then.at + _LASTS),
        closed=closed_of(_concerning(then, caller)),
        roles=then.roles.get(caller.profession, {}),
        names_patient=True,
    )
    return access.decide(facts, act=act, categories=_EVERYTHING, now=then.at)


def _concerning(then: Then, caller: Caller) -> Iterator[tuple[str, str]]:
    """The closings that concern the caller: of providers and professionals those of their own."""
    own = {"provider": str(caller.provider_id), "professional": str(caller.caller_id)}
    return ((kind, value) for kind, value in then.closings if own.get(kind, value) == value)
