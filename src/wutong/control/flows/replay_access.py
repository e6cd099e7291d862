"""Who could see what of a person's record at an instant of the past. Page: docs/flows/replay_access.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from wutong.control.consent.closing_queries import ClosingFacts
from wutong.control.consent.past import closings_at, consents_at, left_at
from wutong.control.consent.queries import Word
from wutong.control.people.queries.past import Post, Registration, Staff, linked_at, posts_of, registration_of, staff_at
from wutong.control.people.queries.providers import ProviderFacts, providers
from wutong.control.people.queries.roles import roles_on
from wutong.core import clock, facts, replay
from wutong.core.access import Allowed
from wutong.core.answers import Missing, Reason, Refused
from wutong.core.categories import CATEGORY_NAMES
from wutong.core.strength import ONE_TIME_CODE

_NOBODY = UUID(int=0)  # one of a group, whom no closing names


@dataclass(frozen=True)
class Sight:
    """What `number` professionals of one profession could see; to the accounts `shut_out` the record was closed."""

    profession: str
    number: int
    sees: tuple[str, ...]
    shut_out: tuple[UUID, ...]


@dataclass(frozen=True)
class Place:
    """A provider, the statement that counted (None: it needs none), who could see what, or why nobody could look."""

    provider: ProviderFacts
    consent: Word | None
    refused: Reason | None
    sights: tuple[Sight, ...]


@dataclass(frozen=True)
class Replay:
    """Who could see what, and what was closed. `is_active`: the registration today, since when is not known; `left_at`:
    where the person had left the system then.
    """

    at: datetime
    is_now: bool
    is_active: bool
    patient_ids: frozenset[UUID]
    places: tuple[Place, ...]
    closings: Sequence[ClosingFacts]
    left_at: datetime | None = None


@dataclass(frozen=True)
class NotYet:
    """The person was not registered then."""

    registered_at: datetime


def replay_access(person_id: UUID, at: datetime | None = None) -> Replay | NotYet | Missing:
    """Replay an instant, or (None) the present. Missing: no such person. ValueError: the instant is still to come."""
    now = clock.now()
    if at is not None and at > now:
        raise ValueError("an instant that has been is expected")
    registration = registration_of(person_id)
    if registration is None:
        return Missing("person")
    if registration.registered_at > (at or now):
        return NotYet(registration.registered_at)
    return _Replayed(person_id, registration, at or now, is_now=at is None).told()


def last_instant_of(day: date) -> datetime:
    """The end of a day in the territory."""
    return datetime.combine(day, time.max, tzinfo=clock.TERRITORY)


class _Replayed:
    """The facts of then, loaded once for all providers."""

    def __init__(self, person_id: UUID, registration: Registration, at: datetime, *, is_now: bool) -> None:
        self.at, self.is_now, self.is_active = at, is_now, registration.is_active
        self.left_at = left_at(person_id, None if is_now else at)
        self.consents = consents_at(person_id, at)
        self.closings = closings_at(person_id, at)
        self.then = replay.Then(
            at=at,
            # What is known of today alone says nothing of then; of leaving every version is kept.
            person=facts.PersonFacts(
                person_id, registration.is_active if is_now else self.left_at is None, linked_at(person_id, at)
            ),
            consents={key: _fact(each) for key, each in self.consents.items()},
            closings=tuple((each.kind, each.value) for each in self.closings),
            roles=roles_on(clock.local(at).date()),
        )
        shut_out = {UUID(each.value) for each in self.closings if each.kind == "professional"}
        self.posts = posts_of(shut_out, at, is_now=is_now) if shut_out else []

    def told(self) -> Replay:
        """One list: providers with a statement, and those without need of one where somebody worked."""
        known = [each for each in providers() if each.is_deemed or each.provider_id in self.consents]
        staff = staff_at([each.provider_id for each in known], self.at, is_now=self.is_now)
        places = [self._place(each, [of for of in staff if of.provider_id == each.provider_id]) for each in known]
        return Replay(
            self.at,
            self.is_now,
            self.is_active,
            frozenset(self.then.person.patient_ids),
            tuple(each for each in places if each.consent or each.sights or each.refused),
            self.closings,
            self.left_at,
        )

    def _place(self, provider: ProviderFacts, staff: Sequence[Staff]) -> Place:
        consent = None if provider.is_deemed else self.consents[provider.provider_id]
        entered = replay.could_enter(self.then, self._caller(provider))
        if isinstance(entered, Refused):
            return Place(provider, consent, entered.reason, ())
        return Place(provider, consent, None, tuple(self._sight(provider, each) for each in staff))

    def _sight(self, provider: ProviderFacts, staff: Staff) -> Sight:
        shut_out = tuple(each.account_id for each in self.posts if self._is_shut_out(provider, staff, each))
        seen = replay.could_see(self.then, self._caller(provider, staff.profession))
        categories = seen.scope.categories if isinstance(seen, Allowed) else frozenset()
        sees = tuple(code for code in CATEGORY_NAMES if code in categories)
        return Sight(staff.profession, staff.number - len(shut_out), sees, shut_out)

    def _is_shut_out(self, provider: ProviderFacts, staff: Staff, post: Post) -> bool:
        if (post.provider_id, post.profession) != (staff.provider_id, staff.profession):
            return False
        return isinstance(
            replay.could_enter(self.then, self._caller(provider, post.profession, post.account_id)), Refused
        )

    def _caller(self, provider: ProviderFacts, profession: str = "", account_id: UUID = _NOBODY) -> facts.Caller:
        return facts.Caller(
            facts.CallerKind.PROFESSIONAL,
            account_id,
            provider.provider_id,
            profession=profession,
            registered_until=clock.local(self.at).date(),  # those who are counted were registered that day
            provider_is_active=provider.is_active or not self.is_now,
            provider_is_deemed=provider.is_deemed,
            strength=ONE_TIME_CODE,  # nobody signs in more weakly
        )


def _fact(consent: Word) -> facts.ConsentFacts:
    return facts.ConsentFacts(consent.is_given, consent.valid_until, consent.version, consent.scope, consent.group_id)
