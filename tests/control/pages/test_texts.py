"""Every word that people read goes through gettext: seen in a language that puts each translated text in brackets."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from cast import HARBOUR, Cast, Registered
from django.test import override_settings
from doors import Browser, Page
from record.resources import of_category

from wutong.control.charts.chart import SECTIONS
from wutong.control.notices.queries import notices_of
from wutong.control.pages.translations import LOCALE
from wutong.control.people.queries.providers import providers

# A language that Django knows and nobody is offered; what Django itself says comes in real Esperanto.
_BRACKETED = "eo"
_UNSEEN = re.compile(r"<(style|title)\b.*?</\1>|<!--.*?-->|<head>|value=\"[^\"]*\"", re.DOTALL)
_SPOKEN = re.compile(r'(?:aria-label|title|placeholder|alt)="([^"]*)"|>([^<]*)<')
_INSIDE = re.compile(r"⟦[^⟦⟧]*⟧")
_WORD = re.compile(r"[A-Za-z]{2,}")
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)


def _bare_words(page: str) -> set[str]:
    """Words of a page that stand outside every bracket and come from no record."""
    spoken = " ".join(html.unescape(attribute or text) for attribute, text in _SPOKEN.findall(_UNSEEN.sub("", page)))
    spoken += " " + " ".join(_TITLE.findall(page))
    while _INSIDE.search(spoken):
        spoken = _INSIDE.sub(" ", spoken)
    return set(_WORD.findall(_DATE.sub(" ", spoken))) - set(_WORD.findall(_DATA))


@pytest.fixture
def bracketed(tmp_path: Path) -> Iterator[None]:
    """That language, offered."""
    with (LOCALE / "django.pot").open("rb") as file:
        catalog = read_po(file)
    for message in catalog:
        if message.id:
            plural = isinstance(message.id, tuple)
            message.string = tuple(f"⟦{each}⟧" for each in message.id) if plural else f"⟦{message.id}⟧"
    folder = tmp_path / _BRACKETED / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "django.mo").open("wb") as file:
        write_mo(file, catalog)
    with override_settings(LANGUAGES=[("en", "English"), (_BRACKETED, "Esperanto")], LOCALE_PATHS=[tmp_path]):
        yield


@pytest.fixture
def who(cast: Cast) -> Registered:
    """Somebody with one thing of each section, who allows the clinic."""
    made = cast.register(family="MOK", given="Ching Yee")
    for category in ("ALG", "DX", "MED", "LAB", "IMM", "ENC"):
        content: dict[str, Any] = of_category(category, made.patient_id)
        assert cast.fhir(cast.ha, "POST", content["resourceType"], json=content).status_code == 201
    return made


# What a record, a register or the clock says.
_DATA = "MOK Ching Yee CHAN Tai Man Professional QX ALG DX MED LAB IMM ENC thing"
_DATE = re.compile(r"\d{1,2} [A-Z][a-z]+ \d{4}(, \d{1,2}:\d\d [ap]m)?")


def _walk(clinic: Browser, home: Browser, person_id: Any, child_id: Any) -> Iterator[Page]:
    """The pages that people read on the journey, and what they read when they slip."""
    yield home.get("/portal/")
    harbour = next(f"who-may-look/{each.provider_id}" for each in providers() if each.code == HARBOUR)
    allow = f"/portal/{harbour}/allow/"
    yield home.get(allow)
    yield home.send(allow, kind="")
    yield clinic.get(f"/clinic/patient/{person_id}/")
    yield home.send(allow, kind="one-year")
    yield home.get(f"{allow}?kind=one-year")
    yield home.confirm(allow)
    yield home.get(f"{allow}?kind=indefinite")
    yield clinic.get("/clinic/")
    for slip in ({"hkid": ""}, {"hkid": "QX1"}, {"hkid": "QX999999(3)"}, {"name": "", "born": "x"}):
        yield clinic.send("/clinic/", **slip)
    yield clinic.get(f"/clinic/patient/{person_id}/")
    yield clinic.open_record(person_id, ground="attestation")
    yield clinic.open_record(person_id)
    for section in SECTIONS:
        yield clinic.get(f"/clinic/record/{person_id}/{section}/")
    for place in ("", "who-looked/", "messages/", "who-may-look/", f"{harbour}/withdraw/"):
        yield home.get(f"/portal/{place}")
    yield home.confirm(f"/portal/{harbour}/withdraw/")
    yield home.get(f"/portal/{harbour}/withdraw/")
    yield from _walk_for_child(home, f"/portal/for/{child_id}/", harbour)
    yield clinic.get(f"/clinic/record/{person_id}/")


def _walk_for_child(home: Browser, root: str, harbour: str) -> Iterator[Page]:
    for place in ("", "who-looked/", "messages/", "who-may-look/", "who-may-look/said-before/"):
        yield home.get(root + place)
    yield home.get(f"{root}{harbour}/allow/")
    yield home.get(f"{root}{harbour}/allow/?kind=one-year")
    yield home.confirm(home.page.path)
    yield home.get(f"{root}{harbour}/withdraw/")
    yield home.confirm(home.page.path)


def _told(who: Registered) -> set[str]:
    """Words of messages, which stay in the language in which they were sent, and names of providers."""
    messages = (f"{each.subject} {each.body}" for each in notices_of(who.person_id, limit=9))
    names = (each.name_en for each in providers())
    return {word for text in (*messages, *names) for word in _WORD.findall(text)}


def test_no_page_says_a_word_that_cannot_be_translated(
    cast: Cast, server: str, who: Registered, bracketed: None
) -> None:
    clinic = Browser(server, cast.professional("DOC", HARBOUR), language=_BRACKETED)
    home = Browser(server, cast.patient_account(who), language=_BRACKETED)
    child = cast.register(family="MOK", born="2020")
    cast.appoint(child, who)
    bare = []
    for page in [*clinic.entrance, *_walk(clinic, home, who.person_id, child.person_id)]:
        assert "⟦" in page.text, page.path
        if words := _bare_words(page.source) - _told(who) - _told(child):
            bare.append((page.path, words))
    clinic.close()
    home.close()
    assert not bare
