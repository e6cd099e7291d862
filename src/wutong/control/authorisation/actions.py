"""The only writers of authorisations: a request, the code that answers it, and the end."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from wutong.control.audit.append import Actor, append
from wutong.control.authorisation import codes
from wutong.control.authorisation.models import Authorisation, AuthorisationEnd, AuthorisationRequest
from wutong.control.people.one_time_code import Verdict
from wutong.core import clock, ids
from wutong.core.emergency import tidy
from wutong.core.events import Event


@transaction.atomic
def ask(*, actor: Actor, person_id: UUID, kind: str, reason: str, categories: frozenset[str], asked_of: int) -> None:
    """Enter what a professional asks a person for. `asked_of`: how many people get the code."""
    now = clock.now()
    made = AuthorisationRequest.objects.create(
        person_id=person_id,
        request_id=ids.new(),
        **_seat(actor),
        profession=actor.profession,
        kind=kind,
        reason=tidy(reason),
        categories=sorted(categories),
        asked_at=now,
        expires_at=now + codes.LASTS,
    )
    detail = {**_told(made), "kind": kind, "told": asked_of}
    append(Event.AUTHORISATION_ASK, actor=actor, person_id=person_id, detail=detail)


def refuse(*, actor: Actor, person_id: UUID, reason: str) -> None:
    """Enter that nobody was asked, and why."""
    append(Event.AUTHORISATION_ASK, actor=actor, person_id=person_id, reason=reason)


@transaction.atomic
def spend_code(*, actor: Actor, person_id: UUID, code: str, lasts: timedelta) -> Verdict:
    """Judge a code for the newest request of the actor's session, under its row's lock; it is right once, and opens.

    What was wrong is counted, and in the trail.
    """
    request = _newest(actor, person_id)
    verdict = _judge(request, code)
    if request is None or verdict is not Verdict.RIGHT:
        detail = _told(request) if request else {}
        append(Event.AUTHORISATION_GIVE, actor=actor, person_id=person_id, reason=verdict.value, detail=detail)
        return verdict
    now = clock.now()
    Authorisation.objects.create(
        person_id=person_id, request_id=request.request_id, authorised_at=now, closes_at=now + lasts
    )
    append(Event.AUTHORISATION_GIVE, actor=actor, person_id=person_id, detail=_told(request))
    return verdict


@transaction.atomic
def end(*, actor: Actor, person_id: UUID, request_id: UUID, stated_as: str) -> bool:
    """End an authorisation; False where it was ended before."""
    if actor.account_id is None:
        raise ValueError("whoever ends an authorisation is signed in")
    _row, is_new = AuthorisationEnd.objects.get_or_create(
        person_id=person_id,
        request_id=request_id,
        defaults={"account_id": actor.account_id, "stated_as": stated_as, "ended_at": clock.now()},
    )
    if is_new:
        detail = {"authorisation": str(request_id), **({"relation": stated_as} if stated_as else {})}
        append(Event.AUTHORISATION_END, actor=actor, person_id=person_id, detail=detail)
    return is_new


def _newest(actor: Actor, person_id: UUID) -> AuthorisationRequest | None:
    rows = AuthorisationRequest.objects.select_for_update().filter(person_id=person_id)
    return rows.filter(**_seat(actor)).order_by("-asked_at").first()


def _seat(actor: Actor) -> dict[str, UUID]:
    """Who asks, for whom, in which session: an authorisation is good for these alone."""
    if actor.account_id is None or actor.provider_id is None or actor.session_id is None:
        raise ValueError("a professional asks in a session at a workplace")
    return {"account_id": actor.account_id, "provider_id": actor.provider_id, "session_id": actor.session_id}


def _judge(request: AuthorisationRequest | None, code: str) -> Verdict:
    """What the code is; a wrong one is counted. One that is over or dead is so, whatever was typed."""
    if request is None or clock.now() >= request.expires_at:
        return Verdict.OVER
    of_request = {"person_id": request.person_id, "request_id": request.request_id}
    if Authorisation.objects.filter(**of_request).exists():
        return Verdict.USED
    if request.wrong_codes >= codes.MOST_WRONG:
        return Verdict.TOO_MANY
    if codes.is_code_of(request.request_id, code):
        return Verdict.RIGHT
    AuthorisationRequest.objects.filter(**of_request).update(wrong_codes=request.wrong_codes + 1)
    return Verdict.WRONG if request.wrong_codes + 1 < codes.MOST_WRONG else Verdict.TOO_MANY


def _told(request: AuthorisationRequest) -> dict[str, object]:
    return {"authorisation": str(request.request_id), "categories": request.categories}
