"""A receipt as one plain sentence, in the language of the page, for whoever reads it.

Each rule says its clauses, each reason its words; a test walks both lists in every language.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from functools import reduce

from django.utils.translation import gettext as _

from wutong.control.audit.words import COMMON_REASONS, GROUNDS, GROUNDS_TO_PERSON, in_words
from wutong.control.emergency.words import KINDS, KINDS_FOR_PATIENT
from wutong.control.pages.dates import dated, day
from wutong.control.pages.names import filled, joined, listed, named, own_words, sentences
from wutong.control.receipts.mends import mend
from wutong.control.receipts.receipt import Receipt
from wutong.control.receipts.words import REASONS
from wutong.core.access import Ground
from wutong.core.answers import Reason
from wutong.core.care import ATTESTATION
from wutong.core.categories import CATEGORY_NAMES


class Reader(StrEnum):
    """Who reads it: of the same decision each is told in the words that fit."""

    OFFICER = "officer"
    PROFESSIONAL = "professional"  # whose own decision it was
    PERSON = "person"  # whose record it is
    REPRESENTATIVE = "representative"  # who decides for that person


def sentence(receipt: Receipt, reader: Reader) -> str:
    """Why it was allowed or refused; empty for a rule or a reason that has no words (of a later release)."""
    if receipt.reason:
        return _refused_here(receipt) if reader is Reader.PROFESSIONAL else _refused(receipt)
    because = _ALLOWED.get(receipt.ground)
    if because is None:
        return ""
    told = {"because": reduce(_and, filter(None, because(receipt, reader)))}
    if reader is Reader.PROFESSIONAL:
        return filled(_("You see this because %(because)s."), told)
    return filled(_("Allowed because %(because)s."), told)


def _and(one: str, other: str) -> str:
    return filled(_("%(one)s, and %(other)s"), {"one": one, "other": other})


def _refused(receipt: Receipt) -> str:
    words = REASONS.get(receipt.reason)
    closed = {
        "provider": _("the person closed the record to this provider"),
        "professional": _("the person closed the record to this professional"),
    }.get(receipt.closed_to)
    told = {"reason": closed or words or receipt.reason}
    if receipt.consent is None:
        return _("Refused: %(reason)s.") % told
    told |= {"number": str(receipt.consent.version), "day": day(receipt.consent.stated_at)}
    return _("Refused: %(reason)s; the latest statement about the provider was number %(number)s, of %(day)s.") % told


def _refused_here(receipt: Receipt) -> str:
    """With what to do; where the person's word has ended, which one that was."""
    if receipt.reason != Reason.CONSENT_ENDED or receipt.consent is None:
        return mend(receipt.reason)
    told = {"number": str(receipt.consent.version), "day": day(receipt.consent.stated_at)}
    word = _("Their latest statement about your clinic is number %(number)s, of %(day)s.") % told
    return sentences([mend(receipt.reason), word])


def _care(receipt: Receipt, reader: Reader) -> Iterable[str]:
    return _word(receipt, reader), _relationship(receipt, reader), _code(receipt, reader), _role(receipt)


def _word(receipt: Receipt, reader: Reader) -> str:
    """The person's word, or the law's."""
    told = {"provider": _to_whom(receipt)}
    consent = receipt.consent
    if receipt.is_deemed:
        return _the_law(reader) % told
    if consent is None:
        return _("the sharing consent was in force")
    told |= {"day": day(consent.stated_at), "number": str(consent.version)}
    told["until"] = (
        _("until %(day)s") % {"day": day(consent.valid_until)} if consent.valid_until else _("until withdrawn")
    )
    if reader is Reader.PERSON and not consent.stated_as:
        return _("you allowed %(provider)s to look on %(day)s (statement %(number)s, %(until)s)") % told
    if reader is Reader.PROFESSIONAL:
        return _("the patient allowed %(provider)s to look on %(day)s (statement %(number)s, %(until)s)") % told
    return _("%(provider)s was allowed to look on %(day)s (statement %(number)s, %(until)s)") % told


def _to_whom(receipt: Receipt) -> str:
    """Whom the person's word is about: the provider, or more."""
    told = {"provider": receipt.provider or _("this provider")}
    wider = {
        "group": _("a group of providers with %(provider)s"),
        "programme": _("a programme with %(provider)s"),
        "whoever": _("whoever treats the patient, such as %(provider)s,"),
    }
    return wider.get(receipt.scope, "%(provider)s") % told


def _the_law(reader: Reader) -> str:
    if reader is Reader.PERSON:
        return _("by joining you allowed %(provider)s to look, as the law says")
    return _("the law deems the consent given to %(provider)s")


def _relationship(receipt: Receipt, reader: Reader) -> str:
    """What showed care, or what the professional said instead."""
    if receipt.care == ATTESTATION:
        return _attested(receipt, reader)
    said = GROUNDS_TO_PERSON if reader is Reader.PERSON else GROUNDS
    if receipt.care not in said:
        return ""
    told = {"ground": _shown(_(said[receipt.care]), receipt, reader)}
    if receipt.day:
        return _("the record showed care: %(ground)s") % told
    return (_("you stated: %(ground)s") if reader is Reader.PROFESSIONAL else _("they stated: %(ground)s")) % told


def _shown(ground: str, receipt: Receipt, reader: Reader) -> str:
    """With its day; to officers with the row too."""
    if reader is Reader.OFFICER and receipt.row:
        told = {"text": ground, "row": joined([receipt.row, day(receipt.day)])}
        return _("%(text)s (%(row)s)") % told
    return dated(ground, receipt.day)


def _attested(receipt: Receipt, reader: Reader) -> str:
    """A person's own pages show the words themselves."""
    is_common = receipt.said in COMMON_REASONS.values()
    told = {"reason": in_words(receipt.said) if is_common else own_words(receipt.said)}
    if reader in {Reader.PERSON, Reader.REPRESENTATIVE}:
        return _("they gave a reason of their own")
    if reader is Reader.PROFESSIONAL:
        return filled(_("nothing in the record showed care, so that you gave a reason: %(reason)s"), told)
    return filled(_("nothing in the record showed care, so that they gave a reason: %(reason)s"), told)


def _code(receipt: Receipt, reader: Reader) -> str:
    """What the role alone would not open; to officers with the authorisation's id, as its own entries have it."""
    if not receipt.authorisations:
        return ""
    told = {
        Reader.PERSON: _("a one-time code that was sent to you, or to who decides for you, opened what is restricted"),
        Reader.PROFESSIONAL: _("the patient's one-time code opened what is restricted for you"),
    }.get(reader, _("the patient's one-time code opened what is restricted"))
    if reader is Reader.OFFICER:
        return _("%(text)s (%(row)s)") % {"text": told, "row": listed(receipt.authorisations)}
    return told


def _role(receipt: Receipt) -> str:
    """What of it was shown."""
    names = [named(*CATEGORY_NAMES[code]) for code in receipt.categories if code in CATEGORY_NAMES]
    return _("the role opens: %(categories)s") % {"categories": listed(names)} if names else ""


def _emergency(receipt: Receipt, reader: Reader) -> Iterable[str]:
    if reader is Reader.PROFESSIONAL:
        return _("you stated an emergency, which rests on no permission"), _kind(receipt, reader)
    return _("they stated an emergency, which rests on no permission"), _kind(receipt, reader), _role(receipt)


def _kind(receipt: Receipt, reader: Reader) -> str:
    if reader is Reader.PERSON and receipt.care in KINDS_FOR_PATIENT:
        return _(KINDS_FOR_PATIENT[receipt.care])
    said = _(KINDS[receipt.care]) if receipt.care in KINDS else ""
    return said[:1].lower() + said[1:]


def _own_record(_receipt: Receipt, reader: Reader) -> Iterable[str]:
    return [_("it is your own record") if reader is Reader.PERSON else _("it is the person's own record")]


def _representative(receipt: Receipt, reader: Reader) -> Iterable[str]:
    relation = {
        "parent": _("a parent"),
        "guardian": _("a guardian"),
        "statutory-guardian": _("a guardian under the Mental Health Ordinance"),
        "court-appointed": _("somebody appointed by a court"),
        "family-member": _("a family member"),
        "co-resident": _("somebody who lives with them"),
    }.get(receipt.relation, _("their representative"))
    if reader is Reader.PERSON:
        return [_("they decide for you, as %(relation)s") % {"relation": relation}]
    return [_("they decide for the person, as %(relation)s") % {"relation": relation}]


def _carer(_receipt: Receipt, reader: Reader) -> Iterable[str]:
    return [_("you let this carer see it") if reader is Reader.PERSON else _("the person lets this carer see it")]


_ALLOWED: Mapping[str, Callable[[Receipt, Reader], Iterable[str]]] = {
    Ground.CARE: _care,
    Ground.EMERGENCY: _emergency,
    Ground.OWN_DEPOSIT: lambda *_all: [_("a provider's system may write and read what the provider uploads")],
    Ground.REGISTRATION: lambda *_all: [_("this system may register persons, and nobody had the documents")],
    Ground.REFERENCE: lambda *_all: [_("an item of a record that was open names it")],
    Ground.OWN_RECORD: _own_record,
    Ground.REPRESENTATIVE: _representative,
    Ground.CARER: _carer,
}
