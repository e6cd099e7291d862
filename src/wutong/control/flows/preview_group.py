"""Before a wider consent changes, the person sees who gains or loses by it. Page: docs/flows/preview_group.md."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from wutong.control.charts.inventory import fetch_inventory
from wutong.control.consent.closing_queries import closings_of
from wutong.control.consent.queries import ConsentFacts, Word, newest_of, words_of
from wutong.control.flows.issue_token import issue_session_token
from wutong.control.flows.preview_consent import Preview, sight_of
from wutong.control.people.queries.accounts import ClinicianFacts, clinicians_at
from wutong.control.people.queries.groups import WHOEVER, GroupFacts, group, members_of
from wutong.control.people.queries.past import staff_at
from wutong.control.people.queries.persons import person
from wutong.control.people.queries.providers import ProviderFacts, providers
from wutong.control.people.queries.roles import roles_on
from wutong.core import clock

_MOST_NAMED = 50  # providers: of more than these, professionals are counted and not named


class Stays(StrEnum):
    """Why nothing changes for a provider."""

    DEEMED = "deemed"
    CLOSED = "closed"
    SUSPENDED = "suspended"
    TAKEN_OUT = "taken-out"
    BY_ITSELF = "by-itself"
    CLOSER = "closer"  # a word about a group or programme holds, where the statement is about whoever
    AS_IT_IS = "as-it-is"


@dataclass(frozen=True)
class GroupPreview:
    """Who gains or loses (`concerned`), for whom nothing changes and why, and what professionals there see."""

    concerned: tuple[ProviderFacts, ...]
    stays: tuple[tuple[ProviderFacts, Stays], ...]
    preview: Preview


@dataclass(frozen=True)
class _Said:
    """What the person said until now."""

    own: Mapping[UUID, ConsentFacts]
    words: Mapping[UUID, Word]
    closed: frozenset[str]


def preview_group(session_id: UUID, person_id: UUID, group_id: UUID, *, is_given: bool) -> GroupPreview:
    """What a consent of the person to the group opens today, or what its end closes."""
    found, about = person(person_id), group(group_id)
    if about is None or found is None or not found.is_active:
        return GroupPreview((), (), Preview((), None, is_closed=True))
    closed = closings_of(person_id)
    hidden = frozenset(each.value for each in closed if each.kind in {"category", "professional", "provider"})
    said = _Said(newest_of(person_id), words_of(person_id), hidden)
    judged = [(each, _stays(each, about, said, is_given=is_given)) for each in reached_by(about)]
    concerned = tuple(each for each, why in judged if why is None)
    stays = tuple((each, why) for each, why in judged if why)
    items = fetch_inventory(issue_session_token(session_id), person_id) if concerned else None
    sights = tuple(sight_of(*each, hidden) for each in _professions(concerned, hidden))
    return GroupPreview(concerned, stays, Preview(sights, items, keeps=bool(closed)))


def reached_by(about: GroupFacts) -> list[ProviderFacts]:
    """Who belongs to it today, by name."""
    known = [each for each in providers() if each.kind != "office"]
    if about.kind == WHOEVER:
        return [each for each in known if each.is_active]
    members = {each.provider_id for each in members_of(about.group_id)}
    return [each for each in known if each.provider_id in members]


def _stays(provider: ProviderFacts, about: GroupFacts, said: _Said, *, is_given: bool) -> Stays | None:
    if provider.is_deemed:
        return Stays.DEEMED
    if str(provider.provider_id) in said.closed:
        return Stays.CLOSED
    own, word = said.own.get(provider.provider_id), said.words.get(provider.provider_id)
    if own and not own.is_given:
        return Stays.TAKEN_OUT
    if own and own.is_in_force:
        return Stays.BY_ITSELF
    holds = word is not None and word.is_in_force
    if about.kind == WHOEVER and word and word.scope != WHOEVER and (holds or not word.is_given):
        return Stays.CLOSER
    if holds is is_given:
        return Stays.AS_IT_IS
    return None if provider.is_active else Stays.SUSPENDED


def _professions(
    concerned: Sequence[ProviderFacts], hidden: frozenset[str]
) -> list[tuple[str, list[ClinicianFacts], int, Mapping[str, str]]]:
    """Of each profession who works there (or how many), and what the role matrix of today says of it."""
    today, roles = clock.today(), roles_on(clock.today())
    ids = [each.provider_id for each in concerned]
    named = {
        each.account_id: each
        for provider_id in (ids if len(ids) <= _MOST_NAMED else ())
        for each in clinicians_at(provider_id, today)
        if str(each.account_id) not in hidden
    }
    counted: dict[str, int] = {}
    for each in staff_at(ids, clock.now(), is_now=True) if len(ids) > _MOST_NAMED else ():
        counted[each.profession] = counted.get(each.profession, 0) + each.number
    professions = sorted({each.profession for each in named.values()} | set(counted))
    return [
        (
            profession,
            [each for each in named.values() if each.profession == profession],
            counted.get(profession, 0),
            roles.get(profession, {}),
        )
        for profession in professions
    ]
