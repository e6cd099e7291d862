"""Providers that are allowed together: groups and programmes made for a test, who belongs to them, and what is said of them."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import psycopg
from cast import Cast, Registered

from wutong.control.audit.append import HOST, Actor
from wutong.control.consent.actions import Stated
from wutong.control.flows import manage_group
from wutong.control.flows.change_consent import Answer, give_group_consent, withdraw_group_consent
from wutong.control.people.actions import providers
from wutong.control.people.queries.groups import group_with_code, members_of
from wutong.control.people.queries.providers import provider_with_code

WHOEVER = "WHOEVER"
_TOLD_EARLIER = """
update control.notice set queued_at = queued_at - %s where person_id = %s and kind = 'group-member'
"""


@dataclass(frozen=True)
class Group:
    """What was made, or what there is from the start."""

    code: str
    group_id: UUID

    def join(self, provider: str) -> None:
        """By the flow of the command."""
        manage_group.join_group(self.code, provider)

    def leave(self, provider: str) -> None:
        """The same, to its end."""
        manage_group.leave_group(self.code, provider)

    def tell(self) -> int:
        """What the worker does after somebody joined; how many were told."""
        return sum(manage_group.tell_of_new_member(each.membership_id) for each in members_of(self.group_id))

    def allow(self, who: Registered, kind: str = "one-year") -> None:
        """The person's own word, by the flow that the portal calls."""
        given = give_group_consent(Actor("patient", who.person_id), who.person_id, self.group_id, kind)
        assert isinstance(given, Stated), given

    def withdraw(self, who: Registered) -> Answer:
        """The same, withdrawn."""
        return withdraw_group_consent(Actor("patient", who.person_id), who.person_id, self.group_id)


def make(kind: str, *members: str, name: str = "", name_zh: str = "") -> Group:
    """A fresh group or programme."""
    code = f"G{secrets.token_hex(5).upper()}"
    name = name or f"The {kind} {code}"
    made = Group(code, manage_group.create_group(code, name, name_zh=name_zh, kind=kind))
    for each in members:
        made.join(each)
    return made


def whoever() -> Group:
    """Whoever treats the person."""
    found = group_with_code(WHOEVER)
    assert found
    return Group(WHOEVER, found.group_id)


def of(kind: str, *members: str) -> Group:
    """One of each kind that reaches these providers."""
    return whoever() if kind == "whoever" else make(kind, *members)


def clinic() -> str:
    """A fresh one's code: it belongs to nothing."""
    code = f"Z{secrets.token_hex(4).upper()}"
    providers.register_provider(actor=HOST, code=code, name_en=f"Clinic {code}", name_zh="", kind="clinic")
    return code


def id_of(provider: str) -> UUID:
    """The provider with that code."""
    found = provider_with_code(provider)
    assert found
    return found.provider_id


def doctor_at(cast: Cast, provider: str) -> str:
    """A fresh doctor's token there."""
    return cast.session_token(cast.professional("DOC", provider))


def told_earlier(superuser: psycopg.Connection, who: Registered, by: timedelta) -> None:
    """As if the person had been told of new members so much earlier."""
    superuser.execute(_TOLD_EARLIER, [by, who.person_id])
