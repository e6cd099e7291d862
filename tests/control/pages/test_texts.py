"""Every word that people read can be translated, and is: seen by opening every page of every role.

Once in a language that puts each translated text in brackets, so that a word outside of brackets never went through
gettext; once in 繁體中文, where no English word may be left that is neither a name nor a sender's.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from cast import HA, HARBOUR, OFFICE, Cast, Registered, Somebody
from crawler import Crawler, patterns
from django.template.loader import get_template
from django.test import override_settings
from django.utils.translation import override
from doors import Browser, Page, run_jobs
from record.resources import of_category
from spoken import spoken, words

from wutong.control.audit.append import HOST
from wutong.control.charts.chart import SECTIONS
from wutong.control.pages import translations
from wutong.control.people.actions import persons
from wutong.control.people.queries.providers import providers
from wutong.core.categories import CATEGORY_NAMES, FIRST_STAGE, LATER_STAGE
from wutong.core.professions import PROFESSION_NAMES

pytestmark = pytest.mark.timeout(400)

# A language that Django knows and nobody is offered; what Django itself says comes in real Esperanto.
_BRACKETED = "eo"
_INSIDE = re.compile(r"⟦[^⟦⟧]*⟧")
_DATE = re.compile(r"\d{1,2} [A-Z][a-z]+ \d{4}(, \d{1,2}:\d\d [ap]m)?|[A-Z][a-z]+ \d{4}")
_SLIPS = ({"hkid": "QX1"}, {"hkid": "QX999999(3)"}, {"name": "CHAN Tai Man", "born": "31/5/1900"}, {"name": "x"})
# Names that exist in two languages go round gettext (`named`): a text that is one of them, whole, needs no brackets.
_NAMED = {
    *(english for english, _chinese in (*CATEGORY_NAMES.values(), *PROFESSION_NAMES.values())),
    *(each.english for each in (*FIRST_STAGE, *LATER_STAGE)),
}
_ERRORS = ("400", "403_csrf", "404", "500", "503")


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


class _People:
    """Everybody who has pages, and what is known of them: somebody with one thing of each category."""

    def __init__(self, cast: Cast, language: str) -> None:
        self.who = cast.register(family="MOK", given="Ching Yee")
        persons.set_contact(actor=HOST, person_id=self.who.person_id, language=language)
        self.sent = [_sent(cast, self.who, category) for category in ("ALG", "DX", "MED", "LAB", "IMM", "ENC")]
        cast.allow(self.who)
        self.doctor = cast.professional("DOC", HARBOUR)
        self.accounts: dict[str, Somebody | None] = {
            "doctor": self.doctor,
            "pharmacist": cast.professional("PHA", HARBOUR),
            "administrator": cast.professional("DOC", HARBOUR, role="administrator"),
            "officer": cast.officer(OFFICE),
            "privacy officer of a provider": cast.officer(HARBOUR),
            "patient": cast.patient_account(self.who),
            "stranger": None,
        }

    @property
    def data(self) -> set[str]:
        """Words that a record, a register or the person at the keyboard says."""
        names = [each.name_en for each in providers()]
        return words(*names, *_texts(self.sent), "MOK Ching Yee CHAN Tai Man Professional Officer privacy QX")

    @property
    def placed(self) -> dict[str, list[Any]]:
        """What stands for each placeholder of an address."""
        harbour = [each.provider_id for each in providers() if each.code in {HARBOUR, HA}]
        return {"person_id": [self.who.person_id], "provider_id": harbour, "code": list(SECTIONS)}


def _sent(cast: Cast, who: Registered, category: str) -> dict[str, Any]:
    content: dict[str, Any] = of_category(category, who.patient_id)
    assert cast.fhir(cast.ha, "POST", content["resourceType"], json=content).status_code == 201
    return content


def _texts(value: Any) -> Iterator[str]:
    match value:
        case dict() | list():
            for each in value.values() if isinstance(value, dict) else value:
                yield from _texts(each)
        case str():
            yield value


def _visits(server: str, people: _People, language: str, reached: set[str]) -> Iterator[tuple[str, Page]]:
    """Every page, with whose it is."""
    for role, account in people.accounts.items():
        browser = Browser(server, account, language)
        yield from ((role, page) for page in browser.entrance)
        if role == "doctor":
            yield role, browser.open_record(people.who.person_id)
            run_jobs()
            yield from _slips(browser)
        crawler = Crawler(browser, people.placed)
        yield from ((role, page) for page in crawler.pages())
        reached |= crawler.reached
        browser.close()


def _slips(browser: Browser) -> Iterator[tuple[str, Page]]:
    for slip in _SLIPS:
        browser.get("/clinic/")
        yield "doctor", browser.send("/clinic/", **slip)


def _bare(texts: list[str]) -> set[str]:
    """Words outside of every bracket."""
    said = _DATE.sub(" ", " ".join(each for each in texts if each not in _NAMED))
    while _INSIDE.search(said):
        said = _INSIDE.sub(" ", said)
    return words(said)


def _in_translations() -> set[str]:
    """Latin words that stand in the Chinese texts themselves, such as HKID."""
    return words(*(str(each.string) for each in translations.catalogue(translations.WRITTEN)))


def test_no_page_says_a_word_that_cannot_be_translated(cast: Cast, server: str, bracketed: str) -> None:
    people, reached = _People(cast, bracketed), set[str]()
    visits = list(_visits(server, people, bracketed, reached))
    silent = {(role, page.path) for role, page in visits if "⟦" not in page.text}
    assert not silent
    bare = {(role, page.path, *_bare(spoken(page.source)) - people.data) for role, page in visits}
    assert {each for each in bare if len(each) > 2} == set()
    assert set(patterns()) - reached - {""} == set(), "no link leads there: say in `placed` what stands in its address"


def test_no_page_in_chinese_says_an_english_word(cast: Cast, server: str) -> None:
    people = _People(cast, "zh-HK")
    known = people.data | _in_translations()
    visits = _visits(server, people, "zh-hant", set())
    left = {(role, page.path, *words(*spoken(page.source)) - known) for role, page in visits}
    assert {each for each in left if len(each) > 2} == set()


@pytest.mark.parametrize("name", _ERRORS)
def test_no_error_page_says_a_word_that_cannot_be_translated(bracketed: str, name: str) -> None:
    with override(bracketed):
        page = get_template(f"{name}.html").render()
    assert _bare(spoken(page)) == set()


def test_a_word_that_cannot_be_translated_is_heard() -> None:
    page = '<p title="Look">⟦Hello <b translate="no">John Doe</b>⟧ Smith <i>in <b translate="no">CHAN</b></i></p>'
    assert _bare(spoken(page)) == {"Look", "Smith", "in"}
    assert _bare(["Doctor", "Doctor here", "⟦Seen by⟧ Nurse", "Allergies and adverse drug reactions"]) == {
        *("Doctor", "here", "Nurse")
    }
    assert spoken('<input type="submit" value="Go"><input value="typed"><script>var x</script>') == ["Go"]
