"""What one decision rested on, as it was at that moment: from an entry of the trail, or a line of "who looked"."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from typing import Any
from uuid import UUID

from wutong.control.audit.queries import LookLine, open_look_of
from wutong.control.audit.trail import Entry
from wutong.control.consent.queries import AnyConsent, newest_to, version_of, versions_to_group
from wutong.control.people.queries.providers import provider_names
from wutong.core.access import EMERGENCY, Ground
from wutong.core.answers import Reason

DEEMED = "deemed"  # in place of a statement's number: the law gives the consent


@dataclass(frozen=True)
class Receipt:
    """The rule that allowed it (`ground`) or the `reason` of a refusal, and what that rested on.

    A fact that decisions gain is a field here and a clause in `sentences`.
    """

    ground: str = ""
    reason: str = ""
    provider: str = ""  # its name
    consent: AnyConsent | None = None  # the newest statement then about the provider, whatever it said
    scope: str = ""  # of a consent about more than the provider: "group", "programme" or "whoever"
    is_deemed: bool = False
    care: str = ""  # when the look began: the kind of evidence of care, or of emergency
    said: str = ""  # what the professional said instead of evidence
    row: str = ""  # what showed it, Type/id
    day: date | None = None  # of that row
    relation: str = ""  # in which somebody may decide for the person
    authorisations: tuple[str, ...] = ()  # ids of the one-time codes' that opened what is restricted
    closed_to: str = ""  # "provider" or "professional": to whom the person had closed the record
    categories: tuple[str, ...] = ()


def of_entry(entry: Entry, look: LookLine | None) -> Receipt | None:
    """Of an entry, and of the look that it belongs to; None for what no decision was made about."""
    if not entry.act:
        return None
    stated = entry.detail.get("consent")
    return Receipt(
        ground=entry.ground or "",
        reason=entry.reason or "",
        provider=provider_names().get(entry.provider_id, "") if entry.provider_id else "",
        consent=_statement(entry.person_id, entry.provider_id, stated),
        scope=_scope(stated),
        is_deemed=stated == DEEMED,
        relation=str(entry.detail.get("relation", "")),
        authorisations=tuple(entry.detail.get("authorisations", ())),
        closed_to=str(entry.detail.get("closed_to", "")),
        categories=tuple(entry.categories),
        **_care_of(entry, look),
    )


def _care_of(entry: Entry, look: LookLine | None) -> dict[str, Any]:
    """What showed care: as the entry says it; what only read under a look has the look's."""
    told = entry.detail.get("care")
    if isinstance(told, dict):
        row = "/".join(filter(None, (told.get("type"), told.get("id"))))
        day = date.fromisoformat(told["day"]) if "day" in told else None
        return {"care": str(told.get("kind", "")), "said": str(told.get("reason", "")), "row": row, "day": day}
    return {"care": look.ground, "said": look.reason, "day": look.day} if look else {}


def of_looks(person_id: UUID) -> Callable[[LookLine], Receipt]:
    """For lines of "who looked" at a person's record: each statement is read once."""
    places, known = provider_names(), cache(partial(_statement_written, person_id))
    return lambda line: _of_look(line, places.get(line.provider_id, ""), known(line.provider_id, line.consent))


def of_own_look(
    person_id: UUID, *, account_id: UUID, provider_id: UUID, provider: str, now: datetime
) -> Receipt | None:
    """Of the look that the account, at the provider of that name, has at a person now; None where it has none."""
    line = open_look_of(person_id, account_id=account_id, provider_id=provider_id, now=now)
    return _of_look(line, provider, _statement_written(person_id, provider_id, line.consent)) if line else None


def _of_look(line: LookLine, provider: str, consent: AnyConsent | None) -> Receipt:
    stated = _read(line.consent)
    return Receipt(
        ground=Ground.EMERGENCY if line.purpose == EMERGENCY else Ground.CARE,
        provider=provider,
        consent=consent,
        scope=_scope(stated),
        is_deemed=stated == DEEMED,
        care=line.ground,
        said=line.reason,
        day=line.day,
    )


def of_refusal(reason: str, person_id: UUID, provider_id: UUID | None) -> Receipt:
    """Of a refusal that somebody at the provider has just met."""
    is_ended = reason == Reason.CONSENT_ENDED
    return Receipt(reason=reason, consent=newest_to(person_id, provider_id) if is_ended and provider_id else None)


def _statement_written(person_id: UUID, provider_id: UUID, text: str) -> AnyConsent | None:
    return _statement(person_id, provider_id, _read(text))


def _read(text: str) -> Any:
    """As an entry has it, from what the database gives as text: a number, a wider statement, or that it is deemed."""
    return text if text in {"", DEEMED} else json.loads(text)


def _scope(stated: Any) -> str:
    return str(stated.get("scope", "")) if isinstance(stated, dict) else ""


def _statement(person_id: UUID | None, provider_id: UUID | None, stated: Any) -> AnyConsent | None:
    """The version that an entry names: about the provider alone, or (a dict) about more."""
    if person_id is None or provider_id is None:
        return None
    if isinstance(stated, dict):
        wider = versions_to_group(person_id, UUID(stated["group"]))
        return next((each for each in wider if each.version == stated["version"]), None)
    return version_of(person_id, provider_id, stated) if isinstance(stated, int) else None
