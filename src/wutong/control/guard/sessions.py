"""Who is signed in: read afresh at each request, so that an ended session, account or affiliation acts at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from wutong.control.audit.append import Actor, append
from wutong.control.flows.sign_out import sign_out
from wutong.control.people.actions.sessions import touch_session
from wutong.control.people.queries import accounts
from wutong.control.people.queries.accounts import SessionFacts
from wutong.core import clock, desk, ids
from wutong.core.answers import Reason
from wutong.core.events import Event
from wutong.core.routes import Comers, open_to

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

IDLE = timedelta(minutes=15)
LONGEST = {"professional": timedelta(hours=12), "patient": timedelta(hours=2)}
KEY = "wutong_session_id"
_HOMES = {"clinician": "clinic-home", "registration": "desk-home", "privacy-officer": "console-home"}
_TOUCH_EVERY = timedelta(seconds=20)


@dataclass(frozen=True)
class SignedInUser:
    """The person at the browser."""

    account_id: UUID
    session_id: UUID
    display_name: str
    display_name_zh: str
    person_id: UUID | None
    provider_id: UUID | None
    provider_name: str
    provider_name_zh: str
    is_suspended: bool  # at a workplace whose access is suspended or ended
    is_office: bool  # at the eHR office: sees the whole territory's, where others see their own provider's
    role: str
    profession: str

    @property
    def kind(self) -> str:
        """`professional` (at a workplace) or `patient`."""
        return "professional" if self.provider_id else "patient"

    @property
    def watches(self) -> UUID | None:
        """Whose cases a privacy officer sees listed: their provider's; None (the eHR office): everybody's."""
        return None if self.is_office else self.provider_id

    @property
    def actor(self) -> Actor:
        """As the trail names them."""
        return Actor(self.kind, self.account_id, self.session_id, self.provider_id, self.profession)


class SignedIn:
    """Middleware: `request.signed_in` is the user, or None."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.signed_in = _user(request)  # type: ignore[attr-defined]  # Django's requests take attributes
        return self._get_response(request)


def user(request: HttpRequest) -> SignedInUser | None:
    """The signed-in user of a request."""
    found: SignedInUser | None = getattr(request, "signed_in", None)
    return found


def professional_required(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Only for clinicians at a workplace; others are asked to sign in."""
    return _required(view, Comers.PROFESSIONAL)


def desk_required(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Only for those who serve people at a provider's desk: registration staff, and clinicians at their workplace."""
    return _required(view, Comers.DESK)


def patient_required(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Only for people who opened their own portal."""
    return _required(view, Comers.PATIENT)


def officer_required(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Only for privacy officers at an active workplace: of the eHR office, or of one provider."""
    return _required(_at_active_workplace(view), Comers.OFFICER)


def office_required(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Only for privacy officers of the eHR office: what is about the whole territory, and no one provider's."""
    return _required(_at_active_workplace(view), Comers.OFFICE)


def _is_officer(who: SignedInUser) -> bool:
    return who.kind == "professional" and who.role == "privacy-officer"


_SUITS: Mapping[Comers, Callable[[SignedInUser], bool]] = {
    Comers.PROFESSIONAL: lambda who: who.kind == "professional" and who.role == "clinician",
    Comers.DESK: lambda who: who.kind == "professional" and who.role in desk.ROLES,
    Comers.PATIENT: lambda who: who.kind == "patient" and who.person_id is not None,
    Comers.OFFICER: _is_officer,
    Comers.OFFICE: lambda who: _is_officer(who) and who.is_office,
}


def _at_active_workplace(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Where the provider is suspended, its officers are told so, and can sign out; nothing is opened to them."""

    @wraps(view)
    def guarded(request: HttpRequest, who: SignedInUser, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if who.is_suspended:
            append(Event.CONSOLE_OPEN, actor=who.actor, reason=Reason.PROVIDER_NOT_ACTIVE)
            return render(request, "console/suspended.jinja", {"who": who}, status=HTTPStatus.FORBIDDEN)
        return view(request, who, *args, **kwargs)

    return guarded


def _required(view: Callable[..., HttpResponseBase], comers: Comers) -> Callable[..., HttpResponseBase]:
    suits = _SUITS[comers]

    @open_to(comers)
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        who = user(request)
        if who is None:
            back = request.get_full_path() if request.method == "GET" else ""
            query = "?" + urlencode({"next": back}) if back else ""
            return HttpResponseRedirect(reverse("sign-in") + query)
        if not suits(who):
            return HttpResponseRedirect(home_of(who))
        return view(request, who, *args, **kwargs)

    return guarded


def home_of(who: SignedInUser) -> str:
    """Where a signed-in user begins."""
    if who.kind == "patient" and who.person_id:
        return reverse("portal-home")
    return reverse(_HOMES.get(who.role, "no-pages-yet"))


def _user(request: HttpRequest) -> SignedInUser | None:
    session_id = ids.read(str(request.session.get(KEY, "")))
    facts = accounts.live_session(session_id) if session_id else None
    if facts is None:
        return None
    who = _as_user(facts)
    now = clock.now()
    if now - facts.last_seen_at > IDLE or now - facts.started_at > LONGEST[who.kind]:
        sign_out(who.account_id, who.session_id, why="time")
        request.session.flush()
        return None
    if now - facts.last_seen_at > _TOUCH_EVERY:
        touch_session(session_id=facts.session_id, seen_at=now)
    return who


def _as_user(facts: SessionFacts) -> SignedInUser:
    place = facts.workplace
    return SignedInUser(
        account_id=facts.account_id,
        session_id=facts.session_id,
        display_name=facts.display_name,
        display_name_zh=facts.display_name_zh,
        person_id=facts.person_id,
        provider_id=place.provider_id if place else None,
        provider_name=place.provider_name if place else "",
        provider_name_zh=place.provider_name_zh if place else "",
        is_suspended=place is not None and not place.is_active,
        is_office=place is not None and place.is_office,
        role=place.role if place else "",
        profession=facts.profession,
    )
