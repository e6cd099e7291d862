"""Who stands behind the callers that the trail names: accounts and providers' systems, those of the past included."""

import re
from dataclasses import dataclass
from functools import reduce
from operator import and_
from uuid import UUID

from django.db.models import Q

from wutong.control.people.models import Account, SystemClient

_MOST = 50  # people of one name


@dataclass(frozen=True)
class CallerName:
    """What a caller is called; `person_id` is given where the account is a patient's own."""

    name_en: str
    name_zh: str = ""
    sign_in_name: str = ""
    person_id: UUID | None = None


def callers_called(text: str) -> tuple[UUID, ...]:
    """Ids of accounts and systems with that sign-in name, registration number, or whole name in either script.

    Letters in any case, words of a name in any order. A patient's account is found by its sign-in name alone.
    """
    name = " ".join(text.split())
    clients = SystemClient.objects.filter(name__iexact=name).values_list("client_id", flat=True)
    return (*_accounts(name), *clients[:_MOST]) if name else ()


def caller_names(caller_ids: set[UUID]) -> dict[UUID, CallerName]:
    """Names of accounts and systems by their ids."""
    accounts = Account.objects.filter(account_id__in=caller_ids).select_related("professional")
    clients = SystemClient.objects.filter(client_id__in=caller_ids)
    named = {row.account_id: _name(row) for row in accounts}
    return named | {row.client_id: CallerName(row.name) for row in clients}


def _accounts(name: str) -> list[UUID]:
    rows = Account.objects.filter(_called(name)).select_related("professional").order_by("account_id")
    return [row.account_id for row in rows if _is_whole(row, name)][:_MOST]


def _called(name: str) -> Q:
    exactly = Q(sign_in_name=name.lower()) | Q(professional__registration_number__iexact=name)
    in_chinese = Q(professional__name_zh=name)
    words = _words(name)
    if not words:
        return exactly | in_chinese
    in_english = reduce(and_, [Q(professional__name_en__icontains=word) for word in words])
    of_staff = reduce(and_, [Q(display_name__icontains=word) for word in words])
    return exactly | in_chinese | in_english | of_staff & Q(person_id=None)


def _is_whole(row: Account, name: str) -> bool:
    """Not only a part of the name: `Lee` finds nobody called LEE Wai Ling."""
    known = _name(row)
    professional = getattr(row, "professional", None)
    number = professional.registration_number.lower() if professional else None
    return name.lower() in {row.sign_in_name, number} or name == known.name_zh or _words(name) == _words(known.name_en)


def _words(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"[A-Z0-9]+", name.upper()))


def _name(row: Account) -> CallerName:
    professional = getattr(row, "professional", None)
    if professional is None:
        return CallerName(row.display_name, "", row.sign_in_name, row.person_id)
    return CallerName(professional.name_en, professional.name_zh, row.sign_in_name, row.person_id)
