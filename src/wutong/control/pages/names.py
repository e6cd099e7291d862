"""Names that people and providers have in two languages: the page's own first, the other where it is missing."""

from django.utils.translation import get_language


def named(english: str, chinese: str) -> str:
    """The name in the language of the page."""
    ordered = (chinese, english) if (get_language() or "en").startswith("zh") else (english, chinese)
    return next(filter(None, ordered), "")
