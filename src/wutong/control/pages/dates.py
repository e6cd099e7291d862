"""Dates and times as people of the territory write them, in the language of the page."""

from calendar import monthrange
from datetime import date, datetime

from babel.dates import format_date, format_datetime, format_skeleton
from django.utils.translation import get_language, gettext

from wutong.core import clock

_MOMENTS = {
    "en_GB": "d MMMM y, h:mm a",
    "zh_Hant_HK": "y年M月d日ah時mm分",
    "zh_Hans_CN": "y年M月d日ah时mm分",
}
_SKELETONS = {4: "y", 7: "yMMMM"}  # of a date that is known by year, or by year and month


def day(value: date | datetime | str | None) -> str:
    """23 November 2026; a FHIR date known only in part as November 2026 or 2026, and what is no date as it is."""
    if not value:
        return ""
    if isinstance(value, str):
        return _written(value)
    local = clock.local(value).date() if isinstance(value, datetime) else value
    return str(format_date(local, format="long", locale=locale()))


def dated(text: str, value: date | None) -> str:
    """A thing with its day: a visit (23 November 2026)."""
    return gettext("%(text)s (%(day)s)") % {"text": text, "day": day(value)} if value else text


def moment(value: datetime | None) -> str:
    """A date and time of the territory: 23 November 2026, 2:05 pm; 2026年11月23日下午2時05分."""
    if value is None:
        return ""
    local = clock.local(value).replace(tzinfo=None)
    return str(format_datetime(local, format=_MOMENTS[locale()], locale=locale()))


def short(value: date, shape: str) -> str:
    """A date for an axis, by `shape`: 23 Nov, Nov 2026, or 2026."""
    skeleton = {"day": "MMMd", "month": "yMMM", "year": "y"}[shape]
    return str(format_skeleton(skeleton, value, locale=locale()))


def ages(born: str) -> list[int]:
    """Whole years today of somebody born on a FHIR date: one number, or two where the date leaves both open."""
    known = first_and_last(born)
    return sorted({_age(each) for each in known}) if known else []


def _written(text: str) -> str:
    known = first_and_last(text)
    if known is None:
        return text
    skeleton = _SKELETONS.get(len(text))
    return str(format_skeleton(skeleton, known[0], locale=locale())) if skeleton else day(known[0])


def first_and_last(text: str) -> tuple[date, date] | None:
    """The first and the last day that a FHIR date may mean; None where it is none."""
    try:
        match len(text):
            case 4:
                return date(int(text), 1, 1), date(int(text), 12, 31)
            case 7:
                first = date.fromisoformat(f"{text}-01")
                return first, first.replace(day=monthrange(first.year, first.month)[1])
            case 10:
                return (only := date.fromisoformat(text)), only
    except ValueError:
        pass
    return None


def _age(born: date) -> int:
    today = clock.today()
    return max(today.year - born.year - ((today.month, today.day) < (born.month, born.day)), 0)


def locale() -> str:
    """The language of the page as CLDR names it."""
    return {"zh-hant": "zh_Hant_HK", "zh-hans": "zh_Hans_CN"}.get(get_language() or "en", "en_GB")
