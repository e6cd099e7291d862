"""The host's operator makes accounts and system clients; secrets are shown once. Page: docs/flows/create_account.md."""

import secrets
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from wutong.control.audit.append import HOST
from wutong.control.people.actions import accounts, providers
from wutong.control.people.queries.providers import ProviderFacts, provider_with_code
from wutong.control.people.queries.roles import known_professions
from wutong.core import clock
from wutong.core.answers import Problem


class AccountProblem(Problem):
    """The account or client cannot be made."""


@dataclass(frozen=True)
class NewProfessional:
    """A professional and where they work."""

    sign_in_name: str
    display_name: str
    name_zh: str
    provider_code: str
    profession: str | None  # None: an account without a registration
    registration_number: str
    registered_until: date
    role: str = "clinician"
    email: str = ""  # where privacy officers are told of emergencies


@dataclass(frozen=True)
class Secrets:
    """What is shown once."""

    password: str
    seed: str


def create_professional(new: NewProfessional, *, password: str | None = None) -> Secrets:
    """Make the account of a professional with a password and a code generator."""
    provider = _provider(new.provider_code)
    if new.profession is not None:
        _refuse_unregistered(new)
    chosen = password or secrets.token_urlsafe(12)
    try:
        with transaction.atomic():
            account_id = accounts.create_account(
                actor=HOST,
                sign_in_name=new.sign_in_name.lower(),
                display_name=new.display_name,
                password=chosen,
                email=_email(new.email),
            )
            seed = accounts.issue_one_time_token(actor=HOST, account_id=account_id)
            if new.profession is not None:
                _register(account_id, new, new.profession)
            accounts.affiliate(actor=HOST, account_id=account_id, provider_id=provider.provider_id, role=new.role)
    except IntegrityError as taken:
        raise AccountProblem(f"The name {new.sign_in_name} or that registration number is taken already.") from taken
    return Secrets(chosen, seed)


def create_patient(sign_in_name: str, display_name: str, person_id: UUID, *, password: str | None = None) -> Secrets:
    """Make the portal account of a registered person."""
    chosen = password or secrets.token_urlsafe(12)
    with transaction.atomic():
        account_id = accounts.create_account(
            actor=HOST, sign_in_name=sign_in_name, display_name=display_name, password=chosen, person_id=person_id
        )
        return Secrets(chosen, accounts.issue_one_time_token(actor=HOST, account_id=account_id))


def create_client(provider_code: str, name: str, *, may_register_patients: bool) -> tuple[UUID, str]:
    """Make a system client of a provider: its id and secret."""
    provider = _provider(provider_code)
    return providers.create_client(
        actor=HOST, provider_id=provider.provider_id, name=name, may_register_patients=may_register_patients
    )


def _provider(code: str) -> ProviderFacts:
    provider = provider_with_code(code)
    if provider is None:
        raise AccountProblem(
            f"There is no provider with the code {code}. `wutong provider list` lists them; `wutong provider create` "
            f"registers one."
        )
    return provider


def _email(address: str) -> str:
    try:
        if address:
            validate_email(address)
    except ValidationError as wrong:
        raise AccountProblem(f"{address} is no e-mail address. Give one such as name@example.org, or none.") from wrong
    return address


def _refuse_unregistered(new: NewProfessional) -> None:
    known = known_professions()
    if new.profession not in known:
        raise AccountProblem(f"There is no profession {new.profession!r}. Choose: {', '.join(known)}.")
    if new.registered_until < clock.today():
        raise AccountProblem(
            f"The registration ended on {new.registered_until}. Give the date on which the one in force ends."
        )


def _register(account_id: UUID, new: NewProfessional, profession: str) -> None:
    accounts.register_professional(
        actor=HOST,
        account_id=account_id,
        profession=profession,
        registration_number=new.registration_number,
        registered_until=new.registered_until,
        name_en=new.display_name,
        name_zh=new.name_zh,
    )
