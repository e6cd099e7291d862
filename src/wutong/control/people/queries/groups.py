"""Groups of providers, programmes, and who belongs to them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wutong.control.pages.names import named
from wutong.control.people.models import GroupMember, ProviderGroup

WHOEVER = ProviderGroup.Kind.WHOEVER.value


@dataclass(frozen=True)
class GroupFacts:
    """What can be allowed together, as pages show it; `kind`: "group", "programme" or "whoever"."""

    group_id: UUID
    code: str
    kind: str
    name_en: str
    name_zh: str


@dataclass(frozen=True)
class Membership:
    """That a provider belongs to a group, since when."""

    membership_id: UUID
    group_id: UUID
    provider_id: UUID
    since_at: datetime


def groups() -> list[GroupFacts]:
    """All of them: groups, then programmes, by English name, and whoever treats the person last."""
    return [_facts(row) for row in ProviderGroup.objects.order_by("kind", "name_en")]


def group_names() -> dict[UUID, str]:
    """All their names in the language of the page, by id."""
    return {each.group_id: named(each.name_en, each.name_zh) for each in groups()}


def group(group_id: UUID) -> GroupFacts | None:
    """One of them."""
    row = ProviderGroup.objects.filter(group_id=group_id).first()
    return _facts(row) if row else None


def group_with_code(code: str) -> GroupFacts | None:
    """The one with that code."""
    row = ProviderGroup.objects.filter(code=code).first()
    return _facts(row) if row else None


def members_of(group_id: UUID) -> list[Membership]:
    """Who belongs to it now; of "whoever" nobody is entered."""
    rows = GroupMember.objects.filter(group_id=group_id, ended_at=None).order_by("since_at")
    return [_membership(row) for row in rows]


def roster_of(group_id: UUID) -> int:
    """A number that is another one after anybody joined or left."""
    rows = GroupMember.objects.filter(group_id=group_id)
    return rows.count() + rows.exclude(ended_at=None).count()


def membership(membership_id: UUID) -> Membership | None:
    """One that goes on."""
    row = GroupMember.objects.filter(membership_id=membership_id, ended_at=None).first()
    return _membership(row) if row else None


def _membership(row: GroupMember) -> Membership:
    return Membership(row.membership_id, row.group_id, row.provider_id, row.since_at)


def _facts(row: ProviderGroup) -> GroupFacts:
    return GroupFacts(row.group_id, row.code, row.kind, row.name_en, row.name_zh)
