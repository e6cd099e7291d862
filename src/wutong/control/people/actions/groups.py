"""Groups of providers and programmes: made, joined and left; each of it in the trail."""

from uuid import UUID

from django.db import connection, transaction

from wutong.control.audit.append import Actor, append
from wutong.control.people.models import GroupMember, ProviderGroup
from wutong.control.people.texts import refuse_spaces, refuse_unfit
from wutong.core import clock
from wutong.core.answers import Missing
from wutong.core.events import Event

KINDS = (
    ProviderGroup.Kind.GROUP.value,
    ProviderGroup.Kind.PROGRAMME.value,
)  # of "whoever" there is one, from the start


@transaction.atomic
def create_group(*, actor: Actor, code: str, kind: str, name_en: str, name_zh: str) -> UUID:
    """Add a group or a programme that nobody belongs to yet."""
    refuse_unfit(ProviderGroup, code=code, name_en=name_en, name_zh=name_zh)
    refuse_spaces("code", code)
    made = ProviderGroup.objects.create(code=code, kind=kind, name_en=name_en, name_zh=name_zh)
    append(Event.GROUP_CREATE, actor=actor, detail={"group": str(made.group_id), "code": code, "kind": kind})
    return made.group_id


@transaction.atomic
def join_group(*, actor: Actor, group_id: UUID, provider_id: UUID) -> UUID | None:
    """Enter that a provider belongs to it from now on; the membership's id. None: it did already."""
    _hold(group_id)
    if GroupMember.objects.filter(group_id=group_id, provider_id=provider_id, ended_at=None).exists():
        return None
    made = GroupMember.objects.create(group_id=group_id, provider_id=provider_id, since_at=clock.now())
    _enter(actor, group_id, provider_id, "joined")
    return made.membership_id


@transaction.atomic
def leave_group(*, actor: Actor, group_id: UUID, provider_id: UUID) -> Missing | None:
    """Enter that a provider belongs to it no more; Missing: it did not."""
    _hold(group_id)
    held = GroupMember.objects.filter(group_id=group_id, provider_id=provider_id, ended_at=None)
    if not held.update(ended_at=clock.now()):
        return Missing("member")
    _enter(actor, group_id, provider_id, "left")
    return None


def hold_members(group_id: UUID) -> None:
    """Let nobody join or leave until the transaction ends; others may hold them too."""
    with connection.cursor() as cursor:
        cursor.execute("select from provider_group where group_id = %s for key share", [group_id])


def _hold(group_id: UUID) -> None:
    ProviderGroup.objects.select_for_update().filter(group_id=group_id).first()


def _enter(actor: Actor, group_id: UUID, provider_id: UUID, what: str) -> None:
    detail = {"group": str(group_id), "provider": str(provider_id), "member": what}
    append(Event.GROUP_CHANGE, actor=actor, detail=detail)
