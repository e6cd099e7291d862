"""Tables of the registers; no rules. Read by `queries`, written by `actions` and the registering function alone."""

from wutong.control.people.models.accounts import Account, Affiliation, OneTimeToken, Professional
from wutong.control.people.models.groups import GroupMember, ProviderGroup
from wutong.control.people.models.persons import (
    Contact,
    IdentityDocument,
    MatchReview,
    Person,
    Representative,
    SourceRecord,
)
from wutong.control.people.models.providers import Provider
from wutong.control.people.models.roles import RoleCategory, RoleChange, RoleChangeCell, RoleDecision
from wutong.control.people.models.tokens import AccessToken, SignInSession, SystemClient

__all__ = [
    "AccessToken",
    "Account",
    "Affiliation",
    "Contact",
    "GroupMember",
    "IdentityDocument",
    "MatchReview",
    "OneTimeToken",
    "Person",
    "Professional",
    "Provider",
    "ProviderGroup",
    "Representative",
    "RoleCategory",
    "RoleChange",
    "RoleChangeCell",
    "RoleDecision",
    "SignInSession",
    "SourceRecord",
    "SystemClient",
]
