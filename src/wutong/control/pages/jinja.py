"""The environment of every page: components of nhsuk-frontend under our own base, texts through gettext."""

from datetime import date, datetime
from typing import Any

from babel.dates import format_date, format_datetime
from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext
from jinja2 import ChainableUndefined, ChoiceLoader, Environment, PackageLoader

from wutong.control.pages import files
from wutong.core import clock


def environment(**options: Any) -> Environment:
    """The environment that Django asks for."""
    options["undefined"] = ChainableUndefined  # the components look into parameters that may not be there
    options["extensions"] = ["jinja2.ext.i18n"]
    options["trim_blocks"] = options["lstrip_blocks"] = True
    loader = options.pop("loader")
    components = PackageLoader("nhsuk_frontend_jinja", "templates")
    made = Environment(loader=ChoiceLoader([loader, components]), **options)  # noqa: S701 - Django sets autoescape
    made.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]  # by the extension
    made.globals.update(url=_url, static=files.address, language=get_language, is_demo=settings.IS_DEMO)
    made.filters.update(day=day, moment=moment, age=age)
    return made


def day(value: date | datetime | None) -> str:
    """A date in the local habit: 23 November 2026."""
    if value is None:
        return ""
    local = clock.local(value).date() if isinstance(value, datetime) else value
    return str(format_date(local, format="long", locale=_locale()))


def moment(value: datetime | None) -> str:
    """A date and time of the territory: 23 November 2026, 2:05 pm."""
    if value is None:
        return ""
    shape = "d MMMM y, h:mm a" if _locale() == "en_GB" else "long"
    return str(format_datetime(clock.local(value).replace(tzinfo=None), format=shape, locale=_locale()))


def age(born: date | None) -> int | None:
    """Whole years today."""
    if born is None:
        return None
    today = clock.today()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _url(name: str, *args: Any, **kwargs: Any) -> str:
    return reverse(name, args=args or None, kwargs=kwargs or None)


def _locale() -> str:
    return {"zh-hant": "zh_Hant_HK", "zh-hans": "zh_Hans_CN"}.get(get_language() or "en", "en_GB")
