"""The only writer of access keys and of the tries with them. Nothing of them is ever changed or removed."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from wutong.control.audit.append import Actor, append
from wutong.control.consent.key_queries import KeyFacts, newest_key, tries
from wutong.control.consent.models import AccessKey, AccessKeyTry
from wutong.control.people.actions.persons import hold_person
from wutong.control.people.sealer import sealer
from wutong.core import access_keys, clock
from wutong.core.access_keys import Verdict
from wutong.core.answers import Missing
from wutong.core.events import Event


@dataclass(frozen=True)
class MadeKey:
    """A key, which is shown this once."""

    key: str
    kind: str
    ends_at: datetime


@transaction.atomic
def make_key(*, actor: Actor, person_id: UUID, kind: str, made_as: str) -> MadeKey | Missing:
    """A fresh key, with which a desk may record a consent of that kind; the one before it ends. Missing: no person."""
    if not hold_person(person_id):
        return Missing("person")
    key, ends_at = access_keys.new_key(), clock.now() + access_keys.LASTS
    version = _add(actor, person_id, trace=_trace(person_id, key), kind=kind, ends_at=ends_at, made_as=made_as)
    detail = {"version": version, "kind": kind} | ({"relation": made_as} if made_as else {})
    append(Event.KEY_MAKE, actor=actor, person_id=person_id, detail=detail)
    return MadeKey(key, kind, ends_at)


@transaction.atomic
def end_key(*, actor: Actor, person_id: UUID, made_as: str) -> None:
    """Take the key back, if there is one that may still be used."""
    if not hold_person(person_id):
        return
    key = newest_key(person_id)
    if key is None or not key.is_live:
        return
    version = _add(actor, person_id, trace=None, kind=key.kind, ends_at=clock.now(), made_as=made_as)
    append(Event.KEY_END, actor=actor, person_id=person_id, detail={"version": version})


def judge_key(*, actor: Actor, person_id: UUID, provider_id: UUID, typed: str) -> KeyFacts | Verdict:
    """The key that the desk was told, if it is the live one; else what it is, counted. Within the person's lock.

    A right key is used only by `use_key`: what comes of it is decided between.
    """
    tried = tries(person_id, provider_id)
    if access_keys.is_braked(tried):
        return _refused(actor, person_id, Verdict.TOO_MANY)
    key = newest_key(person_id)
    if key and key.is_live and key.trace and hmac.compare_digest(key.trace, _trace(person_id, typed)):
        return key
    _enter(actor, person_id, provider_id, version=key.version if key else 0, is_right=False)
    return _refused(actor, person_id, Verdict.WRONG)


def use_key(*, actor: Actor, provider_id: UUID, key: KeyFacts) -> None:
    """Use it up. Raises IntegrityError where it was used before."""
    _enter(actor, key.person_id, provider_id, version=key.version, is_right=True)
    append(Event.KEY_USE, actor=actor, person_id=key.person_id, detail={"version": key.version})


def refuse_key(*, actor: Actor, person_id: UUID, reason: str) -> None:
    """Enter that a key came to nothing, and why."""
    append(Event.KEY_USE, actor=actor, person_id=person_id, reason=reason)


def _refused(actor: Actor, person_id: UUID, verdict: Verdict) -> Verdict:
    refuse_key(actor=actor, person_id=person_id, reason=verdict.value)
    return verdict


def _add(actor: Actor, person_id: UUID, *, trace: bytes | None, kind: str, ends_at: datetime, made_as: str) -> int:
    if actor.account_id is None:
        raise ValueError("a key is made by an account")
    before = newest_key(person_id)
    version = before.version + 1 if before else 1
    AccessKey.objects.create(
        person_id=person_id,
        version=version,
        trace=trace,
        kind=kind,
        made_at=clock.now(),
        ends_at=ends_at,
        made_by=actor.account_id,
        made_as=made_as,
    )
    return version


def _enter(actor: Actor, person_id: UUID, provider_id: UUID, *, version: int, is_right: bool) -> None:
    if actor.account_id is None:
        raise ValueError("a key is entered by an account")
    AccessKeyTry.objects.create(
        person_id=person_id,
        version=version,
        is_right=is_right,
        provider_id=provider_id,
        account_id=actor.account_id,
        tried_at=clock.now(),
    )


def _trace(person_id: UUID, key: str) -> bytes:
    """What is stored: eight digits are few, so that the hash has a key, and is of this person alone."""
    return sealer().of("access-key").trace(str(person_id), key)
