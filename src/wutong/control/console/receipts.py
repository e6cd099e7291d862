"""The receipt of a decision: one plain sentence that names the rule, the statement of consent and the look.

What the decision rested on stands in its own entry, as it was at that moment; nothing is looked up again here.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from wutong.control.audit.trail import Entry
from wutong.control.audit.words import GROUNDS, in_words
from wutong.control.console import words
from wutong.control.pages.dates import day
from wutong.control.pages.names import joined, named
from wutong.core.access import Ground
from wutong.core.categories import CATEGORY_NAMES

DEEMED = "deemed"


def receipt(entry: Entry) -> str:
    """Why it was allowed or refused; empty for what no decision was made about."""
    if not entry.act:
        return ""
    if entry.outcome == "refused":
        return _refused(entry)
    say = _ALLOWED.get(entry.ground or "")
    return say(entry) if say else ""


def _refused(entry: Entry) -> str:
    told = {"reason": words.said(words.REASONS, entry.reason), "number": _number(entry)}
    if _number(entry):
        return _("Refused: %(reason)s. The patient's latest statement about the provider was number %(number)s.") % told
    return _("Refused: %(reason)s.") % told


def _care(entry: Entry) -> str:
    told = {"consent": _consent(entry), "categories": _categories(entry), "care": _shown(entry.detail.get("care"))}
    if told["care"]:
        return _("Allowed: %(consent)s, and %(care)s.") % told
    if not entry.categories:
        return _("Allowed: %(consent)s.") % told
    return _("Allowed: %(consent)s, the record was open, and the role opens: %(categories)s.") % told


def _consent(entry: Entry) -> str:
    number = _number(entry)
    if number and (wider := _WIDER.get(_stated(entry).get("scope", ""))):
        return _(wider) % {"number": number}
    if number:
        return _("the patient's sharing consent was in force (statement number %(number)s)") % {"number": number}
    return _("the law deems the consent given to this provider")


def _shown(care: Any) -> str:
    """What showed, when the record was opened, that the provider cares for the patient; empty where none asked."""
    if not isinstance(care, dict):
        return ""
    if "day" not in care:
        told = in_words(care.get("reason", ""))
        return _("nothing in the record showed care, so that the professional gave a reason: %(reason)s") % {
            "reason": told
        }
    row = joined([f"{care['type']}/{care['id']}", day(care["day"])])
    return _("the record showed care: %(ground)s (%(row)s)") % {"ground": _(GROUNDS.get(care["kind"], "")), "row": row}


def _emergency(entry: Entry) -> str:
    if not entry.categories:
        return _("Allowed in an emergency that was stated and granted.")
    told = {"categories": _categories(entry)}
    return _("Allowed in an emergency that was stated and granted; it opened: %(categories)s.") % told


def _categories(entry: Entry) -> str:
    return ", ".join(named(*CATEGORY_NAMES[code]) for code in entry.categories if code in CATEGORY_NAMES)


def _number(entry: Entry) -> str:
    stated = entry.detail.get("consent")
    return str(stated) if isinstance(stated, int) else str(_stated(entry).get("version", ""))


def _stated(entry: Entry) -> Mapping[str, Any]:
    """A wider statement: its scope, its group and its version."""
    stated = entry.detail.get("consent")
    return stated if isinstance(stated, dict) else {}


_WIDER = {
    "group": gettext_noop(
        "the patient's sharing consent to a group of providers was in force (statement number %(number)s)"
    ),
    "programme": gettext_noop(
        "the patient's sharing consent to a programme was in force (statement number %(number)s)"
    ),
    "whoever": gettext_noop(
        "the patient's sharing consent to whoever treats them was in force (statement number %(number)s)"
    ),
}

_ALLOWED: Mapping[str, Callable[[Entry], str]] = {
    Ground.CARE: _care,
    Ground.EMERGENCY: _emergency,
    Ground.OWN_DEPOSIT: lambda _entry: _("Allowed: a provider's system may write and read what the provider uploads."),
    Ground.REGISTRATION: lambda _entry: _("Allowed: this system may register persons, and nobody had the documents."),
    Ground.REFERENCE: lambda _entry: _("Allowed: an item of a record that was open names it."),
    Ground.OWN_RECORD: lambda _entry: _("Allowed: it is the person's own record."),
    Ground.REPRESENTATIVE: lambda _entry: _("Allowed: they may decide for the person."),
    Ground.CARER: lambda _entry: _("Allowed: the person lets this carer see it."),
}
