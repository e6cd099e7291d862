"""What stands between emergency access and the clinic's templates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from wutong.control.emergency.queries import live_grant
from wutong.control.emergency.words import KINDS
from wutong.control.guard.sessions import SignedInUser
from wutong.control.pages.names import named
from wutong.core.answers import Reason
from wutong.core.categories import CATEGORY_NAMES
from wutong.core.emergency import ALWAYS

_UNASKED = frozenset({Reason.NO_CONSENT, Reason.CONSENT_ENDED})
_CLOSED = frozenset({Reason.CATEGORY_RESTRICTED, Reason.CATEGORY_NOT_NAMED})


@dataclass(frozen=True)
class Standing:
    """Until when an emergency is open at a record, and whether one could open a part that is closed."""

    until: datetime | None
    is_offered: bool


def standing(who: SignedInUser, person_id: UUID, closed: Iterable[str]) -> Standing:
    """For the banner of a record's pages, and the way to its closed parts; `closed`: the reasons why parts are."""
    live = live_grant(person_id, who.session_id) if settings.EMERGENCY_ACCESS else None
    is_closed = not _CLOSED.isdisjoint(closed)
    return Standing(live.closes_at if live else None, bool(settings.EMERGENCY_ACCESS) and is_closed)


def may_break_glass(code: str) -> bool:
    """Whether a refusal for that reason offers the way of an emergency: where only the patient's word is missing."""
    return bool(settings.EMERGENCY_ACCESS) and code in _UNASKED


def kinds() -> list[dict[str, str]]:
    """Why the patient cannot be asked, as choices."""
    return [{"value": code, "text": _(text)} for code, text in KINDS.items()]


def categories(roles: Mapping[str, str]) -> list[dict[str, object]]:
    """What can be named, as choices; what the role restricts says so."""
    restricted = {"text": _("Restricted for your profession; opens in an emergency.")}
    return [
        {"value": code, "text": named(*names), "hint": restricted if roles[code] == "R" else None}
        for code, names in CATEGORY_NAMES.items()
        if code not in ALWAYS and roles.get(code) in {"G", "R"}
    ]


def always(roles: Mapping[str, str]) -> list[str]:
    """Names of what every emergency opens."""
    return [named(*CATEGORY_NAMES[code]) for code in CATEGORY_NAMES if code in ALWAYS and roles.get(code) in {"G", "R"}]
