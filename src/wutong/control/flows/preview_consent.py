"""Before a consent changes, the person sees who would see what. Page: docs/flows/preview_consent.md."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from wutong.control.charts.inventory import fetch_inventory
from wutong.control.consent.closing_queries import closings_of
from wutong.control.flows.issue_token import issue_session_token
from wutong.control.people.queries.accounts import ClinicianFacts, clinicians_at
from wutong.control.people.queries.persons import person
from wutong.control.people.queries.roles import roles_on
from wutong.core import access, clock
from wutong.core.categories import CATEGORY_NAMES


@dataclass(frozen=True)
class Sight:
    """The professionals of one profession at the provider, and what the role matrix in force today lets them see."""

    profession: str
    clinicians: Sequence[ClinicianFacts]
    sees: tuple[str, ...]
    restricted: tuple[str, ...]  # only with the patient's extra permission
    number: int = 0  # of those who are counted and not named


@dataclass(frozen=True)
class Preview:
    """Who can open records at a provider today and, by category, how many items a person's record holds now.

    `items` is None where the record plane does not say; `is_closed`: the person's registration lets nobody look.
    `keeps`: something of the record is closed. Closed parts and professionals are left out; the items that a closing
    hides within the other parts are counted.
    """

    sights: tuple[Sight, ...]
    items: Mapping[str, int] | None
    is_closed: bool = False
    keeps: bool = False


def preview_consent(session_id: UUID, person_id: UUID, provider_id: UUID) -> Preview:
    """What a sharing consent of the person to the provider opens today, and what its end closes."""
    found, today = person(person_id), clock.today()
    if found is None or not found.is_active:
        return Preview((), None, is_closed=True)
    closed = closings_of(person_id)
    hidden = {each.value for each in closed if each.kind in {"category", "professional"}}
    roles = roles_on(today)
    clinicians = [each for each in clinicians_at(provider_id, today) if str(each.account_id) not in hidden]
    professions = sorted({each.profession for each in clinicians})
    sights = [
        sight_of(each, [one for one in clinicians if one.profession == each], 0, roles.get(each, {}), hidden)
        for each in professions
    ]
    items = fetch_inventory(issue_session_token(session_id), person_id)
    return Preview(tuple(sights), items, keeps=bool(closed))


def sight_of(
    profession: str,
    clinicians: Sequence[ClinicianFacts],
    number: int,
    roles: Mapping[str, str],
    hidden: Collection[str],
) -> Sight:
    """What those of one profession see, less the categories in `hidden`."""
    seen = access.open_categories(roles)
    return Sight(
        profession,
        clinicians,
        sees=tuple(code for code in CATEGORY_NAMES if code in seen and code not in hidden),
        restricted=tuple(code for code in CATEGORY_NAMES if roles.get(code) == "R" and code not in hidden),
        number=number,
    )
