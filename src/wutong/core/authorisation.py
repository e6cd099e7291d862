"""Restricted categories ("R") that the person opened by a one-time code: what that opens, and what rests on it. Pure.

Source: domain dossier 2.4; docs/decisions/0040. The code itself is the people plane's.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

from wutong.core.facts import AuthorisationFacts, Facts

RESTRICTED = "R"


def authorised_categories(facts: Facts, roles: Mapping[str, str], *, now: datetime) -> frozenset[str]:
    """What the person's authorisations open now, of what is restricted in `roles`: nothing that the role closes."""
    return frozenset[str]().union(*(_restricted(each, roles) for each in _live(facts, now)))


def rests_on(facts: Facts, shown: frozenset[str], *, now: datetime) -> tuple[UUID, ...]:
    """The authorisations that open something of what is shown: once one of them ends, what was decided ends too."""
    return tuple(each.authorisation_id for each in _live(facts, now) if _restricted(each, facts.roles) & shown)


def _restricted(authorised: AuthorisationFacts, roles: Mapping[str, str]) -> frozenset[str]:
    return frozenset(category for category in authorised.categories if roles.get(category) == RESTRICTED)


def _live(facts: Facts, now: datetime) -> Iterator[AuthorisationFacts]:
    return (each for each in facts.authorised if now < each.closes_at)
