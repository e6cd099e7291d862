"""Accounts, affiliations, sessions."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery

from wutong.control.people.models import (
    Account,
    Affiliation,
    Contact,
    Person,
    Professional,
    Provider,
    SignInSession,
    SystemClient,
)
from wutong.core import sealing

_CHINESE_NAME = Person.objects.filter(person_id=OuterRef("account__person_id")).values("name_zh")[:1]


@dataclass(frozen=True)
class AccountFacts:
    """What sign-in needs to know of an account."""

    account_id: UUID
    sign_in_name: str
    display_name: str
    password: str
    person_id: UUID | None


@dataclass(frozen=True)
class Workplace:
    """One affiliation that an account may choose at sign-in."""

    affiliation_id: UUID
    provider_id: UUID
    provider_code: str
    provider_name: str
    provider_name_zh: str
    is_active: bool
    is_office: bool
    role: str


@dataclass(frozen=True)
class SessionFacts:
    """A live session with whom and where."""

    session_id: UUID
    account_id: UUID
    display_name: str
    display_name_zh: str  # empty where the account belongs to nobody whose Chinese name is known
    person_id: UUID | None
    started_at: datetime
    last_seen_at: datetime
    workplace: Workplace | None
    profession: str


@dataclass(frozen=True)
class ClientFacts:
    """A live system client."""

    client_id: UUID
    provider_id: UUID


def account_named(sign_in_name: str) -> AccountFacts | None:
    """The active account with that sign-in name (in any case of letters)."""
    found = Account.objects.filter(sign_in_name=sign_in_name.strip().lower(), is_active=True).first()
    if found is None:
        return None
    return AccountFacts(
        found.account_id,
        found.sign_in_name,
        found.display_name,
        found.password,
        found.person_id,
    )


@dataclass(frozen=True)
class ListedAccount:
    """An active account as a list of accounts tells it."""

    sign_in_name: str
    display_name: str
    is_patient: bool
    workplaces: tuple[Workplace, ...]


def listed_accounts() -> list[ListedAccount]:
    """All active accounts with where they may work today, by sign-in name."""
    return [
        ListedAccount(row.sign_in_name, row.display_name, row.person_id is not None, tuple(workplaces(row.account_id)))
        for row in Account.objects.filter(is_active=True).order_by("sign_in_name")
    ]


def workplaces(account_id: UUID) -> list[Workplace]:
    """Where the account may work today, by provider name."""
    rows = Affiliation.objects.filter(account_id=account_id, ended_at=None).select_related("provider")
    return [_workplace(row) for row in rows.order_by("provider__name_en", "role")]


def live_session(session_id: UUID) -> SessionFacts | None:
    """The session, unless it, its account or its affiliation has ended."""
    rows = SignInSession.objects.filter(session_id=session_id, ended_at=None, account__is_active=True)
    named = rows.annotate(person_name_zh=Subquery(_CHINESE_NAME))
    row = named.select_related("account", "affiliation__provider", "account__professional").first()
    if row is None or (row.affiliation is not None and row.affiliation.ended_at is not None):
        return None
    professional = getattr(row.account, "professional", None)
    return SessionFacts(
        session_id=row.session_id,
        account_id=row.account_id,
        display_name=row.account.display_name,
        display_name_zh=(professional.name_zh if professional else row.person_name_zh) or "",
        person_id=row.account.person_id,
        started_at=row.started_at,
        last_seen_at=row.last_seen_at,
        workplace=_workplace(row.affiliation) if row.affiliation else None,
        profession=professional.profession if professional else "",
    )


def strength_of(session_id: UUID) -> str:
    """How strongly the person of a live session signed in (wutong.core.strength); empty where there is none."""
    live = SignInSession.objects.filter(session_id=session_id, ended_at=None)
    return live.values_list("level", flat=True).first() or ""


def has_portal(person_id: UUID) -> bool:
    """Whether somebody can sign in to this person's own portal."""
    return Account.objects.filter(person_id=person_id, is_active=True).exists()


def language_of(account_id: UUID) -> str:
    """The language of communication that a patient chose (BCP 47), empty where the account is no patient's."""
    person = Account.objects.filter(account_id=account_id).values("person_id")
    return Contact.objects.filter(person_id__in=person).values_list("language", flat=True).first() or ""


def client_with_secret(client_id: UUID, secret: str) -> ClientFacts | None:
    """The live client, if the secret is its own."""
    client = SystemClient.objects.filter(client_id=client_id, ended_at=None).first()
    if client is None or bytes(client.secret_hash) != sealing.token_hash(secret):
        return None
    return ClientFacts(client.client_id, client.provider_id)


def professional_names(account_ids: set[UUID]) -> dict[UUID, str]:
    """The names that patients see of those who looked."""
    rows = Professional.objects.filter(account_id__in=account_ids)
    return {row.account_id: f"{row.name_en} {row.name_zh}".strip() for row in rows}


@dataclass(frozen=True)
class ClinicianFacts:
    """A professional by name."""

    account_id: UUID
    profession: str
    name_en: str
    name_zh: str


def clinicians_at(provider_id: UUID, today: date) -> list[ClinicianFacts]:
    """Who can open records at a provider today, by name: clinicians there whose registration is current."""
    rows = Professional.objects.filter(
        account__is_active=True,
        account__affiliations__provider_id=provider_id,
        account__affiliations__provider__state=Provider.State.ACTIVE,
        account__affiliations__role=Affiliation.Role.CLINICIAN,
        account__affiliations__ended_at=None,
        registered_until__gte=today,
    )
    return [
        ClinicianFacts(row.account_id, row.profession, row.name_en, row.name_zh)
        for row in rows.order_by("name_en", "account_id")
    ]


def registered_until(account_id: UUID) -> date | None:
    """The last day of somebody's professional registration."""
    return Professional.objects.filter(account_id=account_id).values_list("registered_until", flat=True).first()


@dataclass(frozen=True)
class Officer:
    """A privacy officer and where e-mail reaches them."""

    account_id: UUID
    email: str


def officers_for(provider_id: UUID) -> list[Officer]:
    """The privacy officers, of that provider and of the eHR office, who can be reached by e-mail; each once."""
    places = Q(provider_id=provider_id) | Q(provider__kind=Provider.Kind.OFFICE)
    found = _reached().filter(places).values_list("account_id", "account__email").distinct().order_by("account_id")
    return [Officer(*row) for row in found]


def is_office_officer(account_id: UUID) -> bool:
    """Whether somebody is a privacy officer of the eHR office at this moment."""
    rows = Affiliation.objects.filter(account_id=account_id, role=Affiliation.Role.PRIVACY_OFFICER, ended_at=None)
    at_office = rows.filter(provider__kind=Provider.Kind.OFFICE, provider__state=Provider.State.ACTIVE)
    return at_office.filter(account__is_active=True).exists()


def is_one_human(first_id: UUID, second_id: UUID) -> bool:
    """Whether two accounts are, or may be, one human being's: the same account, name or e-mail address.

    Two accounts of one registered person or of one registered professional cannot be (unique keys).
    """
    if first_id == second_id:
        return True
    told = Account.objects.filter(account_id__in=(first_id, second_id)).values_list("display_name", "email")
    names, addresses = zip(*told, strict=True)
    return _is_same(*names) or _is_same(*addresses)


def _is_same(first: str, second: str) -> bool:
    """Both are said, and the same but for case and spaces."""
    words = first.casefold().split()
    return bool(words) and words == second.casefold().split()


def providers_without_officer() -> list[str]:
    """Codes of active providers with clinicians where an emergency would be told to nobody, by code."""
    if _reached().filter(provider__kind=Provider.Kind.OFFICE).exists():
        return []
    rows = Affiliation.objects.filter(
        role=Affiliation.Role.CLINICIAN,
        ended_at=None,
        account__is_active=True,
        provider__state=Provider.State.ACTIVE,
    )
    alone = rows.exclude(provider_id__in=_reached().values("provider_id"))
    return list(alone.values_list("provider__code", flat=True).distinct().order_by("provider__code"))


def _reached() -> QuerySet[Affiliation]:
    """Privacy officers at active providers whom e-mail reaches."""
    rows = Affiliation.objects.filter(role=Affiliation.Role.PRIVACY_OFFICER, ended_at=None)
    at_work = rows.filter(provider__state=Provider.State.ACTIVE, account__is_active=True)
    return at_work.exclude(account__email="")


def display_names(account_ids: set[UUID]) -> dict[UUID, str]:
    """What accounts are called."""
    return dict(Account.objects.filter(account_id__in=account_ids).values_list("account_id", "display_name"))


def email_of(account_id: UUID) -> str:
    """Where e-mail reaches an active account; empty: nowhere."""
    return Account.objects.filter(account_id=account_id, is_active=True).values_list("email", flat=True).first() or ""


def _workplace(row: Affiliation) -> Workplace:
    provider = row.provider
    return Workplace(
        affiliation_id=row.affiliation_id,
        provider_id=provider.provider_id,
        provider_code=provider.code,
        provider_name=provider.name_en,
        provider_name_zh=provider.name_zh,
        is_active=provider.state == Provider.State.ACTIVE,
        is_office=provider.kind == Provider.Kind.OFFICE,
        role=row.role,
    )
