"""Whose pages: the signed-in person's own, or somebody's whom they decide or care for. The address alone says which.

Nothing is kept in the session, so that two windows never mix two people; each request is decided afresh.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, partial, wraps
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from wutong.control.consent.past import left_at
from wutong.control.flows.represent_person import represent_person
from wutong.control.guard.sessions import SignedInUser, patient_required
from wutong.control.pages.names import named
from wutong.control.people.queries.representatives import (
    CARER,
    Standing,
    own_word,
    standings_of,
)
from wutong.core.answers import Refused
from wutong.core.representation import Function


@dataclass(frozen=True)
class Subject:
    """Whom a page is about; `relation` is empty for the signed-in person, who needs no name on their own pages.

    `functions`, `until`: what a carer may see, and the last day of it.
    """

    person_id: UUID
    name_en: str = ""
    name_zh: str = ""
    relation: str = ""
    alone_from: date | None = None  # of a person under 16: the day on which they are
    may_decide: bool = True  # the signed-in person, about this record
    functions: frozenset[str] = frozenset()
    until: date | None = None

    @property
    def is_self(self) -> bool:
        """Whether these are the signed-in person's own pages."""
        return not self.relation

    @property
    def is_cared_for(self) -> bool:
        """Whether the signed-in person sees these pages as a carer."""
        return self.relation == CARER

    @cached_property
    def left_at(self) -> datetime | None:
        """Since when the person has left the system; None: they have not."""
        return left_at(self.person_id, None)

    def shows(self, function: str) -> bool:
        """Whether the signed-in person sees what belongs to a function."""
        return not self.is_cared_for or function in self.functions

    @property
    def name(self) -> str:
        """In the language of the page."""
        return named(self.name_en, self.name_zh)

    def url(self, name: str, *args: Any) -> str:
        """The address of a page of the portal about the same person."""
        return reverse(name, args=args if self.is_self else (self.person_id, *args))


def about_somebody(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For people in their own portal, about themselves or (`for_id` in the address) whom they may decide for today."""
    return _about_somebody(view, ())


def open_to_carers(
    *functions: Function,
) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """The same, and about whoever granted the signed-in person one of these functions."""
    return partial(_about_somebody, functions=functions)


def _about_somebody(
    view: Callable[..., HttpResponseBase], functions: Collection[Function]
) -> Callable[..., HttpResponseBase]:
    @wraps(view)
    def guarded(
        request: HttpRequest, who: SignedInUser, *args: Any, for_id: UUID | None = None, **kwargs: Any
    ) -> HttpResponseBase:
        subject = _subject(who, for_id, view.__name__, functions)
        return view(request, who, subject, *args, **kwargs)

    return patient_required(guarded)


def others(who: SignedInUser) -> list[Subject]:
    """Those whom the signed-in person may decide for, or cares for, today."""
    return [_of(each) for each in standings_of(who.person_id)] if who.person_id else []


def _subject(who: SignedInUser, for_id: UUID | None, page: str, functions: Collection[Function]) -> Subject:
    if who.person_id is None:
        raise Http404
    if for_id is None:
        alone_from, decides_alone = own_word(who.person_id)
        return Subject(who.person_id, alone_from=alone_from, may_decide=decides_alone)
    standing = represent_person(who.actor, who.person_id, for_id, page=page, functions=functions)
    if isinstance(standing, Refused):
        raise Http404
    return _of(standing)


def _of(standing: Standing) -> Subject:
    person = standing.person
    return Subject(
        person.person_id,
        person.name_en,
        person.name_zh,
        standing.relation,
        standing.alone_from,
        may_decide=standing.decides,
        functions=standing.functions,
        until=standing.until,
    )
