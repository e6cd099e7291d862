"""Accounts, their code generators, professionals and affiliations."""

from datetime import date, timedelta
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction

from wutong.control.audit.append import Actor, append
from wutong.control.people import one_time_code
from wutong.control.people.models import Account, Affiliation, OneTimeToken, Professional
from wutong.control.people.one_time_code import State, Verdict
from wutong.control.people.sealer import sealer
from wutong.control.people.texts import refuse_spaces, refuse_unfit
from wutong.core import clock, ids
from wutong.core.events import Event

MOST_WRONG_PASSWORDS = 10
_CLOSED_FOR = timedelta(minutes=15)
WRONG_PASSWORD, TOO_MANY_PASSWORDS = "wrong-name-or-password", "too-many-wrong-passwords"  # reasons in the trail


@transaction.atomic
def create_account(
    *, actor: Actor, sign_in_name: str, display_name: str, password: str, email: str = "", person_id: UUID | None = None
) -> UUID:
    """Make an account; a patient's names the person whose portal it opens."""
    refuse_unfit(Account, sign_in_name=sign_in_name, display_name=display_name)
    refuse_spaces("sign-in name", sign_in_name)
    account = Account.objects.create(
        sign_in_name=sign_in_name,
        display_name=display_name,
        password=make_password(password),
        email=email,
        person_id=person_id,
        created_at=clock.now(),
    )
    append(Event.ACCOUNT_CREATE, actor=actor, person_id=person_id, detail={"account": str(account.account_id)})
    return account.account_id


@transaction.atomic
def issue_one_time_token(*, actor: Actor, account_id: UUID, seed: str | None = None) -> str:
    """Give the account a fresh code generator, ending the one before; the base32 seed, shown this once."""
    seed = seed or one_time_code.new_seed()
    token_id = ids.new()
    OneTimeToken.objects.filter(account_id=account_id, ended_at=None).update(ended_at=clock.now())
    OneTimeToken.objects.create(
        token_id=token_id,
        account_id=account_id,
        sealed_seed=sealer().seal(seed, context=f"one_time_token/{token_id}"),
        issued_at=clock.now(),
    )
    append(Event.TOKEN_ISSUE, actor=actor, detail={"account": str(account_id), "token": str(token_id)})
    return seed


@transaction.atomic
def spend_code(*, account_id: UUID, code: str) -> Verdict:
    """Judge a one-time code under a row lock and remember it; an account without a generator has no right code."""
    token = OneTimeToken.objects.select_for_update().filter(account_id=account_id, ended_at=None).first()
    if token is None:
        return Verdict.WRONG
    seed = sealer().open(bytes(token.sealed_seed), context=f"one_time_token/{token.token_id}")
    before = State(token.last_step, token.wrong_codes, token.last_wrong_at)
    verdict, after = one_time_code.judge(seed, code, before, now=clock.now())
    token.last_step, token.wrong_codes, token.last_wrong_at = after.last_step, after.wrong_codes, after.last_wrong_at
    token.save(update_fields=["last_step", "wrong_codes", "last_wrong_at"])
    return verdict


@transaction.atomic
def spend_password(*, account_id: UUID, is_right: bool) -> str | None:
    """Count wrong passwords under a row lock (`is_right` clears the count); why it was refused, or None.

    After ten wrong ones even the right one is refused for a while, also when all of them come at once.
    """
    account = Account.objects.select_for_update().get(account_id=account_id)
    if _is_closed(account):
        return TOO_MANY_PASSWORDS
    account.wrong_passwords = 0 if is_right else account.wrong_passwords + 1
    account.last_wrong_at = None if is_right else clock.now()
    account.save(update_fields=["wrong_passwords", "last_wrong_at"])
    return None if is_right else WRONG_PASSWORD


def _is_closed(account: Account) -> bool:
    too_many = account.wrong_passwords >= MOST_WRONG_PASSWORDS
    return too_many and account.last_wrong_at is not None and clock.now() < account.last_wrong_at + _CLOSED_FOR


@transaction.atomic
def register_professional(
    *,
    actor: Actor,
    account_id: UUID,
    profession: str,
    registration_number: str,
    registered_until: date,
    name_en: str,
    name_zh: str,
) -> None:
    """Record the account holder's professional registration."""
    refuse_unfit(Professional, registration_number=registration_number, name_en=name_en, name_zh=name_zh)
    Professional.objects.create(
        account_id=account_id,
        profession=profession,
        registration_number=registration_number,
        registered_until=registered_until,
        name_en=name_en,
        name_zh=name_zh,
    )
    detail = {"account": str(account_id), "profession": profession, "until": registered_until.isoformat()}
    append(Event.ACCOUNT_CHANGE, actor=actor, detail=detail)


@transaction.atomic
def affiliate(*, actor: Actor, account_id: UUID, provider_id: UUID, role: str) -> UUID:
    """Let the account work under a provider."""
    made = Affiliation.objects.create(account_id=account_id, provider_id=provider_id, role=role, started_at=clock.now())
    detail = {"account": str(account_id), "provider": str(provider_id), "role": role}
    append(Event.ACCOUNT_CHANGE, actor=actor, detail=detail)
    return made.affiliation_id


@transaction.atomic
def end_affiliation(*, actor: Actor, affiliation_id: UUID) -> None:
    """End it; the account's other affiliations go on (R-30)."""
    Affiliation.objects.filter(affiliation_id=affiliation_id, ended_at=None).update(ended_at=clock.now())
    append(Event.ACCOUNT_CHANGE, actor=actor, detail={"affiliation": str(affiliation_id), "ended": True})
