"""What stands between the preview of a wider consent and its template: which providers gain, lose, or stay as is."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from wutong.control.flows.preview_group import GroupPreview, Stays
from wutong.control.pages.names import named
from wutong.control.people.queries.providers import ProviderFacts

_MOST_NAMES = 50
_KINDS = {
    "hospital-group": gettext_noop("Hospital groups"),
    "hospital": gettext_noop("Hospitals"),
    "clinic": gettext_noop("Clinics"),
    "laboratory": gettext_noop("Laboratories"),
    "district-health-centre": gettext_noop("District health centres"),
}
_OTHERS = gettext_noop("Other healthcare providers")
_WHY = {
    Stays.DEEMED: gettext_noop("May look anyway, as joining the system allows them"),
    Stays.BY_ITSELF: gettext_noop("May look by a permission of their own"),
    Stays.CLOSER: gettext_noop("A permission or withdrawal for a group or programme holds for them"),
    Stays.AS_IT_IS: gettext_noop("Nothing changes for them"),
    Stays.TAKEN_OUT: gettext_noop("May not look, as the permission was withdrawn for them alone"),
    Stays.CLOSED: gettext_noop("May not look, as the record is kept closed to them"),
    Stays.SUSPENDED: gettext_noop("May not look now, as their access is suspended"),
}


@dataclass(frozen=True)
class Line:
    """What is said of some providers, and who they are: by name, or (many) by kind and number."""

    title: str
    names: Sequence[str]


@dataclass(frozen=True)
class Reach:
    """For how many something changes, who they are, and for whom nothing does."""

    title: str
    concerned: Sequence[str]
    stays: Sequence[Line]


def reach(told: GroupPreview, effect: str) -> Reach:
    """The providers of a preview in words."""
    number = len(told.concerned)
    stays = [Line(_(_WHY[why]), _called([each for each, of in told.stays if of is why])) for why in _WHY]
    return Reach(_title(effect, number), _called(told.concerned), [each for each in stays if each.names])


def _title(effect: str, number: int) -> str:
    if effect == "gains":
        text = ngettext(
            "%(count)s healthcare provider will be able to look",
            "%(count)s healthcare providers will be able to look",
            number,
        )
    else:
        text = ngettext(
            "%(count)s healthcare provider will no longer be able to look",
            "%(count)s healthcare providers will no longer be able to look",
            number,
        )
    return text % {"count": number}


def _called(providers: Sequence[ProviderFacts]) -> list[str]:
    if len(providers) <= _MOST_NAMES:
        return [named(each.name_en, each.name_zh) for each in providers]
    kinds = Counter(each.kind if each.kind in _KINDS else "" for each in providers)
    return [
        _("%(kind)s: %(count)s") % {"kind": _(_KINDS.get(kind, _OTHERS)), "count": number}
        for kind, number in sorted(kinds.items())
    ]
