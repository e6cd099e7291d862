"""Names that people and providers have in two languages: the page's own first, the other where it is missing."""

from collections.abc import Iterable

from babel.lists import format_list
from django.utils.translation import get_language

from wutong.control.pages import dates


def named(english: str, chinese: str) -> str:
    """The name in the language of the page."""
    ordered = (chinese, english) if (get_language() or "en").startswith("zh") else (english, chinese)
    return next(filter(None, ordered), "")


def listed(names: Iterable[str]) -> str:
    """Several names in a sentence, as the language of the page lists them: a, b and c."""
    return str(format_list(list(names), locale=dates.locale()))
