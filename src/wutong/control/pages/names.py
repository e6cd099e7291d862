"""Names that people and providers have in two languages, and texts side by side, as the page's language writes them."""

from collections.abc import Iterable

from django.utils.translation import get_language


def named(english: str, chinese: str) -> str:
    """The name in the language of the page; the other where that is missing."""
    ordered = (chinese, english) if _is_chinese() else (english, chinese)
    return next(filter(None, ordered), "")


def listed(names: Iterable[str]) -> str:
    """Names in a row: "a, b, c"; in Chinese 甲、乙、丙."""
    return ("、" if _is_chinese() else ", ").join(map(str, names))


def sentences(texts: Iterable[str]) -> str:
    """Whole sentences, one after the other: with a space between them; in Chinese without."""
    return ("" if _is_chinese() else " ").join(filter(None, map(str, texts)))


def _is_chinese() -> bool:
    return (get_language() or "en").startswith("zh")
