"""What stands between the preview of a consent and its template: professions, names, parts of the record, numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from wutong.control.flows.preview_consent import Preview, Sight
from wutong.control.pages.names import listed, named
from wutong.core.categories import CATEGORY_NAMES

GAINS, LOSES = "gains", "loses"
_MOST_NAMES = 20  # of one profession

# In the order in which people look for them.
_PROFESSIONS = {
    "DOC": gettext_noop("Doctors"),
    "NUR": gettext_noop("Nurses"),
    "MID": gettext_noop("Midwives"),
    "DEN": gettext_noop("Dentists"),
    "PHA": gettext_noop("Pharmacists"),
    "PT": gettext_noop("Physiotherapists"),
    "OT": gettext_noop("Occupational therapists"),
    "OPT": gettext_noop("Optometrists"),
    "RAD": gettext_noop("Radiographers"),
    "MLT": gettext_noop("Medical laboratory technologists"),
    "CMP": gettext_noop("Chinese medicine practitioners"),
    "CHI": gettext_noop("Chiropractors"),
    "DHY": gettext_noop("Dental hygienists"),
}
_OTHERS = gettext_noop("Other professionals")


@dataclass(frozen=True)
class Group:
    """One profession: who they are, and what they gain or lose."""

    title: str
    names: Sequence[str]
    more: str  # how many have no room here; empty: none
    sees: str
    restricted: Sequence[str]


@dataclass(frozen=True)
class Part:
    """One data category: how many items it holds now, and which professions see it."""

    name: str
    items: int | None
    seen_by: str


@dataclass(frozen=True)
class Shown:
    """The preview in words."""

    effect: str
    groups: Sequence[Group]
    parts: Sequence[Part]
    has_numbers: bool
    is_closed: bool
    keeps: bool = False  # something of the record stays closed


def shown(preview: Preview, effect: str) -> Shown:
    """The preview of a consent that is given (`GAINS`) or withdrawn (`LOSES`)."""
    sights = sorted(preview.sights, key=lambda each: place(each.profession))
    return Shown(
        effect=effect,
        groups=[_group(each, preview, effect) for each in sights],
        parts=[_part(code, sights, preview) for code in CATEGORY_NAMES] if sights else [],
        has_numbers=preview.items is not None,
        is_closed=preview.is_closed,
        keeps=preview.keeps,
    )


def place(profession: str) -> int:
    """Where a profession stands among the others."""
    known = list(_PROFESSIONS)
    return known.index(profession) if profession in known else len(known)


def title(profession: str) -> str:
    """What its members are called together."""
    return _(_PROFESSIONS.get(profession, _OTHERS))


def _group(sight: Sight, preview: Preview, effect: str) -> Group:
    return Group(
        title=title(sight.profession),
        names=[named(each.name_en, each.name_zh) for each in sight.clinicians[:_MOST_NAMES]],
        more=_more(sight),
        sees=_sees(sight, preview, effect),
        restricted=[named(*CATEGORY_NAMES[code]) for code in sight.restricted],
    )


def _more(sight: Sight) -> str:
    if sight.number:
        return ngettext("%(count)s professional", "%(count)s professionals", sight.number) % {"count": sight.number}
    more = len(sight.clinicians) - _MOST_NAMES
    return ngettext(" and %(count)s more", " and %(count)s more", more) % {"count": more} if more > 0 else ""


def _sees(sight: Sight, preview: Preview, effect: str) -> str:
    if not sight.sees:
        return _("Their role opens no part of the record.")
    values = {"parts": len(sight.sees), "all": len(CATEGORY_NAMES), "items": 0}
    if preview.items is None:
        return _numberless(effect) % values
    values["items"] = sum(preview.items.get(code, 0) for code in sight.sees)
    return _numbered(effect, values["items"]) % values


def _numberless(effect: str) -> str:
    if effect == GAINS:
        return _("They will see %(parts)s of %(all)s parts of the record.")
    return _("They will no longer see %(parts)s of %(all)s parts of the record.")


def _numbered(effect: str, items: int) -> str:
    if effect == GAINS:
        return ngettext(
            "They will see %(parts)s of %(all)s parts of the record: %(items)s item today.",
            "They will see %(parts)s of %(all)s parts of the record: %(items)s items today.",
            items,
        )
    return ngettext(
        "They will no longer see %(parts)s of %(all)s parts of the record: %(items)s item today.",
        "They will no longer see %(parts)s of %(all)s parts of the record: %(items)s items today.",
        items,
    )


def _part(code: str, sights: Sequence[Sight], preview: Preview) -> Part:
    return Part(
        name=named(*CATEGORY_NAMES[code]),
        items=None if preview.items is None else preview.items.get(code, 0),
        seen_by=_seen_by([title(each.profession) for each in sights if code in each.sees], len(sights)),
    )


def _seen_by(titles: Sequence[str], professions: int) -> str:
    if not titles:
        return _("Nobody")
    return _("All of them") if len(titles) == professions else listed(titles)
