"""What stands between the consents and the portal's templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from wutong.control.consent.actions import until_of
from wutong.control.consent.closing_queries import ClosingFacts, closed_values
from wutong.control.consent.joining_queries import JoiningFacts
from wutong.control.consent.queries import AnyConsent, ConsentFacts, Word, history_of, newest_of, versions_of, words_of
from wutong.control.guard.sessions import SignedInUser
from wutong.control.pages.names import named
from wutong.control.people.queries.accounts import display_names
from wutong.control.people.queries.groups import GroupFacts, groups
from wutong.control.people.queries.persons import PersonSummary, persons_of_accounts
from wutong.control.people.queries.providers import ProviderFacts, providers
from wutong.control.portal.subjects import Subject
from wutong.core import clock

_SPOKEN_AS = {
    "parent": gettext_noop("%(name)s, as parent"),
    "guardian": gettext_noop("%(name)s, as guardian"),
    "statutory-guardian": gettext_noop("%(name)s, as guardian under the Mental Health Ordinance"),
    "court-appointed": gettext_noop("%(name)s, appointed by a court"),
    "family-member": gettext_noop("%(name)s, as a family member"),
    "co-resident": gettext_noop("%(name)s, who lives in the same home"),
    "provider": gettext_noop("%(name)s, for a healthcare provider"),
    "carer": gettext_noop("%(name)s, as carer"),
}
_ON_PAPER = {
    "parent": gettext_noop("a parent, on paper"),
    "guardian": gettext_noop("a guardian, on paper"),
    "statutory-guardian": gettext_noop("a guardian under the Mental Health Ordinance, on paper"),
    "court-appointed": gettext_noop("somebody appointed by a court, on paper"),
    "family-member": gettext_noop("a family member, on paper"),
    "co-resident": gettext_noop("somebody who lives in the same home, on paper"),
}


@dataclass(frozen=True)
class Register:
    """Whom a consent can be about: each register read once for a page."""

    providers: list[ProviderFacts]
    groups: list[GroupFacts]

    def names(self) -> dict[UUID, str]:
        """All their names in the language of the page, by id."""
        about = {each.provider_id: each for each in self.providers} | {each.group_id: each for each in self.groups}
        return {key: named(each.name_en, each.name_zh) for key, each in about.items()}


def is_called(about: ProviderFacts | GroupFacts, sought: str) -> bool:
    """Whether what was looked for stands in one of its names; nothing stands in every name."""
    return any(sought.casefold() in name.casefold() for name in (about.name_en, about.name_zh))


def register() -> Register:
    """As it stands now."""
    return Register(providers(), groups())


@dataclass(frozen=True)
class Permission:
    """A provider and whether it may look: `consent` is the newest about it alone, `word` the one that holds."""

    provider: ProviderFacts
    consent: ConsentFacts | None
    is_closed: bool = False  # the person keeps the record from it, whatever was allowed
    word: Word | None = None
    through: GroupFacts | None = None  # where the word that holds is about more than this provider

    @property
    def is_held(self) -> bool:
        """By a consent in force, or because joining is consent to it; in force again when a suspension ends."""
        return self.provider.is_deemed or (self.word is not None and self.word.is_in_force)

    @property
    def through_name(self) -> str:
        """What the word that holds is about, where it is about more than this provider."""
        return named(self.through.name_en, self.through.name_zh) if self.through else ""

    @property
    def is_own(self) -> bool:
        """Held by a consent to this provider alone."""
        return self.is_held and self.through is None

    @property
    def may_look(self) -> bool:
        """Held, nobody has suspended the provider, and the record is not closed to it."""
        return self.is_held and self.provider.is_active and not self.is_closed

    @property
    def has_ended(self) -> bool:
        """Given once, over now by its own date."""
        return self.consent is not None and self.consent.is_given and not self.consent.is_in_force

    @property
    def is_settled(self) -> bool:
        """Whether anything was decided about it: those stand first, and what could be allowed besides follows."""
        return self.is_held or self.is_closed or self.consent is not None

    @property
    def is_listed(self) -> bool:
        """It may look or could be allowed to, or is suspended and holds a permission still."""
        return self.provider.is_active or (self.is_held and not self.provider.is_deemed)

    @property
    def version(self) -> int:
        """Which version of the consent this is; 0: there is none yet."""
        return self.consent.version if self.consent else 0


@dataclass(frozen=True)
class Change:
    """What giving a consent of a kind would change: `before` is the one in force now, if there is one."""

    before: AnyConsent | Word | None
    kind: str
    until: date | None

    @property
    def opens(self) -> bool:
        """Whether somebody would gain sight."""
        return self.before is None

    @property
    def is_renewal(self) -> bool:
        """The same kind, with a later end."""
        return isinstance(self.before, AnyConsent) and self.before.kind == self.kind and not self.is_nothing

    @property
    def is_nothing(self) -> bool:
        """Exactly this holds already."""
        held = (self.before.kind, self.before.valid_until) if isinstance(self.before, AnyConsent) else None
        return held == (self.kind, self.until)


@dataclass(frozen=True)
class Line:
    """One version of one consent, whom it is about, who stated it and, at a desk, how."""

    about: str
    consent: AnyConsent
    by: str
    how: str = ""


@dataclass(frozen=True)
class WayBack:
    """Where what was just said can be taken back, after a preview of that."""

    address: str
    text: str


def permission_of(person_id: UUID, provider_id: str) -> Permission | None:
    """One provider, suspended or not; None: there is no such."""
    return one_of(permissions(person_id, register()), provider_id)


def one_of(found: Sequence[Permission], provider_id: str) -> Permission | None:
    """The one about that provider."""
    return next((each for each in found if str(each.provider.provider_id) == provider_id), None)


def permissions(person_id: UUID, known: Register) -> list[Permission]:
    """Of every provider, suspended or not; those about which something was decided first."""
    newest, closed, words = newest_of(person_id), closed_values(person_id, "provider"), words_of(person_id)
    wider = {each.group_id: each for each in known.groups}

    def permission(each: ProviderFacts) -> Permission:
        word = words.get(each.provider_id)
        through = wider.get(word.group_id) if word and word.group_id else None
        is_closed = str(each.provider_id) in closed and not each.is_deemed
        return Permission(each, newest.get(each.provider_id), is_closed, word, through)

    found = [permission(each) for each in known.providers if each.kind != "office"]
    return sorted(found, key=lambda each: not each.is_settled)


def change(permission: Permission, kind: str) -> Change:
    """What giving it anew, today, would change."""
    held = permission.consent if permission.is_own else permission.word
    return Change(held if permission.may_look else None, kind, until_of(kind))


def history(who: SignedInUser, subject: Subject, known: Register, *, limit: int, offset: int = 0) -> list[Line]:
    """Every statement ever made, newest first."""
    names = known.names()
    versions = history_of(subject.person_id, limit=limit, offset=offset)
    people = persons_of_accounts({each.stated_by for each in versions if each.stated_as})
    staff = display_names({each.taken_by for each in versions if isinstance(each, ConsentFacts) and each.taken_by})
    return [
        Line(names.get(each.about_id, ""), each, said_by(each, who, subject, people), _how(each, staff))
        for each in versions
    ]


def way_back(subject: Subject, permission: Permission) -> WayBack | None:
    """How to take back the newest statement."""
    if not permission.provider.is_active or permission.is_closed:
        return None
    provider_id = permission.provider.provider_id
    addresses = (subject.url("portal-allow", provider_id), subject.url("portal-withdraw", provider_id))
    return way_back_from(versions_of(subject.person_id, provider_id), *addresses)


def way_back_from(versions: Sequence[AnyConsent], allow: str, withdraw: str) -> WayBack | None:
    """The same of all versions about one thing, the newest first; `allow`, `withdraw`: where each is asked for."""
    newest, before = (*versions[:2], None, None)[:2]
    if newest is None:
        return None
    if not newest.is_given:
        return WayBack(f"{allow}?kind={newest.kind}", _("Allow it again"))
    held = before is not None and before.holds_on(clock.local(newest.stated_at).date())
    if before and held and before.kind != newest.kind:
        return WayBack(f"{allow}?kind={before.kind}", _("Change it back"))
    return WayBack(withdraw, _("Withdraw it again"))


def _how(consent: AnyConsent, staff: Mapping[UUID, str]) -> str:
    """By which way it came, and who took it at the provider's desk; nothing of what was said in the portal."""
    if not isinstance(consent, ConsentFacts) or consent.taken_by is None:
        return ""
    told = {"who": staff.get(consent.taken_by, _("somebody")), "reference": consent.form_reference}
    return {
        "form": _("on a signed form with the reference %(reference)s, recorded at the desk by %(who)s"),
        "key": _("with an access key, entered at the desk by %(who)s"),
        "qr": _("by telephone, at the desk of %(who)s"),
    }[consent.way] % told


def said_by(
    consent: AnyConsent | ClosingFacts | JoiningFacts,
    who: SignedInUser,
    subject: Subject,
    people: dict[UUID, PersonSummary],
) -> str:
    """Who made a statement, as the reader of the page calls them; `people`: by account, those who spoke for others."""
    if not consent.stated_as:
        return _("you") if subject.is_self else subject.name
    if consent.stated_by == who.account_id:
        return _("you")
    speaker = people.get(consent.stated_by) if consent.stated_by else None
    name = named(speaker.name_en, speaker.name_zh) if speaker and not _is_on_paper(consent) else ""
    if not name and consent.stated_as in _ON_PAPER:
        return _(_ON_PAPER[consent.stated_as])
    return spoken_as(consent.stated_as, name)


def _is_on_paper(consent: AnyConsent | ClosingFacts | JoiningFacts) -> bool:
    """Whose account recorded it is not who signed it."""
    return isinstance(consent, ConsentFacts | JoiningFacts) and consent.way == "form"


def spoken_as(relation: str, name: str) -> str:
    """Somebody's name with the relation in which they act for the person."""
    return _(_SPOKEN_AS.get(relation, "%(name)s")) % {"name": name}
