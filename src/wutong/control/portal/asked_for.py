"""What stands between requests for a code and the portal's templates."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from wutong.control.authorisation.queries import Asked, asked_of, given, open_to
from wutong.control.authorisation.words import KINDS_FOR_PATIENT
from wutong.control.notices.wording import PROFESSIONS, SOMEBODY
from wutong.control.pages.dates import moment
from wutong.control.pages.names import named
from wutong.control.people.queries.accounts import professional_names
from wutong.control.people.queries.providers import provider_names
from wutong.control.portal.subjects import Subject
from wutong.core import clock
from wutong.core.categories import CATEGORY_NAMES


@dataclass(frozen=True)
class Line:
    """One request as the page shows it; `state`: what became of it, in a sentence."""

    asked: Asked
    who: str
    profession: str
    provider: str
    categories: list[str]
    purpose: str
    state: str


def asked_for(subject: Subject, *, limit: int, offset: int = 0) -> list[Line]:
    """All that was asked for, the newest first."""
    return _lines(asked_of(subject.person_id, limit=limit, offset=offset))


def now_open(subject: Subject) -> list[Line]:
    """What waits for its code, and what a code holds open now."""
    return _lines(open_to(subject.person_id))


def one(subject: Subject, request_id: UUID) -> Line | None:
    """One that was given."""
    found = given(subject.person_id, request_id)
    return next(iter(_lines([found] if found else [])), None)


def _lines(found: list[Asked]) -> list[Line]:
    if not found:
        return []
    people, places = professional_names({each.account_id for each in found}), provider_names()
    return [_line(each, people, places) for each in found]


def _line(asked: Asked, people: dict[UUID, str], places: dict[UUID, str]) -> Line:
    return Line(
        asked=asked,
        who=people.get(asked.account_id, _("a professional")),
        profession=_(PROFESSIONS.get(asked.profession, SOMEBODY)),
        provider=places.get(asked.provider_id, ""),
        categories=[named(*names) for code, names in CATEGORY_NAMES.items() if code in asked.categories],
        purpose=_(KINDS_FOR_PATIENT[asked.kind]),
        state=_state(asked),
    )


def _state(asked: Asked) -> str:
    if asked.is_waiting:
        return _("Waits for the code until %(when)s. Nothing is open by it.") % {"when": moment(asked.expires_at)}
    if asked.authorised_at is None or asked.closes_at is None:
        return _("The code was not told in time. Nothing was opened by it.")
    if asked.ended_at:
        return _("Opened on %(when)s; ended on %(end)s.") % {
            "when": moment(asked.authorised_at),
            "end": moment(asked.ended_at),
        }
    if asked.is_open:
        return _("Open to this professional until %(when)s.") % {"when": moment(asked.closes_at)}
    if clock.now() < asked.closes_at:
        return _("Opened on %(when)s; over, since a permission was withdrawn.") % {"when": moment(asked.authorised_at)}
    return _("Opened on %(when)s; over since %(end)s.") % {
        "when": moment(asked.authorised_at),
        "end": moment(asked.closes_at),
    }
