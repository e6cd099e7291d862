"""Every word that people read can be translated, and is: seen by opening every page of every role.

Once in a language that puts each translated text in brackets, so that a word outside of brackets never went through
gettext; once in 繁體中文, where no English word may be left that is neither a name nor a sender's.
"""

import re
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from cast import Cast, Registered
from django.template.loader import get_template
from django.test import override_settings
from django.urls import resolve
from django.utils.translation import override
from doors import Browser, Page
from emergencies import CATEGORIES, whole_record
from record.resources import of_category
from roaming import Roamer, patterns
from spoken import spoken, words
from world import World

from wutong.control.pages import translations
from wutong.control.people.queries.groups import groups
from wutong.control.people.queries.providers import providers
from wutong.core.categories import CATEGORY_NAMES, FIRST_STAGE, LATER_STAGE
from wutong.core.labels import LABEL_NAMES
from wutong.core.professions import PROFESSION_NAMES

pytestmark = pytest.mark.timeout(400)

# A language that Django knows and nobody is offered; what Django itself says comes in real Esperanto.
_BRACKETED = "eo"
_LISTED = re.compile(r"⟧,? and ⟦")  # a list is Babel's to write, and it has none for this language
_INSIDE = re.compile(r"⟦[^⟦⟧]*⟧")
_DATE = re.compile(r"\d{1,2} [A-Z][a-z]+ \d{4}(, \d{1,2}:\d\d [ap]m)?|[A-Z][a-z]+ \d{4}")
_SLIPS = ({"hkid": "QX1"}, {"hkid": "QX999999(3)"}, {"name": "CHAN Tai Man", "born": "31/5/1900"}, {"name": "x"})
# Names that exist in two languages go round gettext (`named`): a text that is one of them, whole, needs no brackets.
_NAMED = {
    *(english for english, _chinese in (*CATEGORY_NAMES.values(), *PROFESSION_NAMES.values(), *LABEL_NAMES.values())),
    *(each.english for each in (*FIRST_STAGE, *LATER_STAGE)),
}
# Those among whom each page is somebody's.
_ROLES = (
    *("stranger", "half-way", "clinic DOC", "clinic PHA", "no consent", "two clinics", "administrator"),
    *("office", "officer", "looked at", "parent"),
)
_NAMES_OF_PEOPLE = "Desk MOK Ching Yee CHAN Tai Man LEUNG Siu Fong Professional Officer privacy QX"
_TO_ALL = ("/about/", "/components/")
# What several see alike, one of them is shown.
_SPARES = {
    "stranger": (),
    "two clinics": (*_TO_ALL, "/clinic/"),
    "parent": (*_TO_ALL, "/portal/who-may-look/"),
}
_SIGN_IN_NAME = re.compile(r"[a-z]+\.[a-z]+\.\d+")
# Apps speak to the registry of consents and to the tokens (0044); the other two lead back to where one stood.
_UNVISITED = {"oauth/token", "sign-out/", "language/"} | {each for each in patterns() if each.startswith("pcf/")}
_ERRORS = ("400", "403_csrf", "404", "500", "503")


@pytest.fixture(autouse=True)
def _with_letters() -> Iterator[None]:
    """Post is offered."""
    with override_settings(PRINTS_LETTERS=True):
        yield


@pytest.fixture
def bracketed(tmp_path: Path) -> Iterator[str]:
    """That language, offered."""
    folder = tmp_path / _BRACKETED / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "django.mo").open("wb") as file:
        write_mo(file, _in_brackets())
    with override_settings(LANGUAGES=[("en", "English"), (_BRACKETED, "Esperanto")], LOCALE_PATHS=[tmp_path]):
        yield _BRACKETED


def _in_brackets() -> Catalog:
    catalog = translations.extracted()
    for message in catalog:
        if message.id:
            plural = isinstance(message.id, tuple)
            message.string = tuple(f"⟦{each}⟧" for each in message.id) if plural else f"⟦{message.id}⟧"
    return catalog


def _one_of_each(cast: Cast) -> Registered:
    return whole_record(cast, family="MOK", given="Ching Yee")


def _known() -> set[str]:
    """Words that a record, a register or the person at the keyboard says."""
    names = [each.name_en for each in (*providers(), *groups())]
    sent = [_texts(of_category(each, uuid4())) for each in CATEGORIES]
    return words(*names, *chain(*sent), _NAMES_OF_PEOPLE)


def _texts(value: Any) -> Iterator[str]:
    match value:
        case dict() | list():
            for each in value.values() if isinstance(value, dict) else value:
                yield from _texts(each)
        case str():
            yield value


def _visits(cast: Cast, language: str, told_in: str) -> Iterator[tuple[str, str, Page]]:
    """Every page, with whose it is and its address; of each kind two, and each form also left empty."""
    for name, role in World(cast, told_in, _one_of_each).roles(*_ROLES).items():
        browser = Browser(cast.server, role.who, language)
        yield from ((name, page.address, page) for page in browser.entrance)
        if name == "clinic DOC":
            yield from ((name, page.address, page) for page in _slips(browser))
        spares = _SPARES.get(name, _TO_ALL)
        roamer = Roamer(browser, role.samples, most=2, forgets=True, spares=("/language/", *spares))
        roamer.roam("/", *_TO_ALL, *role.starts())
        yield from ((name, each.address, each.page) for each in roamer.visits)
        browser.close()


def _slips(browser: Browser) -> Iterator[Page]:
    for slip in _SLIPS:
        browser.get("/clinic/")
        yield browser.send("/clinic/", **slip)


def _pattern(address: str) -> str:
    return str(resolve(urlsplit(address).path, "wutong.control.project.urls").route)


def _without_data(texts: list[str]) -> Iterator[str]:
    """Facts that stand side by side, without dates, and without those that are such a name whole."""
    for text in texts:
        facts = [text] if text in _NAMED else _DATE.sub(" ", text).split(", ")
        yield from (fact for fact in facts if fact not in _NAMED)


def _bare(texts: list[str]) -> set[str]:
    """Words outside of every bracket."""
    said = _LISTED.sub("⟧ ⟦", " ".join(_without_data(texts)))
    while _INSIDE.search(said):
        said = _INSIDE.sub(" ", said)
    return words(said)


def _in_translations() -> set[str]:
    """Latin words that stand in the Chinese texts themselves, such as HKID."""
    return words(*(str(each.string) for each in translations.catalogue(translations.WRITTEN)))


def test_no_page_says_a_word_that_cannot_be_translated(cast: Cast, bracketed: str) -> None:
    visits = list(_visits(cast, bracketed, bracketed))
    pages = [(role, page) for role, _address, page in visits if page.is_html]
    assert {(role, page.address) for role, page in pages if "⟦" not in page.text} == set()
    known = _known()
    assert _left(pages, lambda texts: _bare(texts) - known) == {}
    reached = {_pattern(address) for _role, address, _page in visits} | _UNVISITED
    assert [each for each in patterns() if each not in reached] == [], "nobody of `_ROLES` is led there"


def test_no_page_in_chinese_says_an_english_word(cast: Cast) -> None:
    pages = [(role, page) for role, _address, page in _visits(cast, "zh-hant", "zh-HK") if page.is_html]
    known = _known() | _in_translations()
    assert _left(pages, lambda texts: words(*(_SIGN_IN_NAME.sub("", each) for each in texts)) - known) == {}


def _left(pages: list[tuple[str, Page]], heard: Callable[[list[str]], set[str]]) -> dict[str, set[str]]:
    """What was heard, by whose page it was."""
    found = dict[str, set[str]]()
    for role, page in pages:
        if told := heard(spoken(page.source)):
            found.setdefault(f"{role} {_pattern(page.address)}", set()).update(told)
    return found


@pytest.mark.parametrize("name", _ERRORS)
def test_no_error_page_says_a_word_that_cannot_be_translated(bracketed: str, name: str) -> None:
    with override(bracketed):
        page = get_template(f"{name}.html").render()
    assert _bare(spoken(page)) == set()


def test_a_word_that_cannot_be_translated_is_heard() -> None:
    page = '<p title="Look">⟦Hello <b translate="no">John Doe</b>⟧ Smith <i>in <b translate="no">CHAN</b></i></p>'
    assert _bare(spoken(page)) == {"Look", "Smith", "in"}
    assert _bare(
        ["Doctor", "Doctor here", "⟦Seen by⟧ Nurse", "Doctor, Doc", "Allergies and adverse drug reactions"]
    ) == {*("Doctor", "here", "Nurse", "Doc")}
    assert spoken('<input type="submit" value="Go"><input value="typed"><script>var x</script>') == ["Go"]
