"""What stands between the wider consents and the portal's templates: providers that are allowed together."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from wutong.control.consent.actions import until_of
from wutong.control.consent.queries import GroupConsentFacts, newest_to_groups, versions_to_group
from wutong.control.pages.names import named
from wutong.control.people.queries.groups import WHOEVER, GroupFacts, groups
from wutong.control.portal.permissions import Change, WayBack, way_back_from
from wutong.control.portal.subjects import Subject


@dataclass(frozen=True)
class Together:
    """A group of providers, a programme or whoever treats the person, and the newest word about it."""

    group: GroupFacts
    consent: GroupConsentFacts | None

    @property
    def name(self) -> str:
        """In the language of the page."""
        return named(self.group.name_en, self.group.name_zh)

    @property
    def kind(self) -> str:
        """What it is, in plain words."""
        match self.group.kind:
            case "group":
                return _("A group of healthcare providers")
            case "programme":
                return _("A programme with the healthcare providers that take part in it")
        return _("Every healthcare provider, when they give treatment")

    @property
    def is_whoever(self) -> bool:
        """Whether every healthcare provider belongs to it."""
        return self.group.kind == WHOEVER

    @property
    def is_held(self) -> bool:
        """Allowed, and not over."""
        return self.consent is not None and self.consent.is_in_force

    @property
    def has_ended(self) -> bool:
        """Given once, over now by its own date."""
        return self.consent is not None and self.consent.is_given and not self.consent.is_in_force

    @property
    def version(self) -> int:
        """Which version of the consent this is; 0: there is none yet."""
        return self.consent.version if self.consent else 0


def all_of(person_id: UUID, known: Iterable[GroupFacts]) -> list[Together]:
    """Groups, then programmes, and whoever treats the person last: in the order in which the register names them."""
    newest = newest_to_groups(person_id)
    return [Together(each, newest.get(each.group_id)) for each in known]


def one(person_id: UUID, group_id: str) -> Together | None:
    """One of them; None: there is no such."""
    return one_of(all_of(person_id, groups()), group_id)


def one_of(found: Iterable[Together], group_id: str) -> Together | None:
    """The one about that group."""
    return next((each for each in found if str(each.group.group_id) == group_id), None)


def change(together: Together, kind: str) -> Change:
    """What giving it anew, today, would change."""
    return Change(together.consent if together.is_held else None, kind, until_of(kind))


def way_back(subject: Subject, together: Together) -> WayBack | None:
    """How to take back the newest statement."""
    group_id = together.group.group_id
    versions = versions_to_group(subject.person_id, group_id)
    addresses = (subject.url("portal-allow-together", group_id), subject.url("portal-withdraw-together", group_id))
    return way_back_from(versions, *addresses)
