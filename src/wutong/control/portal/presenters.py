"""What stands between the trail and the portal's templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from wutong.control.audit.queries import LookLine, looks_begun, looks_of, own_looks_of
from wutong.control.audit.queries import OwnLook as AuditLook
from wutong.control.audit.words import in_words
from wutong.control.consent.closing_queries import closed_values
from wutong.control.emergency.queries import Case, cases_of
from wutong.control.emergency.words import NOT_REVIEWED, OUTCOMES_FOR_PATIENT
from wutong.control.flows.show_inventory import show_inventory
from wutong.control.guard.sessions import SignedInUser
from wutong.control.notices.wording import PROFESSIONS, SOMEBODY
from wutong.control.pages.names import named
from wutong.control.people.queries.accounts import professional_names
from wutong.control.people.queries.persons import PersonSummary, persons_of_accounts
from wutong.control.portal.subjects import Subject
from wutong.control.receipts.receipt import Receipt, of_looks
from wutong.control.receipts.sentences import Reader, sentence
from wutong.core.access import EMERGENCY
from wutong.core.categories import CATEGORY_NAMES

_OWN_LOOKS = 20


@dataclass(frozen=True)
class Look:
    """One line of "who looked"."""

    who: str
    profession: str
    provider: str
    at: datetime
    categories: list[str]
    purpose: str
    because: str  # why it was allowed
    reason: str
    emergency: str = ""  # of an emergency: how its review stands
    is_attested: bool = False  # nothing in the record showed that they care for the person
    account_id: UUID | None = None
    is_closed: bool = False  # the record is closed to whoever looked


@dataclass(frozen=True)
class OwnLook:
    """One session in the portal in which somebody read of the record."""

    who: str
    at: datetime
    categories: list[str]
    because: str


def looks(subject: Subject, *, limit: int, offset: int) -> list[Look]:
    """Who looked: first what nothing in the record explains, then the others; newest first."""
    person_id = subject.person_id
    lines = looks_of(person_id, limit=limit, offset=offset)
    emergencies = cases_of(person_id) if any(line.purpose == EMERGENCY for line in lines) else {}
    return _looks(subject, lines, emergencies)


def unopened(subject: Subject) -> list[Look]:
    """Emergencies of which the person was told, though the record was not opened in the end; newest first."""
    cases = cases_of(subject.person_id)
    begun = looks_begun(subject.person_id, cases) if cases else set()
    lines = [_line(each) for key, each in cases.items() if key not in begun]
    return _looks(subject, sorted(lines, key=lambda line: line.opened_at, reverse=True), cases)


def inventory(session_id: UUID, person_id: UUID) -> list[tuple[str, int]] | None:
    """Each part of the record with the number of its items; None where it cannot be counted now."""
    found = show_inventory(session_id, person_id)
    if found is None:
        return None
    return [(named(*CATEGORY_NAMES[code]), found.get(code, 0)) for code in CATEGORY_NAMES]


def _line(case: Case) -> LookLine:
    return LookLine(
        case.grant_id, case.account_id, case.provider_id, case.profession, EMERGENCY, case.kind, case.reason,
        case.granted_at, [],
    )  # fmt: skip


def _looks(subject: Subject, lines: Sequence[LookLine], emergencies: Mapping[UUID, Case]) -> list[Look]:
    if not lines:
        return []  # most people have had no emergency: nothing need be asked for
    people = professional_names({line.account_id for line in lines})
    closed = closed_values(subject.person_id, "professional")
    receipts = map(of_looks(subject.person_id), lines)
    found = [
        _look(subject, line, receipt, people, emergencies.get(line.look_id))
        for line, receipt in zip(lines, receipts, strict=True)
    ]
    return [replace(each, is_closed=str(each.account_id) in closed) for each in found]


def _look(subject: Subject, line: LookLine, receipt: Receipt, people: dict[UUID, str], emergency: Case | None) -> Look:
    return Look(
        who=people.get(line.account_id, _("a professional")),
        profession=_(PROFESSIONS.get(line.profession, SOMEBODY)),
        provider=receipt.provider,
        at=line.opened_at,
        categories=[named(*CATEGORY_NAMES[code]) for code in line.categories if code in CATEGORY_NAMES],
        purpose=_purpose(line.purpose) if subject.is_self else _purpose_to_others(line.purpose),
        because=sentence(receipt, Reader.PERSON if subject.is_self else Reader.REPRESENTATIVE),
        reason=in_words(line.reason),
        is_attested=line.is_attested,
        emergency=_(OUTCOMES_FOR_PATIENT.get(emergency.outcome or "", NOT_REVIEWED)) if emergency else "",
        account_id=line.account_id if line.account_id in people else None,
    )


def own_looks(who: SignedInUser, subject: Subject) -> tuple[list[OwnLook], list[OwnLook]]:
    """The latest looks of others who decide for the person, or of the person themselves; and the reader's own."""
    found = own_looks_of(subject.person_id, limit=_OWN_LOOKS)
    people = persons_of_accounts({each.account_id for each in found})
    reader = Reader.PERSON if subject.is_self else Reader.REPRESENTATIVE
    shown = [(each.account_id == who.account_id, _own_look(each, people, reader)) for each in found]
    return [look for is_own, look in shown if not is_own], [look for is_own, look in shown if is_own]


def _own_look(line: AuditLook, people: Mapping[UUID, PersonSummary], reader: Reader) -> OwnLook:
    person = people.get(line.account_id)
    return OwnLook(
        named(person.name_en, person.name_zh) if person else "",
        line.opened_at,
        [named(*CATEGORY_NAMES[code]) for code in line.categories if code in CATEGORY_NAMES],
        sentence(Receipt(ground=line.ground, relation=line.relation), reader),
    )


def _purpose(code: str) -> str:
    return {"TREAT": _("to treat you"), "ETREAT": _("to treat you in an emergency")}.get(code, code)


def _purpose_to_others(code: str) -> str:
    return {"TREAT": _("to treat the patient"), "ETREAT": _("to treat the patient in an emergency")}.get(code, code)
