"""Extracts, checks and compiles the texts of the pages, with Babel; no gettext program is needed.

    python -m wutong.control.pages.translations extract | check | compile

`check` fails where `locale/django.pot` is not what the pages say today, or where an offered language misses a text or
has other placeholders than the English one.
"""

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from wutong.core.categories import CATEGORY_NAMES

CONTROL = Path(__file__).parent.parent
LOCALE = CONTROL / "locale"
OFFERED: tuple[str, ...] = ()  # besides English, the source; 繁體中文 (zh_Hant) comes next
_PAGES = ("**/jinja2/**.jinja", "**/jinja2/*.html")  # Django names the pages of its errors
_METHODS = [*((pattern, "jinja2") for pattern in _PAGES), ("**.py", "python")]
_OPTIONS = {pattern: {"trimmed": "true"} for pattern in _PAGES}
_KEYWORDS = {"_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "ngettext": (1, 2)}
_PLACEHOLDER = re.compile(r"%\(\w+\)s")


def extracted() -> Catalog:
    """Every text of the people plane, sorted, with its places."""
    catalog = Catalog(project="Wutong", charset="utf-8", header_comment="# Texts of Wutong. Made by `extract`.")
    found = extract_from_dir(CONTROL, _METHODS, _OPTIONS, _KEYWORDS)
    for file, _line, message, _comments, context in found:
        catalog.add(message, locations=[(Path(file).as_posix(), 1)], context=context)
    for english, _chinese in CATEGORY_NAMES.values():  # core knows no gettext; pages say its names
        catalog.add(english, locations=[("core/categories.py", 1)])
    return catalog


def as_text(catalog: Catalog) -> str:
    """The catalogue as a .pot file without dates, so that equal texts give equal bytes."""
    out = io.BytesIO()
    write_po(out, catalog, sort_output=True, omit_header=True, width=120, include_lineno=False)
    return out.getvalue().decode()


def troubles(source: Catalog, translated: Catalog, language: str) -> Iterator[str]:
    """What a language misses or has wrong."""
    for message in source:
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, list | tuple) else (message.id,)
        held = translated.get(message.id, message.context)
        strings = held.string if held and isinstance(held.string, list | tuple) else ([held.string] if held else [])
        if not strings or not all(strings):
            yield f"{language} misses: {ids[0]}"
        elif any(set(_PLACEHOLDER.findall(str(text))) != set(_PLACEHOLDER.findall(ids[-1])) for text in strings):
            yield f"{language} has other placeholders in: {ids[0]}"


def check() -> list[str]:
    """Everything that is wrong."""
    source = extracted()
    pot = LOCALE / "django.pot"
    stale = not pot.exists() or pot.read_text(encoding="utf-8") != as_text(source)
    found = ["locale/django.pot is not what the pages say. Run `extract` and commit it."] if stale else []
    for language in OFFERED:
        with (_folder(language) / "django.po").open("rb") as file:
            found += troubles(source, read_po(file), language)
    return found


def compile_all() -> None:
    """Write the .mo file of each offered language."""
    for language in OFFERED:
        folder = _folder(language)
        with (folder / "django.po").open("rb") as source, (folder / "django.mo").open("wb") as target:
            write_mo(target, read_po(source))


def _folder(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES"


def main(command: str) -> int:
    """Run one command; the exit code."""
    match command:
        case "extract":
            LOCALE.mkdir(exist_ok=True)
            (LOCALE / "django.pot").write_text(as_text(extracted()), encoding="utf-8")
        case "compile":
            compile_all()
        case "check":
            found = check()
            for sentence in found:
                print(sentence, file=sys.stderr)  # noqa: T201 - a command
            return 1 if found else 0
        case _:
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
