"""A form that was filled in wrongly is answered in our words, in the language of the page, and not in Django's."""

from collections.abc import Iterator

import pytest
from cast import HARBOUR, Cast, Registered
from doors import Browser, Page

_TYPED = [
    ("en", {"hkid": "A" * 3000}, "Shorten this to at most 30 characters"),
    ("zh-hant", {"hkid": "A" * 3000}, "請縮短至最多30個字元"),
    ("zh-hans", {"hkid": "A" * 3000}, "请缩短至最多30个字元"),
    ("en", {"hkid": "A\x00"}, "Take out the characters that cannot be shown"),
    ("zh-hant", {"hkid": "A\x00"}, "請刪去無法顯示的字元"),
    ("en", {"common": "curiosity"}, "Choose one of the list"),
    ("zh-hant", {"common": "curiosity"}, "請從清單中選擇一項"),
]


@pytest.fixture(scope="module")
def clerks(cast: Cast, server: str) -> Iterator[dict[str, Browser]]:
    """A doctor of the clinic for each language."""
    languages = ("en", "zh-hant", "zh-hans")
    made = {language: Browser(server, cast.professional("DOC", HARBOUR), language) for language in languages}
    yield made
    for each in made.values():
        each.close()


@pytest.fixture(scope="module")
def who(cast: Cast) -> Registered:
    """Somebody who allows the clinic."""
    made = cast.register()
    cast.allow(made)
    return made


@pytest.mark.parametrize(("language", "typed", "told"), _TYPED, ids=lambda each: str(each)[:20])
def test_what_no_field_takes_is_refused_in_our_words(
    clerks: dict[str, Browser], who: Registered, language: str, typed: dict[str, str], told: str
) -> None:
    page = _sent(clerks[language], who, typed)
    assert told in page
    assert not any(stock in page for stock in ("Ensure", "確保", "确保", "Null", "Select a valid"))


def test_a_field_says_how_much_it_takes(clerks: dict[str, Browser]) -> None:
    assert 'maxlength="30"' in clerks["en"].get("/clinic/").source


def _sent(clerk: Browser, who: Registered, typed: dict[str, str]) -> Page:
    address = f"/clinic/patient/{who.person_id}/" if "common" in typed else "/clinic/"
    clerk.get(address)
    return clerk.send(address, **typed)
