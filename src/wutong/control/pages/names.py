"""Names that people and providers have in two languages, and texts side by side, as the page's language writes them."""

from collections.abc import Iterable, Mapping

from babel.lists import format_list
from django.utils.translation import get_language, gettext
from markupsafe import Markup

from wutong.control.pages import dates


def named(english: str, chinese: str) -> str:
    """The name in the language of the page; the other where that is missing."""
    ordered = (chinese, english) if _is_chinese() else (english, chinese)
    return next(filter(None, ordered), "")


def term(english: str, _chinese: str) -> str:
    """A word of the platform's own lists, such as a profession: catalogues have these, 简体中文 in its own signs."""
    return gettext(english)


def listed(names: Iterable[str]) -> str:
    """Several names in a sentence, as the language of the page lists them: a, b and c; 甲、乙及丙."""
    return str(format_list([str(name) for name in names], locale=dates.locale()))


def joined(parts: Iterable[str]) -> str:
    """Facts side by side, each once and without an "and": a, b; 甲、乙. What is markup stays markup."""
    told = list(dict.fromkeys(filter(None, map(_text, parts))))
    if len(told) < 2:  # most lines of a long record: the language need not be asked for
        return "".join(told) if not told else told[0]
    return _put_together("、" if _is_chinese() else ", ", told)


def colon() -> str:
    """What stands between a label and what it labels: with a space behind it; in Chinese full-width, without."""
    return "：" if _is_chinese() else ": "


def sentences(texts: Iterable[str]) -> str:
    """Whole sentences, one after the other: with a space between them; in Chinese without. Markup stays markup."""
    return _put_together("" if _is_chinese() else " ", [told for told in map(_text, texts) if told])


def filled(text: str, told: Mapping[str, str]) -> str:
    """A text of ours with what it names; where that is markup, such as a person's own words, the whole is."""
    if any(isinstance(each, Markup) for each in told.values()):
        return Markup(text) % told  # noqa: S704 - it comes from a catalogue; what is put into it is escaped
    return text % told


def own_words(written: str) -> Markup:
    """What somebody wrote: not in the language of the page, and nobody's to translate."""
    return Markup('<span translate="no">{}</span>').format(written)


def _put_together(between: str, told: list[str]) -> str:
    if any(isinstance(each, Markup) for each in told):
        return Markup(between).join(told)  # noqa: S704 - a constant
    return between.join(told)


def _text(part: object) -> str:
    return part if isinstance(part, Markup) else str(part)


def _is_chinese() -> bool:
    return (get_language() or "en").startswith("zh")
