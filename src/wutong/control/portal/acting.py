"""What stands between carers, those who decide for a person, and the portal's templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.control.audit.queries import ActLine, acts_of
from wutong.control.consent.carer_queries import ACCEPTED, CarerFacts, grants_of, grants_to
from wutong.control.guard.sessions import SignedInUser
from wutong.control.pages.names import named
from wutong.control.people.queries.persons import PersonSummary, person, persons_of_accounts
from wutong.control.portal.permissions import spoken_as
from wutong.control.portal.subjects import Subject
from wutong.core.events import Event
from wutong.core.representation import Function

_FUNCTIONS: Mapping[str, Promise] = {
    Function.INVENTORY: gettext_lazy("How much is in my record, by part, and nothing of what it says"),
    Function.LOOKS: gettext_lazy("Who looked at my record"),
    Function.MESSAGES: gettext_lazy("The messages that I get here"),
}
# By the name of the view, as the trail has it.
_PAGES: Mapping[str, Promise] = {
    "home": gettext_lazy("the first page"),
    "inventory": gettext_lazy("what is in the record"),
    "record": gettext_lazy("what is in the record"),
    "part": gettext_lazy("what is in the record"),
    "looks": gettext_lazy("who looked"),
    "acts": gettext_lazy("what those who help opened"),
    "notices": gettext_lazy("the messages"),
    "consents": gettext_lazy("who may look"),
    "history": gettext_lazy("what was said before"),
    "past": gettext_lazy("who could look on a day"),
    "allow": gettext_lazy("a permission to look"),
    "withdraw": gettext_lazy("the end of a permission to look"),
    "leave": gettext_lazy("leaving health record sharing"),
    "join_again": gettext_lazy("joining health record sharing again"),
    "closings": gettext_lazy("what is kept closed"),
    "close": gettext_lazy("the closing of something"),
    "open_again": gettext_lazy("the opening of something again"),
    "carers": gettext_lazy("who helps"),
    "end": gettext_lazy("the end of a carer's help"),
}
_ANOTHER_PAGE = gettext_lazy("another page")
_COUNTED = gettext_lazy("the number of items by part of the record")


@dataclass(frozen=True)
class Grant:
    """One grant or request, with the other person's name as far as it may be shown."""

    facts: CarerFacts
    name: str
    functions: Sequence[str]

    @property
    def is_alive(self) -> bool:
        """Whether it holds, or can still be accepted."""
        return self.facts.holds or self.facts.waits

    @property
    def as_form(self) -> dict[str, Any]:
        """As the form shows it."""
        return {"functions": list(self.facts.functions), "until": self.facts.until}


@dataclass(frozen=True)
class Given:
    """What a form says, in words."""

    called: str
    functions: Sequence[str]
    until: date


@dataclass(frozen=True)
class Act:
    """One page that somebody opened for the person."""

    who: str
    page: str
    at: datetime


def functions() -> list[dict[str, str]]:
    """The choices as the component takes them."""
    return [{"value": code, "text": str(text)} for code, text in _FUNCTIONS.items()]


def granted(given: Mapping[str, Any]) -> Given:
    """What a person is about to grant."""
    return Given(given["called"], _named(given["functions"]), given["until"])


def grants(subject: Subject) -> list[Grant]:
    """What the person granted or asked. Whose number it was shows where they accepted, and never before."""
    found = grants_of(subject.person_id)
    return [_grant(each, each.carer_id if each.state == ACCEPTED else None) for each in found]


def asked(who: SignedInUser) -> list[Grant]:
    """What waits for the signed-in person's answer, and what was granted to them."""
    found = grants_to(who.person_id) if who.person_id else []
    return [_grant(each, each.person_id) for each in found if each.holds or each.waits]


def acts(who: SignedInUser, subject: Subject, *, limit: int, offset: int = 0) -> list[Act]:
    """What those who act for the person opened, newest first."""
    lines = acts_of(subject.person_id, limit=limit, offset=offset)
    people = persons_of_accounts({each.account_id for each in lines})
    return [_act(each, who, people.get(each.account_id)) for each in lines]


def _act(line: ActLine, who: SignedInUser, actor: PersonSummary | None) -> Act:
    name = named(actor.name_en, actor.name_zh) if actor else _("somebody")
    by = _("you") if line.account_id == who.account_id else spoken_as(line.relation, name)
    page = _COUNTED if line.event == Event.RECORD_COUNT else _PAGES.get(line.page, _ANOTHER_PAGE)
    return Act(by, str(page), line.at)


def _grant(facts: CarerFacts, other_id: Any) -> Grant:
    found = person(other_id) if other_id else None
    name = named(found.name_en, found.name_zh) if found else facts.called
    return Grant(facts, name, _named(facts.functions))


def _named(codes: Sequence[str]) -> list[str]:
    return [str(text) for code, text in _FUNCTIONS.items() if code in codes]
