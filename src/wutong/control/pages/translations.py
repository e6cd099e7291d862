"""The catalogues of texts: extracted, filled, checked and compiled with Babel; no gettext program is needed.

    python -m wutong.control.pages.translations extract | missing | fill FILE | draft | check | compile

`extract` brings `locale/django.pot` and the .po file of each language up to date: what is translated stays, what is
new is added without a translation, what no page says any more goes. `missing` prints the texts without a translation,
each a JSON string on its line (a text with a plural by its singular); `fill` takes a JSON file {text: translation}.
`draft` writes 简体中文 anew from 繁體中文. `check` fails where a catalogue is not what the pages say today, or a
translation is missing or has other placeholders than its text. `compile` writes the .mo files that Django reads; the
build does so too.
"""

import io
import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from wutong.core.categories import CATEGORY_NAMES
from wutong.core.professions import PROFESSION_NAMES

CONTROL = Path(__file__).parent.parent
LOCALE = CONTROL / "locale"
WRITTEN = "zh_Hant"  # by people, as Hong Kong writes
DRAFT = "zh_Hans"  # by OpenCC, from that
_PAGES = ("**/jinja2/**.jinja", "**/jinja2/*.html")  # Django names the pages of its errors
_METHODS = [*((pattern, "jinja2") for pattern in _PAGES), ("**.py", "python")]
_OPTIONS = {pattern: {"trimmed": "true"} for pattern in _PAGES}
_KEYWORDS = {"_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "ngettext": (1, 2)}
_PLACEHOLDER = re.compile(r"%\(\w+\)s")
_TERMS = {"core/categories.py": CATEGORY_NAMES, "core/professions.py": PROFESSION_NAMES}
_COMMENTS = {
    "": "# Texts of Wutong. Made by `extract`.",
    WRITTEN: "# Texts of Wutong in 繁體中文, as Hong Kong writes. docs/guides/change.md says how a text is added.",
    DRAFT: "# Texts of Wutong in 简体中文: a draft that `draft` makes from zh_Hant with OpenCC. Change that one.",
}


def languages() -> list[str]:
    """Those that have a catalogue, besides English, the source; as gettext names them."""
    return sorted(path.parent.parent.name for path in LOCALE.glob("*/LC_MESSAGES/django.po"))


def extracted() -> Catalog:
    """Every text of the people plane, with its places; names of categories and professions already in Chinese."""
    catalog = Catalog(project="Wutong", charset="utf-8", header_comment=_COMMENTS[""])
    found = extract_from_dir(CONTROL, _METHODS, _OPTIONS, _KEYWORDS)
    for file, _line, message, _comments, context in found:
        catalog.add(message, locations=[(Path(file).as_posix(), 1)], context=context)
    for place, names in _TERMS.items():  # core knows no gettext; pages say its names
        for english, _chinese in names.values():
            catalog.add(english, locations=[(place, 1)])
    return catalog


def catalogue(language: str) -> Catalog:
    """A language's texts as its .po file has them; without one, none yet."""
    path = _po(language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def as_text(catalog: Catalog, language: str = "") -> str:
    """A .pot file, or a language's .po file, without dates: equal texts give equal bytes."""
    out = io.BytesIO()
    write_po(out, catalog, sort_output=True, omit_header=True, ignore_obsolete=True, width=120, include_lineno=False)
    return f"{_header(language)}\n{out.getvalue().decode()}" if language else out.getvalue().decode()


def updated(language: str) -> Catalog:
    """A language's texts, brought to what the pages say: what was translated stays, what is gone goes."""
    catalog = catalogue(language)
    catalog.update(extracted(), no_fuzzy_matching=True)
    for english, chinese in (pair for names in _TERMS.values() for pair in names.values()):
        if language == WRITTEN:
            _translate(catalog[english], chinese)
    return catalog


def missing(catalog: Catalog) -> list[str]:
    """The texts of a catalogue that have no translation; one marked as fuzzy is none, since nothing is shown of it."""
    return [_ids(each)[0] for each in catalog if each.id and (each.fuzzy or not all(strings(each)))]


def filled(translations: Mapping[str, str]) -> Catalog:
    """繁體中文 with these translations added, or changed; raises KeyError where a text is none of ours."""
    catalog = updated(WRITTEN)
    texts = {_ids(each)[0]: each for each in catalog if each.id}
    if strange := set(translations) - set(texts):
        raise KeyError(f"No page says: {'; '.join(sorted(strange))}")
    for text, translation in translations.items():
        _translate(texts[text], translation)
        texts[text].flags.discard("fuzzy")
    return catalog


def drafted() -> Catalog:
    """简体中文 from 繁體中文, sign by sign and word by word."""
    from opencc import OpenCC  # at a developer's desk alone

    convert: Callable[[str], str] = OpenCC("hk2s").convert
    catalog = Catalog(locale=DRAFT, charset="utf-8")
    for each in updated(WRITTEN):
        if each.id:
            made = catalog.add(each.id, locations=each.locations, flags=each.flags, context=each.context)
            _translate(made, convert(strings(each)[0]))
    return catalog


def strings(message: Message) -> list[str]:
    """A message's translations: one, or one for each plural form; empty where there is none."""
    held = message.string if isinstance(message.string, tuple) else (message.string,)
    return [str(each or "") for each in held]


def troubles(source: Catalog, translated: Catalog, language: str) -> Iterator[str]:
    """What a language misses or has wrong."""
    for message in source:
        if not message.id:
            continue
        ids, held = _ids(message), translated.get(message.id, message.context)
        said = strings(held) if held else []
        if not said or not all(said) or (held and held.fuzzy):
            yield f"{language} misses: {ids[0]}"
        elif any(set(_PLACEHOLDER.findall(text)) != set(_PLACEHOLDER.findall(ids[-1])) for text in said):
            yield f"{language} has other placeholders in: {ids[0]}"


def check() -> list[str]:
    """Everything that is wrong."""
    source = extracted()
    files = {LOCALE / "django.pot": as_text(source)}
    files |= {_po(language): as_text(updated(language), language) for language in languages()}
    stale = [path for path, text in files.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    found = [f"locale/{path.relative_to(LOCALE)} is not what the pages say. Run `extract`." for path in stale]
    for language in languages():
        found += troubles(source, catalogue(language), language)
    return found


def compile_all() -> None:
    """Write the .mo file of each language that has none, or an older one than its .po file."""
    for language in languages():
        source, target = _po(language), _po(language).with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime_ns < source.stat().st_mtime_ns:
            fresh = target.with_suffix(f".{os.getpid()}")
            with fresh.open("wb") as file:
                write_mo(file, catalogue(language))
            fresh.replace(target)  # whole or not at all: somebody may be reading it


def _extract() -> None:
    LOCALE.mkdir(exist_ok=True)
    (LOCALE / "django.pot").write_text(as_text(extracted()), encoding="utf-8")
    for language in languages():
        _write(language, updated(language))


def _write(language: str, catalog: Catalog) -> None:
    _po(language).parent.mkdir(parents=True, exist_ok=True)
    _po(language).write_text(as_text(catalog, language), encoding="utf-8")


def _header(language: str) -> str:
    said = (
        f"Content-Type: text/plain; charset=UTF-8\\n\nLanguage: {language}\\n\nPlural-Forms: nplurals=1; plural=0;\\n"
    )
    lines = "\n".join(f'"{line}"' for line in said.split("\n"))
    return f'{_COMMENTS.get(language, _COMMENTS[""])}\nmsgid ""\nmsgstr ""\n{lines}\n'


def _ids(message: Message) -> tuple[str, ...]:
    return message.id if isinstance(message.id, tuple) else (str(message.id),)


def _translate(message: Message | None, translation: str) -> None:
    if message is not None:
        message.string = (translation,) if message.pluralizable else translation


def _po(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES/django.po"


def _say(sentences: list[str]) -> int:
    for sentence in sentences:
        print(sentence, file=sys.stderr)  # noqa: T201 - a command
    return 1 if sentences else 0


def main(command: str, file: str = "") -> int:
    """Run one command; the exit code."""
    match command:
        case "extract":
            _extract()
        case "missing":
            for text in missing(updated(WRITTEN)):
                print(json.dumps(text, ensure_ascii=False))  # noqa: T201 - a command
        case "fill":
            _write(WRITTEN, filled(json.loads(Path(file).read_text(encoding="utf-8"))))
        case "draft":
            _write(DRAFT, drafted())
        case "check":
            return _say(check())
        case "compile":
            compile_all()
        case _:
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
