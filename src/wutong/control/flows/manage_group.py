"""Groups of providers and programmes are made, and providers join and leave. Page: docs/flows/manage_group.md."""

from uuid import UUID

from django.db import IntegrityError, transaction

from wutong.control.audit.append import HOST
from wutong.control.consent.queries import holders_of
from wutong.control.flows.tell_patient import tell_of_member
from wutong.control.notices.actions import defer
from wutong.control.people.actions import groups
from wutong.control.people.queries.groups import WHOEVER, GroupFacts, group_with_code, membership
from wutong.control.people.queries.providers import ProviderFacts, provider_with_code
from wutong.core import jobspec
from wutong.core.answers import Missing, Problem


class GroupProblem(Problem):
    """The group cannot be made, or cannot be joined or left."""


def create_group(code: str, name_en: str, *, name_zh: str, kind: str) -> UUID:
    """Add a group or a programme; raises GroupProblem where the kind is unknown or the code is taken."""
    if kind not in groups.KINDS:
        raise GroupProblem(f"There is no kind of group {kind!r}. Choose: {', '.join(groups.KINDS)}.")
    try:
        return groups.create_group(actor=HOST, code=code, kind=kind, name_en=name_en, name_zh=name_zh)
    except IntegrityError as taken:
        raise GroupProblem(f"The code {code} is taken already. `wutong group list` lists them.") from taken


@transaction.atomic
def join_group(code: str, provider_code: str) -> None:
    """Enter a member; who allowed the group is told, and only then does the member count for them."""
    group, provider = _found(code, provider_code)
    joined = groups.join_group(actor=HOST, group_id=group.group_id, provider_id=provider.provider_id)
    if joined is None:
        raise GroupProblem(f"{provider_code} belongs to {code} already.")
    defer(jobspec.TELL_OF_MEMBER, lock=str(joined), membership_id=str(joined))


def leave_group(code: str, provider_code: str) -> None:
    """A member belongs to it no more: at its next request it may look through the group no more either."""
    group, provider = _found(code, provider_code)
    if isinstance(groups.leave_group(actor=HOST, group_id=group.group_id, provider_id=provider.provider_id), Missing):
        raise GroupProblem(f"{provider_code} does not belong to {code}. `wutong group list` says who does.")


def tell_of_new_member(membership_id: UUID) -> int:
    """Tell everybody who allowed the group before, each in a transaction of its own; how many. Of who left, nobody."""
    joined = membership(membership_id)
    if joined is None:
        return 0
    holders = holders_of(joined.group_id, since_before=joined.since_at)
    return sum(tell_of_member(person_id, joined) is not None for person_id in holders)


def _found(code: str, provider_code: str) -> tuple[GroupFacts, ProviderFacts]:
    group, provider = group_with_code(code), provider_with_code(provider_code)
    if group is None or group.kind == WHOEVER:
        raise GroupProblem(f"There is no group {code} that providers join. `wutong group list` lists them.")
    if provider is None or provider.kind == "office":
        raise GroupProblem(f"There is no healthcare provider {provider_code}. `wutong provider list` lists them.")
    return group, provider
