"""What people read and press, in the language of the page: journeys are written once, in English."""

from datetime import date

from django.conf import settings
from django.utils.translation import gettext, ngettext, override

from wutong.control.pages.dates import day
from wutong.control.pages.names import listed, named

# Languages that are walked. 简体中文 is a draft that is offered as one: a machine makes it of the texts walked here.
OFFERED = tuple(code for code, _name in settings.LANGUAGES if code in {"en", "zh-hant"})
LOCALES = {"en": "en-GB", "zh-hant": "zh-HK"}  # as a browser is set


def said(language: str, text: str, /, **values: object) -> str:
    """An English text of the pages as that language says it; `values` fill its placeholders.

    A date is written as the page writes it, a pair of names is the one of the language, a list is listed.
    """
    with override(language):
        return gettext(text) % {name: _shown(value) for name, value in values.items()} if values else _word(text)


def counted(language: str, one: str, many: str, number: int, /, **values: object) -> str:
    """The same for a text that has a form for one and another for many."""
    with override(language):
        return ngettext(one, many, number) % {name: _shown(value) for name, value in values.items()}


def _word(text: str) -> str:
    return gettext(text) if text not in _names() else named(text, _names()[text])


def _shown(value: object) -> str:
    match value:
        case date():
            return day(value)
        case (str(english), str(chinese)):
            return named(english, chinese)
        case list():
            return listed(map(_shown, value))
        case str(text):
            return _word(text)
    return str(value)


def _names() -> dict[str, str]:
    """Providers that pages name by themselves, in the language of the page."""
    from wutong.control.people.queries.providers import providers

    return {each.name_en: each.name_zh for each in providers()}
